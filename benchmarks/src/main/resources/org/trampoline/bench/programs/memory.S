# Sums one megabyte of words and stores one word for each it reads, so every page is read and
# written. Result: the sum, which depends on what earlier passes stored.
	.set WORDS, 0x40000
main:
	xorl %eax, %eax
	movl %eax, SCRATCH
	movl %ecx, %ebp
1:	movl $SCRATCH, %esi
	movl $SCRATCH+0x200000, %edi
	movl $WORDS, %ecx
2:	movl (%esi), %edx
	addl %edx, %eax
	addl $3, %edx
	movl %edx, (%edi)
	addl $4, %esi
	addl $4, %edi
	decl %ecx
	jnz 2b
	movl $SCRATCH, %esi
	addl %ebp, (%esi)
	decl %ebp
	jnz 1b
	ret
