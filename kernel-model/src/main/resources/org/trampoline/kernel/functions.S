# The functions that are C in Linux and Java in the model. Each is a ret that the
# guest calls; when execution arrives at it, the function of that name runs on the
# host first (HostFunctions.java). In parentheses how arguments are passed: fastcall
# = eax, edx, ecx; asmlinkage = on the stack. Results come back in eax.

        .macro  HOST name
        .globl  \name
\name:
        ret
        .balign 4
        .endm

        .text
        .balign 16
host_functions:

# arch/i386/kernel/process.c
        HOST    kernel_thread           # int (fn, arg, flags) asmlinkage
# kernel/fork.c
        HOST    fork_init               # void (void)
# kernel/sched.c
        HOST    sched_init              # void (void)
        HOST    pick_next_task          # eax = prev, edx = next, ecx = page directory or 0
        HOST    finish_task_switch      # void (prev) fastcall
        HOST    schedule_tail           # void (prev) asmlinkage
        HOST    wake_up_process         # int (task) fastcall
# kernel/exit.c
        HOST    exit_current            # void (code) fastcall: do_exit up to schedule
        HOST    add_wait_chldexit       # void (wait) fastcall
        HOST    remove_wait_chldexit    # void (wait) fastcall
        HOST    wait_for_zombie         # long (pid, options, stat_addr) fastcall
# kernel/signal.c
        HOST    get_signal_to_deliver   # long (regs) fastcall
# kernel/printk.c, kernel/panic.c
        HOST    printk                  # int (fmt, ...) asmlinkage
        HOST    panic                   # void (fmt, ...) asmlinkage
# mm/page_alloc.c, fs/exec.c
        HOST    mem_init                # void (void)
        HOST    do_execve               # eax = error, ecx = page directory (regs) fastcall
# arch/i386/mm/fault.c
        HOST    do_page_fault           # long (regs, error_code) fastcall
# arch/i386/kernel/traps.c: long (regs, error_code) fastcall
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

host_functions_end:
