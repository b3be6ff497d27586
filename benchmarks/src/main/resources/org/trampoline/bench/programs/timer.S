# The PC's timer at some 10 kHz, with hlt between: each tick is an interrupt from IRQ 0 through the
# 8259A, acknowledged by its handler. Only for a machine whose time is virtual.
# Result: the count.
main:
	pushl %ecx
	call tables
	movl $0x20, %eax
	movl $handler, %edx
	call gate
	movb $0x11, %al			# ICW1 to ICW4: vectors from 0x20 and 0x28
	outb %al, $0x20
	outb %al, $0xa0
	movb $0x20, %al
	outb %al, $0x21
	movb $0x28, %al
	outb %al, $0xa1
	movb $4, %al
	outb %al, $0x21
	movb $2, %al
	outb %al, $0xa1
	movb $1, %al
	outb %al, $0x21
	outb %al, $0xa1
	movb $0xfe, %al			# only IRQ 0
	outb %al, $0x21
	movb $0xff, %al
	outb %al, $0xa1
	movb $0x34, %al			# counter 0, both bytes, mode 2
	outb %al, $0x43
	movb $119, %al
	outb %al, $0x40
	xorb %al, %al
	outb %al, $0x40
	popl %ecx
	xorl %ebx, %ebx
1:	sti
	hlt
	cli
	cmpl %ecx, %ebx
	jne 1b
	movl %ebx, %eax
	ret

handler:
	incl %ebx
	movb $0x20, %al			# end of interrupt
	outb %al, $0x20
	iretl
