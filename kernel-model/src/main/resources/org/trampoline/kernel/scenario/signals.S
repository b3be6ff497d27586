# Signals to kernel threads: blocked unless the thread lets them through; they do not
# kill, they wake, and the thread looks.

        .include "linkage.h"

scenario:
        pushl   %ebx
        CALL3   kernel_thread, $deaf, $0, $CLONE_KERNEL
        pushl   %eax
        CALL3   kernel_thread, $listens, $0, $CLONE_KERNEL
        movl    %eax, %ebx
        movl    $5, %eax
        call    msleep
        popl    %eax
        movl    $SIGKILL, %edx
        call    kill_proc               # blocked: nothing happens
        movl    %ebx, %eax
        movl    $SIGTERM, %edx
        call    kill_proc               # this one is blocked, too
        movl    $5, %eax
        call    msleep
        movl    %ebx, %eax
        movl    $SIGHUP, %edx
        call    kill_proc
        movl    $5, %eax
        call    msleep
        movl    %ebx, %eax
        movl    $SIGKILL, %edx
        call    kill_proc
        movl    $100, %eax
        call    msleep
        popl    %ebx
        call    machine_power_off

deaf:
        CALL1   daemonize, $deaf_name
        SET_CURRENT_STATE TASK_INTERRUPTIBLE
        movl    $50, %eax
        call    schedule_timeout
        pushl   %eax
        SIGNAL_PENDING %ecx
        setnz   %cl
        movzbl  %cl, %ecx
        popl    %eax
        CALL3   printk, $deaf_text, %ecx, %eax
        xorl    %eax, %eax
        ret

listens:
        CALL1   daemonize, $listens_name
        movl    $SIGKILL, %eax
        call    allow_signal
        movl    $SIGHUP, %eax
        call    allow_signal
1:      SET_CURRENT_STATE TASK_INTERRUPTIBLE
        movl    $5 * HZ, %eax
        call    schedule_timeout
        pushl   %eax
        GET_CURRENT %eax
        call    dequeue_signal
        movl    %eax, %ebx
        popl    %ecx
        CALL3   printk, $woken, %ebx, %ecx
        cmpl    $SIGKILL, %ebx
        jne     1b
        movl    $0, %eax
        ret

deaf_name:      .asciz  "deaf"
listens_name:   .asciz  "listens"
deaf_text:      .asciz  "<6>deaf: slept to the end, signal pending: %d, ticks left: %d\n"
woken:          .asciz  "<6>listens: woken by signal %d with %d ticks left\n"
