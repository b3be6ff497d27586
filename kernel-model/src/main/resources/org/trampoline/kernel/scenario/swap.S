# A thread that tells how memory and swap area are used, while /sbin/init works.

        .include "linkage.h"

scenario:
        CALL3   kernel_thread, $vmstat, $0, $CLONE_KERNEL
        xorl    %eax, %eax
        ret

vmstat: CALL1   daemonize, $name
1:      movl    $2000, %eax
        call    msleep
        pushl   contig_page_data + ZONE_pgmajfault
        pushl   contig_page_data + ZONE_pswpin
        pushl   contig_page_data + ZONE_pswpout
        pushl   swap_info + SWAP_inuse_pages
        pushl   contig_page_data + ZONE_nr_inactive
        pushl   contig_page_data + ZONE_nr_active
        pushl   mm_state + MMSTATE_nr_free_pages
        CALL1   printk, $line
        addl    $28, %esp
        jmp     1b

name:   .asciz  "vmstat"
line:   .asciz  "<6>free %d, active %d, inactive %d; slots %d, out %d, in %d, major faults %d\n"
