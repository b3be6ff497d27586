# In front of every guest program, at 0x100000: identity-maps 16 MB in pages of 4 KB, since a
# machine that runs an operating system pages. Entered at _start in flat 32-bit protected mode;
# halts when set up. A round is from there on: ebx is the number of passes, the result is in eax.
	.set SCRATCH, 0x800000		# 8 MB for the program's data
	.set PROGRAM, 0x200000		# where main is
	.set PGD, 0x110000
	.set TABLES, 0x111000		# four page tables
	.set STACK, 0x1f0000
	.set CR0_PG, 0x80000000

_start:
	movl $STACK, %esp
	cld
	movl $TABLES, %edi
	movl $0x003, %eax
1:	stosl
	addl $0x1000, %eax
	cmpl $0x1000003, %eax
	jne 1b
	movl $TABLES+0x003, PGD
	movl $TABLES+0x1003, PGD+4
	movl $TABLES+0x2003, PGD+8
	movl $TABLES+0x3003, PGD+12
	movl $PGD, %eax
	movl %eax, %cr3
	movl %cr4, %eax
	orl $0x600, %eax		# OSFXSR, OSXMMEXCPT
	movl %eax, %cr4
	movl %cr0, %eax
	orl $CR0_PG, %eax
	movl %eax, %cr0
	fninit
	jmp ready
