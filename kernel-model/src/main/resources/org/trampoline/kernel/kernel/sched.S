# The half of the scheduler that changes stacks (Linux: kernel/sched.c). Whom to run
# is decided in Sched.java.

        .text

# asmlinkage void schedule(void)
        .balign 16
        .globl  schedule
schedule:
        pushl   %ebp
        pushl   %edi
        pushl   %esi
        pushl   %ebx
1:      GET_THREAD_INFO %eax
        incl    TI_preempt_count(%eax)  # preempt_disable
        cli                             # as under the run queue's lock
        call    pick_next_task          # eax = prev, edx = next, ecx = page directory or 0
        cmpl    %edx, %eax
        je      3f
        jecxz   2f                      # lazy TLB: next borrows the address space it finds
        movl    %ecx, %cr3              # switch_mm
2:      SWITCH_TO
        call    finish_task_switch      # eax = the thread that ran before this one
3:      sti
        GET_THREAD_INFO %eax
        decl    TI_preempt_count(%eax)  # preempt_enable_no_resched
        testl   $_TIF_NEED_RESCHED, TI_flags(%eax)
        jnz     1b
        popl    %ebx
        popl    %esi
        popl    %edi
        popl    %ebp
        ret

# The end of a function after which a better task may be runnable. Keeps all registers.
        .balign 16
        .globl  preempt_check_resched
preempt_check_resched:
        pushl   %eax
        GET_THREAD_INFO %eax
        testl   $_TIF_NEED_RESCHED, TI_flags(%eax)
        jz      1f
        pushl   %edx
        pushl   %ecx
        call    preempt_schedule
        popl    %ecx
        popl    %edx
1:      popl    %eax
        ret

# asmlinkage void preempt_schedule(void): lets a better task run, if current may be
# preempted here.
        .balign 16
        .globl  preempt_schedule
preempt_schedule:
        GET_THREAD_INFO %eax
        cmpl    $0, TI_preempt_count(%eax)
        jne     2f
        pushfl
        popl    %edx
        testl   $X86_EFLAGS_IF, %edx
        jz      2f
1:      GET_THREAD_INFO %eax
        addl    $PREEMPT_ACTIVE, TI_preempt_count(%eax)
        call    schedule
        GET_THREAD_INFO %eax
        subl    $PREEMPT_ACTIVE, TI_preempt_count(%eax)
        testl   $_TIF_NEED_RESCHED, TI_flags(%eax)
        jnz     1b
2:      ret

# asmlinkage void preempt_schedule_irq(void): the same on the way out of an interrupt,
# entered and left with interrupts off.
        .balign 16
        .globl  preempt_schedule_irq
preempt_schedule_irq:
        GET_THREAD_INFO %eax
        addl    $PREEMPT_ACTIVE, TI_preempt_count(%eax)
        sti
        call    schedule
        cli
        GET_THREAD_INFO %eax
        subl    $PREEMPT_ACTIVE, TI_preempt_count(%eax)
        testl   $_TIF_NEED_RESCHED, TI_flags(%eax)
        jnz     preempt_schedule_irq
        ret

# void yield(void), asmlinkage long sys_sched_yield(void)
        .balign 16
        .globl  yield
        .globl  sys_sched_yield
yield:
        SET_CURRENT_STATE TASK_RUNNING
sys_sched_yield:
        call    yield_current
        call    schedule
        xorl    %eax, %eax
        ret

# int cond_resched(void): lets others run if they should; 1 if it did.
        .globl  cond_resched
cond_resched:
        GET_THREAD_INFO %eax
        testl   $_TIF_NEED_RESCHED, TI_flags(%eax)
        movl    $0, %eax
        jz      1f
        call    schedule
        movl    $1, %eax
1:      ret

# void preempt_disable(void) and preempt_enable(void), which are macros in Linux.
        .globl  preempt_disable
preempt_disable:
        GET_THREAD_INFO %eax
        incl    TI_preempt_count(%eax)
        ret
        .globl  preempt_enable
preempt_enable:
        GET_THREAD_INFO %eax
        decl    TI_preempt_count(%eax)
        .if     CONFIG_PREEMPT
        jmp     preempt_check_resched
        .else
        ret
        .endif

        .if     CONFIG_SMP
# int set_cpus_allowed(task, mask): if the task is on a processor that it may not use any
# more, that processor's migration thread moves it, and this waits until it has.
        .balign 16
        .globl  set_cpus_allowed
set_cpus_allowed:
        subl    $MIGRATION_size, %esp
        movl    %esp, %ecx
        call    request_migration       # 0 or an error; 1: edx = the migration thread to wake
        cmpl    $1, %eax
        jne     1f
        movl    %edx, %eax
        call    wake_up_process
        leal    MIGRATION_done(%esp), %eax
        call    wait_for_completion
        xorl    %eax, %eax
1:      addl    $MIGRATION_size, %esp
        ret

# asmlinkage long sys_sched_setaffinity(pid_t pid, unsigned int len, unsigned long *mask)
        .balign 16
        .globl  sys_sched_setaffinity
sys_sched_setaffinity:
        movl    4(%esp), %eax
        movl    8(%esp), %edx
        movl    12(%esp), %ecx
        call    get_affinity            # eax = task or an error, edx = mask
        cmpl    $-1000, %eax
        ja      1f
        call    set_cpus_allowed
1:      ret

# static int migration_thread(void *cpu): SCHED_FIFO 99, moves what its queue says.
        .balign 16
migration_thread:
        GET_CURRENT %ebx
        orl     $PF_NOFREEZE, TASK_flags(%ebx)
        movl    $TASK_INTERRUPTIBLE, TASK_state(%ebx)
1:      call    kthread_should_stop
        testl   %eax, %eax
        jnz     4f
        call    next_migration          # moves a task; eax = a completion, or 0
        testl   %eax, %eax
        jz      2f
        call    complete
        jmp     3f
2:      call    schedule
3:      movl    $TASK_INTERRUPTIBLE, TASK_state(%ebx)
        jmp     1b
4:      movl    $TASK_RUNNING, TASK_state(%ebx)
        xorl    %eax, %eax
        ret

# void migration_up_prepare(cpu), migration_online(cpu): migration_call.
        .globl  migration_up_prepare
migration_up_prepare:
        pushl   %ebx
        pushl   %esi
        movl    %eax, %esi
        CALL4   kthread_create, $migration_thread, %esi, $migration_name, %esi
        movl    %eax, %ebx
        movl    %esi, %edx
        call    kthread_bind
        movl    %ebx, %eax
        movl    $SCHED_FIFO, %edx
        movl    $99, %ecx
        call    sched_setscheduler
        imull   $RQ_size, %esi, %esi
        movl    %ebx, runqueues + RQ_migration_thread(%esi)
        popl    %esi
        popl    %ebx
        ret
        .globl  migration_online
migration_online:
        imull   $RQ_size, %eax, %eax
        movl    runqueues + RQ_migration_thread(%eax), %eax
        jmp     wake_up_process

# void migration_init(void): the boot processor's.
        .globl  migration_init
migration_init:
        xorl    %eax, %eax
        call    migration_up_prepare
        xorl    %eax, %eax
        jmp     migration_online

        .section .rodata, "a"
migration_name:
        .asciz  "migration/%d"
        .endif
