# The processes of the lazy-tlb scenario: process 1 waits, its child touches 16 pages and
# lets the kernel thread run, again and again.

        .include "unistd.h"

        SYSCALL fork
        testl   %eax, %eax
        jz      1f
        SYSCALL pause
        SYSCALL reboot

1:
        .if     CONFIG_SMP
        SYSCALL sched_setaffinity, $0, $4, $cpu0
        .endif
        SYSCALL sched_yield             # the parent first, which goes to sleep
        movl    $ROUNDS, %ebp
2:      movl    $16, %ecx
        movl    $pages, %esi
3:      movl    (%esi), %eax
        addl    $4096, %esi
        loop    3b
        cmpl    $1, %ebp
        sete    %bl
        movzbl  %bl, %ebx
        movl    $NR_ROUND, %eax
        int     $SYSCALL_VECTOR
        decl    %ebp
        jnz     2b
        SYSCALL exit

        .if     CONFIG_SMP
        .balign 4
cpu0:   .long   1
        .endif
pages:  .space  16 * 4096
