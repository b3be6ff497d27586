# System calls that the model has; Linux's numbers (Linux: include/asm-i386/unistd.h;
# the table is at the end of arch/i386/kernel/entry.S).

        .data
        .balign 4
        .globl  sys_call_table
sys_call_table:
        .long   sys_ni_syscall
        .long   sys_exit                #   1
        .long   sys_fork                #   2
        .long   sys_ni_syscall
        .long   sys_write               #   4
        .rept   2
        .long   sys_ni_syscall
        .endr
        .long   sys_waitpid             #   7
        .rept   3
        .long   sys_ni_syscall
        .endr
        .long   sys_execve              #  11
        .rept   8
        .long   sys_ni_syscall
        .endr
        .long   sys_getpid              #  20
        .rept   8
        .long   sys_ni_syscall
        .endr
        .long   sys_pause               #  29
        .rept   4
        .long   sys_ni_syscall
        .endr
        .long   sys_nice                #  34
        .rept   2
        .long   sys_ni_syscall
        .endr
        .long   sys_kill                #  37
        .rept   7
        .long   sys_ni_syscall
        .endr
        .long   sys_brk                 #  45
        .rept   2
        .long   sys_ni_syscall
        .endr
        .long   sys_signal              #  48
        .rept   15
        .long   sys_ni_syscall
        .endr
        .long   sys_getppid             #  64
        .rept   22
        .long   sys_ni_syscall
        .endr
        .long   sys_swapon              #  87
        .long   machine_power_off       #  88: reboot, with whatever arguments
        .rept   2
        .long   sys_ni_syscall
        .endr
        .long   sys_munmap              #  91
        .rept   22
        .long   sys_ni_syscall
        .endr
        .long   sys_wait4               # 114
        .rept   5
        .long   sys_ni_syscall
        .endr
        .long   sys_clone               # 120
        .rept   37
        .long   sys_ni_syscall
        .endr
        .long   sys_sched_yield         # 158
        .rept   3
        .long   sys_ni_syscall
        .endr
        .long   sys_nanosleep           # 162
        .rept   27
        .long   sys_ni_syscall
        .endr
        .long   sys_ni_syscall         # 190
        .if     CONFIG_SMP
        .rept   50
        .long   sys_ni_syscall
        .endr
        .long   sys_sched_setaffinity   # 241
        .rept   47
        .long   sys_ni_syscall
        .endr
        .else
        .rept   98
        .long   sys_ni_syscall
        .endr
        .endif
        .set    NR_syscalls, 289
