# What the kernel learns from the boot loader (Linux: arch/i386/kernel/setup.c).

        .text
        .globl  setup_arch
setup_arch:
        movl    __PAGE_OFFSET + ALT_MEM_K, %eax # memory above 1 MB, in KB
        shrl    $2, %eax
        addl    $0x100, %eax                    # and the 256 pages below
        cmpl    $MAX_LOWMEM / PAGE_SIZE, %eax
        jbe     1f
        movl    $MAX_LOWMEM / PAGE_SIZE, %eax   # more would need high memory
1:      movl    %eax, max_low_pfn
        .if     CONFIG_SMP
        call    find_smp_config
        .endif
        jmp     paging_init

        .data
        .balign 4
        .globl  max_low_pfn
max_low_pfn:                            # number of pages that are mapped at PAGE_OFFSET
        .long   0
