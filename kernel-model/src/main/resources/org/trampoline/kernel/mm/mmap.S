# Taking memory away from a process (Linux: mm/mmap.c).

        .text

# asmlinkage long sys_munmap(unsigned long addr, size_t len): the pages are free only when
# no processor can reach them any more.
        .balign 16
        .globl  sys_munmap
sys_munmap:
        movl    4(%esp), %eax
        movl    8(%esp), %edx
        call    unmap_region            # eax = 0 or an error, edx = the pages
        testl   %eax, %eax
        jnz     1f
        pushl   %edx
        .if     CONFIG_SMP
        GET_CURRENT %eax
        movl    TASK_mm(%eax), %eax
        call    flush_tlb_mm
        .else
        movl    %cr3, %eax              # flush_tlb_mm
        movl    %eax, %cr3
        .endif
        popl    %eax
        call    free_pages_list
        xorl    %eax, %eax
1:      ret
