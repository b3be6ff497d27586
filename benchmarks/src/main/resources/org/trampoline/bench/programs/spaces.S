# Address spaces for ever: each pass builds a page directory and a page table, loads CR3, stores
# through a page, maps that page elsewhere, and stores again. A thousand directories are in turn.
# Result: the sum of what lies in the frames then.
	.set FRAME_PGD, 0x110000
	.set USER, 0x08000000
	.set FRAMES, 0x300000
	.set PAGE_TABLES, 0x400000	# behind the directories
main:
	xorl %ebx, %ebx
	xorl %esi, %esi
1:	movl %esi, %edi
	andl $0x3ff, %edi
	shll $12, %edi
	addl $SCRATCH, %edi
	movl FRAME_PGD, %eax
	movl %eax, (%edi)
	movl FRAME_PGD+4, %eax
	movl %eax, 4(%edi)
	movl FRAME_PGD+8, %eax
	movl %eax, 8(%edi)
	movl FRAME_PGD+12, %eax
	movl %eax, 12(%edi)
	leal PAGE_TABLES(%edi), %edx
	leal 7(%edx), %eax
	movl %eax, USER>>20(%edi)
	imull $37, %esi, %ebp
	andl $0x3ff, %ebp
	shll $12, %ebp
	addl $FRAMES, %ebp
	leal 7(%ebp), %eax
	movl %eax, (%edx)
	movl %edi, %cr3
	movl %ecx, USER
	addl (%ebp), %ebx
	xorl $0x1000, %ebp
	xorl $0x1000, (%edx)
	invlpg USER
	movl %esi, USER
	addl (%ebp), %ebx
	movl $FRAME_PGD, %eax
	movl %eax, %cr3
	incl %esi
	decl %ecx
	jnz 1b
	movl %ebx, %eax
	ret
