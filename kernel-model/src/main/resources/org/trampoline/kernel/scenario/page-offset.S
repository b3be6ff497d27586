# Who may touch what: a kernel thread, which has no address space of its own, and a
# process in kernel mode and in ring 3, read below and above PAGE_OFFSET.

        .set    USER_ADDRESS, 0x08048000        # in the process's text
        .set    LOW_ADDRESS, 0x00001000         # mapped for nobody
        .set    KERNEL_ADDRESS, 0xc0001000      # the kernel's mapping of physical 0x1000

# Called by process 1 during start-up.
page_offset:
        movl    $0x2611, KERNEL_ADDRESS # something to be seen
        movl    $sys_probe, sys_call_table + 4 * NR_PROBE
        pushl   $CLONE_KERNEL
        pushl   $0
        pushl   $kernel_thread_fn
        call    kernel_thread
        movl    $process_fn, (%esp)
        call    kernel_thread
        addl    $12, %esp
        ret

# read(eax = address): an access whose fault would be caught by the exception table.
read:
        movl    $scratch, %edx
        jmp     __get_kernel_word

# sleep(eax = where to leave current for who will wake it)
sleep:
        movl    $-THREAD_SIZE, %ecx
        andl    %esp, %ecx
        movl    TI_task(%ecx), %ecx
        movl    %ecx, (%eax)
        movl    $TASK_INTERRUPTIBLE, TASK_state(%ecx)
        jmp     schedule

kernel_thread_fn:
        movl    $LOW_ADDRESS, %eax      # on swapper_pg_dir: nothing is mapped there
        call    read
        movl    $KERNEL_ADDRESS, %eax
        call    read
        movl    $thread, %eax           # until the process has run
        call    sleep
        movl    $USER_ADDRESS, %eax     # on the page directory that it has borrowed
        call    read
        movl    $LOW_ADDRESS, %eax
        call    read
        movl    process, %eax
        call    wake_up_process
        xorl    %eax, %eax
        ret

# A kernel thread that becomes a process.
process_fn:
        pushl   $0
        pushl   $0
        pushl   $path
        call    execve
        addl    $12, %esp               # only if it failed
        ret

# asmlinkage long sys_probe(void): the process in kernel mode.
sys_probe:
        movl    $KERNEL_ADDRESS, %eax
        call    read
        movl    $USER_ADDRESS, %eax
        call    read
        movl    thread, %eax
        call    wake_up_process
        movl    $process, %eax
        call    sleep
        xorl    %eax, %eax
        ret

path:   .asciz  "/bin/probe"
        .balign 4
thread: .long   0
process:
        .long   0
scratch:
        .long   0
