# kernel_thread's flags: what is shared and what is copied; its results.

        .include "linkage.h"

scenario:
        pushl   %ebx
        CALL1   show, $parent
        CALL3   kernel_thread, $child, $nothing, $SIGCHLD
        CALL2   printk, $returned, %eax
        call    reap
        CALL3   kernel_thread, $child, $files, $(CLONE_FILES | SIGCHLD)
        call    reap
        CALL3   kernel_thread, $child, $all, $(CLONE_KERNEL | SIGCHLD)
        call    reap
        CALL3   kernel_thread, $child, $all, $0x20200   # CLONE_NEWNS | CLONE_FS
        CALL2   printk, $invalid, %eax
        movl    mm_state + MMSTATE_nr_threads, %eax
        pushl   mm_state + MMSTATE_max_threads
        movl    %eax, mm_state + MMSTATE_max_threads
        CALL3   kernel_thread, $child, $all, $CLONE_KERNEL
        popl    mm_state + MMSTATE_max_threads
        CALL2   printk, $again, %eax
        pushl   mm_state + MMSTATE_nr_free_pages
        movl    $0, mm_state + MMSTATE_nr_free_pages
        CALL3   kernel_thread, $child, $all, $CLONE_KERNEL
        popl    mm_state + MMSTATE_nr_free_pages
        CALL2   printk, $nomem, %eax
        popl    %ebx
        call    machine_power_off

reap:
        CALL4   sys_wait4, $-1, $0, $__WALL, $0
        ret

child:                                  # int (void *label)
        CALL1   show, %eax
        movl    $7, %eax
        ret

show:                                   # show(label), on the stack
        GET_CURRENT %eax
        movl    TASK_sighand(%eax), %edx
        pushl   SIGHAND_count(%edx)
        movl    TASK_files(%eax), %edx
        pushl   FILES_count(%edx)
        movl    TASK_fs(%eax), %edx
        pushl   FS_count(%edx)
        pushl   TASK_active_mm(%eax)
        pushl   TASK_mm(%eax)
        pushl   TASK_pid(%eax)
        pushl   28(%esp)
        pushl   $line
        call    printk
        addl    $32, %esp
        ret

parent: .asciz  "parent"
nothing: .asciz "flags SIGCHLD"
files:  .asciz  "flags CLONE_FILES"
all:    .asciz  "flags CLONE_KERNEL"
line:   .asciz  "<6>%-18s pid %d, mm %x, active_mm %08x; shared by: fs %d, files %d, sighand %d\n"
returned: .asciz "<6>kernel_thread returned %d\n"
invalid: .asciz "<6>CLONE_NEWNS | CLONE_FS: %d\n"
again:  .asciz  "<6>too many threads: %d\n"
nomem:  .asciz  "<6>no memory: %d\n"
