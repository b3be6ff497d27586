# TASKS tasks hand over to each other in a ring, each with a stack and a page of its own, of which it
# reads a word before each switch. If PROCESSES is 1, that page is at USER in an address space of its
# own, and each switch loads CR3. A pass is once round. Result: the sum of what was read.
	.set TASK_esp, 0		# an array of these is at SCRATCH
	.set TASK_pgd, 4
	.set TASK_page, 8		# linear address of its page
	.set TASK_next, 12
	.set TASK_SIZE, 16
	.set READY, SCRATCH+0x200000	# not 0 when the tasks are set up
	.set POOL, 0x1000000		# of each task: stack, page directory, page table, page
	.set POOL_SIZE, 0x4000
	.set PGD, 0x110000		# the frame's
	.set USER, 0x40000000

main:
	cmpl $0, READY
	jne 1f
	pushl %ecx
	call set_up
	popl %ecx
1:	xorl %edx, %edx
	movl $SCRATCH, %ebx		# this is the first task
2:	call switch_to_next
	movl TASK_page(%ebx), %eax
	addl (%eax), %edx
	decl %ecx
	jnz 2b
	movl %edx, %eax
	ret

task:	movl TASK_page(%ebx), %eax
	addl (%eax), %edx
	call switch_to_next
	jmp task

# from the task at ebx; changes eax, ebx
switch_to_next:
	pushfl
	pushl %ebp
	movl %esp, TASK_esp(%ebx)
	movl TASK_next(%ebx), %ebx
	.if PROCESSES
	movl TASK_pgd(%ebx), %eax
	movl %eax, %cr3
	.endif
	movl TASK_esp(%ebx), %esp
	popl %ebp
	popfl
	ret

set_up:	movl $1, READY
	movl $SCRATCH, %ebx
	movl $POOL, %ebp
	movl $TASKS, %edx
1:	leal 0x1000-12(%ebp), %eax	# what its first switch takes from its stack
	movl %eax, TASK_esp(%ebx)
	movl $0, (%eax)
	movl $2, 4(%eax)
	movl $task, 8(%eax)
	leal TASK_SIZE(%ebx), %eax
	movl %eax, TASK_next(%ebx)
	leal 0x3000(%ebp), %eax
	movl %eax, TASK_page(%ebx)
	movl %edx, (%eax)
	.if PROCESSES
	orl $7, %eax
	movl %eax, 0x2000(%ebp)
	leal 0x2007(%ebp), %eax
	movl %eax, 0x1000+(USER>>20)(%ebp)
	leal 0x1000(%ebp), %edi
	movl %edi, TASK_pgd(%ebx)
	movl $PGD, %esi
	movl $MEMORY>>22, %ecx
	rep
	movsl
	movl $USER, TASK_page(%ebx)
	.endif
	addl $POOL_SIZE, %ebp
	addl $TASK_SIZE, %ebx
	decl %edx
	jnz 1b
	movl $SCRATCH, TASK_next-TASK_SIZE(%ebx)
	.if PROCESSES
	movl SCRATCH+TASK_pgd, %eax
	movl %eax, %cr3
	.endif
	ret
