# A read of a page that is absent, the handler passes over it: delivery with an error code, and iret.
# Result: the count, plus the last error code.
main:
	pushl %ecx
	call tables
	movl $14, %eax
	movl $page_fault, %edx
	call gate
	popl %ecx
	movl $PGD_A, %eax
	movl %eax, %cr3
	xorl %ebx, %ebx
1:	movl 0x10000000, %eax
	decl %ecx
	jnz 1b
	leal (%ebx,%edx), %eax
	ret

page_fault:
	incl %ebx
	popl %edx
	addl $5, (%esp)
	iretl
