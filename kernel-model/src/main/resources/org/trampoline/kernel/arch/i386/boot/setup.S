# From reset to protected mode: the only 16-bit code (Linux: arch/i386/boot/setup.S).
#
# It lies in segment SETUPSEG, where the boot loader puts it, and is assembled
# for offset 0 of that segment; what needs a linear address adds SETUP_BASE.

        .code16
        .set    SETUP_BASE, SETUPSEG << 4

setup:
        cli                             # no interrupt before there is an IDT
        cld
        movw    %cs, %ax
        movw    %ax, %ds                # gdt_48 and idt_48 are in this segment
        lidt    idt_48
        lgdt    gdt_48
        movl    %cr0, %eax
        orl     $CR0_PE, %eax
        movl    %eax, %cr0              # protected mode; CS is still the real-mode one
        ljmpl   $__BOOT_CS, $KERNEL_PHYSICAL    # startup_32

        .balign 8
gdt:
        .quad   0                       # 0x00: null
        .quad   0                       # 0x08: unused
        .quad   0x00cf9a000000ffff      # 0x10: __BOOT_CS, 4 GB of code from 0
        .quad   0x00cf92000000ffff      # 0x18: __BOOT_DS, 4 GB of data from 0
gdt_end:

        .word   0
gdt_48:
        .word   gdt_end - gdt - 1
        .long   SETUP_BASE + gdt
        .word   0
idt_48:
        .word   0                       # limit 0: an exception now shuts the machine down
        .long   0
