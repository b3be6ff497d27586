# In front of every guest program, at 0x100000: identity-maps all memory in pages of 4 KB, since a
# machine that runs an operating system pages. Entered at _start in flat 32-bit protected mode;
# halts when set up. A round is from there on: ebx is the number of passes, the result is in eax.
# Defined by whoever assembles it: PROGRAM, where main is, MEMORY, the bytes to map, and TABLES, where
# the page tables for them go.
	.set PGD, 0x110000
	.set STACK, 0x1f0000
	.set CR0_PG, 0x80000000

_start:
	movl $STACK, %esp
	cld
	movl $TABLES, %edi
	movl $0x003, %eax
1:	stosl
	addl $0x1000, %eax
	cmpl $MEMORY+3, %eax
	jne 1b
	movl $PGD, %edi
	movl $TABLES+0x003, %eax
2:	stosl
	addl $0x1000, %eax
	cmpl $TABLES+MEMORY/1024+3, %eax
	jb 2b
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
