# From the end of head.S to the first processes (Linux: init/main.c).

        .text

# asmlinkage void start_kernel(void): runs as process 0 on init_thread_union.
        .globl  start_kernel
start_kernel:
        pushl   $linux_banner
        call    printk
        addl    $4, %esp
        call    setup_arch
        call    trap_init
        call    sched_init
        call    mem_init                # free pages to the page allocator
        call    zap_low_mappings
        call    fork_init
        sti
# Falls through: no locks to release, and nothing to return to.
rest_init:
        pushl   $CLONE_FS | CLONE_SIGHAND
        pushl   $0
        pushl   $init
        call    kernel_thread           # process 1
        addl    $12, %esp
        jmp     cpu_idle

# static int init(void *unused): process 1. It completes the start-up as a kernel
# thread, and then waits for its children to exit.
        .balign 16
        .globl  init
init:
        call    do_initcalls
1:      pushl   $0
        pushl   $__WALL
        pushl   $0
        pushl   $-1
        call    sys_wait4
        addl    $16, %esp
        testl   %eax, %eax
        jns     1b                      # one is gone; look for the next
        GET_THREAD_INFO %eax            # no children: sleep until a signal comes
        movl    TI_task(%eax), %eax
        movl    $TASK_INTERRUPTIBLE, TASK_state(%eax)
        call    schedule
        jmp     1b

# Calls each function in the table that the loader has filled, in order.
do_initcalls:
        pushl   %ebx
        movl    $__initcall_start, %ebx
1:      cmpl    __initcall_end, %ebx
        jae     2f
        call    *(%ebx)
        addl    $4, %ebx
        jmp     1b
2:      popl    %ebx
        ret

# asmlinkage long sys_ni_syscall(void)
        .globl  sys_ni_syscall
sys_ni_syscall:
        movl    $-ENOSYS, %eax
        ret

# asmlinkage long sys_getpid(void) (Linux: kernel/timer.c)
        .globl  sys_getpid
sys_getpid:
        GET_THREAD_INFO %eax
        movl    TI_task(%eax), %eax
        movl    TASK_tgid(%eax), %eax
        ret

# asmlinkage int sys_execve(struct pt_regs regs) (Linux: arch/i386/kernel/process.c):
# replaces what the process runs. The new program begins at the iret of this system call.
        .globl  sys_execve
sys_execve:
        leal    4(%esp), %eax           # pt_regs
        call    do_execve               # eax = 0 or an error, ecx = page directory or 0
        jecxz   1f
        movl    %ecx, %cr3              # activate_mm
1:      ret

# int execve(char *file, char **argv, char **envp): a system call made by the kernel
# itself (Linux: include/asm-i386/unistd.h), by a kernel thread that is to become a process.
        .globl  execve
execve:
        pushl   %ebx
        movl    8(%esp), %ebx
        movl    12(%esp), %ecx
        movl    16(%esp), %edx
        movl    $__NR_execve, %eax
        int     $SYSCALL_VECTOR
        popl    %ebx
        ret

        .data
        .globl  linux_banner
linux_banner:
        .asciz  "<5>Linux version 2.6 (Trampoline's model of it)\n"

        .balign 4
__initcall_start:
        .space  4 * 32
__initcall_limit:
__initcall_end:                         # points behind the last entry
        .long   __initcall_start
