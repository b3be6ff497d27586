# Kernel threads that somebody else can start and stop (Linux: kernel/kthread.c).

        .text

# struct task_struct *kthread_create(int (*threadfn)(void *), void *data,
#       const char namefmt[], ...), asmlinkage: a thread that waits for its first
# wake_up_process, or an error.
        .balign 16
        .globl  kthread_create
kthread_create:
        pushl   %ebp
        movl    %esp, %ebp
        pushl   %ebx
        subl    $KTHREAD_size + WORK_size, %esp
        leal    WORK_size(%esp), %ebx   # struct kthread_create_info
        movl    8(%ebp), %eax
        movl    %eax, KTHREAD_threadfn(%ebx)
        movl    12(%ebp), %eax
        movl    %eax, KTHREAD_data(%ebx)
        leal    KTHREAD_started(%ebx), %eax
        call    init_completion
        leal    KTHREAD_done(%ebx), %eax
        call    init_completion
        cmpl    $0, helper_wq
        jne     1f
        movl    %ebx, %eax              # too early: this thread does it itself
        call    keventd_create_kthread
        jmp     2f
1:      movl    %esp, %edx              # the work queue "kthread" does, so the caller's
        movl    $0, WORK_pending(%edx)  # memory, files and signals are of no account
        movl    $keventd_create_kthread, WORK_func(%edx)
        movl    %ebx, WORK_data(%edx)
        leal    WORK_entry(%edx), %eax
        movl    %eax, WORK_entry(%edx)
        movl    %eax, WORK_entry + 4(%edx)
        movl    $0, WORK_timer_base(%edx)
        movl    helper_wq, %eax
        call    queue_work
        leal    KTHREAD_done(%ebx), %eax
        call    wait_for_completion
2:      movl    KTHREAD_result(%ebx), %eax
        cmpl    $-1000, %eax
        ja      3f                      # IS_ERR
        leal    16(%ebp), %edx
        call    set_task_comm
        movl    KTHREAD_result(%ebx), %eax
3:      leal    -4(%ebp), %esp
        popl    %ebx
        popl    %ebp
        ret

# static void keventd_create_kthread(void *create): makes the thread and waits until
# it is there.
        .balign 16
keventd_create_kthread:
        pushl   %ebx
        movl    %eax, %ebx
        CALL3   kernel_thread, $kthread, %ebx, $(CLONE_FS | CLONE_FILES | SIGCHLD)
        testl   %eax, %eax
        js      1f
        pushl   %eax
        leal    KTHREAD_started(%ebx), %eax
        call    wait_for_completion
        popl    %eax
        call    find_task_by_pid
1:      movl    %eax, KTHREAD_result(%ebx)      # a task, or a negative error number
        leal    KTHREAD_done(%ebx), %eax
        call    complete
        popl    %ebx
        ret

# static int kthread(void *create): what every such thread begins with.
        .balign 16
kthread:
        movl    KTHREAD_threadfn(%eax), %esi    # it is on the stack of who waits for us
        movl    KTHREAD_data(%eax), %edi
        movl    %eax, %ebx
        call    kthread_exit_files
        call    block_all_signals
        GET_CURRENT %eax
        call    flush_signals
        GET_CURRENT %eax
        movl    $-1, %edx
        call    set_cpus_allowed
        SET_CURRENT_STATE TASK_INTERRUPTIBLE
        leal    KTHREAD_started(%ebx), %eax
        call    complete
        call    schedule
        movl    $-EINTR, %ebx
        call    kthread_should_stop
        testl   %eax, %eax
        jnz     1f                      # it was never started
        movl    %edi, %eax
        pushl   %edi
        call    *%esi
        addl    $4, %esp
        movl    %eax, %ebx
1:      call    kthread_should_stop
        testl   %eax, %eax
        jz      2f
        movl    %ebx, kthread_stop_err
        movl    $kthread_stop_done, %eax
        call    complete
2:      xorl    %eax, %eax
        ret

# int kthread_should_stop(void)
        .balign 16
        .globl  kthread_should_stop
kthread_should_stop:
        GET_CURRENT %ecx
        xorl    %eax, %eax
        cmpl    %ecx, kthread_stop_k
        sete    %al
        ret

# int kthread_stop(k): has the thread's function return, and returns what it did;
# -EINTR if it was never started.
        .balign 16
        .globl  kthread_stop
kthread_stop:
        pushl   %ebx
        movl    %eax, %ebx
        movl    $kthread_stop_lock, %eax
        call    down
        movl    %ebx, %eax
        call    get_task_struct         # it may exit before we have woken it
        movl    $kthread_stop_done, %eax
        call    init_completion
        movl    %ebx, kthread_stop_k    # only now: who sees this completes
        movl    %ebx, %eax
        call    wake_up_process
        movl    %ebx, %eax
        call    put_task_struct
        movl    $kthread_stop_done, %eax
        call    wait_for_completion
        movl    $0, kthread_stop_k
        movl    kthread_stop_err, %ebx
        movl    $kthread_stop_lock, %eax
        call    up
        movl    %ebx, %eax
        popl    %ebx
        ret

# struct task_struct *kthread_create_on_cpu(fn, data, cpu, namefmt) asmlinkage: on one
# processor alone, whose number is in its name (2.6.11 writes kthread_create and
# kthread_bind; later kernels have a function for it).
        .balign 16
        .globl  kthread_create_on_cpu
kthread_create_on_cpu:
        pushl   %ebx
        movl    16(%esp), %ebx          # cpu
        pushl   %ebx
        pushl   24(%esp)                # namefmt
        pushl   20(%esp)                # data
        pushl   20(%esp)                # fn
        call    kthread_create
        addl    $16, %esp
        cmpl    $-1000, %eax
        jae     1f                      # an error
        pushl   %eax
        movl    %ebx, %edx
        call    kthread_bind
        popl    %eax
1:      popl    %ebx
        ret

        .if     CONFIG_SMP
# void kthread_bind(k, cpu): the thread has said that it is there, but it may still be on
# its way to sleep, on whichever processor (wait_task_inactive).
        .balign 16
        .globl  kthread_bind
kthread_bind:
        pushl   %ebx
        pushl   %esi
        movl    %eax, %ebx
        movl    %edx, %esi
1:      movl    %ebx, %eax
        movl    %esi, %edx
        call    bind_if_inactive        # 0 done, 1 it runs, 2 it waits for a processor
        testl   %eax, %eax
        jz      3f
        pause
        cmpl    $1, %eax
        je      1b
        call    yield
        jmp     1b
3:      popl    %esi
        popl    %ebx
        ret
        .endif

# static __init int helper_init(void): from now on a worker makes the threads.
        .globl  helper_init
helper_init:
        movl    $kthread_name, %eax
        movl    $1, %edx
        call    __create_workqueue
        movl    %eax, helper_wq
        xorl    %eax, %eax
        ret

        .section .rodata, "a"
kthread_name:
        .asciz  "kthread"

        .data
        .balign 4
        .globl  helper_wq
helper_wq:
        .long   0
kthread_stop_k:                         # who is to stop
        .long   0
kthread_stop_err:
        .long   0
kthread_stop_done:
        .space  COMPLETION_size
kthread_stop_lock:                      # one at a time
        .long   1
1:      .long   1b, 1b
