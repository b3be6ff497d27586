# Sieve of Eratosthenes over 64 K bytes: byte stores with a stride, and a counting pass.
# Result: the number of primes below 65536, times the passes.
	.set SIZE, 0x10000
main:
	movl %ecx, %ebp
	xorl %eax, %eax
1:	movl $SCRATCH, %edi
	movl $SIZE/4, %ecx
2:	movl $0x01010101, (%edi)
	addl $4, %edi
	decl %ecx
	jnz 2b
	movl $2, %ebx
3:	cmpb $0, SCRATCH(%ebx)
	je 5f
	leal (%ebx,%ebx), %esi
	cmpl $SIZE, %esi
	jae 5f
4:	movb $0, SCRATCH(%esi)
	addl %ebx, %esi
	cmpl $SIZE, %esi
	jb 4b
5:	incl %ebx
	cmpl $SIZE, %ebx
	jb 3b
	movl $2, %ebx
6:	movzbl SCRATCH(%ebx), %edx
	addl %edx, %eax
	incl %ebx
	cmpl $SIZE, %ebx
	jb 6b
	decl %ebp
	jnz 1b
	ret
