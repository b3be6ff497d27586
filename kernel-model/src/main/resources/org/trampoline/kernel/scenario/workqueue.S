# Work for keventd and for a queue of one's own; delayed work; flushing.

        .include "linkage.h"

scenario:
        call    preempt_disable         # keventd, of nice -5, would run at once
        movl    $immediate, %eax
        call    schedule_work
        CALL2   printk, $queued, %eax
        movl    $immediate, %eax
        call    schedule_work
        CALL2   printk, $again, %eax
        call    preempt_enable
        movl    $delayed, %eax
        movl    $10, %edx
        call    schedule_delayed_work
        call    flush_scheduled_work
        CALL1   printk, $flushed
        movl    $own_name, %eax
        call    create_singlethread_workqueue
        movl    %eax, wq
        movl    $own1, %edx
        call    queue_work
        movl    wq, %eax
        movl    $own2, %edx
        call    queue_work
        movl    wq, %eax
        call    destroy_workqueue       # flushes it and stops its thread
        CALL1   printk, $destroyed
        movl    $20, %eax
        call    msleep
        call    machine_power_off

work:                                   # void (void *text)
        GET_CURRENT %ecx
        leal    TASK_comm(%ecx), %edx
        CALL4   printk, $by, %eax, %edx, TASK_pid(%ecx)
        ret

slow:                                   # a work may sleep; those behind it wait
        pushl   %eax
        movl    $3, %eax
        call    msleep
        popl    %eax
        jmp     work

        .macro  WORK name, function, data
        .balign 4
\name:  .long   0                       # pending
        .long   \name + WORK_entry, \name + WORK_entry
        .long   \function, \data
        .space  WORK_size - WORK_wq_data
        .endm

        WORK    immediate, work, text1
        WORK    delayed, work, text2
        WORK    own1, slow, text3
        WORK    own2, work, text4
wq:     .long   0

own_name:       .asciz  "mine"
text1:  .asciz  "immediate work"
text2:  .asciz  "work delayed by 10 ticks"
text3:  .asciz  "slow work"
text4:  .asciz  "work behind the slow one"
by:     .asciz  "<6>%s, done by %s (pid %d)\n"
queued: .asciz  "<6>schedule_work: %d\n"
again:  .asciz  "<6>schedule_work of pending work: %d\n"
flushed: .asciz "<6>flush_scheduled_work returned\n"
destroyed: .asciz "<6>destroy_workqueue returned\n"
