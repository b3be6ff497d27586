# The thread that frees pages (Linux: mm/vmscan.c). Which ones is decided in PageCache.java.

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
        call    balance_pgdat
        jmp     1b

# void balance_pgdat(void): until pages_high are free.
        .balign 16
balance_pgdat:
        pushl   %ebx
        pushl   %edi
        incl    kswapd_runs
        xorl    %ebx, %ebx              # pages looked at without success
1:      movl    mm_state + MMSTATE_nr_free_pages, %eax
        cmpl    mm_state + MMSTATE_pages_high, %eax
        jae     3f
        call    shrink_one_page
        cmpl    $1, %eax
        jb      3f                      # there is nothing to free
        je      2f
        incl    %ebx
        cmpl    $64, %ebx
        jb      1b
        movl    $HZ / 10, %eax          # let the disk finish what has been started
        call    blk_congestion_wait
        xorl    %ebx, %ebx
        jmp     1b
2:      incl    kswapd_freed
        call    cond_resched
        jmp     1b
3:      popl    %edi
        popl    %ebx
        ret

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
