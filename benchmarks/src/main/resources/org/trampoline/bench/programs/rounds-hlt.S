# After frame.S, for an engine that stops at hlt and has its registers set from outside.
ready:
	hlt
round:
	movl %ebx, %ecx
	call PROGRAM
	hlt
