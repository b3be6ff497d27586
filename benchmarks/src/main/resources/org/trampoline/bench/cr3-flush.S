# Loads CR3 with its own value, which drops every translation, and reads sixteen pages again.
# edi: iterations.
setup:
	movl $16, %ebx
	hlt
loop:
	movl %cr3, %eax
	movl %eax, %cr3
	movl $USER, %esi
	call touch
	decl %edi
	jnz loop

	hlt
