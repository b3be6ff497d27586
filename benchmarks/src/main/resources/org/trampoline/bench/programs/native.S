# In front of a guest program as a process of Linux on IA-32: round after round, each result as four
# bytes on standard output. PASSES and PROGRAM are defined by whoever assembles it.
_start:
	movl $PASSES, %ecx
	call PROGRAM
	pushl %eax
	movl $4, %eax			# write(1, esp, 4)
	movl $1, %ebx
	movl %esp, %ecx
	movl $4, %edx
	int $0x80
	popl %ecx
	cmpl $4, %eax
	je _start
	movl $1, %eax			# exit(0) when nobody reads any more
	xorl %ebx, %ebx
	int $0x80
