# CRC-32 (reflected, 0xedb88320) of 64 KB, a byte and a table look-up at a time.
# Result: the CRC after all passes.
	.set TABLE, SCRATCH
	.set BUFFER, SCRATCH+0x10000
	.set BYTES, 0x10000
main:
	pushl %ecx
	xorl %edx, %edx
1:	movl %edx, %eax
	movl $8, %ecx
2:	shrl $1, %eax
	jnc 3f
	xorl $0xedb88320, %eax
3:	decl %ecx
	jnz 2b
	movl %eax, TABLE(,%edx,4)
	incl %edx
	cmpl $256, %edx
	jne 1b
	xorl %edx, %edx
	movl $1, %eax
4:	imull $1103515245, %eax, %eax
	addl $12345, %eax
	movl %eax, BUFFER(,%edx,4)
	incl %edx
	cmpl $BYTES/4, %edx
	jne 4b
	popl %ebp
	movl $-1, %eax
5:	movl $BUFFER, %esi
	movl $BYTES, %ecx
6:	movzbl (%esi), %edx
	incl %esi
	xorb %al, %dl
	shrl $8, %eax
	xorl TABLE(,%edx,4), %eax
	decl %ecx
	jnz 6b
	decl %ebp
	jnz 5b
	notl %eax
	ret
