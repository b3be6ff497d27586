# The processes of the daemonize scenario: process 1, and a child that makes the thread.

        .include "unistd.h"

        SYSCALL fork
        testl   %eax, %eax
        jz      2f
        SYSCALL waitpid, $-1, $0, $__WALL       # first the thread, an orphan by its own will
        SYSCALL waitpid, $-1, $0, $__WALL       # and then the child
        SYSCALL reboot

2:      movl    $288, %eax              # NR_MAKE_THREAD
        int     $SYSCALL_VECTOR
        SYSCALL nanosleep, $five_ms
        SYSCALL exit

        .balign 4
five_ms: .long  0, 5000000
