# Segments for ever: each pass gives a code and a data segment another base, calls a function in the
# one and reads a word through the other. Result: the sum of what both return.
main:
	pushl %ecx
	call tables
	popl %ecx
	xorl %ebx, %ebx
	xorl %esi, %esi
	movl $0x00cf9b00, gdt+12
	movl $0x00cf9300, gdt+20
	movl $0x12345678, word
1:	addl $0x35, %esi
	andl $0xffff, %esi
	movl %esi, %eax
	shll $16, %eax
	movw $0xffff, %ax
	movl %eax, gdt+8
	movl %eax, gdt+16
	movl $far, %eax
	subl %esi, %eax
	movl %eax, target
	lcall *target
	addl %eax, %ebx
	movl $0x10, %edx
	movl %edx, %fs
	movl $word, %edx
	subl %esi, %edx
	addl %fs:(%edx), %ebx
	decl %ecx
	jnz 1b
	xorl %edx, %edx
	movl %edx, %fs
	movl %ebx, %eax
	ret

far:	leal (%esi,%ecx), %eax
	lretl

	.balign 64
target:	.long 0
	.word 8
	.balign 4
word:	.long 0
	.balign 64
