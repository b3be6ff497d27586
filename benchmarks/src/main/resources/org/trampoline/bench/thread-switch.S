# Two kernel threads of one address space hand the processor to each other, as switch_to does:
# flags and ebp on the old stack, swap stacks, return into the other. Two switches an iteration.
# edi: iterations; ebx: pages touched between switches.
setup:
	movl $other, STACK_B-4		# what the second thread's first switch returns to
	movl $0, STACK_B-8		# its ebp
	movl $2, STACK_B-12		# its flags
	movl $STACK_B-12, saved
	hlt
loop:
	call switch_thread
	movl $USER, %esi
	call touch
	decl %edi
	jnz loop

	hlt

other:
	movl $USER, %esi
	call touch
	call switch_thread
	jmp other

switch_thread:
	pushl %ebp
	pushfl
	movl %esp, %eax
	movl saved, %esp
	movl %eax, saved
	popfl
	popl %ebp
	ret

	.balign 64
saved:	.long 0
