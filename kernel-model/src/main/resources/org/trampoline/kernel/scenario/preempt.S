# How long a SCHED_FIFO thread has to wait for a thread that is busy in the kernel.

        .include "linkage.h"

scenario:
        CALL3   kthread_create, $urgent, $0, $urgent_name
        pushl   %eax
        movl    $SCHED_FIFO, %edx
        movl    $50, %ecx
        call    sched_setscheduler
        popl    %eax
        call    wake_up_process
        CALL3   kthread_create, $busy, $0, $busy_name
        call    wake_up_process
        movl    $100, %eax
        call    msleep
        call    machine_power_off

urgent:                                 # sleeps 10 ms at a time, and says how late it is
        movl    $4, %ebx
1:      movl    jiffies, %edi
        addl    $11, %edi               # the tick that wakes it
        movl    $10, %eax
        call    msleep
        movl    jiffies, %eax
        subl    %edi, %eax
        CALL2   printk, $late, %eax
        decl    %ebx
        jnz     1b
        xorl    %eax, %eax
        ret

busy:                                   # 25 ms in the kernel without a call of schedule
        CALL1   printk, $busy_text
        movl    $25, %ecx
        call    spin
        CALL1   printk, $disabled_text
        call    preempt_disable         # and again, as if it held a spin lock
        movl    $25, %ecx
        call    spin
        CALL1   printk, $enabled_text
        call    preempt_enable
        xorl    %eax, %eax
        ret

spin:                                   # ecx ticks of processor time
        GET_CURRENT %edx
        addl    TASK_stime(%edx), %ecx
1:      cmpl    %ecx, TASK_stime(%edx)
        jb      1b
        ret

urgent_name: .asciz "urgent"
busy_name: .asciz "busy"
late:   .asciz  "<6>urgent: %d ms late\n"
busy_text: .asciz "<6>busy: 25 ms, may be preempted\n"
disabled_text: .asciz "<6>busy: 25 ms with preemption disabled\n"
enabled_text: .asciz "<6>busy: preempt_enable\n"
