# Local APICs and their timers (Linux: arch/i386/kernel/apic.c). Registers are at a fixed
# address of the kernel's, where each processor finds its own.

        .set    FIX_APIC_BASE, 0xffffd000
        .set    APIC_DEFAULT_PHYS_BASE, 0xfee00000
        .set    APIC_ID, FIX_APIC_BASE + 0x20
        .set    APIC_TASKPRI, FIX_APIC_BASE + 0x80
        .set    APIC_EOI, FIX_APIC_BASE + 0xb0
        .set    APIC_LDR, FIX_APIC_BASE + 0xd0
        .set    APIC_DFR, FIX_APIC_BASE + 0xe0
        .set    APIC_SPIV, FIX_APIC_BASE + 0xf0
        .set    APIC_ESR, FIX_APIC_BASE + 0x280
        .set    APIC_ICR, FIX_APIC_BASE + 0x300
        .set    APIC_ICR2, FIX_APIC_BASE + 0x310
        .set    APIC_LVTT, FIX_APIC_BASE + 0x320
        .set    APIC_LVT0, FIX_APIC_BASE + 0x350
        .set    APIC_LVT1, FIX_APIC_BASE + 0x360
        .set    APIC_LVTERR, FIX_APIC_BASE + 0x370
        .set    APIC_TMICT, FIX_APIC_BASE + 0x380
        .set    APIC_TMCCT, FIX_APIC_BASE + 0x390
        .set    APIC_TDCR, FIX_APIC_BASE + 0x3e0

        .set    APIC_LVT_MASKED, 0x10000
        .set    APIC_LVT_TIMER_PERIODIC, 0x20000
        .set    APIC_MODE_NMI, 0x400
        .set    APIC_MODE_EXTINT, 0x700
        .set    APIC_SPIV_APIC_ENABLED, 0x100
        .set    APIC_TDR_DIV_16, 3
        .set    APIC_DIVISOR, 16
        .set    CALIBRATION_LOOPS, 10

        .macro  ACK_APIC_IRQ
        movl    $0, APIC_EOI
        .endm

# The processor that executes.
        .macro  SMP_PROCESSOR_ID reg
        GET_THREAD_INFO \reg
        movl    TI_cpu(\reg), \reg
        .endm

        .text

# void init_apic_mappings(void): the page of registers, uncached, at the top of the
# address space (set_fixmap_nocache).
        .balign 16
        .globl  init_apic_mappings
init_apic_mappings:
        pushl   %edi
        movl    init_pg_tables_end, %edi        # a page table behind the others
        addl    $PAGE_SIZE, init_pg_tables_end
        leal    PAGE_TABLE_ATTR(%edi), %eax
        addl    $__PAGE_OFFSET, %edi
        movl    %edi, %edx
        pushl   %eax
        xorl    %eax, %eax
        movl    $PTRS_PER_PTE, %ecx
        rep stosl
        popl    %eax
        movl    $APIC_DEFAULT_PHYS_BASE + PAGE_KERNEL + 0x10, 4 * ((FIX_APIC_BASE >> 12) & 0x3ff)(%edx)
        movl    %eax, swapper_pg_dir + 4 * (FIX_APIC_BASE >> 22)
        movl    %cr3, %eax
        movl    %eax, %cr3
        popl    %edi
        ret

# void init_bsp_APIC(void): lets the 8259s' interrupts through, as if there were no APIC.
        .balign 16
        .globl  init_bsp_APIC
init_bsp_APIC:
        movl    $APIC_SPIV_APIC_ENABLED | SPURIOUS_APIC_VECTOR, APIC_SPIV
        movl    $APIC_MODE_EXTINT, APIC_LVT0
        movl    $APIC_MODE_NMI, APIC_LVT1
        ret

# void setup_local_APIC(void): of the processor that executes.
        .balign 16
        .globl  setup_local_APIC
setup_local_APIC:
        movl    $-1, APIC_DFR           # flat: a bit for each processor
        SMP_PROCESSOR_ID %ecx
        movl    $1 << 24, %eax
        shll    %cl, %eax
        movl    %eax, APIC_LDR
        movl    $0, APIC_TASKPRI        # takes all
        movl    $APIC_SPIV_APIC_ENABLED | SPURIOUS_APIC_VECTOR, APIC_SPIV
        movl    $APIC_MODE_EXTINT, %eax
        movl    $APIC_MODE_NMI, %edx
        jecxz   1f                      # the 8259s' interrupts are the boot processor's
        orl     $APIC_LVT_MASKED, %eax
        orl     $APIC_LVT_MASKED, %edx
1:      movl    %eax, APIC_LVT0
        movl    %edx, APIC_LVT1
        movl    $0, APIC_ESR
        movl    $ERROR_APIC_VECTOR, APIC_LVTERR
        ret

# void wait_timer_tick(void): until counter 0 of the 8254 begins anew.
        .balign 16
wait_timer_tick:
        pushl   %ebx
        call    get_8254_timer_count
        movl    %eax, %ebx
1:      movl    %ebx, %ecx
        call    get_8254_timer_count
        movl    %eax, %ebx
        subl    %ecx, %eax
        cmpl    $300, %eax              # it counts down
        jl      1b
        popl    %ebx
        ret

get_8254_timer_count:
        xorl    %eax, %eax
        outb    %al, $PIT_MODE          # latch
        inb     $PIT_CH0, %al
        movb    %al, %dl
        inb     $PIT_CH0, %al
        movb    %al, %ah
        movb    %dl, %al
        ret

# void setup_boot_APIC_clock(void): finds out how fast the timers count, and starts the
# boot processor's.
        .balign 16
        .globl  setup_boot_APIC_clock
setup_boot_APIC_clock:
        pushl   %ebx
        pushl   %esi
        cli
        movl    $1000000000, %eax
        call    setup_APIC_LVTT
        call    wait_timer_tick
        movl    APIC_TMCCT, %ebx
        movl    $CALIBRATION_LOOPS, %esi
1:      call    wait_timer_tick
        decl    %esi
        jnz     1b
        subl    APIC_TMCCT, %ebx
        movl    %ebx, %eax
        xorl    %edx, %edx
        movl    $CALIBRATION_LOOPS, %ecx
        divl    %ecx
        shll    $4, %eax                # APIC_DIVISOR: cycles of the bus in a tick
        movl    %eax, calibration_result
        movl    $1, using_apic_timer
        call    setup_APIC_timer
        sti
        popl    %esi
        popl    %ebx
        ret

# void setup_secondary_APIC_clock(void)
        .globl  setup_secondary_APIC_clock
setup_secondary_APIC_clock:
        movl    calibration_result, %eax
setup_APIC_timer:
        pushl   %eax
        call    wait_timer_tick
        popl    %eax

# void setup_APIC_LVTT(clocks): a tick each time so many cycles have passed.
setup_APIC_LVTT:
        movl    $APIC_LVT_TIMER_PERIODIC | LOCAL_TIMER_VECTOR, APIC_LVTT
        movl    $APIC_TDR_DIV_16, APIC_TDCR
        shrl    $4, %eax
        movl    %eax, APIC_TMICT
        ret

# void smp_apic_timer_interrupt(struct pt_regs *regs): the tick of a processor. Jiffies
# are counted by the 8254's interrupt.
        .balign 16
        .globl  smp_apic_timer_interrupt
smp_apic_timer_interrupt:
        pushl   %ebx
        ACK_APIC_IRQ
        GET_THREAD_INFO %ecx
        addl    $HARDIRQ_OFFSET, TI_preempt_count(%ecx)
        call    smp_local_timer_interrupt
        jmp     irq_exit

# void smp_spurious_interrupt(void): no end of interrupt, it is in service nowhere.
        .globl  smp_spurious_interrupt
smp_spurious_interrupt:
        ret

# void smp_error_interrupt(void)
        .globl  smp_error_interrupt
smp_error_interrupt:
        movl    $0, APIC_ESR
        pushl   APIC_ESR
        SMP_PROCESSOR_ID %eax
        pushl   %eax
        ACK_APIC_IRQ
        pushl   $apic_error
        call    printk
        addl    $12, %esp
        ret

        .section .rodata, "a"
apic_error:
        .asciz  "<7>APIC error on CPU%d: %02x\n"

        .data
        .balign 4
calibration_result:
        .long   0
        .globl  using_apic_timer
using_apic_timer:
        .long   0
