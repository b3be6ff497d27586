# What each processor has of its own after start-up: process 0, its kernel threads, ticks.

        .include "linkage.h"

scenario:
        pushl   %ebx
        pushl   %esi
        movl    $20, %eax               # let all of them come to rest
        call    msleep
        movl    $here, %eax             # on each processor, by an interrupt
        movl    $1000, %edx
        call    on_each_cpu
        xorl    %ebx, %ebx
1:      cmpl    $1000, called(, %ebx, 4)
        jne     2f
        pushl   called_on(, %ebx, 4)
        pushl   %ebx
        pushl   $call_line
        call    printk
        addl    $12, %esp
2:      incl    %ebx
        cmpl    num_online_cpus, %ebx
        jb      1b

        xorl    %ebx, %ebx
3:      imull   $RQ_size, %ebx, %eax
        movl    runqueues + RQ_idle(%eax), %esi
        movl    TASK_thread_info(%esi), %ecx
        pushl   TASK_stime(%esi)
        pushl   TASK_thread_info(%esi)
        pushl   TI_cpu(%ecx)
        pushl   TASK_pid(%esi)
        leal    TASK_comm(%esi), %eax
        pushl   %eax
        pushl   %ebx
        pushl   $idle_line
        call    printk
        addl    $28, %esp
        incl    %ebx
        cmpl    num_online_cpus, %ebx
        jb      3b

        CALL1   printk, $head
        movl    init_task + TASK_tasks, %ebx
4:      cmpl    $init_task + TASK_tasks, %ebx
        je      5f
        leal    -TASK_tasks(%ebx), %ecx
        movl    TASK_static_prio(%ecx), %edx
        subl    $120, %edx
        leal    TASK_comm(%ecx), %eax
        pushl   %eax
        pushl   TASK_cpus_allowed(%ecx)
        movl    TASK_thread_info(%ecx), %eax
        pushl   TI_cpu(%eax)
        pushl   TASK_rt_priority(%ecx)
        pushl   %edx
        pushl   TASK_pid(%ecx)
        pushl   $line
        call    printk
        addl    $28, %esp
        movl    (%ebx), %ebx
        jmp     4b
5:      popl    %esi
        popl    %ebx
        call    machine_power_off

here:                                   # void (void *argument)
        GET_THREAD_INFO %ecx
        movl    TI_cpu(%ecx), %ecx
        movl    %eax, called(, %ecx, 4)
        GET_CURRENT %eax
        movl    TASK_pid(%eax), %eax
        movl    %eax, called_on(, %ecx, 4)
        ret

        .balign 4
called: .space  4 * NR_CPUS
called_on: .space 4 * NR_CPUS
call_line: .asciz "<6>CPU %d: on_each_cpu's function has run, on the stack of process %d\n"
idle_line: .asciz "<6>CPU %d: idle thread %s, pid %d, cpu %d, thread_info %08x, %d ticks\n"
head:   .asciz  "<6>  PID  NI RTPRIO PSR ALLOWED  COMMAND\n"
line:   .asciz  "<6>%5d %3d %6d %3d %08x [%s]\n"
