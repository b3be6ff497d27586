# Where a processor begins after its start-up IPI: in real mode, on the page below 1 MB to
# which setup_trampoline has copied this (Linux: arch/i386/kernel/trampoline.S). Addresses
# are less trampoline_data, as that page is its code and data segment.

        .data
        .balign 16
        .globl  trampoline_data, trampoline_end
trampoline_data:
        .code16
        movw    %cs, %ax
        movw    %ax, %ds
        movl    $1, %ebx                # not the boot processor
        cli
        movl    $0xa5a5a5a5, 0          # a mark: here somebody has come by
        lidt    trampoline_idt - trampoline_data
        lgdt    trampoline_gdt - trampoline_data
        movl    %cr0, %eax
        orl     $CR0_PE, %eax
        movl    %eax, %cr0
        ljmpl   $__BOOT_CS, $(startup_32_smp - __PAGE_OFFSET)
        .code32
        .balign 4
        .word   0
trampoline_idt:
        .word   0
        .long   0
        .word   0
trampoline_gdt:                         # its first entries are those of setup.S
        .word   GDT_ENTRIES * 8 - 1
        .long   cpu_gdt_table - __PAGE_OFFSET
trampoline_end:
