# Invalidates sixteen pages that nobody reads. edi: iterations; ebx: the first page.
setup:	hlt
loop:	movl $16, %ecx
	movl %ebx, %esi
1:	invlpg (%esi)
	addl $0x1000, %esi
	decl %ecx
	jnz 1b
	decl %edi
	jnz loop
	movl (%ebx), %eax
	hlt
