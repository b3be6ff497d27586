# Two tasks hand the processor to each other as Linux's context_switch does: a kernel thread, which
# has no mm, goes on in the address space of the task before it; another mm is loaded into CR3; flags
# and ebp go to the old stack and come from the new one. Two switches an iteration.
# At first ebx: bit 0 if the first task is a process, bit 1 if the second one is.
# edi: iterations; ebx: pages each task touches between switches.
	.set TASK_esp, 0
	.set TASK_mm, 4			# its page directory's physical address, 0 for a kernel thread
	.set TASK_active_mm, 8
	.set TASK_next, 12

setup:	movl $STACK_A, first+TASK_esp
	movl $second, first+TASK_next
	movl $first, second+TASK_next
	movl $PGD_A, first+TASK_active_mm
	testl $1, %ebx
	jz 1f
	movl $PGD_A, first+TASK_mm
1:	testl $2, %ebx
	jz 2f
	movl $PGD_B, second+TASK_mm
	movl $PGD_B, second+TASK_active_mm
2:	movl $other, STACK_B-4		# what the second task's first switch returns to
	movl $2, STACK_B-8		# its flags
	movl $0, STACK_B-12		# and ebp
	movl $STACK_B-12, second+TASK_esp
	movl $first, current
	xorl %edx, %edx
	hlt

loop:	call context_switch
	movl $USER, %esi
	movl %ebx, %ecx
	call touch
	decl %edi
	jnz loop
	movl %edx, %eax
	hlt

other:	incl %edx			# so that the second task shows without pages, too
	movl $USER, %esi
	movl %ebx, %ecx
	call touch
	call context_switch
	jmp other

# changes eax, ecx, esi
context_switch:
	movl current, %eax
	movl TASK_next(%eax), %ecx
	movl %ecx, current
	movl TASK_mm(%ecx), %esi
	testl %esi, %esi
	jnz 1f
	movl TASK_active_mm(%eax), %esi
	movl %esi, TASK_active_mm(%ecx)
	jmp 2f
1:	cmpl TASK_active_mm(%eax), %esi
	je 2f
	movl %esi, %cr3
2:	cmpl $0, TASK_mm(%eax)
	jne switch_to
	movl $0, TASK_active_mm(%eax)
switch_to:
	pushfl
	pushl %ebp
	movl %esp, TASK_esp(%eax)
	movl TASK_esp(%ecx), %esp
	popl %ebp
	popfl
	ret

	.balign 64
first:	.long 0, 0, 0, 0
second:	.long 0, 0, 0, 0
current: .long 0
