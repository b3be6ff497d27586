# A loop that changes an operand of its own in each pass, and counts in a word beside its code.
# Result: the sum of the operands, and the count.
main:
	xorl %eax, %eax
	xorl %ebx, %ebx
	movl %ebx, counter
1:	addl $0x01030507, %eax
	movl %eax, 2f+1
	incl counter
2:	movl $0, %edx
	addl %edx, %ebx
	decl %ecx
	jnz 1b
	addl counter, %ebx
	movl %ebx, %eax
	ret
	.balign 64
counter: .long 0
