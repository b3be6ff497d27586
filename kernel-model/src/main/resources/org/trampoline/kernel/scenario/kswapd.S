# A thread fills the page cache; kswapd frees pages between the low and the high mark.

        .include "linkage.h"

        .set    PAGES, 6000             # more than there are

scenario:
        pushl   %ebx
        movl    $5, %eax                # kswapd goes to sleep
        call    msleep
        pushl   mm_state + MMSTATE_pages_high
        CALL3   printk, $marks, mm_state + MMSTATE_pages_min, mm_state + MMSTATE_pages_low
        addl    $4, %esp
        xorl    %ebx, %ebx
1:      movl    %ebx, %eax
        call    add_to_page_cache
        testl   %eax, %eax
        jnz     2f
        incl    waits                   # below the minimum: only kswapd may have those
        movl    $HZ / 20, %eax
        call    blk_congestion_wait
        jmp     1b
2:      testl   $7, %ebx
        jnz     3f
        call    set_page_dirty          # every eighth has to be written before
3:      incl    %ebx
        testl   $1023, %ebx
        jnz     4f
        pushl   kswapd_freed
        pushl   kswapd_runs
        CALL3   printk, $progress, %ebx, mm_state + MMSTATE_nr_free_pages
        addl    $8, %esp
4:      cmpl    $PAGES, %ebx
        jb      1b
        movl    $500, %eax
        call    msleep
        pushl   kswapd_freed
        CALL3   printk, $end, mm_state + MMSTATE_nr_free_pages, kswapd_runs
        addl    $4, %esp
        CALL2   printk, $waited, waits
        popl    %ebx
        call    machine_power_off

waits:  .long   0
marks:  .asciz  "<6>pages_min %d, pages_low %d, pages_high %d\n"
progress: .asciz "<6>%d pages used, %d free; kswapd woken %d times, freed %d\n"
end:    .asciz  "<6>%d pages free; kswapd woken %d times, freed %d\n"
waited: .asciz  "<6>the thread had to wait %d times\n"
