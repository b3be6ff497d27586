# Reads and writes words at random over a working set of 2^(32-SHIFT) bytes from SCRATCH: 10,000
# accesses a pass. Result: the sum of what was read and of where, the same in each round but the first.
main:
	movl %ecx, %ebp
	xorl %eax, %eax
	movl $1, %ebx
1:	movl $10000, %ecx
2:	imull $1664525, %ebx, %ebx
	addl $1013904223, %ebx
	movl %ebx, %esi
	shrl $SHIFT, %esi
	andl $-4, %esi
	addl SCRATCH(%esi), %eax
	movl %esi, SCRATCH(%esi)
	decl %ecx
	jnz 2b
	decl %ebp
	jnz 1b
	ret
