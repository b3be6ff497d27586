# Ends of threads: zombies and who releases them.

        .include "linkage.h"

scenario:
        pushl   %ebx
        CALL3   kernel_thread, $seven, $0, $(CLONE_KERNEL | SIGCHLD)
        call    find_task_by_pid
        movl    %eax, %ebx
        movl    $5, %eax
        call    msleep
        movl    TASK_exit_state(%ebx), %eax
        CALL3   printk, $zombie, %eax, TASK_exit_code(%ebx)
        CALL4   sys_wait4, $-1, $0, $__WALL, $0
        CALL2   printk, $reaped, %eax

        CALL3   kernel_thread, $seven, $0, $(CLONE_KERNEL | CLONE_THREAD)
        movl    $5, %eax
        call    msleep

        CALL3   kernel_thread, $father, $0, $(CLONE_KERNEL | SIGCHLD)
        movl    %eax, %ebx
        CALL4   sys_wait4, $-1, $0, $__WALL, $0
        CALL2   printk, $reaped, %eax   # the father, whose child is ours now
        CALL4   sys_wait4, $-1, $0, $__WALL, $0
        CALL2   printk, $reaped, %eax
        CALL4   sys_wait4, %ebx, $0, $__WALL, $0
        CALL2   printk, $nobody, %eax
        call    preempt_disable         # something is held, and the thread exits in an interrupt
        GET_THREAD_INFO %eax
        addl    $HARDIRQ_OFFSET, TI_preempt_count(%eax)
        movl    $11, %eax
        call    do_exit

seven:  movl    $7, %eax
        ret

father: CALL3   kernel_thread, $child, $0, $(CLONE_KERNEL | SIGCHLD)
        xorl    %eax, %eax
        ret

child:  movl    $5, %eax
        call    msleep
        GET_CURRENT %eax
        movl    TASK_real_parent(%eax), %eax
        CALL2   printk, $parent, TASK_pid(%eax)
        xorl    %eax, %eax
        ret

zombie: .asciz  "<6>the thread has exited: exit_state %d (EXIT_ZOMBIE), exit_code %d\n"
reaped: .asciz  "<6>wait4 released %d\n"
parent: .asciz  "<6>the child's parent is now process %d\n"
nobody: .asciz  "<6>wait4: %d, no such child any more; do_exit in an interrupt:\n"
