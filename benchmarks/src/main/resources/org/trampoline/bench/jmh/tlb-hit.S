# Reads a word in each of sixteen pages that stay mapped. edi: iterations; ebx: the first page.
setup:	xorl %edx, %edx
	hlt
loop:	movl %ebx, %esi
	movl $16, %ecx
	call touch
	decl %edi
	jnz loop
	movl %edx, %eax
	hlt
