# Maps sixteen pages to other frames one by one, tells the TLB, and reads through each: sixteen page
# walks an iteration. edi: iterations.
setup:
	hlt
loop:
	movl $16, %ecx
	movl $USER, %esi
	movl $PT_A, %edx
1:	xorl $0x00100000, (%edx)
	invlpg (%esi)
	movl (%esi), %eax
	addl $4, %edx
	addl $0x1000, %esi
	decl %ecx
	jnz 1b
	decl %edi
	jnz loop

	hlt
