# The ways into the kernel and out of it (Linux: arch/i386/kernel/entry.S).
#
# Every way in leaves a struct pt_regs at the top of the kernel stack, every way out
# takes one from there; a new thread's first way out takes the one that copy_thread
# has put together.

# The part of pt_regs below orig_eax.
        .macro  SAVE_ALL
        cld
        .if     PT_HAS_GS
        pushl   %gs
        .endif
        pushl   %es
        pushl   %ds
        pushl   %eax
        pushl   %ebp
        pushl   %edi
        pushl   %esi
        pushl   %edx
        pushl   %ecx
        pushl   %ebx
        movl    $__USER_DS, %edx
        movl    %edx, %ds
        movl    %edx, %es
        .if     PT_HAS_GS
        movl    $__KERNEL_PDA, %edx
        movl    %edx, %gs
        .endif
        .endm

# Loading a segment register may fault, if the thread has spoilt its selector: a null
# one is loaded instead.
        .macro  POP_SEGMENT register
8881:   popl    \register
        .section .fixup, "ax"
8882:   movl    $0, (%esp)
        jmp     8881b
        .previous
        .section __ex_table, "a"
        .long   8881b, 8882b
        .previous
        .endm

        .macro  RESTORE_ALL
        popl    %ebx
        popl    %ecx
        popl    %edx
        popl    %esi
        popl    %edi
        popl    %ebp
        popl    %eax
        POP_SEGMENT %ds
        POP_SEGMENT %es
        .if     PT_HAS_GS
        POP_SEGMENT %gs
        .endif
        addl    $4, %esp                # orig_eax
8883:   iret
        .section .fixup, "ax"
8884:   sti                             # a frame that iret refuses ends the thread
        movl    $__USER_DS, %edx
        movl    %edx, %ds
        movl    %edx, %es
        movl    $SIGSEGV, %eax
        call    do_exit
        .previous
        .section __ex_table, "a"
        .long   8883b, 8884b
        .previous
        .endm

        .text

# Where a new thread begins, with the previous one in eax, by the ret of __switch_to.
        .balign 16
        .globl  ret_from_fork
ret_from_fork:
        pushl   %eax
        call    schedule_tail           # finishes the switch that led here
        GET_THREAD_INFO %ebp
        popl    %eax
        jmp     syscall_exit

# Back from an exception or interrupt, pt_regs at esp.
        .balign 16
ret_from_exception:
ret_from_intr:
        GET_THREAD_INFO %ebp
        movl    PT_EFLAGS(%esp), %eax
        movb    PT_CS(%esp), %al
        testl   $X86_EFLAGS_VM | 3, %eax
        jz      resume_kernel           # it was the kernel that was interrupted
resume_userspace:
        cli                             # no wake-up may come between the test and iret
        movl    TI_flags(%ebp), %ecx
        andl    $_TIF_WORK_MASK, %ecx
        jnz     work_pending
        jmp     restore_all

# Back to the kernel: not without letting a better task run, if this one may be preempted.
        .balign 16
resume_kernel:
        .if     CONFIG_PREEMPT
        cli
        cmpl    $0, TI_preempt_count(%ebp)
        jnz     restore_all
1:      testl   $_TIF_NEED_RESCHED, TI_flags(%ebp)
        jz      restore_all
        testl   $X86_EFLAGS_IF, PT_EFLAGS(%esp)
        jz      restore_all             # interrupts were off: an exception
        call    trace_preempt
        call    preempt_schedule_irq
        jmp     1b
        .else
        jmp     restore_all
        .endif

# Interrupts of the 8259s: the vector, negative so that it is no system call, and pt_regs.
        .balign 16
        .globl  interrupt
interrupt:
        .set    i, 0
        .rept   NR_IRQS
        pushl   $i - 256
        jmp     common_interrupt
        .balign 16
        .set    i, i + 1
        .endr

        .balign 16
common_interrupt:
        SAVE_ALL
        movl    %esp, %eax
        call    do_IRQ
        jmp     ret_from_intr

# int $0x80: number in eax, arguments in ebx, ecx, edx, esi, edi, ebp.
        .balign 16
        .globl  system_call
system_call:
        pushl   %eax                    # orig_eax
        SAVE_ALL
        GET_THREAD_INFO %ebp
        cmpl    $NR_syscalls, %eax
        jae     syscall_badsys
        call    *sys_call_table(, %eax, 4)
        movl    %eax, PT_EAX(%esp)
        .globl  syscall_exit
syscall_exit:
        cli
        movl    TI_flags(%ebp), %ecx
        testw   $_TIF_ALLWORK_MASK, %cx
        jnz     work_pending
restore_all:
        RESTORE_ALL

syscall_badsys:
        movl    $-ENOSYS, PT_EAX(%esp)
        jmp     resume_userspace

# A flag in thread_info wants something done before user mode is entered.
        .balign 16
work_pending:
        testl   $_TIF_NEED_RESCHED, %ecx
        jz      work_notifysig
work_resched:
        call    schedule
        cli
        movl    TI_flags(%ebp), %ecx
        andl    $_TIF_WORK_MASK, %ecx
        jz      restore_all
        testl   $_TIF_NEED_RESCHED, %ecx
        jnz     work_resched
work_notifysig:
        movl    %esp, %eax              # pt_regs
        call    do_notify_resume
        jmp     restore_all

# Exceptions. Each pushes an error code where the processor has not, and its handler,
# a fastcall C function of pt_regs and error code. A handler that returns other than 0
# has found that the thread cannot go on: the value is do_exit's.
        .macro  EXCEPTION name, handler
        .balign 4
        .globl  \name
\name:
        pushl   $0                      # the processor pushes no error code here
        pushl   $\handler
        jmp     error_code
        .endm

        .macro  EXCEPTION_WITH_CODE name, handler
        .balign 4
        .globl  \name
\name:
        pushl   $\handler
        jmp     error_code
        .endm

        EXCEPTION divide_error, do_divide_error
        EXCEPTION debug, do_debug
        EXCEPTION nmi, do_nmi
        EXCEPTION int3, do_int3
        EXCEPTION overflow, do_overflow
        EXCEPTION bounds, do_bounds
        EXCEPTION invalid_op, do_invalid_op
        EXCEPTION coprocessor_segment_overrun, do_coprocessor_segment_overrun
        EXCEPTION_WITH_CODE invalid_TSS, do_invalid_TSS
        EXCEPTION_WITH_CODE segment_not_present, do_segment_not_present
        EXCEPTION_WITH_CODE stack_segment, do_stack_segment
        EXCEPTION_WITH_CODE general_protection, do_general_protection
        EXCEPTION coprocessor_error, do_coprocessor_error
        EXCEPTION_WITH_CODE alignment_check, do_alignment_check
        EXCEPTION machine_check, do_machine_check
        EXCEPTION simd_coprocessor_error, do_simd_coprocessor_error
        EXCEPTION spurious_interrupt_bug, do_spurious_interrupt_bug
        EXCEPTION_WITH_CODE page_fault, do_page_fault

# On the stack: handler (where es belongs, or gs), error code (where orig_eax belongs).
        .balign 16
error_code:
        .if     PT_HAS_GS
        pushl   %es
        .endif
        pushl   %ds
        pushl   %eax
        pushl   %ebp
        pushl   %edi
        pushl   %esi
        pushl   %edx
        pushl   %ecx
        pushl   %ebx
        cld
        movl    PT_ORIG_EAX(%esp), %edx # second argument: the error code
        movl    $-1, PT_ORIG_EAX(%esp)  # not a system call
        .if     PT_HAS_GS
        movl    PT_GS(%esp), %edi       # the handler
        movl    %gs, %ecx
        movl    %ecx, PT_GS(%esp)
        movl    $__KERNEL_PDA, %ecx
        movl    %ecx, %gs
        .else
        movl    PT_ES(%esp), %edi       # the handler
        movl    %es, %ecx
        movl    %ecx, PT_ES(%esp)
        .endif
        movl    $__USER_DS, %ecx
        movl    %ecx, %ds
        movl    %ecx, %es
        movl    %esp, %eax              # first argument: pt_regs
        call    *%edi
        testl   %eax, %eax
        jz      ret_from_exception
        call    do_exit                 # the thread ends here

# The first FPU instruction after a switch: CR0.TS is set.
        .balign 4
        .globl  device_not_available
device_not_available:
        pushl   $-1
        SAVE_ALL
        call    math_state_restore
        jmp     ret_from_exception
