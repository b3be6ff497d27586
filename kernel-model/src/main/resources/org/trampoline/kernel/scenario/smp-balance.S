# Six threads that never sleep, all born on processor 0: first they may run there only,
# then anywhere.

        .include "linkage.h"

        .set    THREADS, 6
        .set    TIME, HZ / 2

scenario:
        pushl   %ebx
        xorl    %ebx, %ebx
1:      CALL4   kthread_create, $hog, %ebx, $hog_name, %ebx
        movl    %eax, tasks(, %ebx, 4)
        xorl    %edx, %edx              # all start on processor 0
        call    kthread_bind
        movl    tasks(, %ebx, 4), %eax
        call    wake_up_process
        incl    %ebx
        cmpl    $THREADS, %ebx
        jb      1b
        CALL2   printk, $bound, $TIME
        call    measure

        xorl    %ebx, %ebx
2:      movl    tasks(, %ebx, 4), %eax
        movl    $-1, %edx
        call    set_cpus_allowed
        incl    %ebx
        cmpl    $THREADS, %ebx
        jb      2b
        CALL2   printk, $free, $TIME
        call    measure
        movl    $1, stop
        popl    %ebx
        call    machine_power_off

measure:                                # how much each gets in a time, and where it is then
        pushl   %ebx
        pushl   %esi
        xorl    %ebx, %ebx
1:      movl    tasks(, %ebx, 4), %ecx
        movl    TASK_stime(%ecx), %eax
        movl    %eax, before(, %ebx, 4)
        incl    %ebx
        cmpl    $THREADS, %ebx
        jb      1b
        movl    $TIME - 1, %eax
        call    msleep
        xorl    %ebx, %ebx
        xorl    %esi, %esi
2:      movl    tasks(, %ebx, 4), %ecx
        movl    TASK_thread_info(%ecx), %edx
        movl    TASK_stime(%ecx), %eax
        subl    before(, %ebx, 4), %eax
        addl    %eax, %esi
        CALL4   printk, $line, %ebx, %eax, TI_cpu(%edx)
        incl    %ebx
        cmpl    $THREADS, %ebx
        jb      2b
        CALL2   printk, $sum, %esi
        popl    %esi
        popl    %ebx
        ret

hog:                                    # int (void *number)
        cmpl    $0, stop
        je      hog
        xorl    %eax, %eax
        ret

        .balign 4
tasks:  .space  4 * THREADS
before: .space  4 * THREADS
stop:   .long   0
hog_name: .asciz "hog/%d"
bound:  .asciz  "<6>%d ms with all of them bound to CPU 0:\n"
free:   .asciz  "<6>%d ms with all CPUs allowed:\n"
line:   .asciz  "<6>hog/%d: %d ticks, now on CPU %d\n"
sum:    .asciz  "<6>together %d ticks\n"
