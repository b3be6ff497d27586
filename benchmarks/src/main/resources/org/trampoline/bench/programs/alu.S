# Ten register instructions in a loop: what an engine's straight-line code costs, flags included.
# Result: a mix of all values computed.
main:
	movl $1, %eax
	movl $7, %ebx
	movl $0x9e3779b9, %edx
1:	addl %edx, %eax
	xorl %eax, %ebx
	roll $5, %eax
	leal 1(%eax,%ebx,2), %edx
	subl %ecx, %ebx
	shrl $1, %edx
	orl $0x10, %ebx
	andl $0x7fffffff, %ebx
	decl %ecx
	jnz 1b
	xorl %ebx, %eax
	ret
