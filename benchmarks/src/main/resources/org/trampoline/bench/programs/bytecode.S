# An interpreter of a byte code, as a scripting language has: an indirect jump for each of its
# instructions. The program it runs counts down from 1000 and mixes two variables.
# Result: one of the variables.
main:
	movl %ecx, %ebp
	movl $1, VARIABLES+4
1:	movl $program, %esi
	movl $STACK, %edi
	movl $1000, VARIABLES
	call next
	decl %ebp
	jnz 1b
	movl VARIABLES+4, %eax
	ret

	.set VARIABLES, SCRATCH
	.set STACK, SCRATCH+0x1000

next:
	movzbl (%esi), %eax
	incl %esi
	jmp *operations(,%eax,4)

push_constant:
	movsbl (%esi), %eax
	incl %esi
	movl %eax, (%edi)
	addl $4, %edi
	jmp next
load:
	movzbl (%esi), %eax
	incl %esi
	movl VARIABLES(,%eax,4), %eax
	movl %eax, (%edi)
	addl $4, %edi
	jmp next
store:
	movzbl (%esi), %eax
	incl %esi
	subl $4, %edi
	movl (%edi), %edx
	movl %edx, VARIABLES(,%eax,4)
	jmp next
add:
	subl $4, %edi
	movl (%edi), %eax
	addl %eax, -4(%edi)
	jmp next
multiply:
	subl $4, %edi
	movl -4(%edi), %eax
	imull (%edi), %eax
	movl %eax, -4(%edi)
	jmp next
exclusive_or:
	subl $4, %edi
	movl (%edi), %eax
	xorl %eax, -4(%edi)
	jmp next
jump_if_not_zero:
	subl $4, %edi
	movsbl (%esi), %eax
	incl %esi
	cmpl $0, (%edi)
	je next
	addl %eax, %esi
	jmp next
end:
	ret

	.balign 4
operations:
	.long push_constant, load, store, add, multiply, exclusive_or, jump_if_not_zero, end

program:
	.byte 1, 1, 0, 31, 4, 1, 0, 5, 0, 17, 3, 2, 1	# b = (b * 31 ^ a) + 17
	.byte 1, 0, 0, -1, 3, 2, 0			# a = a - 1
	.byte 1, 0, 6					# while a
	.byte program-.-1
	.byte 7
