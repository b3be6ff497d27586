# Repeated string instructions: fills, copies, compares and searches blocks of 16 to 4096 bytes.
# Result: where each comparison and search ended, folded.
	.set FROM, SCRATCH
	.set TO, SCRATCH+0x10003
main:
	movl %ecx, %edx
	xorl %ebp, %ebp
	cld
1:	movl $16, %ebx
2:	movl $FROM, %edi
	movl %ebx, %eax
	movl %ebx, %ecx
	shrl $2, %ecx
	rep stosl
	movl $FROM, %esi
	movl $TO, %edi
	movl %ebx, %ecx
	rep movsb
	movb $0xff, -1(%edi)
	movl $FROM, %esi
	movl $TO, %edi
	movl %ebx, %ecx
	repe cmpsb
	addl %ecx, %ebp
	subl $TO, %edi
	roll $1, %ebp
	addl %edi, %ebp
	movl $TO, %edi
	movl %ebx, %ecx
	movb $0xff, %al
	repne scasb
	addl %ecx, %ebp
	addl %ebx, %ebx
	cmpl $4096, %ebx
	jbe 2b
	decl %edx
	jnz 1b
	movl %ebp, %eax
	ret
