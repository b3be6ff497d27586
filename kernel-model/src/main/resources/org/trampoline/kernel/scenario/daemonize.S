# A process makes a kernel thread; it has the process's memory until it daemonizes.

        .include "linkage.h"

        .set    NR_MAKE_THREAD, 288

# Called by process 1 during start-up: it will be a process soon, with a system call more.
scenario:
        movl    $sys_make_thread, sys_call_table + 4 * NR_MAKE_THREAD
        ret

# asmlinkage long sys_make_thread(void)
sys_make_thread:
        GET_CURRENT %eax
        movl    $-5, %edx
        call    set_user_nice
        CALL3   kernel_thread, $daemon, $0, $CLONE_KERNEL
        ret

daemon:
        CALL1   show, $before
        CALL2   daemonize, $name, $1
        CALL1   show, $after
        xorl    %eax, %eax
        ret

# show(label), on the stack
show:
        GET_CURRENT %eax
        movl    TASK_parent(%eax), %edx
        pushl   TASK_static_prio(%eax)
        subl    $120, (%esp)
        pushl   TASK_blocked(%eax)
        pushl   TASK_exit_signal(%eax)
        pushl   TASK_pid(%edx)
        movl    TASK_files(%eax), %ecx
        pushl   FILES_count(%ecx)
        movl    TASK_fs(%eax), %ecx
        pushl   FS_count(%ecx)
        pushl   TASK_active_mm(%eax)
        pushl   TASK_mm(%eax)
        leal    TASK_comm(%eax), %ecx
        pushl   %ecx
        pushl   40(%esp)
        pushl   $line
        call    printk
        addl    $44, %esp
        ret

name:   .asciz  "mydaemon/%d"
before: .asciz  "before"
after:  .asciz  "after"
line:   .ascii  "<6>%s: comm %s, mm %08x, active_mm %08x, fs shared by %d, files by %d, "
        .asciz  "parent %d, exit_signal %d, blocked %08x, nice %d\n"
