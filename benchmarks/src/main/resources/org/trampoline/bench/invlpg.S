# Invalidates sixteen pages that nobody reads. edi: iterations.
setup:
	hlt
loop:
	movl $16, %ecx
	movl $USER, %esi
1:	invlpg (%esi)
	addl $0x1000, %esi
	decl %ecx
	jnz 1b
	decl %edi
	jnz loop

	hlt
