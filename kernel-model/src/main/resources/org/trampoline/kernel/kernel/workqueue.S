# Workers (Linux: kernel/workqueue.c). The queueing is in Workqueues.java.

        .text

# static int worker_thread(void *cwq)
        .balign 16
worker_thread:
        movl    %eax, %ebx
        GET_CURRENT %esi
        orl     $PF_NOFREEZE, TASK_flags(%esi)
        movl    %esi, %eax
        movl    $-5, %edx
        call    set_user_nice
        call    block_all_signals
        movl    %esi, %eax
        call    flush_signals
        subl    $WQ_size, %esp          # DECLARE_WAITQUEUE(wait, current)
        movl    %esi, WQ_task(%esp)
        movl    $0, WQ_func(%esp)
        movl    $TASK_INTERRUPTIBLE, TASK_state(%esi)
1:      call    kthread_should_stop
        testl   %eax, %eax
        jnz     5f
        leal    CWQ_more_work(%ebx), %eax
        movl    %esp, %edx
        call    add_wait_queue
        leal    CWQ_worklist(%ebx), %eax
        cmpl    %eax, (%eax)
        jne     2f
        call    schedule                # nothing to do
        jmp     3f
2:      movl    $TASK_RUNNING, TASK_state(%esi)
3:      leal    CWQ_more_work(%ebx), %eax
        movl    %esp, %edx
        call    remove_wait_queue
        leal    CWQ_worklist(%ebx), %eax
        cmpl    %eax, (%eax)
        je      4f
        movl    %ebx, %eax
        call    run_workqueue
4:      movl    $TASK_INTERRUPTIBLE, TASK_state(%esi)
        jmp     1b
5:      movl    $TASK_RUNNING, TASK_state(%esi)
        addl    $WQ_size, %esp
        xorl    %eax, %eax
        ret

# void run_workqueue(cwq): calls the function of each work; it may sleep.
        .balign 16
run_workqueue:
        pushl   %ebx
        movl    %eax, %ebx
        incl    CWQ_run_depth(%ebx)
1:      movl    %ebx, %eax
        call    next_work               # eax = function, edx = data
        testl   %eax, %eax
        jz      2f
        movl    %eax, %ecx
        movl    %edx, %eax
        call    *%ecx
        movl    %ebx, %eax
        call    work_finished
        jmp     1b
2:      decl    CWQ_run_depth(%ebx)
        popl    %ebx
        ret

# void flush_workqueue(wq): returns when all that is queued now has been done.
        .balign 16
        .globl  flush_workqueue
flush_workqueue:
        pushl   %ebp
        movl    %esp, %ebp
        pushl   %ebx
        pushl   %esi
        pushl   %edi
        subl    $WQ_size, %esp
        leal    WQS_cpu_wq(%eax), %ebx  # the first processor's part
        leal    WQS_cpu_wq + CWQ_size * NR_CPUS(%eax), %esi
1:      movl    CWQ_thread(%ebx), %eax
        testl   %eax, %eax
        jz      5f
        GET_CURRENT %ecx
        cmpl    %eax, %ecx
        jne     2f
        movl    %ebx, %eax              # a worker flushes its own queue
        call    run_workqueue
        jmp     5f
2:      movl    CWQ_insert_sequence(%ebx), %edi
        movl    %esp, %eax
        call    init_wait
3:      leal    CWQ_work_done(%ebx), %eax
        movl    %esp, %edx
        movl    $TASK_UNINTERRUPTIBLE, %ecx
        call    prepare_to_wait
        movl    %ebx, %eax
        movl    %edi, %edx
        call    flush_unfinished
        testl   %eax, %eax
        jz      4f
        call    schedule
        jmp     3b
4:      leal    CWQ_work_done(%ebx), %eax
        movl    %esp, %edx
        call    finish_wait
5:      addl    $CWQ_size, %ebx
        cmpl    %esi, %ebx
        jb      1b
        leal    -12(%ebp), %esp
        popl    %edi
        popl    %esi
        popl    %ebx
        popl    %ebp
        ret

# struct workqueue_struct *__create_workqueue(name, singlethread): name of at most 10
# characters; one worker, or one for each processor.
        .balign 16
        .globl  __create_workqueue
__create_workqueue:
        pushl   %ebx
        pushl   %esi
        pushl   %edi
        pushl   %ebp
        movl    %eax, %edi              # name
        movl    %edx, %ebp              # single
        call    alloc_workqueue
        testl   %eax, %eax
        jz      5f
        leal    WQS_cpu_wq(%eax), %esi  # its processor's part
        pushl   %eax
        xorl    %ebx, %ebx              # processor
1:      testl   %ebp, %ebp
        jz      2f
        CALL4   kthread_create, $worker_thread, %esi, $single_name, %edi
        movl    %eax, CWQ_thread(%esi)
        call    wake_up_process
        jmp     4f
2:      pushl   %ebx
        CALL4   kthread_create, $worker_thread, %esi, $cpu_name, %edi
        addl    $4, %esp
        movl    %eax, CWQ_thread(%esi)
        movl    %ebx, %edx
        call    kthread_bind
        movl    CWQ_thread(%esi), %eax
        call    wake_up_process
        addl    $CWQ_size, %esi
        incl    %ebx
        cmpl    num_online_cpus, %ebx
        jb      1b
4:      popl    %eax
5:      popl    %ebp
        popl    %edi
        popl    %esi
        popl    %ebx
        ret

# struct workqueue_struct *create_workqueue(name), create_singlethread_workqueue(name)
        .globl  create_workqueue
create_workqueue:
        xorl    %edx, %edx
        jmp     __create_workqueue
        .globl  create_singlethread_workqueue
create_singlethread_workqueue:
        movl    $1, %edx
        jmp     __create_workqueue

# void destroy_workqueue(wq)
        .balign 16
        .globl  destroy_workqueue
destroy_workqueue:
        pushl   %ebx
        pushl   %esi
        pushl   %eax
        call    flush_workqueue
        movl    (%esp), %ebx
        leal    CWQ_size * NR_CPUS(%ebx), %esi
1:      movl    WQS_cpu_wq + CWQ_thread(%ebx), %eax
        testl   %eax, %eax
        jz      2f
        movl    $0, WQS_cpu_wq + CWQ_thread(%ebx)
        call    kthread_stop
2:      addl    $CWQ_size, %ebx
        cmpl    %esi, %ebx
        jb      1b
        popl    %eax
        call    free_workqueue
        popl    %esi
        popl    %ebx
        ret

# int schedule_work(work), schedule_delayed_work(work, delay), void
# flush_scheduled_work(void): on keventd's queue.
        .balign 16
        .globl  schedule_work
schedule_work:
        movl    %eax, %edx
        movl    keventd_wq, %eax
        jmp     queue_work
        .globl  schedule_delayed_work
schedule_delayed_work:
        movl    %edx, %ecx
        movl    %eax, %edx
        movl    keventd_wq, %eax
        jmp     queue_delayed_work
        .globl  flush_scheduled_work
flush_scheduled_work:
        movl    keventd_wq, %eax
        jmp     flush_workqueue

# int cancel_delayed_work(work): 1 if it will not be queued any more.
        .globl  cancel_delayed_work
cancel_delayed_work:
        pushl   %ebx
        movl    %eax, %ebx
        addl    $WORK_timer, %eax
        call    del_timer
        testl   %eax, %eax
        jz      1f
        movl    $0, WORK_pending(%ebx)
1:      popl    %ebx
        ret

# void init_workqueues(void): keventd.
        .globl  init_workqueues
init_workqueues:
        movl    $events_name, %eax
        call    create_workqueue
        movl    %eax, keventd_wq
        xorl    %eax, %eax
        ret

        .section .rodata, "a"
events_name:
        .asciz  "events"
single_name:
        .asciz  "%s"
cpu_name:
        .asciz  "%s/%d"

        .data
        .balign 4
        .globl  keventd_wq
keventd_wq:
        .long   0
