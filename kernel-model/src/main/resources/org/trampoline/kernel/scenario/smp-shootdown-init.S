# The process of the smp-shootdown scenario: the first thread is on processor 0 and takes
# pages away, the other one is on processor 1.

        .include "unistd.h"

        .set    CLONE_FLAGS, CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | SIGCHLD

        SYSCALL sched_setaffinity, $0, $4, $cpu0
        movl    %esp, %ecx
        subl    $512, %ecx              # its stack
        SYSCALL clone, $CLONE_FLAGS, %ecx
        testl   %eax, %eax
        jz      thread

        movl    %esp, %ebp              # flags on the stack, as text is read-only
1:      cmpl    $1, -1024(%ebp)         # it runs on processor 1 and looks at the last page
        jne     1b
        PRINT   running
        SYSCALL munmap, $page1, $4096
        SYSCALL munmap, $page2, $4096
        movl    $2, -1024(%ebp)
        SYSCALL nanosleep, $five_ms     # it sleeps: processor 1 idles on this process's memory
        PRINT   lazy
        SYSCALL munmap, $page3, $4096
        PRINT   left
        SYSCALL munmap, $page4, $4096
        SYSCALL munmap, $page5, $4096
2:      cmpl    $3, -1024(%ebp)         # it is awake again
        jne     2b
        PRINT   again
        SYSCALL munmap, $page6, $4096
        PRINT   gone
        SYSCALL munmap, $page7, $4096   # where the thread looks
        SYSCALL nanosleep, $five_ms
        subl    $4, %esp
        movl    %esp, %ecx
        SYSCALL waitpid, $-1, %ecx, $0
        popl    %eax
        PRINT   reaped
        SYSCALL reboot

thread: leal    512(%esp), %ebp
        SYSCALL sched_setaffinity, $0, $4, $cpu1
        movl    page7, %eax
        movl    $1, -1024(%ebp)
3:      movl    page7, %eax
        cmpl    $2, -1024(%ebp)
        jne     3b
        SYSCALL nanosleep, $twenty_ms
        movl    $3, -1024(%ebp)
4:      movl    page7, %eax
        jmp     4b

        STRING  running, "its other thread runs on CPU 1: munmap twice"
        STRING  lazy, "the other thread sleeps, CPU 1 idles on their memory: munmap"
        STRING  left, "munmap twice more"
        STRING  again, "the other thread runs again: munmap"
        STRING  gone, "munmap of the page that the other thread reads"
        STRING  reaped, "the other thread is dead"
        .balign 4
cpu0:   .long   1
cpu1:   .long   2
five_ms: .long  0, 5000000
twenty_ms: .long 0, 20000000
        .balign 4096
page1:  .space  4096
page2:  .space  4096
page3:  .space  4096
page4:  .space  4096
page5:  .space  4096
page6:  .space  4096
page7:  .space  4096
