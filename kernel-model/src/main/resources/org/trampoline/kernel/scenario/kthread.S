# kthread_create, wake_up_process, kthread_should_stop, kthread_stop.

        .include "linkage.h"

# Called by process 1 during start-up.
scenario:
        pushl   %ebx
        CALL4   kthread_create, $worker, $5, $worker_name, $3
        movl    %eax, %ebx
        GET_CURRENT %ecx
        pushl   TASK_parent(%ebx)
        popl    %edx
        leal    TASK_comm(%edx), %edx
        leal    TASK_comm(%ebx), %eax
        CALL4   printk, $created, %eax, TASK_state(%ebx), %edx
        movl    %ebx, %eax
        call    wake_up_process
        SET_CURRENT_STATE TASK_UNINTERRUPTIBLE
        movl    $22, %eax
        call    schedule_timeout
        CALL1   printk, $stopping
        movl    %ebx, %eax
        call    kthread_stop
        CALL2   printk, $stopped, %eax

        CALL3   kthread_create, $worker, $1, $never_name
        call    kthread_stop            # before anybody has woken it
        CALL2   printk, $never, %eax

        movl    mm_state + MMSTATE_nr_threads, %eax
        movl    %eax, mm_state + MMSTATE_max_threads    # no more threads
        CALL3   kthread_create, $worker, $1, $never_name
        CALL2   printk, $failed, %eax
        addl    $10, mm_state + MMSTATE_max_threads
        pushl   mm_state + MMSTATE_nr_free_pages
        movl    $0, mm_state + MMSTATE_nr_free_pages    # and no memory
        CALL3   kthread_create, $worker, $1, $never_name
        popl    mm_state + MMSTATE_nr_free_pages
        CALL2   printk, $no_memory, %eax
        CALL4   kthread_create_on_cpu, $worker, $1, $0, $bound_name
        leal    TASK_comm(%eax), %edx
        CALL3   printk, $bound, %edx, TASK_cpus_allowed(%eax)
        popl    %ebx
        call    machine_power_off

# int worker(void *ticks)
worker:
        movl    %eax, %ebx
        xorl    %edi, %edi
1:      call    kthread_should_stop
        testl   %eax, %eax
        jnz     2f
        incl    %edi
        CALL2   printk, $round, %edi
        SET_CURRENT_STATE TASK_INTERRUPTIBLE
        movl    %ebx, %eax
        call    schedule_timeout
        jmp     1b
2:      CALL1   printk, $told
        leal    40(%edi), %eax
        ret

worker_name:    .asciz  "worker/%d"
never_name:     .asciz  "never"
created:        .asciz  "<6>kthread_create: %s in state %d, made by %s\n"
round:          .asciz  "<6>worker: round %d\n"
told:           .asciz  "<6>worker: should stop\n"
stopping:       .asciz  "<6>kthread_stop\n"
stopped:        .asciz  "<6>kthread_stop returned %d, what the thread's function returned\n"
never:          .asciz  "<6>kthread_stop of a thread that never started: %d\n"
bound_name:     .asciz  "bound/%d"
bound:          .asciz  "<6>kthread_create_on_cpu: %s, cpus_allowed %08x\n"
no_memory:      .asciz  "<6>kthread_create with no memory left: ERR_PTR(%d)\n"
failed:         .asciz  "<6>kthread_create with no thread left: ERR_PTR(%d)\n"
