# The well-known kernel threads of a machine with one processor, in the order in which
# they are started.

        .include "linkage.h"

scenario:
        pushl   %ebx
        movl    $20, %eax               # let all of them come to rest
        call    msleep
        CALL1   printk, $head
        movl    init_task + TASK_tasks, %ebx
1:      cmpl    $init_task + TASK_tasks, %ebx
        je      2f
        leal    -TASK_tasks(%ebx), %ecx
        movl    TASK_static_prio(%ecx), %edx
        subl    $120, %edx
        leal    TASK_comm(%ecx), %eax
        pushl   %eax
        pushl   TASK_state(%ecx)
        pushl   %edx
        movl    TASK_parent(%ecx), %edx
        pushl   TASK_pid(%edx)
        pushl   TASK_pid(%ecx)
        pushl   $line
        call    printk
        addl    $24, %esp
        movl    (%ebx), %ebx
        jmp     1b
2:      popl    %ebx
        call    machine_power_off

head:   .asciz  "<6>  PID  PPID  NI  STATE COMMAND\n"
line:   .asciz  "<6>%5d %5d %3d %6d [%s]\n"
