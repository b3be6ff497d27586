# The kernel's mapping of physical memory (Linux: arch/i386/mm/init.c).

        .text

# Maps all memory below max_low_pfn at PAGE_OFFSET: what head.S has mapped, and the
# rest with new page tables behind its own. They lie in memory that head.S has mapped.
        .globl  paging_init
paging_init:
        pushl   %esi
        pushl   %edi
        movl    init_pg_tables_end, %edi        # physical; the next table
        movl    %edi, %eax
        subl    $pg0 - __PAGE_OFFSET, %eax
        shrl    $12, %eax                       # tables there are
        leal    swapper_pg_dir + PAGE_OFFSET_PDE(, %eax, 4), %esi
        shll    $22, %eax                       # 4 MB each
        addl    $PAGE_KERNEL, %eax
        movl    max_low_pfn, %edx
        shll    $12, %edx
        addl    $PAGE_KERNEL, %edx              # the entry behind the last
1:      cmpl    %edx, %eax
        jae     4f
        leal    PAGE_TABLE_ATTR(%edi), %ecx
        movl    %ecx, (%esi)
        addl    $4, %esi
        movl    $PTRS_PER_PTE, %ecx
2:      movl    $0, __PAGE_OFFSET(%edi)
        cmpl    %edx, %eax
        jae     3f
        movl    %eax, __PAGE_OFFSET(%edi)
        addl    $PAGE_SIZE, %eax
3:      addl    $4, %edi
        loop    2b
        jmp     1b
4:      movl    %edi, init_pg_tables_end
        movl    %cr3, %eax                      # __flush_tlb
        movl    %eax, %cr3
        popl    %edi
        popl    %esi
        ret

# Takes away the mapping at 0 that only start-up needed: from now on the kernel's page
# directory maps nothing below PAGE_OFFSET.
        .globl  zap_low_mappings
zap_low_mappings:
        pushl   %edi
        movl    $swapper_pg_dir, %edi
        xorl    %eax, %eax
        movl    $PAGE_OFFSET_PDE / 4, %ecx
        rep stosl
        movl    %cr3, %eax                      # __flush_tlb
        movl    %eax, %cr3
        popl    %edi
        ret

# long __get_kernel_word(eax = address, edx = where to put the value), fastcall: reads
# an address that may be bad (Linux: __get_user with KERNEL_DS). Returns 0 or -EFAULT.
        .globl  __get_kernel_word
__get_kernel_word:
        .globl  __get_kernel_word_access
__get_kernel_word_access:
        movl    (%eax), %ecx
        movl    %ecx, (%edx)
        xorl    %eax, %eax
        ret
        .section .fixup, "ax"
1:      movl    $-EFAULT, %eax
        ret
        .previous
        .section __ex_table, "a"
        .long   __get_kernel_word_access, 1b
        .previous
