# An interrupt whose gate leads elsewhere in each pass. Result: the sum of the handlers' numbers.
main:
	pushl %ecx
	call tables
	popl %ecx
	xorl %ebx, %ebx
	xorl %esi, %esi
1:	incl %esi
	andl $0xff, %esi
	movl $0x80, %eax
	leal handlers(,%esi,8), %edx
	call gate
	int $0x80
	decl %ecx
	jnz 1b
	movl %ebx, %eax
	ret

	.balign 64
handlers:
	.rept 256
	addl %esi, %ebx
	incl %ebx
	iretl
	.balign 8
	.endr
