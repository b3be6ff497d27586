# The functions that are C in Linux and Java in the model. Each is a ret that the
# guest calls; when execution arrives at it, the function of that name runs on the
# host first (HostFunctions.java). Arguments as linkage.h says: fastcall (eax, edx, ecx)
# unless asmlinkage is noted. Results come back in eax.

        .macro  HOST name
        .globl  \name
\name:
        ret
        .balign 4
        .endm

# One that may make a task runnable that is better than current. In Linux the end of
# its spin lock is a preempt_enable().
        .macro  HOST_WAKES name
        .globl  \name
\name:
        .if     CONFIG_PREEMPT
        jmp     preempt_check_resched
        .else
        ret
        .endif
        .balign 4
        .endm

        .text
        .balign 16
host_functions:

# arch/i386/kernel/process.c, time.c
        HOST_WAKES kernel_thread        # int (fn, arg, flags) asmlinkage
        HOST    timer_interrupt         # int (irq, dev_id, regs)
        HOST_WAKES sys_fork_regs        # int (regs, flags, stack): fork, vfork, clone
        HOST    machine_power_off       # does not return
# kernel/fork.c
        HOST    fork_init               # void (void)
# kernel/sched.c
        HOST    sched_init              # void (void)
        HOST    pick_next_task          # eax = prev, edx = next, ecx = page directory or 0
        HOST    finish_task_switch      # void (prev)
        HOST    trace_preempt           # void (void): an interrupt is about to preempt current
        .globl  schedule_tail           # void (prev) asmlinkage
schedule_tail:
        sti                             # the run queue's lock is released
        ret
        .balign 4
        HOST_WAKES wake_up_process      # int (task)
        HOST_WAKES wake_up_state        # int (task, states)
        HOST_WAKES set_user_nice        # void (task, nice)
        HOST_WAKES sched_setscheduler   # int (task, policy, priority)
        HOST    yield_current           # void (void): sys_sched_yield up to schedule
        .if     CONFIG_SMP
        HOST    request_migration       # set_cpus_allowed's look (task, mask, request)
        HOST_WAKES next_migration       # completion or 0 (void)
        HOST    get_affinity            # eax = task or an error, edx = mask (pid, len, user mask)
        .else
        HOST    set_cpus_allowed        # int (task, mask)
        .endif
        HOST_WAKES sys_nice             # int (increment) asmlinkage
# kernel/wait.c and the wake-ups of kernel/sched.c: queue, entry
        HOST    init_waitqueue_head
        HOST    add_wait_queue
        HOST    add_wait_queue_exclusive
        HOST    remove_wait_queue
        HOST    prepare_to_wait         # void (queue, entry, state)
        HOST    prepare_to_wait_exclusive
        HOST    finish_wait
        HOST_WAKES wake_up
        HOST_WAKES wake_up_nr           # void (queue, number)
        HOST_WAKES wake_up_all
        HOST_WAKES wake_up_interruptible
        HOST_WAKES wake_up_interruptible_all
        HOST    init_completion
        HOST_WAKES complete
        HOST_WAKES complete_all
        HOST    try_completion          # int (completion, entry): one look of wait_for_completion
        HOST    sema_init               # void (semaphore, count)
        HOST    try_down                # int (semaphore, entry): one look of down
        HOST_WAKES up
# kernel/timer.c
        HOST    init_timers             # void (void)
        HOST    init_timer              # void (timer)
        HOST    add_timer               # void (timer)
        HOST    mod_timer               # int (timer, expires)
        HOST    del_timer               # int (timer)
        HOST    turn_timer_wheel        # int (void): whether there is more to do
        HOST    next_expired_timer      # eax = function or 0, edx = data
        HOST    start_timeout           # long (timer, timeout): schedule_timeout up to schedule
        HOST_WAKES process_timeout      # void (task)
        HOST    timespec_to_jiffies     # long (timespec in user memory)
# kernel/softirq.c
        HOST_WAKES raise_softirq        # void (number)
        HOST    tasklet_schedule        # void (tasklet)
        HOST    next_tasklet            # eax = function or 0, edx = data (list)
        HOST_WAKES wakeup_softirqd      # void (void)
        HOST    trace_softirq           # void (number)
# kernel/kthread.c
        HOST    set_task_comm           # void (task, &format and arguments)
        HOST    find_task_by_pid        # task or 0 (pid)
        HOST    get_task_struct         # void (task)
        HOST    put_task_struct         # void (task)
        .if     CONFIG_SMP
        HOST    bind_if_inactive        # kthread_bind's look: 0 done (task, cpu)
        .else
        HOST    kthread_bind            # void (task, cpu)
        .endif
# kernel/workqueue.c
        HOST    alloc_workqueue         # wq or 0 (name, single)
        HOST    free_workqueue          # void (wq)
        HOST_WAKES queue_work           # int (wq, work)
        HOST    queue_delayed_work      # int (wq, work, delay)
        HOST_WAKES delayed_work_timer_fn # void (work)
        HOST    next_work               # eax = function or 0, edx = data (cwq)
        HOST_WAKES work_finished        # void (cwq)
        HOST    flush_unfinished        # int (cwq, sequence)
# kernel/exit.c
        HOST    exit_current            # void (code): do_exit up to schedule
        HOST    add_wait_chldexit       # void (entry)
        HOST    remove_wait_chldexit    # void (entry)
        HOST    wait_for_zombie         # long (pid, options, stat_addr)
        .globl  daemonize               # void (format, ...) asmlinkage
daemonize:
        .if     CONFIG_SMP
        testl   %eax, %eax              # its old memory, if others still have it loaded
        jnz     flush_dead_mm
        .endif
        ret
        .balign 4
        HOST    kthread_exit_files      # void (void)
        HOST    reparent_to_init        # void (void)
# kernel/signal.c
        HOST    get_signal_to_deliver   # long (regs)
        HOST_WAKES send_sig             # int (signal, task)
        HOST_WAKES kill_proc            # int (pid, signal)
        HOST    flush_signals           # void (task)
        HOST    allow_signal            # int (signal)
        HOST    disallow_signal         # int (signal)
        HOST    dequeue_signal          # int (task): the lowest that is not blocked, or 0
        HOST    recalc_sigpending       # void (void)
        HOST    block_all_signals       # void (void)
        HOST_WAKES sys_kill             # long (pid, signal) asmlinkage
        HOST    sys_signal              # long (signal, handler) asmlinkage
# kernel/printk.c, kernel/panic.c, fs/read_write.c
        HOST    printk                  # int (fmt, ...) asmlinkage
        HOST    panic                   # void (fmt, ...) asmlinkage
        HOST    sys_write               # long (fd, buffer, count) asmlinkage
# mm/page_alloc.c, fs/exec.c
        HOST    mem_init                # void (void)
        HOST    do_execve               # eax = error, ecx = page directory (regs)
# mm/filemap.c, mm/page-writeback.c, mm/vmscan.c, mm/pdflush.c
        HOST    page_cache_init         # void (void)
        HOST_WAKES add_to_page_cache    # page or 0 (block)
        HOST    set_page_dirty          # void (page)
        HOST    write_old_page          # int (jiffies): starts to write one dirty since then
        HOST    shrink_zone_begin       # void (sc)
        HOST    refill_inactive_page    # eax = mm or 0, edx = address to be flushed (sc)
        HOST    shrink_inactive_page    # the same (sc)
        HOST_WAKES shrink_page_out      # void (sc): the rest, after the flush
        HOST    trace_kswapd            # void (awake)
# mm/oom_kill.c, mm/swapfile.c
        HOST_WAKES out_of_memory        # void (void)
        HOST    begin_swapon            # eax = 0 or an error, edx = page (path, flags)
        HOST    finish_swapon           # long (page)
        HOST_WAKES pdflush_operation    # int (fn, arg0)
        HOST    pdflush_sleep           # void (work)
        HOST    pdflush_decide          # 1 start a thread, 2 exit, 0 go on
# drivers/block/ll_rw_blk.c
        HOST    blk_init_queue          # void (void)
        HOST    read_block              # void (block, buffer, completion)
        HOST    submit_block            # void (block, buffer, completion): a write
        HOST_WAKES blk_unplug_timeout   # void (data): the timer's function
        HOST    generic_unplug_device   # void (data): the work's function
        HOST_WAKES disk_interrupt       # void (data)
        HOST    blk_congested           # int (void)
# arch/i386/kernel/apm.c
        HOST    apm_get_event           # int (void): the BIOS's next event, 0x80 for none
# arch/i386/mm/fault.c
        HOST    do_fault_once           # eax = exit code, edx = what to wait for (regs, error_code)
# arch/i386/kernel/traps.c: long (regs, error_code)
        HOST    do_divide_error
        HOST    do_debug
        HOST    do_nmi
        HOST    do_int3
        HOST    do_overflow
        HOST    do_bounds
        HOST    do_invalid_op
        HOST    do_coprocessor_segment_overrun
        HOST    do_invalid_TSS
        HOST    do_segment_not_present
        HOST    do_stack_segment
        HOST    do_general_protection
        HOST    do_coprocessor_error
        HOST    do_alignment_check
        HOST    do_machine_check
        HOST    do_simd_coprocessor_error
        HOST    do_spurious_interrupt_bug
        HOST    do_double_fault
# kernel/module.c
        HOST    load_module             # struct module or an error (number)
        HOST    module_live             # void (module)
        HOST    try_stop_module         # struct module or an error (number)
        HOST    free_module             # void (module)
        HOST    try_module_get          # int (module)
        HOST    module_put              # void (module)

# mm/mmap.c
        HOST    unmap_region            # eax = 0 or an error, edx = list of pages (address, length)
        HOST    free_pages_list         # void (list)
        HOST    set_brk                 # eax = end of the heap; to be unmapped: edx, length ecx
        .if     CONFIG_SMP
# arch/i386/kernel/mpparse.c, smpboot.c, smp.c, apic.c
        HOST    find_smp_config         # void (void)
        HOST    fork_idle               # task or an error (cpu)
        HOST    trace_cpu_up            # void (void)
        HOST    send_IPI_mask           # void (mask, vector)
        HOST    smp_local_timer_interrupt # void (regs)
        HOST    init_active_mm          # void (void)
        HOST    invalidate_tlb          # eax = page directory or 0, edx = address if ecx
        HOST    flush_tlb_local         # eax = page directory or 0, edx = other processors (mm, va)
        HOST    flush_all_here          # page directory (void)
        HOST    mmdrop                  # void (mm)
        HOST    try_to_del_timer_sync   # int (timer)
        .endif

host_functions_end:
