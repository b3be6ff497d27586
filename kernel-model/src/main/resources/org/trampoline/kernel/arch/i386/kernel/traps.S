# Descriptor tables for a running kernel (Linux: arch/i386/kernel/traps.c,
# arch/i386/kernel/cpu/common.c).

        .text

# set_gate(edx = address, eax = vector, ecx = 0x8e00 | DPL << 13 | type << 8).
set_gate:
        leal    idt_table(, %eax, 8), %eax
        movl    %edx, 4(%eax)
        movw    %cx, 4(%eax)
        movl    $__KERNEL_CS << 16, %ecx
        movw    %dx, %cx
        movl    %ecx, (%eax)
        ret

# Table of gates: vector, attributes, handler. 0x8f00 is a trap gate, 0x8e00 an
# interrupt gate, 0xef00 and 0xee00 the same for ring 3.
        .section .rodata, "a"
        .balign 4
trap_gates:
        .long   0, 0x8f00, divide_error
        .long   1, 0x8e00, debug
        .long   2, 0x8e00, nmi
        .long   3, 0xee00, int3
        .long   4, 0xef00, overflow
        .long   5, 0xef00, bounds
        .long   6, 0x8f00, invalid_op
        .long   7, 0x8f00, device_not_available
        .long   9, 0x8f00, coprocessor_segment_overrun
        .long   10, 0x8f00, invalid_TSS
        .long   11, 0x8f00, segment_not_present
        .long   12, 0x8f00, stack_segment
        .long   13, 0x8f00, general_protection
        .long   14, 0x8e00, page_fault  # interrupts off until CR2 has been read
        .long   15, 0x8f00, spurious_interrupt_bug
        .long   16, 0x8f00, coprocessor_error
        .long   17, 0x8f00, alignment_check
        .long   18, 0x8f00, machine_check
        .long   19, 0x8f00, simd_coprocessor_error
        .long   SYSCALL_VECTOR, 0xef00, system_call
trap_gates_end:

        .text
        .globl  trap_init
trap_init:
        pushl   %ebx
        movl    $trap_gates, %ebx
1:      movl    (%ebx), %eax
        movl    4(%ebx), %ecx
        movl    8(%ebx), %edx
        call    set_gate
        addl    $12, %ebx
        cmpl    $trap_gates_end, %ebx
        jb      1b
        # Vector 8 has a task gate: a double fault may mean that there is no stack.
        movl    $GDT_ENTRY_DOUBLEFAULT_TSS << 19, idt_table + 8 * 8
        movl    $0x8500, idt_table + 8 * 8 + 4
        popl    %ebx

# Falls through: descriptors of the task state segments, and the task register.
        .globl  cpu_init
cpu_init:
        .if     CONFIG_SMP
        call    cpu_init_tables
        .else
        movl    $init_tss, %edx
        movl    $cpu_gdt_table + 8 * GDT_ENTRY_TSS, %eax
        call    set_tss_desc
        movl    $doublefault_tss, %edx
        movl    $cpu_gdt_table + 8 * GDT_ENTRY_DOUBLEFAULT_TSS, %eax
        call    set_tss_desc
        movl    $8 * GDT_ENTRY_TSS, %eax
        ltr     %ax
        xorl    %eax, %eax
        lldt    %ax
        .if     PT_HAS_GS
        movl    $init_pda, %edx         # base of the per-processor data segment
        movl    $PDA_size - 1, cpu_gdt_table + 8 * GDT_ENTRY_PDA
        movw    %dx, cpu_gdt_table + 8 * GDT_ENTRY_PDA + 2
        shrl    $16, %edx
        movb    %dl, cpu_gdt_table + 8 * GDT_ENTRY_PDA + 4
        movb    $0x92, cpu_gdt_table + 8 * GDT_ENTRY_PDA + 5
        movb    $0x40, cpu_gdt_table + 8 * GDT_ENTRY_PDA + 6
        movb    %dh, cpu_gdt_table + 8 * GDT_ENTRY_PDA + 7
        movl    $init_task, init_pda + PDA_pcurrent
        movl    $__KERNEL_PDA, %eax
        movl    %eax, %gs
        .endif
        .endif
        movl    %cr0, %eax              # the first FPU instruction comes to
        orl     $CR0_TS | CR0_MP, %eax  # device_not_available
        movl    %eax, %cr0
        ret

        .if     CONFIG_SMP
# The same for the processor that executes, in a GDT of its own; the idle thread that
# runs on it borrows init_mm.
cpu_init_tables:
        pushl   %ebx
        pushl   %esi
        pushl   %edi
        GET_THREAD_INFO %ebx
        movl    TI_cpu(%ebx), %ebx
        movl    $cpu_gdt_table, %esi
        imull   $8 * GDT_ENTRIES, %ebx, %edi
        addl    %esi, %edi
        movl    %edi, %eax
        testl   %ebx, %ebx
        jz      1f
        movl    $2 * GDT_ENTRIES, %ecx
        rep movsl
        movl    %eax, %edi
1:      subl    $8, %esp
        movw    $8 * GDT_ENTRIES - 1, 2(%esp)
        movl    %edi, 4(%esp)
        lgdt    2(%esp)
        addl    $8, %esp

        imull   $TSS_size, %ebx, %edx
        addl    $init_tss, %edx
        leal    8 * GDT_ENTRY_TSS(%edi), %eax
        call    set_tss_desc
        movl    $doublefault_tss, %edx
        leal    8 * GDT_ENTRY_DOUBLEFAULT_TSS(%edi), %eax
        call    set_tss_desc
        movl    $8 * GDT_ENTRY_TSS, %eax
        ltr     %ax
        xorl    %eax, %eax
        lldt    %ax
        .if     PT_HAS_GS
        imull   $PDA_size, %ebx, %edx
        addl    $init_pda, %edx
        GET_CURRENT %eax
        movl    %eax, PDA_pcurrent(%edx)
        addl    $8 * GDT_ENTRY_PDA, %edi
        movl    $PDA_size - 1, (%edi)
        movw    %dx, 2(%edi)
        shrl    $16, %edx
        movb    %dl, 4(%edi)
        movb    $0x92, 5(%edi)
        movb    $0x40, 6(%edi)
        movb    %dh, 7(%edi)
        movl    $__KERNEL_PDA, %eax
        movl    %eax, %gs
        .endif
        call    init_active_mm          # active_mm = &init_mm, enter_lazy_tlb
        popl    %edi
        popl    %esi
        popl    %ebx
        ret
        .endif

# set_tss_desc(eax = descriptor, edx = TSS)
set_tss_desc:
        movl    $__TSS_LIMIT, (%eax)    # limit 15:0; base 15:0 follows
        movw    %dx, 2(%eax)
        movl    %edx, %ecx
        andl    $0xff000000, %ecx       # base 31:24
        shrl    $16, %edx
        movb    %dl, %cl                # base 23:16
        orl     $0x8900, %ecx           # present, DPL 0, available 32-bit TSS
        movl    %ecx, 4(%eax)
        ret

# void math_state_restore(void): gives the FPU to current.
        .globl  math_state_restore
math_state_restore:
        clts
        GET_THREAD_INFO %eax
        movl    TI_task(%eax), %edx
        testl   $PF_USED_MATH, TASK_flags(%edx)
        jz      1f
        frstor  TASK_thread_i387(%edx)
        jmp     2f
1:      fninit
        orl     $PF_USED_MATH, TASK_flags(%edx)
2:      orl     $TS_USEDFPU, TI_status(%eax)
        ret

# Where the Java half of a function goes that has used a bad address, in ecx; edx is the
# function, which is said to have faulted.
        .globl  bad_access, bad_access_end
bad_access:
        testb   %al, (%ecx)
        ud2                             # mapped by chance, for a process
bad_access_end:

# What a double fault switches to, with a stack of its own (Linux: doublefault.c).
doublefault_fn:
        call    do_double_fault         # panics
1:      hlt
        jmp     1b

        .data
        .balign 16
        .globl  doublefault_tss
doublefault_tss:
        .long   0                       # previous task link
        .long   doublefault_stack_end   # esp0
        .long   __KERNEL_DS             # ss0
        .fill   4, 4, 0                 # esp1, ss1, esp2, ss2
        .long   swapper_pg_dir - __PAGE_OFFSET  # cr3
        .long   doublefault_fn          # eip
        .long   X86_EFLAGS_SF | 2       # eflags
        .fill   4, 4, 0                 # eax, ecx, edx, ebx
        .long   doublefault_stack_end   # esp
        .fill   3, 4, 0                 # ebp, esi, edi
        .long   __USER_DS               # es
        .long   __KERNEL_CS             # cs
        .long   __KERNEL_DS             # ss
        .long   __USER_DS               # ds
        .long   0                       # fs
        .if     PT_HAS_GS
        .long   __KERNEL_PDA            # gs
        .else
        .long   0                       # gs
        .endif
        .long   0                       # ldt
        .long   INVALID_IO_BITMAP_OFFSET << 16

        .bss
        .balign 16
        .space  1024
doublefault_stack_end:
