# Loads CR3 with its own value, which ends every translation that is not global, and reads sixteen
# pages. edi: iterations; ebx: the first page, or 0 to read none.
setup:	xorl %edx, %edx
	hlt
loop:	movl %cr3, %eax
	movl %eax, %cr3
	testl %ebx, %ebx
	jz 1f
	movl %ebx, %esi
	movl $16, %ecx
	call touch
1:	decl %edi
	jnz loop
	movl %edx, %eax
	hlt
