# A tasklet that schedules itself again and again: a few rounds are done on the way out
# of an interrupt, the rest by ksoftirqd, and other threads go on running.

        .include "linkage.h"

        .set    ROUNDS, 20000

scenario:
        CALL3   kthread_create, $hog, $0, $hog_name
        call    wake_up_process
        movl    $tasklet, %eax
        call    tasklet_schedule
        movl    $600, %eax
        call    msleep
        movl    $1, stop
        CALL4   printk, $line, rounds, by_ksoftirqd, hog_rounds
        call    machine_power_off

again:                                  # void (data)
        incl    rounds
        GET_THREAD_INFO %ecx
        movl    TI_task(%ecx), %edx
        movl    TI_cpu(%ecx), %ecx
        cmpl    %edx, ksoftirqd_task(, %ecx, 4)
        jne     1f
        incl    by_ksoftirqd
1:      movl    $200, %ecx              # some work
        loop    .
        cmpl    $ROUNDS, rounds
        jae     2f
        movl    $tasklet, %eax
        call    tasklet_schedule
2:      ret

hog:
        incl    hog_rounds
        cmpl    $0, stop
        je      hog
        xorl    %eax, %eax
        ret

        .balign 4
tasklet:
        .long   0, 0, 0, again, 0
rounds: .long   0
by_ksoftirqd: .long 0
hog_rounds: .long 0
stop:   .long   0
hog_name: .asciz "hog"
line:   .ascii  "<6>tasklet: %d rounds, %d of them by ksoftirqd at nice 19; "
        .asciz  "meanwhile a thread of nice 0 made %u rounds\n"
