# In front of every program here: two address spaces that share all but the 4 MB at USER.
# Entered at _start in flat 32-bit protected mode without paging, with a number for the program in
# ebx; halts when set up. What is measured is from loop to the next hlt; its result is in eax, a sum
# of what was read, by which engines are compared.
	.set PGD_A, 0x00200000		# page directory of the first address space
	.set PGD_B, 0x00201000		# of the second
	.set PT_LOW, 0x00202000		# identity-maps the first 4 MB
	.set PT_A, 0x00203000		# 4 MB at USER, first address space
	.set PT_B, 0x00204000		# and second
	.set PT_GLOBAL, 0x00205000	# 4 MB at GLOBAL
	.set USER, 0x08000000
	.set LARGE, 0x0c000000		# one page of 4 MB, with the frames of the first address space
	.set GLOBAL, 0x10000000		# the same frames in global pages of 4 KB
	.set FRAMES_A, 0x00400000	# physical memory behind USER
	.set FRAMES_B, 0x00800000
	.set STACK_A, 0x00300000	# stacks grow down from here
	.set STACK_B, 0x00310000
	.set CR0_PG, 0x80000000
	.set CR4_PSE_PGE, 0x90

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
	movl $PT_GLOBAL, %edi
	movl $FRAMES_A+0x107, %eax
	call fill_table
	movl $PGD_A, %edi
	movl $PT_A+0x007, %eax
	call fill_directory
	movl $PGD_B, %edi
	movl $PT_B+0x007, %eax
	call fill_directory
	movl $FRAMES_A, %edi		# each frame begins with a word of its own
	movl $0x9e3779b9, %eax
1:	movl %eax, (%edi)
	imull $1664525, %eax
	addl $1013904223, %eax
	addl $0x1000, %edi
	cmpl $FRAMES_B+0x400000, %edi
	jne 1b
	movl %cr4, %eax
	orl $CR4_PSE_PGE, %eax
	movl %eax, %cr4
	movl $PGD_A, %eax
	movl %eax, %cr3
	movl %cr0, %eax
	orl $CR0_PG, %eax
	movl %eax, %cr0
	jmp setup

# 1024 consecutive frames from eax (address and attributes) into the table at edi
fill_table:
	movl $1024, %ecx
1:	stosl
	addl $0x1000, %eax
	decl %ecx
	jnz 1b
	ret

# the directory at edi, with eax as the entry for USER
fill_directory:
	movl $PT_LOW+0x003, (%edi)
	movl %eax, 0x80(%edi)
	movl $FRAMES_A+0x087, 0xc0(%edi)
	movl $PT_GLOBAL+0x007, 0x100(%edi)
	ret

# adds to edx one word in each of ecx pages from esi
touch:
	testl %ecx, %ecx
	jz 2f
1:	addl (%esi), %edx
	addl $0x1000, %esi
	decl %ecx
	jnz 1b
2:	ret
