# Included by every benchmark program: two address spaces that share everything but one 4 MB region.
# Entered at _start in flat 32-bit protected mode without paging; halts when set up. What is measured
# is from loop to the next hlt.
	.set PGD_A, 0x00200000		# page directory of the first address space
	.set PGD_B, 0x00201000		# of the second
	.set PT_LOW, 0x00202000		# identity-maps the first 4 MB
	.set PT_A, 0x00203000		# 4 MB at USER, first address space
	.set PT_B, 0x00204000		# and second
	.set USER, 0x08000000
	.set FRAMES_A, 0x00400000	# physical memory behind USER
	.set FRAMES_B, 0x00800000
	.set STACK_A, 0x00300000	# stacks grow down from here
	.set STACK_B, 0x00310000
	.set CR0_PG, 0x80000000

_start:
	movl $STACK_A, %esp
	cld
	movl $PT_LOW, %edi
	movl $0x003, %eax
	call fill_table
	movl $PT_A, %edi
	movl $FRAMES_A+0x007, %eax
	call fill_table
	movl $PT_B, %edi
	movl $FRAMES_B+0x007, %eax
	call fill_table
	movl $PT_LOW+0x003, PGD_A
	movl $PT_LOW+0x003, PGD_B
	movl $PT_A+0x007, PGD_A+0x80
	movl $PT_B+0x007, PGD_B+0x80
	movl $PGD_A, %eax
	movl %eax, %cr3
	movl %cr0, %eax
	orl $CR0_PG, %eax
	movl %eax, %cr0
	jmp setup

# 1024 consecutive frames from %eax (address and attributes) into the table at %edi
fill_table:
	movl $1024, %ecx
1:	stosl
	addl $0x1000, %eax
	decl %ecx
	jnz 1b
	ret

# reads one word in each of %ebx pages from %esi
touch:
	movl %ebx, %ecx
	testl %ecx, %ecx
	jz 2f
1:	movl (%esi), %eax
	addl $0x1000, %esi
	decl %ecx
	jnz 1b
2:	ret
