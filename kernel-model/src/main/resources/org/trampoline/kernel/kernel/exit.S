# Ends of threads, and waiting for them (Linux: kernel/exit.c). What is released, and
# in which order, is in Exit.java.

        .text

# fastcall NORET_TYPE void do_exit(long code), code in eax. Never returns: the last
# thing a thread does is to let another one run.
        .balign 16
        .globl  do_exit
do_exit:
        call    exit_current            # all but the last step
        .if     CONFIG_SMP
        testl   %eax, %eax              # its memory, if other processors still have it loaded
        jz      1f
        sti
        call    flush_dead_mm
1:
        .endif
        call    schedule
        ud2                             # BUG(): a dead thread was chosen to run

# void complete_and_exit(completion, code): for threads of modules, whose own code may be
# gone as soon as the completion is complete.
        .globl  complete_and_exit
complete_and_exit:
        pushl   %edx
        testl   %eax, %eax
        jz      1f
        call    complete
1:      popl    %eax
        call    do_exit

# asmlinkage long sys_exit(int error_code)
        .globl  sys_exit
sys_exit:
        movzbl  4(%esp), %eax
        shll    $8, %eax                # as wait() will see it
        call    do_exit

# void do_notify_resume(pt_regs = eax): signals, on the way to user mode. A signal
# that kills does so here.
        .globl  do_notify_resume
do_notify_resume:
        call    get_signal_to_deliver   # 0, or what the thread is to die of
        testl   %eax, %eax
        jz      1f
        call    do_exit
1:      ret

# asmlinkage long sys_waitpid(pid_t pid, int *stat_addr, int options)
        .globl  sys_waitpid
sys_waitpid:
        pushl   $0                      # no struct rusage
        pushl   16(%esp)
        pushl   16(%esp)
        pushl   16(%esp)
        call    sys_wait4
        addl    $16, %esp
        ret

# asmlinkage long sys_wait4(pid_t pid, int *stat_addr, int options, struct rusage *ru):
# releases one child that has exited and returns its pid; sleeps until there is one.
# Returns -ECHILD if there are no children.
        .balign 16
        .globl  sys_wait4
sys_wait4:
        pushl   %ebp
        movl    %esp, %ebp
        subl    $WQ_size, %esp          # DECLARE_WAITQUEUE(wait, current)
        movl    %esp, %eax
        call    add_wait_chldexit
1:      GET_THREAD_INFO %ecx
        movl    TI_task(%ecx), %ecx
        movl    $TASK_INTERRUPTIBLE, TASK_state(%ecx)   # before looking: no wake-up is lost
        movl    8(%ebp), %eax           # pid
        movl    16(%ebp), %edx          # options
        movl    12(%ebp), %ecx          # stat_addr
        call    wait_for_zombie         # pid, or 0: none yet, or -ECHILD, or -EFAULT
        testl   %eax, %eax
        jnz     2f
        call    schedule
        jmp     1b
2:      pushl   %eax
        leal    4(%esp), %eax
        call    remove_wait_chldexit
        popl    %eax
        leave
        ret
