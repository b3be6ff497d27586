# Reads a word in each of sixteen pages that stay mapped. edi: iterations.
setup:
	movl $16, %ebx
	hlt
loop:
	movl $USER, %esi
	call touch
	decl %edi
	jnz loop

	hlt
