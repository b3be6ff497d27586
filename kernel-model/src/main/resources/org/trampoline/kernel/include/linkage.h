# How code of the kernel is written: current, its state, calls (Linux:
# include/asm-i386/thread_info.h, current.h, linux/linkage.h). For modules, too:
#       .include "linkage.h"
#
# Functions of a fixed number of arguments are fastcall, as all C functions of a kernel
# with CONFIG_REGPARM are: eax, edx, ecx; result in eax; ebx, esi, edi, ebp are kept.
# Those with a variable number, and those that are asmlinkage, take them on the stack.

        .macro  GET_THREAD_INFO reg
        movl    $-THREAD_SIZE, \reg     # it lies at the bottom of the stack
        andl    %esp, \reg
        .endm

        .macro  GET_CURRENT reg
        GET_THREAD_INFO \reg
        movl    TI_task(\reg), \reg
        .endm

# set_current_state(state); spoils reg.
        .macro  SET_CURRENT_STATE state, reg=%eax
        GET_CURRENT \reg
        movl    $\state, TASK_state(\reg)
        .endm

# Flags: not zero if a signal is pending; spoils reg.
        .macro  SIGNAL_PENDING reg=%eax
        GET_THREAD_INFO \reg
        testl   $_TIF_SIGPENDING, TI_flags(\reg)
        .endm

# Calls with arguments on the stack.
        .macro  CALL1 function, a
        pushl   \a
        call    \function
        addl    $4, %esp
        .endm

        .macro  CALL2 function, a, b
        pushl   \b
        pushl   \a
        call    \function
        addl    $8, %esp
        .endm

        .macro  CALL3 function, a, b, c
        pushl   \c
        pushl   \b
        pushl   \a
        call    \function
        addl    $12, %esp
        .endm

        .macro  CALL4 function, a, b, c, d
        pushl   \d
        pushl   \c
        pushl   \b
        pushl   \a
        call    \function
        addl    $16, %esp
        .endm

# A thread of the kernel's own. 2.6.11 starts it by kernel_thread, and it daemonizes;
# 2.6.20 leaves both to kthread_run, so its parent and nice value are those of "kthread".
        .macro  RUN_DAEMON function, name
        .if     LINUX_VERSION_CODE < 0x020614
        CALL3   kernel_thread, $\function, $0, $CLONE_KERNEL
        .else
        CALL3   kthread_create, $\function, $0, $\name
        call    wake_up_process
        .endif
        .endm

        .macro  DAEMONIZE name
        .if     LINUX_VERSION_CODE < 0x020614
        CALL1   daemonize, $\name
        .endif
        .endm
