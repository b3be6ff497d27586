# Bugs that the kernel cannot survive.

# Called by process 1 during start-up, which nobody may kill.
oops_init:
        movl    0, %eax
        ret

# A thread that counts itself as an interrupt's handler: no process is to blame.
oops_interrupt:
        movl    $-THREAD_SIZE, %ecx
        andl    %esp, %ecx
        addl    $HARDIRQ_OFFSET, TI_preempt_count(%ecx)         # irq_enter
        xorl    %edx, %edx
        movl    (%edx), %eax
        ret
