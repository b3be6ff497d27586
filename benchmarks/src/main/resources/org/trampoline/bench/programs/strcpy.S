# Copies a string of 1000 characters, a byte at a time, and measures the copy's length.
# Result: the sum of the lengths and of the last characters.
	.set FROM, SCRATCH
	.set TO, SCRATCH+0x1004
main:
	movl %ecx, %ebp
	movl $FROM, %edi
	movl $1000, %ecx
	movb $'a', %al
1:	movb %al, (%edi)
	incl %edi
	incb %al
	cmpb $'z', %al
	jbe 2f
	movb $'a', %al
2:	decl %ecx
	jnz 1b
	movb $0, (%edi)
	xorl %edx, %edx
3:	movl $FROM, %esi
	movl $TO, %edi
4:	movb (%esi), %al
	movb %al, (%edi)
	incl %esi
	incl %edi
	testb %al, %al
	jne 4b
	movl $TO, %edi
5:	cmpb $0, (%edi)
	je 6f
	incl %edi
	jmp 5b
6:	movzbl -1(%edi), %eax
	leal -TO(%edx,%edi), %edx
	addl %eax, %edx
	decl %ebp
	jnz 3b
	movl %edx, %eax
	ret
