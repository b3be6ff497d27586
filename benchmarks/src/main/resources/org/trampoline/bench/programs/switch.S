# Two contexts that hand over to each other, as processes do: each switch saves four registers,
# swaps the stack and loads CR3; the second touches four pages. 35 instructions, two switches.
# Result: how often the second ran.
main:
	pushl %ecx
	call tables
	popl %edx
	movl $0, counter
	movl $second, STACK_B-4
	movl $STACK_B-20, saved_b
	movl $PGD_A, %eax
	movl %eax, %cr3
1:	call to_b
	decl %edx
	jnz 1b
	movl counter, %eax
	ret

to_b:	pushl %ebx
	pushl %esi
	pushl %edi
	pushl %ebp
	movl %esp, saved_a
	movl saved_b, %esp
	movl $PGD_B, %eax
	movl %eax, %cr3
	popl %ebp
	popl %edi
	popl %esi
	popl %ebx
	ret

to_a:	pushl %ebx
	pushl %esi
	pushl %edi
	pushl %ebp
	movl %esp, saved_b
	movl saved_a, %esp
	movl $PGD_A, %eax
	movl %eax, %cr3
	popl %ebp
	popl %edi
	popl %esi
	popl %ebx
	ret

second:	incl counter
	incl USER+0x1000
	incl USER+0x2000
	incl USER+0x3000
	call to_a
	jmp second

	.balign 64
counter: .long 0
saved_a: .long 0
saved_b: .long 0
	.balign 64
