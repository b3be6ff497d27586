# Two processes: as thread-switch.S, and each switch loads CR3, which is a change of address space.
# edi: iterations; ebx: pages touched between switches.
setup:
	movl $other, STACK_B-4
	movl $0, STACK_B-8
	movl $2, STACK_B-12
	movl $STACK_B-12, saved
	movl $PGD_B, saved_pgd
	hlt
loop:
	call switch_process
	movl $USER, %esi
	call touch
	decl %edi
	jnz loop

	hlt

other:
	movl $USER, %esi
	call touch
	call switch_process
	jmp other

switch_process:
	pushl %ebp
	pushfl
	movl %esp, %eax
	movl saved, %esp
	movl %eax, saved
	movl %cr3, %eax
	movl saved_pgd, %edx
	movl %eax, saved_pgd
	movl %edx, %cr3
	popfl
	popl %ebp
	ret

	.balign 64
saved:	.long 0
saved_pgd:
	.long 0
