# After frame.S, for a machine in a process of its own: round after round, each result as four
# bytes on port 0xe9. PASSES is defined by whoever assembles it.
ready:
	movl $PASSES, %ecx
	call PROGRAM
	movl $4, %ecx
1:	outb %al, $0xe9
	shrl $8, %eax
	loop 1b
	jmp ready
