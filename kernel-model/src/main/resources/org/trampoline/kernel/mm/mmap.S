# Taking memory away from a process (Linux: mm/mmap.c).

        .text

# asmlinkage long sys_munmap(unsigned long addr, size_t len): the pages are free only when
# no processor can reach them any more.
        .balign 16
        .globl  sys_munmap
sys_munmap:
        movl    4(%esp), %eax
        movl    8(%esp), %edx
do_munmap:                              # (addr, len)
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

# asmlinkage unsigned long sys_brk(unsigned long brk): the heap's new end, or the old one.
        .balign 16
        .globl  sys_brk
sys_brk:
        movl    4(%esp), %eax
        call    set_brk                 # eax = end; to be unmapped: edx, length ecx
        jecxz   1f
        pushl   %eax
        movl    %edx, %eax
        movl    %ecx, %edx
        call    do_munmap
        popl    %eax
1:      ret
