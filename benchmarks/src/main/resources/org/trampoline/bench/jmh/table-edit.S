# Maps sixteen pages to other frames one by one, tells the TLB, and reads through each: an edit and a
# page walk for each. edi: iterations; ebx: not used.
setup:	xorl %edx, %edx
	hlt
loop:	movl $16, %ecx
	movl $USER, %esi
	movl $PT_A, %ebp
1:	xorl $0x00100000, (%ebp)
	invlpg (%esi)
	addl (%esi), %edx
	addl $4, %ebp
	addl $0x1000, %esi
	decl %ecx
	jnz 1b
	decl %edi
	jnz loop
	movl %edx, %eax
	hlt
