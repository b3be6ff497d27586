# Process 1 starts kernel threads that return at once, so that kernel_thread_helper calls do_exit, and
# releases each by wait4: ROUND of them between two arrivals at round_done.
        .include "linkage.h"

        .set    ROUND, 100

fork_exit:
        pushl   %ebx
1:      movl    $ROUND, %ebx
2:      CALL3   kernel_thread, $fn, $0, $(CLONE_KERNEL | SIGCHLD)
        CALL4   sys_wait4, $-1, $0, $__WALL, $0
        decl    %ebx
        jnz     2b
round_done:
        jmp     1b

fn:     xorl    %eax, %eax
        ret
