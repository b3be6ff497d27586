# A process and a kernel thread take turns: the thread borrows the process's memory.

        .include "linkage.h"

# Called by process 1 during start-up.
scenario:
        movl    $sys_round, sys_call_table + 4 * NR_ROUND
        CALL3   kthread_create, $thread, $0, $name
        movl    %eax, task
        .if     CONFIG_SMP              # where the process is, too
        xorl    %edx, %edx
        call    kthread_bind
        movl    task, %eax
        .endif
        movl    $SCHED_FIFO, %edx
        movl    $50, %ecx
        call    sched_setscheduler
        movl    task, %eax
        jmp     wake_up_process

# asmlinkage long sys_round(int last): lets the thread run.
sys_round:
        movl    4(%esp), %eax
        movl    %eax, last
        movl    task, %eax
        call    wake_up_process         # it is better and preempts
        xorl    %eax, %eax
        ret

thread:
1:      incl    rounds
        cmpl    $0, last
        jne     2f
        SET_CURRENT_STATE TASK_INTERRUPTIBLE
        call    schedule
        jmp     1b

# The last round: goes on when the process is gone.
2:      GET_CURRENT %eax
        xorl    %edx, %edx
        xorl    %ecx, %ecx
        call    sched_setscheduler
        movl    mm_state + MMSTATE_nr_threads, %ebx
3:      call    yield
        GET_CURRENT %eax
        movl    TASK_active_mm(%eax), %eax
        cmpl    $0, MM_mm_users(%eax)
        je      4f
        cmpl    $init_mm, %eax
        jne     3b
        CALL1   printk, $not_lazy       # without lazy TLB nothing is borrowed
        jmp     5f
4:      movl    %cr3, %ecx
        addl    $__PAGE_OFFSET, %ecx
        CALL4   printk, $dead, MM_mm_count(%eax), %ecx, MM_pgd(%eax)
5:      movl    mm_state + MMSTATE_nr_free_pages, %ebx
        movl    $1, %eax
        movl    $SIGTERM, %edx
        call    kill_proc               # process 1 returns from its pause
        SET_CURRENT_STATE TASK_INTERRUPTIBLE
        call    schedule
        ud2

        .balign 4
task:   .long   0
rounds: .long   0
last:   .long   0
name:   .asciz  "lazy"
        .if     CONFIG_SMP              # flush_tlb_mm at its end: leave_mm
dead:   .ascii  "<6>the process is gone; mm_users 0, mm_count %d: "
        .asciz  "CR3 is %08x, no more its %08x, as the thread was lazy\n"
        .else
dead:   .asciz  "<6>the process is gone; mm_users 0, mm_count %d: CR3 is still its %08x = %08x\n"
        .endif
not_lazy: .asciz "<6>the process is gone, and its memory too: the thread runs on swapper_pg_dir\n"
