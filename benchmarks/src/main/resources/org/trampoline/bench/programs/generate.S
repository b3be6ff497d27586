# Code that is never the same: each pass writes "movl $n, %eax; ret" to another place of 7 MB and calls
# it, so every block is executed once. Result: the sum of what the calls return.
	.set END_OF_CODE, SCRATCH+0x700000
main:
	movl $SCRATCH, %edi
	xorl %ebx, %ebx
1:	movb $0xb8, (%edi)
	movl %ecx, 1(%edi)
	movb $0xc3, 5(%edi)
	call *%edi
	addl %eax, %ebx
	addl $112, %edi
	cmpl $END_OF_CODE, %edi
	jb 2f
	movl $SCRATCH, %edi
2:	decl %ecx
	jnz 1b
	movl %ebx, %eax
	ret
