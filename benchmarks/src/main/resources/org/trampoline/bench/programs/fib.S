# Fibonacci by recursion with a stack frame: calls, returns, pushes and pops.
# Result: the sum of fib(20) over the passes.
main:
	movl %ecx, %edi
	xorl %esi, %esi
1:	pushl $20
	call fib
	addl $4, %esp
	addl %eax, %esi
	decl %edi
	jnz 1b
	movl %esi, %eax
	ret

fib:
	pushl %ebp
	movl %esp, %ebp
	pushl %ebx
	movl 8(%ebp), %eax
	cmpl $2, %eax
	jl 1f
	leal -1(%eax), %ecx
	pushl %ecx
	call fib
	movl %eax, %ebx
	movl 8(%ebp), %ecx
	subl $2, %ecx
	pushl %ecx
	call fib
	addl $8, %esp
	addl %ebx, %eax
1:	popl %ebx
	popl %ebp
	ret
