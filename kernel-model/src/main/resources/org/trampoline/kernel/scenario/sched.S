# Four threads that never sleep, of different nice values, and one of SCHED_FIFO that
# wakes every 100 ms; after 2 seconds: how far each has come.

        .include "linkage.h"

        .set    THREADS, 4

scenario:
        pushl   %ebx
        xorl    %ebx, %ebx
1:      movl    nices(, %ebx, 4), %edx
        CALL4   kthread_create, $hog, %ebx, $hog_name, %edx
        movl    %eax, tasks(, %ebx, 4)
        movl    nices(, %ebx, 4), %edx
        call    set_user_nice
        incl    %ebx
        cmpl    $THREADS, %ebx
        jb      1b
        CALL3   kthread_create, $realtime, $0, $fifo_name
        pushl   %eax
        movl    $SCHED_FIFO, %edx
        movl    $50, %ecx
        call    sched_setscheduler
        popl    %eax
        call    wake_up_process
        xorl    %ebx, %ebx
2:      movl    tasks(, %ebx, 4), %eax
        call    wake_up_process
        incl    %ebx
        cmpl    $THREADS, %ebx
        jb      2b
        movl    $2 * HZ, %eax
        call    msleep
        movl    $1, stop
        xorl    %ebx, %ebx
3:      movl    tasks(, %ebx, 4), %ecx
        pushl   counts(, %ebx, 4)
        pushl   TASK_stime(%ecx)
        pushl   TASK_prio(%ecx)
        pushl   TASK_static_prio(%ecx)
        leal    TASK_comm(%ecx), %eax
        pushl   %eax
        pushl   $line
        call    printk
        addl    $24, %esp
        incl    %ebx
        cmpl    $THREADS, %ebx
        jb      3b
        CALL3   printk, $fifo_line, fifo_rounds, fifo_late
        popl    %ebx
        call    machine_power_off

hog:                                    # int (void *number)
        incl    counts(, %eax, 4)
        cmpl    $0, stop
        je      hog
        xorl    %eax, %eax
        ret

realtime:
1:      incl    fifo_rounds
        movl    jiffies, %edi
        addl    $100, %edi
        movl    $99, %eax
        call    msleep
        movl    jiffies, %eax
        subl    %edi, %eax
        cmpl    %eax, fifo_late
        jae     2f
        movl    %eax, fifo_late
2:
        cmpl    $0, stop
        je      1b
        xorl    %eax, %eax
        ret

        .balign 4
nices:  .long   -10, 0, 5, 19
tasks:  .space  4 * THREADS
counts: .space  4 * THREADS
stop:   .long   0
fifo_rounds: .long 0
fifo_late: .long 0
hog_name: .asciz "hog(%d)"
fifo_name: .asciz "fifo"
line:   .asciz  "<6>%-8s static_prio %d, prio %d: %d ticks, %u rounds\n"
fifo_line: .asciz "<6>fifo     woken %d times, at most %d ms late\n"
