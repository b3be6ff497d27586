# Interrupts from processor to processor (Linux: arch/i386/kernel/smp.c,
# include/asm-i386/mach-default/entry_arch.h). What they are about is in Smp.java and
# TlbFlush.java; waiting for the others is here.

        .text

# Entries of the interrupts that come by local APICs; their handlers are fastcall with
# pt_regs in eax.
        .macro  BUILD_INTERRUPT name, vector
        .balign 16
\name:
        pushl   $\vector - 256
        SAVE_ALL
        movl    %esp, %eax
__\name\()_call:                        # traced
        call    smp_\name
__\name\()_return:
        jmp     ret_from_intr
        .endm

        BUILD_INTERRUPT reschedule_interrupt, RESCHEDULE_VECTOR
        BUILD_INTERRUPT invalidate_interrupt, INVALIDATE_TLB_VECTOR
        BUILD_INTERRUPT call_function_interrupt, CALL_FUNCTION_VECTOR
        BUILD_INTERRUPT apic_timer_interrupt, LOCAL_TIMER_VECTOR
        BUILD_INTERRUPT error_interrupt, ERROR_APIC_VECTOR
        BUILD_INTERRUPT spurious_interrupt, SPURIOUS_APIC_VECTOR

        .section .rodata, "a"
        .balign 4
intr_gates:
        .long   RESCHEDULE_VECTOR, reschedule_interrupt
        .long   INVALIDATE_TLB_VECTOR, invalidate_interrupt
        .long   CALL_FUNCTION_VECTOR, call_function_interrupt
        .long   LOCAL_TIMER_VECTOR, apic_timer_interrupt
        .long   ERROR_APIC_VECTOR, error_interrupt
        .long   SPURIOUS_APIC_VECTOR, spurious_interrupt
intr_gates_end:

        .text
# void smp_intr_init(void): their gates.
        .globl  smp_intr_init
smp_intr_init:
        pushl   %ebx
        movl    $intr_gates, %ebx
1:      movl    (%ebx), %eax
        movl    4(%ebx), %edx
        movl    $0x8e00, %ecx
        call    set_gate
        addl    $8, %ebx
        cmpl    $intr_gates_end, %ebx
        jb      1b
        popl    %ebx
        ret

# Locks that guest code holds for more than an instruction; spoils nothing but flags.
        .macro  SPIN_LOCK lock
8991:   lock btsl $0, \lock
        jnc     8993f
8992:   pause
        testl   $1, \lock
        jnz     8992b
        jmp     8991b
8993:
        .endm

        .macro  SPIN_UNLOCK lock
        movl    $0, \lock
        .endm

# void smp_reschedule_interrupt(void): the sender has set need_resched; it is looked at
# on the way out.
        .balign 16
smp_reschedule_interrupt:
        ACK_APIC_IRQ
        ret

# void smp_invalidate_interrupt(void)
        .balign 16
smp_invalidate_interrupt:
        call    invalidate_tlb          # eax = page directory or 0, edx = address if ecx is not 0
        testl   %eax, %eax
        jz      1f
        movl    %eax, %cr3              # all of it, or leave_mm
        jmp     2f
1:      jecxz   2f
        invlpg  (%edx)
2:      ACK_APIC_IRQ
        SMP_PROCESSOR_ID %eax
        lock btrl %eax, flush_cpumask
        ret

# void flush_tlb_others(cpumask, mm, va): has other processors forget a page, or with
# FLUSH_ALL all of an address space, and waits until they have. Interrupts are on, and
# preemption is off.
        .balign 16
flush_tlb_others:
        SPIN_LOCK tlbstate_lock
        movl    %edx, flush_mm
        movl    %ecx, flush_va
        lock orl %eax, flush_cpumask
        movl    $INVALIDATE_TLB_VECTOR, %edx
        call    send_IPI_mask
1:      pause
        cmpl    $0, flush_cpumask
        jne     1b
        movl    $0, flush_mm
        movl    $0, flush_va
        SPIN_UNLOCK tlbstate_lock
        ret

# void flush_tlb_mm(mm), flush_tlb_page(mm, va): on all processors that have it.
        .balign 16
        .globl  flush_tlb_mm
flush_tlb_mm:
        movl    $FLUSH_ALL, %edx
        .globl  flush_tlb_page
flush_tlb_page:
        pushl   %ebx
        pushl   %esi
        movl    %eax, %ebx
        movl    %edx, %esi
        call    preempt_disable
        movl    %ebx, %eax
        movl    %esi, %edx
        call    flush_tlb_local         # eax = page directory or 0, edx = the others
        testl   %eax, %eax
        jz      2f
        cmpl    $FLUSH_ALL, %esi
        jne     1f
        movl    %eax, %cr3
        jmp     2f
1:      invlpg  (%esi)
2:      testl   %edx, %edx
        jz      3f
        movl    %edx, %eax
        movl    %ebx, %edx
        movl    %esi, %ecx
        call    flush_tlb_others
3:      popl    %esi
        popl    %ebx
        jmp     preempt_enable

# void flush_dead_mm(mm): an address space whose last user is gone; processors that are
# lazy on it leave it. Then the reference is dropped.
        .balign 16
        .globl  flush_dead_mm
flush_dead_mm:
        pushl   %eax
        call    flush_tlb_mm
        popl    %eax
        jmp     mmdrop

# int smp_call_function(func, info): calls a function on all other processors and waits
# until it has returned there.
        .balign 16
        .globl  smp_call_function
smp_call_function:
        SPIN_LOCK call_lock
        movl    %eax, call_data
        movl    %edx, call_data + 4
        movl    $0, call_data + 8
        movl    cpu_online_map, %eax
        SMP_PROCESSOR_ID %ecx
        btrl    %ecx, %eax
        testl   %eax, %eax
        jz      2f
        pushl   %eax
        movl    $CALL_FUNCTION_VECTOR, %edx
        call    send_IPI_mask
        popl    %eax
1:      pause
        cmpl    %eax, call_data + 8     # a bit for each that has returned
        jne     1b
2:      SPIN_UNLOCK call_lock
        xorl    %eax, %eax
        ret

# void smp_call_function_interrupt(void)
        .balign 16
smp_call_function_interrupt:
        pushl   %ebx
        ACK_APIC_IRQ
        GET_THREAD_INFO %ecx
        addl    $HARDIRQ_OFFSET, TI_preempt_count(%ecx)
        movl    call_data + 4, %eax
        call    *call_data
        SMP_PROCESSOR_ID %eax
        lock btsl %eax, call_data + 8
        jmp     irq_exit

# int on_each_cpu(func, info): on this processor, too.
        .balign 16
        .globl  on_each_cpu
on_each_cpu:
        pushl   %ebx
        pushl   %esi
        movl    %eax, %ebx
        movl    %edx, %esi
        call    preempt_disable
        movl    %ebx, %eax
        movl    %esi, %edx
        call    smp_call_function
        movl    %esi, %eax
        call    *%ebx
        popl    %esi
        popl    %ebx
        jmp     preempt_enable

# void flush_tlb_all(void)
        .globl  flush_tlb_all
flush_tlb_all:
        movl    $do_flush_tlb_all, %eax
        xorl    %edx, %edx
        jmp     on_each_cpu

do_flush_tlb_all:
        call    flush_all_here          # the page directory to load: leaves a lazy one
        movl    %eax, %cr3
        ret

        .data
        .balign 4
tlbstate_lock:
        .long   0
        .globl  flush_cpumask, flush_mm, flush_va
flush_cpumask:                          # who is still to flush
        .long   0
flush_mm:
        .long   0
flush_va:
        .long   0
call_lock:
        .long   0
call_data:                              # function, argument, who has returned
        .long   0, 0, 0

        .bss
        .balign 4
        .globl  cpu_tlbstate
cpu_tlbstate:                           # what each processor has loaded
        .space  TLBSTATE_size * NR_CPUS
