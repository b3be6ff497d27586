# Interrupts of devices (Linux: arch/i386/kernel/irq.c, kernel/irq/handle.c and
# manage.c). Handlers are called with interrupts off.

        .text

# void init_IRQ(void): gates 0x20–0x2f.
        .balign 16
        .globl  init_IRQ
init_IRQ:
        pushl   %ebx
        pushl   %esi
        call    init_8259A
        movl    $FIRST_EXTERNAL_VECTOR, %ebx
        movl    $interrupt, %esi
1:      movl    %esi, %edx
        movl    %ebx, %eax
        movl    $0x8e00, %ecx
        call    set_gate
        addl    $16, %esi
        incl    %ebx
        cmpl    $FIRST_EXTERNAL_VECTOR + NR_IRQS, %ebx
        jb      1b
        popl    %esi
        popl    %ebx
        ret

# fastcall unsigned int do_IRQ(struct pt_regs *regs)
        .balign 16
        .globl  do_IRQ
do_IRQ:
        pushl   %ebx
        GET_THREAD_INFO %ecx
        addl    $HARDIRQ_OFFSET, TI_preempt_count(%ecx)         # irq_enter
        movl    %eax, %edx
        movzbl  PT_ORIG_EAX(%eax), %eax
        call    __do_IRQ

# irq_exit: what the handlers have left to softirqs is done now, if this was the
# outermost interrupt and no softirq was interrupted.
        .globl  irq_exit
irq_exit:
        GET_THREAD_INFO %ebx
        subl    $HARDIRQ_OFFSET - 1, TI_preempt_count(%ebx)
        testl   $HARDIRQ_MASK | SOFTIRQ_MASK, TI_preempt_count(%ebx)
        jnz     1f
        call    do_softirq
1:      decl    TI_preempt_count(%ebx)
        popl    %ebx
        ret

# void __do_IRQ(irq, regs): all actions of the interrupt, one after the other.
        .balign 16
__do_IRQ:
        pushl   %ebp
        pushl   %ebx
        pushl   %esi
        pushl   %edi
        movl    %eax, %esi              # irq
        movl    %edx, %edi              # regs
        call    mask_and_ack_8259A
        movl    irq_action(, %esi, 4), %ebx
1:      testl   %ebx, %ebx
        jz      2f
        movl    %esi, %eax
        movl    IRQACTION_dev_id(%ebx), %edx
        movl    %edi, %ecx
__irq_handler_call:                     # traced: esi is the interrupt
        call    *IRQACTION_handler(%ebx)
__irq_handler_return:
        movl    IRQACTION_next(%ebx), %ebx
        jmp     1b
2:      movl    %esi, %eax
        call    enable_8259A_irq
        popl    %edi
        popl    %esi
        popl    %ebx
        popl    %ebp
        ret

# int setup_irq(irq, struct irqaction *new)
        .balign 16
        .globl  setup_irq
setup_irq:
        pushfl
        cli
        movl    irq_action(, %eax, 4), %ecx
        movl    %ecx, IRQACTION_next(%edx)
        movl    %edx, irq_action(, %eax, 4)
        call    enable_8259A_irq
        popfl
        xorl    %eax, %eax
        ret

        .bss
        .balign 4
irq_action:                             # struct irqaction of each interrupt
        .space  4 * NR_IRQS
