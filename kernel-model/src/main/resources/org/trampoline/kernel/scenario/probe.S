# The user program of the page-offset scenario, in ring 3.

        movl    $0x08048000, %eax       # its own text
probe_text:
        movl    (%eax), %ecx
        movl    $NR_PROBE, %eax         # the same process in kernel mode
        int     $SYSCALL_VECTOR
        movl    $0xc0001000, %eax       # mapped, but the kernel's
probe_kernel:
        movl    (%eax), %ecx
        movl    $__NR_exit, %eax        # not reached: SIGSEGV
        xorl    %ebx, %ebx
        int     $SYSCALL_VECTOR
