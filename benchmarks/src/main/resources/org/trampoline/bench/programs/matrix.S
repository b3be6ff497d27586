# Product of two matrices of 32 x 32 doubles on the x87, each pass from the last one's product,
# scaled to stay finite. Result: the bits of one element, folded.
	.set N, 32
	.set A, SCRATCH
	.set B, SCRATCH+0x4000
	.set C, SCRATCH+0x8000
main:
	movl %ecx, %ebp
	fninit
	xorl %ecx, %ecx
1:	movl %ecx, %eax
	andl $15, %eax
	incl %eax
	movl %eax, C
	fildl C
	fstl A(,%ecx,8)
	fld1
	faddp %st, %st(1)
	fstpl B(,%ecx,8)
	incl %ecx
	cmpl $N*N, %ecx
	jne 1b
	movl $1024, %eax
	pushl %eax
2:	movl $A, %esi
	movl $C, %edi
	movl $N, %edx
3:	movl $B, %ebx
	movl $N, %ecx
4:	pushl %ecx
	fldz
	xorl %eax, %eax
5:	fldl (%esi,%eax,8)
	movl %eax, %ecx
	shll $8, %ecx
	fmull (%ebx,%ecx)
	faddp %st, %st(1)
	incl %eax
	cmpl $N, %eax
	jne 5b
	popl %ecx
	fidivl (%esp)
	fstpl (%edi)
	addl $8, %edi
	addl $8, %ebx
	decl %ecx
	jnz 4b
	addl $N*8, %esi
	decl %edx
	jnz 3b
	movl $A, %edi
	movl $C, %esi
	movl $N*N*2, %ecx
6:	movl (%esi), %eax
	movl %eax, (%edi)
	addl $4, %esi
	addl $4, %edi
	decl %ecx
	jnz 6b
	decl %ebp
	jnz 2b
	popl %eax
	movl A+8*37, %eax
	xorl A+8*37+4, %eax
	ret
