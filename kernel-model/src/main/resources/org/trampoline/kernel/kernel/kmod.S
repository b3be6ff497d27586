# Programs that the kernel starts (Linux: kernel/kmod.c): khelper forks for it, so that
# the program has nothing from who asked.

        .text

# int call_usermodehelper(path): runs a program; returns its exit code when it has ended.
        .balign 16
        .globl  call_usermodehelper
call_usermodehelper:
        pushl   %ebp
        movl    %esp, %ebp
        pushl   %ebx
        subl    $WORK_size + COMPLETION_size + 8, %esp
        leal    WORK_size(%esp), %ebx   # completion, path, result
        movl    %eax, COMPLETION_size(%ebx)
        movl    %ebx, %eax
        call    init_completion
        movl    %esp, %edx
        movl    $0, WORK_pending(%edx)
        movl    $__call_usermodehelper, WORK_func(%edx)
        movl    %ebx, WORK_data(%edx)
        leal    WORK_entry(%edx), %eax
        movl    %eax, WORK_entry(%edx)
        movl    %eax, WORK_entry + 4(%edx)
        movl    khelper_wq, %eax
        call    queue_work
        movl    %ebx, %eax
        call    wait_for_completion
        movl    COMPLETION_size + 4(%ebx), %eax
        leal    -4(%ebp), %esp
        popl    %ebx
        popl    %ebp
        ret

__call_usermodehelper:                  # on khelper
        CALL3   kernel_thread, $wait_for_helper, %eax, $(CLONE_FS | CLONE_FILES | SIGCHLD)
        ret

wait_for_helper:                        # a child of khelper waits for the program
        movl    %eax, %ebx
        CALL3   kernel_thread, $____call_usermodehelper, COMPLETION_size(%ebx), $SIGCHLD
        movl    %eax, %ecx
        pushl   $0
        movl    %esp, %edx
        CALL4   sys_wait4, %ecx, %edx, $0, $0
        popl    COMPLETION_size + 4(%ebx)
        movl    %ebx, %eax
        call    complete
        xorl    %eax, %eax
        ret

____call_usermodehelper:                # becomes the program
        CALL3   execve, %eax, $0, $0
        ret                             # it has failed

# void usermodehelper_init(void)
        .globl  usermodehelper_init
usermodehelper_init:
        movl    $khelper_name, %eax
        call    create_singlethread_workqueue
        movl    %eax, khelper_wq
        ret

        .section .rodata, "a"
khelper_name:
        .asciz  "khelper"

        .data
        .balign 4
khelper_wq:
        .long   0
