# Two address spaces in turn, in each of which 256 pages are read after the CR3 load.
# Result: the sum of what was read, which differs between the two.
main:
	pushl %ecx
	call tables
	popl %ebp
	movl $1, FRAMES_A
	movl $0x100, FRAMES_B
	xorl %edx, %edx
1:	movl $PGD_A, %eax
	call touch
	movl $PGD_B, %eax
	call touch
	decl %ebp
	jnz 1b
	movl %edx, %eax
	ret

touch:	movl %eax, %cr3
	movl $USER, %esi
	movl $256, %ecx
2:	addl (%esi), %edx
	addl $0x1000, %esi
	decl %ecx
	jnz 2b
	ret
