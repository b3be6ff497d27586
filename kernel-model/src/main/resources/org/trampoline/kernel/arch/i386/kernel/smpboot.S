# Starting the other processors (Linux: arch/i386/kernel/smpboot.c, kernel/cpu.c).

        .set    TRAMPOLINE_BASE, 0x90000        # physical; setup.S is not needed any more
        .set    APIC_DM_INIT, 0x500
        .set    APIC_DM_STARTUP, 0x600
        .set    APIC_INT_ASSERT, 0x4000
        .set    APIC_INT_LEVELTRIG, 0x8000

        .text

# void smp_prepare_cpus(void): has all processors come as far as start_secondary.
        .balign 16
        .globl  smp_prepare_cpus
smp_prepare_cpus:
        pushl   %ebx
        call    setup_local_APIC
        movl    $1, %ebx
1:      btl     %ebx, phys_cpu_present_map
        jnc     2f
        movl    %ebx, %eax
        call    do_boot_cpu
2:      incl    %ebx
        cmpl    $NR_CPUS, %ebx
        jb      1b
        call    setup_boot_APIC_clock
        popl    %ebx
        ret

# void do_boot_cpu(cpu)
        .balign 16
do_boot_cpu:
        pushl   %ebx
        pushl   %esi
        movl    %eax, %ebx
        call    fork_idle               # its process 0
        cmpl    $-1000, %eax
        ja      5f
        movl    $start_secondary, TASK_thread_eip(%eax)
        movl    TASK_thread_esp(%eax), %eax
        movl    %eax, stack_start
        call    setup_trampoline
        CALL3   printk, $booting, %ebx, %ebx

        movl    $APIC_DM_INIT | APIC_INT_LEVELTRIG | APIC_INT_ASSERT, %eax
        call    send_to_secondary
        movl    $10, %eax
        call    mdelay
        movl    $APIC_DM_INIT | APIC_INT_LEVELTRIG, %eax
        call    send_to_secondary
        movl    $2, %esi                # the second one is for those that missed the first
1:      movl    $APIC_DM_STARTUP | TRAMPOLINE_BASE >> 12, %eax
        call    send_to_secondary
        movl    $1, %eax
        call    mdelay
        decl    %esi
        jnz     1b

        lock btsl %ebx, cpu_callout_map # it may go on
        movl    jiffies, %esi
        addl    $5 * HZ, %esi
2:      btl     %ebx, cpu_callin_map
        jc      4f
        pause
        movl    jiffies, %eax
        subl    %esi, %eax
        js      2b
        CALL2   printk, $stuck, %ebx
        btrl    %ebx, phys_cpu_present_map
4:      popl    %esi
        popl    %ebx
        ret
5:      CALL2   printk, $no_idle, %ebx
        btrl    %ebx, phys_cpu_present_map
        jmp     4b

# Sends eax to the local APIC whose ID is in ebx.
send_to_secondary:
        movl    %ebx, %ecx
        shll    $24, %ecx
        movl    %ecx, APIC_ICR2
        movl    %eax, APIC_ICR
1:      pause
        testl   $0x1000, APIC_ICR       # delivery status
        jnz     1b
        ret

# void mdelay(milliseconds): a tick is one, and the first is not whole.
mdelay: incl    %eax
        addl    jiffies, %eax
1:      pause
        movl    jiffies, %ecx
        subl    %eax, %ecx
        js      1b
        ret

# void setup_trampoline(void)
setup_trampoline:
        pushl   %esi
        pushl   %edi
        movl    $trampoline_data, %esi
        movl    $TRAMPOLINE_BASE + __PAGE_OFFSET, %edi
        movl    $trampoline_end - trampoline_data, %ecx
        rep movsb
        popl    %edi
        popl    %esi
        ret

# static void start_secondary(void *unused): the first that another processor executes
# in its idle thread.
        .balign 16
        .globl  start_secondary
start_secondary:
        call    cpu_init
        SMP_PROCESSOR_ID %ebx
1:      pause                           # smp_callin: not before the boot processor says so
        btl     %ebx, cpu_callout_map
        jnc     1b
        call    setup_local_APIC
        lock btsl %ebx, cpu_callin_map
2:      pause
        btl     %ebx, smp_commenced_mask
        jnc     2b
        call    setup_secondary_APIC_clock
        movl    %cr3, %eax              # local_flush_tlb
        movl    %eax, %cr3
        lock btsl %ebx, cpu_online_map
        lock incl num_online_cpus
        call    trace_cpu_up
        jmp     cpu_idle

# void smp_init(void): brings the processors up, one after the other, with the kernel
# threads that each has of its own.
        .balign 16
        .globl  smp_init
smp_init:
        pushl   %ebx
        movl    $1, %ebx
1:      btl     %ebx, phys_cpu_present_map
        jnc     2f
        movl    %ebx, %eax
        call    cpu_up
2:      incl    %ebx
        cmpl    $NR_CPUS, %ebx
        jb      1b
        CALL2   printk, $brought_up, num_online_cpus
        call    zap_low_mappings        # smp_cpus_done: nobody comes from real mode any more
        popl    %ebx
        ret

# int cpu_up(cpu)
        .balign 16
cpu_up:
        pushl   %ebx
        movl    %eax, %ebx
        call    migration_up_prepare    # CPU_UP_PREPARE
        movl    %ebx, %eax
        call    ksoftirqd_up_prepare
        lock btsl %ebx, smp_commenced_mask      # __cpu_up
1:      pause
        btl     %ebx, cpu_online_map
        jnc     1b
        movl    %ebx, %eax
        call    migration_online        # CPU_ONLINE
        movl    ksoftirqd_task(, %ebx, 4), %eax
        call    wake_up_process
        popl    %ebx
        ret

        .section .rodata, "a"
booting:
        .asciz  "<6>Booting processor %d/%d\n"
stuck:
        .asciz  "<3>CPU #%d not responding - cannot use it.\n"
no_idle:
        .asciz  "<3>failed fork for CPU %d\n"
brought_up:
        .asciz  "<6>Brought up %d CPUs\n"

        .data
        .balign 4
        .globl  phys_cpu_present_map
phys_cpu_present_map:                   # local APICs, by their IDs
        .long   1
cpu_callout_map:                        # those that may go on
        .long   1
cpu_callin_map:                         # those that have come
        .long   1
smp_commenced_mask:                     # those that may start to work
        .long   1
        .globl  cpu_online_map
cpu_online_map:                         # those that do
        .long   1
