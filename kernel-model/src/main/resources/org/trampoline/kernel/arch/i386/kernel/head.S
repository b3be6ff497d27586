# 32-bit start-up (Linux: arch/i386/kernel/head.S): from a flat, unpaged machine to
# the kernel's own address space, stack and descriptor tables.

        .text

# Entered by setup.S at physical KERNEL_PHYSICAL with paging off. The image is
# assembled for its address above PAGE_OFFSET, so until paging is on every symbol
# is used less __PAGE_OFFSET.
        .globl  startup_32
startup_32:
        cld
        movl    $__BOOT_DS, %eax
        movl    %eax, %ds
        movl    %eax, %es
        movl    %eax, %fs
        movl    %eax, %gs

        xorl    %eax, %eax              # clear the BSS
        movl    $__bss_start - __PAGE_OFFSET, %edi
        movl    $__bss_stop - __PAGE_OFFSET, %ecx
        subl    %edi, %ecx
        shrl    $2, %ecx
        rep stosl
        .if     CONFIG_SMP
        xorl    %ebx, %ebx              # this is the boot processor
        .endif

# Page tables from pg0 on: they map the memory from 0 to the end of the tables
# themselves and INIT_MAP_BEYOND_END more, both at 0 and at PAGE_OFFSET.
        movl    $pg0 - __PAGE_OFFSET, %edi
        movl    $swapper_pg_dir - __PAGE_OFFSET, %edx
        movl    $PAGE_TABLE_ATTR, %eax  # the page at 0
1:      leal    PAGE_TABLE_ATTR(%edi), %ecx
        movl    %ecx, (%edx)                    # this table serves the addresses from 0
        movl    %ecx, PAGE_OFFSET_PDE(%edx)     # and those from PAGE_OFFSET
        addl    $4, %edx
        movl    $PTRS_PER_PTE, %ecx
2:      stosl
        addl    $PAGE_SIZE, %eax
        loop    2b
        leal    INIT_MAP_BEYOND_END + PAGE_TABLE_ATTR(%edi), %ebp
        cmpl    %ebp, %eax
        jb      1b
        movl    %edi, init_pg_tables_end - __PAGE_OFFSET

enable_paging:
        movl    $swapper_pg_dir - __PAGE_OFFSET, %eax
        movl    %eax, %cr3
        movl    %cr0, %eax
        andl    $CR0_PE | CR0_ET, %eax  # caches on, nothing left over from before
        orl     $CR0_PG | CR0_WP | CR0_NE, %eax # WP: also the kernel honours read-only pages
        movl    %eax, %cr0              # paging is on; this code is mapped at 0 as well
        ljmp    $__BOOT_CS, $1f         # go on above PAGE_OFFSET

1:      lss     stack_start, %esp       # the top of init_thread_union: this is process 0
        pushl   $0
        popfl                           # flags in a known state

        .if     CONFIG_SMP
        testl   %ebx, %ebx
        jnz     2f
        .endif
        call    setup_idt
2:      lgdt    cpu_gdt_descr
        lidt    idt_descr
        ljmp    $__KERNEL_CS, $1f       # from boot's code segment to the kernel's
1:      movl    $__KERNEL_DS, %eax
        movl    %eax, %ss
        movl    $__USER_DS, %eax        # as it stays throughout the kernel
        movl    %eax, %ds
        movl    %eax, %es
        xorl    %eax, %eax
        movl    %eax, %fs
        movl    %eax, %gs
        lldt    %ax
        .if     CONFIG_SMP
        testl   %ebx, %ebx
        jnz     initialize_secondary
        .endif
        call    start_kernel            # does not return
1:      hlt
        jmp     1b

        .if     CONFIG_SMP
# Entered by trampoline.S on the other processors, with ebx not 0: the boot processor
# has made page tables and the interrupt table, and stack_start leads to the stack of
# the idle thread that is to run here.
        .globl  startup_32_smp
startup_32_smp:
        cld
        movl    $__BOOT_DS, %eax
        movl    %eax, %ds
        movl    %eax, %es
        movl    %eax, %fs
        movl    %eax, %gs
        jmp     enable_paging

# void initialize_secondary(void) (Linux: arch/i386/kernel/smpboot.c): what switch_to
# would do, but there is nobody to switch from.
initialize_secondary:
        GET_CURRENT %eax
        movl    TASK_thread_esp(%eax), %esp
        jmp     *TASK_thread_eip(%eax)
        .endif

# Fills all 256 entries of the IDT with interrupt gates to ignore_int.
setup_idt:
        movl    $ignore_int, %edx
        movl    $__KERNEL_CS << 16, %eax
        movw    %dx, %ax                # low word of the gate: selector, offset 15:0
        movw    $0x8e00, %dx            # high word: offset 31:16, present, DPL 0, interrupt gate
        movl    $idt_table, %edi
        movl    $256, %ecx
1:      movl    %eax, (%edi)
        movl    %edx, 4(%edi)
        addl    $8, %edi
        loop    1b
        ret

# An interrupt or exception that nobody has asked for.
ignore_int:
        cld
        pushal
        pushl   %es
        pushl   %ds
        movl    $__KERNEL_DS, %eax
        movl    %eax, %ds
        movl    %eax, %es
        pushl   $int_msg
        call    printk
        addl    $4, %esp
        popl    %ds
        popl    %es
        popal
        iret

        .data
int_msg:
        .asciz  "<4>Unknown interrupt or fault\n"

        .balign 4
        .globl  stack_start
stack_start:
        .long   init_thread_union + THREAD_SIZE
        .long   __BOOT_DS

        .globl  init_pg_tables_end
init_pg_tables_end:                     # physical end of the page tables made so far
        .long   0

        .balign 4
        .word   0                       # so that the base is aligned
idt_descr:
        .word   256 * 8 - 1
        .long   idt_table
        .word   0
cpu_gdt_descr:
        .word   GDT_ENTRIES * 8 - 1
        .long   cpu_gdt_table

# The global descriptor table; segment.h's numbering (Segments.java).
        .balign 32
        .globl  cpu_gdt_table
cpu_gdt_table:
        .quad   0                       #  0: null
        .quad   0                       #  1: reserved
        .quad   0x00cf9a000000ffff      #  2: 0x10 boot code (Linux has it in setup.S's table only)
        .quad   0x00cf92000000ffff      #  3: 0x18 boot data
        .quad   0                       #  4: unused
        .quad   0                       #  5: unused
        .quad   0                       #  6: 0x33 TLS 1
        .quad   0                       #  7: 0x3b TLS 2
        .quad   0                       #  8: 0x43 TLS 3
        .quad   0                       #  9: reserved
        .quad   0                       # 10: reserved
        .quad   0                       # 11: reserved
        .quad   0x00cf9a000000ffff      # 12: 0x60 kernel code, 4 GB from 0
        .quad   0x00cf92000000ffff      # 13: 0x68 kernel data, 4 GB from 0
        .quad   0x00cffa000000ffff      # 14: 0x73 user code, 4 GB from 0
        .quad   0x00cff2000000ffff      # 15: 0x7b user data, 4 GB from 0
        .quad   0                       # 16: 0x80 TSS, by cpu_init
        .quad   0                       # 17: 0x88 LDT
        .fill   GDT_ENTRIES - 18, 8, 0  # 18-22 PnP BIOS, 23-25 APM, 27 PDA (2.6.20), 31 double-fault TSS
        .if     CONFIG_SMP
        .fill   GDT_ENTRIES * (NR_CPUS - 1), 8, 0       # the other processors', by cpu_init
        .endif

        .bss
        .balign 4096
        .globl  swapper_pg_dir
swapper_pg_dir:                         # the kernel's own page directory
        .space  4096
        .globl  empty_zero_page
empty_zero_page:
        .space  4096
        .globl  idt_table
idt_table:
        .space  256 * 8
