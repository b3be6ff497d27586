# Waking a thread of another processor: how long until it runs, when that processor is
# idle, when it runs something worse, and when it runs something better.

        .include "linkage.h"

        .set    ROUNDS, 4

scenario:
        pushl   %ebx
        CALL3   kthread_create, $sleeper, $0, $sleeper_name
        movl    %eax, task
        movl    $1, %edx
        call    kthread_bind
        movl    task, %eax
        call    wake_up_process
        movl    $5, %eax
        call    msleep
        CALL1   printk, $idle
        call    wake

        CALL3   kthread_create, $busy, $0, $busy_name
        movl    %eax, %ebx
        movl    $1, %edx
        call    kthread_bind
        movl    task, %eax              # a real-time thread: better than what runs there
        movl    $SCHED_FIFO, %edx
        movl    $50, %ecx
        call    sched_setscheduler
        movl    %ebx, %eax
        call    wake_up_process
        movl    $5, %eax
        call    msleep
        CALL1   printk, $worse
        call    wake

        movl    %ebx, %eax              # and now the other one is
        movl    $SCHED_FIFO, %edx
        movl    $60, %ecx
        call    sched_setscheduler
        CALL1   printk, $better
        movl    $1, rounds
        call    wake
        movl    $40, %eax
        call    msleep
        popl    %ebx
        call    machine_power_off

wake:                                   # wakes it so many times from processor 0
        pushl   %esi
        GET_CURRENT %eax
        movl    $1, %edx
        call    set_cpus_allowed
        movl    rounds, %esi
1:      movl    $2, %eax
        call    msleep
        rdtsc
        movl    %eax, sent
        movl    task, %eax
        call    wake_up_process
        movl    $7, %eax
        call    msleep
        decl    %esi
        jnz     1b
        popl    %esi
        ret

sleeper:
1:      SET_CURRENT_STATE TASK_INTERRUPTIBLE
        call    schedule
        rdtsc
        subl    sent, %eax
        GET_THREAD_INFO %ecx
        CALL3   printk, $line, TI_cpu(%ecx), %eax
        jmp     1b

busy:                                   # 30 ms more from when it is better than all
        GET_CURRENT %ecx
1:      cmpl    $SCHED_FIFO, TASK_policy(%ecx)
        jne     1b
        movl    TASK_stime(%ecx), %eax
        addl    $30, %eax
2:      cmpl    %eax, TASK_stime(%ecx)
        jb      2b
        xorl    %eax, %eax
        ret

        .balign 4
task:   .long   0
sent:   .long   0
rounds: .long   ROUNDS
sleeper_name: .asciz "sleeper"
busy_name: .asciz "busy"
idle:   .asciz  "<6>CPU 1 is idle:\n"
worse:  .asciz  "<6>CPU 1 is busy with a thread of nice 0, the sleeper is SCHED_FIFO 50:\n"
better: .asciz  "<6>CPU 1 is busy with a thread of SCHED_FIFO 60 for 30 ms:\n"
line:   .asciz  "<6>sleeper: runs on CPU %d, %d cycles after the wake-up began\n"
