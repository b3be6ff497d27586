# Invalidates each of sixteen pages and reads a word in it. edi: iterations; ebx: the first page.
setup:	xorl %edx, %edx
	hlt
loop:	movl $16, %ecx
	movl %ebx, %esi
1:	invlpg (%esi)
	addl (%esi), %edx
	addl $0x1000, %esi
	decl %ecx
	jnz 1b
	decl %edi
	jnz loop
	movl %edx, %eax
	hlt
