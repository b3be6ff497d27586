# Freeing pages (Linux: mm/vmscan.c): the thread that does it before it is too late, and
# who wants a page and finds none. Which pages is decided in Vmscan.java.

        .set    DEF_PRIORITY, 12
        .set    SWAP_CLUSTER_MAX, 32

        .text

# static int kswapd(void *): sleeps until there are few free pages, and frees some until
# there are enough.
        .balign 16
kswapd:
        DAEMONIZE kswapd_name
        GET_CURRENT %esi
        orl     $PF_MEMALLOC | PF_KSWAPD, TASK_flags(%esi)
        subl    $WQ_size, %esp
1:      movl    %esp, %eax
        call    init_wait
        movl    $kswapd_wait, %eax
        movl    %esp, %edx
        movl    $TASK_INTERRUPTIBLE, %ecx
        call    prepare_to_wait
        call    schedule
        movl    $kswapd_wait, %eax
        movl    %esp, %edx
        call    finish_wait
        incl    kswapd_runs
        movl    $1, %eax
        call    trace_kswapd
        call    balance_pgdat
        xorl    %eax, %eax
        call    trace_kswapd
        jmp     1b

# void balance_pgdat(void): until pages_high are free. It looks at a 4096th of the lists,
# then at a 2048th and so on, until it has found 32 pages, and begins anew; memory of
# which all has been looked at four times in vain is left alone.
        .balign 16
balance_pgdat:
        pushl   %ebx
        pushl   %edi
        subl    $SCAN_size, %esp
1:      movl    $DEF_PRIORITY, %ebx
        movl    $0, SCAN_nr_scanned(%esp)
        movl    $0, SCAN_nr_reclaimed(%esp)
        movl    $DEF_PRIORITY, contig_page_data + ZONE_prev_priority
2:      movl    mm_state + MMSTATE_nr_free_pages, %eax
        cmpl    mm_state + MMSTATE_pages_high, %eax
        jae     5f
        cmpl    $0, contig_page_data + ZONE_all_unreclaimable
        je      3f
        cmpl    $DEF_PRIORITY, %ebx
        jne     5f
3:      movl    %ebx, SCAN_priority(%esp)
        cmpl    %ebx, contig_page_data + ZONE_prev_priority
        jle     4f
        movl    %ebx, contig_page_data + ZONE_prev_priority
4:      movl    %esp, %eax
        call    shrink_zone
        movl    contig_page_data + ZONE_nr_active, %eax
        addl    contig_page_data + ZONE_nr_inactive, %eax
        shll    $2, %eax
        cmpl    %eax, contig_page_data + ZONE_pages_scanned
        jb      6f
        movl    $1, contig_page_data + ZONE_all_unreclaimable
6:      cmpl    $0, SCAN_nr_scanned(%esp)
        je      7f
        cmpl    $DEF_PRIORITY - 2, %ebx
        jge     7f
        movl    $HZ / 10, %eax          # let the disk finish what has been started
        call    blk_congestion_wait
7:      cmpl    $SWAP_CLUSTER_MAX, SCAN_nr_reclaimed(%esp)
        jae     8f
        decl    %ebx
        jns     2b
8:      movl    SCAN_nr_reclaimed(%esp), %eax
        addl    %eax, kswapd_freed
        call    cond_resched
        jmp     1b
5:      movl    SCAN_nr_reclaimed(%esp), %eax
        addl    %eax, kswapd_freed
        addl    $SCAN_size, %esp
        popl    %edi
        popl    %ebx
        ret

# int try_to_free_pages(void): the same by who needs a page; returns how many are free now.
        .balign 16
        .globl  try_to_free_pages
try_to_free_pages:
        pushl   %ebx
        pushl   %edi
        subl    $SCAN_size, %esp
        GET_CURRENT %edi
        orl     $PF_MEMALLOC, TASK_flags(%edi)
        incl    contig_page_data + ZONE_allocstall
        movl    $DEF_PRIORITY, %ebx
        movl    $0, SCAN_nr_scanned(%esp)
        movl    $0, SCAN_nr_reclaimed(%esp)
        movl    $DEF_PRIORITY, contig_page_data + ZONE_prev_priority
1:      movl    %ebx, SCAN_priority(%esp)
        cmpl    %ebx, contig_page_data + ZONE_prev_priority
        jle     2f
        movl    %ebx, contig_page_data + ZONE_prev_priority
2:      movl    %esp, %eax
        call    shrink_zone
        cmpl    $SWAP_CLUSTER_MAX, SCAN_nr_reclaimed(%esp)
        jae     4f
        cmpl    $0, SCAN_nr_scanned(%esp)
        je      3f
        cmpl    $DEF_PRIORITY - 2, %ebx
        jge     3f
        movl    $HZ / 10, %eax
        call    blk_congestion_wait
3:      decl    %ebx
        jns     1b
4:      andl    $~PF_MEMALLOC, TASK_flags(%edi)
        movl    SCAN_nr_reclaimed(%esp), %eax
        addl    $SCAN_size, %esp
        popl    %edi
        popl    %ebx
        ret

# void shrink_zone(sc): active and inactive pages in turn. What is taken out of page
# tables, or is looked at again whether it is used, has to be flushed before anybody else
# runs on this processor.
        .balign 16
shrink_zone:
        pushl   %ebx
        movl    %eax, %ebx
        call    shrink_zone_begin
1:      movl    SCAN_nr_active(%ebx), %ecx
        orl     SCAN_nr_inactive(%ebx), %ecx
        jz      9f
        movl    $SWAP_CLUSTER_MAX, SCAN_batch(%ebx)
2:      cmpl    $0, SCAN_nr_active(%ebx)
        je      4f
        decl    SCAN_batch(%ebx)
        js      4f
        call    preempt_disable
        movl    %ebx, %eax
        call    refill_inactive_page    # eax = mm or 0, edx = address
        testl   %eax, %eax
        jz      3f
        call    flush_tlb_page
3:      call    preempt_enable
        jmp     2b
4:      call    cond_resched
        movl    $SWAP_CLUSTER_MAX, SCAN_batch(%ebx)
5:      cmpl    $0, SCAN_nr_inactive(%ebx)
        je      7f
        decl    SCAN_batch(%ebx)
        js      7f
        call    preempt_disable
        movl    %ebx, %eax
        call    shrink_inactive_page    # eax = mm or 0, edx = address
        testl   %eax, %eax
        jz      6f
        call    flush_tlb_page
6:      call    preempt_enable
        movl    %ebx, %eax
        call    shrink_page_out
        jmp     5b
7:      cmpl    $0, SCAN_nr_to_reclaim(%ebx)
        jg      1b
9:      popl    %ebx
        ret

        .if     CONFIG_SMP == 0
# void flush_tlb_page(mm, address)
flush_tlb_page:
        GET_CURRENT %ecx
        cmpl    %eax, TASK_active_mm(%ecx)
        jne     1f
        invlpg  (%edx)
1:      ret
        .endif

# int kswapd_init(void)
        .globl  kswapd_init
kswapd_init:
        RUN_DAEMON kswapd, kswapd_name
        ret

        .section .rodata, "a"
kswapd_name:
        .asciz  "kswapd0"

        .data
        .balign 4
        .globl  kswapd_wait
kswapd_wait:
        .long   kswapd_wait, kswapd_wait
        .globl  kswapd_runs
kswapd_runs:
        .long   0
        .globl  kswapd_freed
kswapd_freed:
        .long   0

        .bss
        .balign 4
        .globl  contig_page_data
contig_page_data:                       # the one zone
        .space  ZONE_size
