# Behind the programs that need descriptor tables: Linux's selectors, an IDT whose gates they set, a
# task-state segment with a stack for ring 0, and two address spaces that differ in 4 MB at USER.
	.set IDT, SCRATCH+0x1000
	.set PGD_A, SCRATCH+0x2000
	.set PGD_B, SCRATCH+0x3000
	.set PT_A, SCRATCH+0x4000
	.set PT_B, SCRATCH+0x5000
	.set TABLES_U, SCRATCH+0x6000	# four page tables
	.set STACK_0, SCRATCH+0xb000	# ring 0, after an interrupt from ring 3
	.set STACK_3, SCRATCH+0xc000
	.set STACK_B, SCRATCH+0xd000	# of the second context
	.set FRAME_PGD, 0x110000
	.set USER, 0x08000000
	.set FRAMES_A, SCRATCH+0x200000
	.set FRAMES_B, SCRATCH+0x400000

# changes eax, ecx, edi
tables:
	movl $FRAME_PGD, %eax		# these here may be in use, from the last round
	movl %eax, %cr3
	movl $PGD_A, %edi
	movl $2048, %ecx
	xorl %eax, %eax
	rep
	stosl
	movl $PT_A, %edi
	movl $FRAMES_A+7, %eax
	call table
	movl $FRAMES_B+7, %eax
	call table
	movl $7, %eax
	call table
	call table
	call table
	call table
	movl $PGD_A, %edi
	movl $PT_A+7, %ecx
	call directory
	movl $PGD_B, %edi
	movl $PT_B+7, %ecx
	call directory
	movb $0x89, gdt+0x85		# the TSS is free
	lgdt gdtr
	lidt idtr
	movl $0x68, %eax
	movl %eax, %ds
	movl %eax, %es
	movl %eax, %ss
	movl $0x80, %eax
	ltr %ax
	popl %eax
	pushl $0x60
	pushl %eax
	lretl

table:	movl $1024, %ecx
1:	stosl
	addl $0x1000, %eax
	decl %ecx
	jnz 1b
	ret

directory:
	movl %ecx, 0x80(%edi)		# USER
	movl $TABLES_U+7, (%edi)
	movl $TABLES_U+0x1007, 4(%edi)
	movl $TABLES_U+0x2007, 8(%edi)
	movl $TABLES_U+0x3007, 12(%edi)
	ret

# an interrupt gate for vector eax with handler edx, open to all rings; changes eax, edx
gate:
	leal IDT(,%eax,8), %eax
	movl $0x600000, (%eax)
	movw %dx, (%eax)
	movw $0xee00, %dx
	movl %edx, 4(%eax)
	ret

	.balign 8
gdt:	.fill 12, 8, 0
	.quad 0x00cf9b000000ffff	# 0x60
	.quad 0x00cf93000000ffff	# 0x68
	.quad 0x00cffb000000ffff	# 0x73
	.quad 0x00cff3000000ffff	# 0x7b
	.word 0x67, tss&0xffff		# 0x80
	.byte tss>>16&0xff, 0x89, 0, 0
gdt_end:
tss:	.long 0, STACK_0, 0x68
	.fill 23, 4, 0
gdtr:	.word gdt_end-gdt-1
	.long gdt
idtr:	.word 0x7ff
	.long IDT
