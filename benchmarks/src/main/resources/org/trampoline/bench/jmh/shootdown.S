# Behind paging.S, on two processors: a TLB shootdown in Linux's manner (flush_tlb_others and
# smp_invalidate_interrupt). The first processor maps a page to another frame, tells the second one by an
# interrupt between processors, and waits; the second invalidates the page and reads through it.
# ROUND of them between two arrivals at round_done, then eax is the sum of what the second one read.
	.set ROUND, 100
	.set INVALIDATE_TLB_VECTOR, 0xfd
	.set APIC, 0xfee00000
	.set APIC_EOI, APIC+0xb0
	.set APIC_SPIV, APIC+0xf0	# spurious-interrupt vector; bit 8 enables
	.set APIC_ICR, APIC+0x300	# interrupt command
	.set APIC_ICR2, APIC+0x310	# and its destination
	.set IDT, 0x00208000
	.set START, 0x8000		# of the second processor, in real mode
	.set KERNEL_CS, 8
	.set KERNEL_DS, 16

setup:	movl $0xfec0009b, PGD_A+(APIC>>22)*4	# a 4 MB page, not cached
	lgdtl gdtr
	lidtl idtr
	ljmp $KERNEL_CS, $1f
1:	movl $KERNEL_DS, %eax
	movl %eax, %ds
	movl %eax, %es
	movl %eax, %ss
	movl $invalidate_interrupt, %eax
	movl $KERNEL_CS<<16, IDT+INVALIDATE_TLB_VECTOR*8
	movw %ax, IDT+INVALIDATE_TLB_VECTOR*8
	movw $0x8e00, %ax
	movl %eax, IDT+INVALIDATE_TLB_VECTOR*8+4
	movl $0x1ff, APIC_SPIV
	movl $real_mode, %esi
	movl $START, %edi
	movl $real_mode_end-real_mode, %ecx
	rep
	movsb
	movl $0xc4500, APIC_ICR		# INIT to all others
	movl $0xc4600+START/0x1000, APIC_ICR	# start-up
1:	cmpl $0, online
	je 1b

loop:	movl $ROUND, %ebp
1:	xorl $0x00100000, PT_A
	invlpg USER
	movl $USER, flush_va
	movl $2, flush_cpumask
	movl $1<<24, APIC_ICR2
	movl $0x4000+INVALIDATE_TLB_VECTOR, APIC_ICR
2:	pause
	cmpl $0, flush_cpumask
	jne 2b
	decl %ebp
	jnz 1b
	movl sum, %eax
round_done:
	jmp loop

second:	movl $KERNEL_DS, %eax
	movl %eax, %ds
	movl %eax, %es
	movl %eax, %ss
	movl $STACK_B, %esp
	lidtl idtr
	movl $CR4_PSE_PGE, %eax
	movl %eax, %cr4
	movl $PGD_A, %eax
	movl %eax, %cr3
	movl %cr0, %eax
	orl $CR0_PG, %eax
	movl %eax, %cr0
	movl $0x1ff, APIC_SPIV
	movl $1, online
	sti
1:	hlt
	jmp 1b

invalidate_interrupt:
	pushl %eax
	movl flush_va, %eax
	invlpg (%eax)
	movl (%eax), %eax
	addl %eax, sum
	movl $0, APIC_EOI
	lock
	andl $~2, flush_cpumask
	popl %eax
	iretl

	.balign 64
online:	.long 0
flush_va: .long 0
flush_cpumask: .long 0
sum:	.long 0
	.balign 8
gdt:	.quad 0, 0x00cf9b000000ffff, 0x00cf93000000ffff
gdtr:	.word 23
	.long gdt
idtr:	.word 0x7ff
	.long IDT

	.code16
real_mode:
	cli
	movw %cs, %ax
	movw %ax, %ds
	lgdtl real_gdtr-real_mode
	movl %cr0, %eax
	orb $1, %al
	movl %eax, %cr0
	ljmpl $KERNEL_CS, $second
real_gdtr:
	.word 23
	.long gdt
real_mode_end:
	.code32
