# The kernel's mapping of physical memory (Linux: arch/i386/mm/init.c).

        .text

# Maps all memory below max_low_pfn at PAGE_OFFSET, for the kernel alone: head.S's
# entries have the user bit, so they are written anew. Page tables that are missing
# come behind head.S's, in memory that is mapped already.
        .globl  paging_init
paging_init:
        pushl   %esi
        pushl   %edi
        movl    $swapper_pg_dir + PAGE_OFFSET_PDE, %esi
        movl    $PAGE_KERNEL, %eax              # the entry of the page at 0
        movl    max_low_pfn, %edx
        shll    $12, %edx
        addl    $PAGE_KERNEL, %edx              # the entry behind the last
1:      movl    (%esi), %edi
        testl   %edi, %edi
        jnz     2f
        movl    init_pg_tables_end, %edi        # physical
        addl    $PAGE_SIZE, init_pg_tables_end
        addl    $PAGE_TABLE_ATTR, %edi
        movl    %edi, (%esi)
2:      andl    $-PAGE_SIZE, %edi
        movl    $PTRS_PER_PTE, %ecx
3:      cmpl    %edx, %eax
        jae     4f
        movl    %eax, __PAGE_OFFSET(%edi)
        addl    $PAGE_SIZE, %eax
        jmp     5f
4:      movl    $0, __PAGE_OFFSET(%edi)         # there is no memory
5:      addl    $4, %edi
        loop    3b
        addl    $4, %esi
        cmpl    %edx, %eax
        jb      1b
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
