# Process 0: built by hand before the kernel starts, and chosen when nothing else can run.

        .include "linkage.h"

# Called by process 1 during start-up.
scenario:
        pushl   %ebx
        movl    $init_task, %ebx
        leal    TASK_comm(%ebx), %eax
        CALL4   printk, $who, %ebx, TASK_pid(%ebx), %eax
        CALL3   printk, $stack, TASK_thread_info(%ebx), $init_thread_union
        CALL4   printk, $memory, TASK_mm(%ebx), $init_mm, TASK_active_mm(%ebx)
        pushl   TASK_sighand(%ebx)
        pushl   TASK_signal(%ebx)
        CALL3   printk, $shared, TASK_fs(%ebx), TASK_files(%ebx)
        addl    $8, %esp
        CALL2   printk, $prio, TASK_prio(%ebx)
        movl    $3, %ebx                # while process 1 sleeps, process 0 runs hlt
1:      movl    $2, %eax
        call    msleep
        decl    %ebx
        jnz     1b
        CALL2   printk, $halted, init_task + TASK_stime
        movl    $busy, %eax
        CALL3   kthread_create, $busy, $0, $busy_name
        call    wake_up_process
        movl    init_task + TASK_stime, %ebx
        movl    $10, %eax
        call    msleep
        movl    init_task + TASK_stime, %eax
        subl    %ebx, %eax
        CALL2   printk, $none, %eax
        popl    %ebx
        call    machine_power_off

busy:   jmp     busy                    # always TASK_RUNNING

who:    .asciz  "<6>init_task at %08x: pid %d, comm %s\n"
stack:  .asciz  "<6>its stack is init_thread_union: %08x = %08x\n"
memory: .asciz  "<6>mm %x; it has run on init_mm, %08x; active_mm %x while another one runs\n"
shared: .asciz  "<6>init_fs %08x, init_files %08x, init_signals %08x, init_sighand %08x\n"
prio:   .asciz  "<6>priority %d, below all others; not in the run queue\n"
halted: .asciz  "<6>%d ticks in the idle loop while process 1 slept\n"
none:   .asciz  "<6>%d ticks in 10 ms with a thread that is always running\n"
busy_name: .asciz "busy"
