# Softirqs, tasklets and ksoftirqd (Linux: kernel/softirq.c). What is pending is kept in
# Softirqs.java.

        .set    MAX_SOFTIRQ_RESTART, 10

        .text

# softirq_pending of this processor in reg.
        .macro  SOFTIRQ_PENDING reg
        GET_THREAD_INFO \reg
        movl    TI_cpu(\reg), \reg
        movl    softirq_pending(, \reg, 4), \reg
        .endm

# asmlinkage void do_softirq(void)
        .balign 16
        .globl  do_softirq
do_softirq:
        GET_THREAD_INFO %eax
        testl   $HARDIRQ_MASK | SOFTIRQ_MASK, TI_preempt_count(%eax)
        jnz     2f                      # in an interrupt, or in a softirq already
        pushfl
        cli
        SOFTIRQ_PENDING %eax
        testl   %eax, %eax
        jz      1f
        call    __do_softirq
1:      popfl
2:      ret

# Calls what is pending, and what becomes pending meanwhile, but not for ever: the rest
# is left to ksoftirqd. Entered and left with interrupts off.
        .balign 16
        .globl  __do_softirq
__do_softirq:
        pushl   %ebx
        pushl   %esi
        pushl   %edi
        movl    $MAX_SOFTIRQ_RESTART, %edi
        GET_THREAD_INFO %eax
        addl    $SOFTIRQ_OFFSET, TI_preempt_count(%eax)
1:      GET_THREAD_INFO %eax
        movl    TI_cpu(%eax), %eax
        movl    softirq_pending(, %eax, 4), %ebx
        movl    $0, softirq_pending(, %eax, 4)
        sti
2:      bsfl    %ebx, %esi              # the lowest number first
        jz      3f
        btrl    %esi, %ebx
        movl    %esi, %eax
        call    trace_softirq
        call    *softirq_vec(, %esi, 4)
__softirq_return:                       # traced: esi is the softirq
        jmp     2b
3:      cli
        SOFTIRQ_PENDING %eax
        testl   %eax, %eax
        jz      4f
        decl    %edi
        jnz     1b
        call    wakeup_softirqd
4:      GET_THREAD_INFO %eax
        subl    $SOFTIRQ_OFFSET, TI_preempt_count(%eax)
        popl    %edi
        popl    %esi
        popl    %ebx
        ret

# void open_softirq(number, action)
        .globl  open_softirq
open_softirq:
        movl    %edx, softirq_vec(, %eax, 4)
        ret

# void softirq_init(void)
        .globl  softirq_init
softirq_init:
        movl    $TIMER_SOFTIRQ, %eax
        movl    $run_timer_softirq, %edx
        call    open_softirq
        movl    $TASKLET_SOFTIRQ, %eax
        movl    $tasklet_action, %edx
        jmp     open_softirq

# The function of the tasklet softirq.
        .balign 16
tasklet_action:
        GET_THREAD_INFO %eax
        movl    TI_cpu(%eax), %eax
        cli
        pushl   tasklet_vec(, %eax, 4)  # takes over the list
        movl    $0, tasklet_vec(, %eax, 4)
        sti
1:      movl    %esp, %eax
        call    next_tasklet            # eax = function, edx = data
        testl   %eax, %eax
        jz      2f
        .if     CONFIG_SMP
        pushl   %ecx                    # the tasklet
        .endif
        movl    %eax, %ecx
        movl    %edx, %eax
        call    *%ecx
        .if     CONFIG_SMP
        popl    %ecx
        lock andl $~TASKLET_STATE_RUN, TASKLET_state(%ecx)      # tasklet_unlock
        .endif
        jmp     1b
2:      popl    %eax
        ret

# static int ksoftirqd(void *cpu): softirqs as a thread of low priority, so that they do
# not keep all others from running.
        .balign 16
ksoftirqd:
        GET_CURRENT %ebx
        movl    %ebx, %eax
        movl    $19, %edx
        call    set_user_nice
        orl     $PF_NOFREEZE, TASK_flags(%ebx)
        movl    $TASK_INTERRUPTIBLE, TASK_state(%ebx)
1:      call    kthread_should_stop
        testl   %eax, %eax
        jnz     5f
        SOFTIRQ_PENDING %eax
        testl   %eax, %eax
        jnz     2f
        call    schedule
2:      movl    $TASK_RUNNING, TASK_state(%ebx)
3:      SOFTIRQ_PENDING %eax
        testl   %eax, %eax
        jz      4f
        call    preempt_disable
        call    do_softirq
        call    preempt_enable
        call    cond_resched
        jmp     3b
4:      movl    $TASK_INTERRUPTIBLE, TASK_state(%ebx)
        jmp     1b
5:      movl    $TASK_RUNNING, TASK_state(%ebx)
        xorl    %eax, %eax
        ret

        .if     CONFIG_SMP
# void spawn_ksoftirqd(void): the boot processor's; the others get theirs before they
# come up. Start-up calls it, so it does nothing when it is called as an initcall.
        .globl  spawn_ksoftirqd
spawn_ksoftirqd:
        xorl    %eax, %eax
        cmpl    %eax, ksoftirqd_task
        jne     1f
        call    ksoftirqd_up_prepare
        movl    ksoftirqd_task, %eax
        call    wake_up_process
        xorl    %eax, %eax
1:      ret

# void ksoftirqd_up_prepare(cpu): CPU_UP_PREPARE
        .globl  ksoftirqd_up_prepare
ksoftirqd_up_prepare:
        pushl   %ebx
        pushl   %esi
        movl    %eax, %esi
        CALL4   kthread_create, $ksoftirqd, %esi, $ksoftirqd_name, %esi
        movl    %eax, %ebx
        movl    %esi, %edx
        call    kthread_bind
        movl    %ebx, ksoftirqd_task(, %esi, 4)
        popl    %esi
        popl    %ebx
        ret
        .else
# void spawn_ksoftirqd(void): one for each processor that is up.
        .globl  spawn_ksoftirqd
spawn_ksoftirqd:
        pushl   %ebx
        pushl   %esi
        xorl    %esi, %esi
1:      CALL4   kthread_create, $ksoftirqd, %esi, $ksoftirqd_name, %esi
        movl    %eax, %ebx
        movl    %esi, %edx
        call    kthread_bind
        movl    %ebx, ksoftirqd_task(, %esi, 4)
        movl    %ebx, %eax
        call    wake_up_process
        incl    %esi
        cmpl    num_online_cpus, %esi
        jb      1b
        popl    %esi
        popl    %ebx
        xorl    %eax, %eax
        ret
        .endif

        .section .rodata, "a"
ksoftirqd_name:
        .asciz  "ksoftirqd/%d"

        .bss
        .balign 4
        .globl  softirq_pending
softirq_pending:                        # a bit per softirq, for each processor
        .space  4 * NR_CPUS
softirq_vec:                            # their functions
        .space  4 * 32
        .globl  tasklet_vec
tasklet_vec:                            # tasklets to be run, for each processor
        .space  4 * NR_CPUS
        .globl  ksoftirqd_task
ksoftirqd_task:
        .space  4 * NR_CPUS
