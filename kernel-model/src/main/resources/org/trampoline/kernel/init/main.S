# From the end of head.S to the first processes (Linux: init/main.c).

        .text

# asmlinkage void start_kernel(void): runs as process 0 on init_thread_union.
        .globl  start_kernel
start_kernel:
        CALL1   printk, $linux_banner
        call    setup_arch
        call    sched_init
        call    trap_init
        .if     CONFIG_SMP
        call    init_apic_mappings
        call    smp_intr_init
        call    init_bsp_APIC
        .endif
        call    init_IRQ
        call    init_timers
        call    softirq_init
        call    time_init
        sti
        call    mem_init                # free pages to the page allocator
        .if     CONFIG_SMP == 0         # others still have to come through them
        call    zap_low_mappings
        .endif
        call    fork_init
# Falls through: no locks to release, and nothing to return to.
rest_init:
        CALL3   kernel_thread, $init, $0, $(CLONE_FS | CLONE_SIGHAND)   # process 1
        GET_THREAD_INFO %eax
        decl    TI_preempt_count(%eax)  # preempt_enable_no_resched
        jmp     cpu_idle

# static int init(void *unused): process 1. It completes the start-up as a kernel
# thread, and then becomes the first process by execve. A kernel that has been given no
# program stays here and waits for its children (Linux panics).
        .balign 16
        .globl  init
init:
        GET_CURRENT %eax
        movl    %eax, child_reaper      # from now on orphans are its
        .if     CONFIG_SMP
        movl    $-1, %edx               # it may run anywhere; process 0 may not
        call    set_cpus_allowed
        call    smp_prepare_cpus
        call    migration_init
        call    spawn_ksoftirqd
        call    smp_init
        .endif
        call    do_initcalls
        CALL3   execve, $init_path, $0, $0
1:      CALL4   sys_wait4, $-1, $0, $__WALL, $0
        testl   %eax, %eax
        jns     1b                      # one is gone; look for the next
        SET_CURRENT_STATE TASK_INTERRUPTIBLE    # no children: sleep until a signal comes
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

# asmlinkage long sys_getpid(void), sys_getppid(void) (Linux: kernel/timer.c)
        .globl  sys_getpid
sys_getpid:
        GET_CURRENT %eax
        movl    TASK_tgid(%eax), %eax
        ret
        .globl  sys_getppid
sys_getppid:
        GET_CURRENT %eax
        movl    TASK_real_parent(%eax), %eax
        movl    TASK_tgid(%eax), %eax
        ret

# asmlinkage int sys_execve(struct pt_regs regs), sys_fork, sys_vfork, sys_clone (Linux:
# arch/i386/kernel/process.c). The new program begins at the iret of this system call.
        .globl  sys_execve
sys_execve:
        leal    4(%esp), %eax           # pt_regs
        call    do_execve               # eax = 0 or an error, ecx = page directory or 0
        jecxz   1f
        movl    %ecx, %cr3              # activate_mm
        .if     CONFIG_SMP
        testl   %edx, %edx              # the memory it had, if others still have it loaded
        jz      1f
        pushl   %eax
        movl    %edx, %eax
        call    flush_dead_mm
        popl    %eax
        .endif
1:      ret

        .globl  sys_fork
sys_fork:
        leal    4(%esp), %eax           # pt_regs
        movl    $SIGCHLD, %edx
        movl    PT_OLDESP(%eax), %ecx
        jmp     sys_fork_regs

        .globl  sys_clone
sys_clone:
        leal    4(%esp), %eax
        movl    PT_EBX(%eax), %edx      # flags
        movl    PT_ECX(%eax), %ecx      # the child's stack
        testl   %ecx, %ecx
        jnz     sys_fork_regs
        movl    PT_OLDESP(%eax), %ecx
        jmp     sys_fork_regs

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

        .section .rodata, "a"
init_path:
        .asciz  "/sbin/init"

        .data
        .globl  linux_banner
linux_banner:
        .asciz  "<5>Linux version 2.6 (Trampoline's model of it)\n"

        .balign 4
        .globl  num_online_cpus
num_online_cpus:                        # a macro in Linux
        .long   1
        .globl  child_reaper
child_reaper:
        .long   init_task
__initcall_start:
        .space  4 * 32
__initcall_limit:
__initcall_end:                         # points behind the last entry
        .long   __initcall_start
