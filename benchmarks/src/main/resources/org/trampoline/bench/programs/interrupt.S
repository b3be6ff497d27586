# int 0x30 and iret, in ring 0 with paging.
# Result: the count.
main:
	pushl %ecx
	call tables
	movl $0x30, %eax
	movl $handler, %edx
	call gate
	popl %ecx
	xorl %eax, %eax
1:	int $0x30
	decl %ecx
	jnz 1b
	ret

handler:
	incl %eax
	iretl
