# The threads that write dirty pages (Linux: mm/pdflush.c, mm/page-writeback.c). Who
# works is decided in Pdflush.java.

        .set    DIRTY_WRITEBACK, 5 * HZ         # every 5 s
        .set    DIRTY_EXPIRE, 30 * HZ           # what is dirty for 30 s
        .set    DIRTY_BACKGROUND_RATIO, 10      # or when so many % of the memory are

        .text

# static int pdflush(void *): one of the threads.
        .balign 16
pdflush:
        GET_CURRENT %esi
        movl    %esi, %eax
        xorl    %edx, %edx
        call    set_user_nice           # kthread's -5 is not for it
        orl     $PF_FLUSHER, TASK_flags(%esi)
        incl    nr_pdflush_threads
        subl    $PDFLUSH_size, %esp
        movl    %esp, %ebx              # struct pdflush_work
        movl    %esi, PDFLUSH_who(%ebx)
1:      movl    %ebx, %eax
        call    pdflush_sleep           # into the list of those that are idle
2:      call    schedule
        movl    PDFLUSH_fn(%ebx), %ecx
        jecxz   4f                      # not for work
        movl    PDFLUSH_arg0(%ebx), %eax
        call    *%ecx
3:      call    pdflush_decide
        cmpl    $1, %eax
        jb      1b
        ja      5f
        call    start_one_pdflush_thread
        jmp     1b
4:      SET_CURRENT_STATE TASK_INTERRUPTIBLE
        jmp     2b
5:      decl    nr_pdflush_threads      # there are more than are needed
        addl    $PDFLUSH_size, %esp
        xorl    %eax, %eax
        ret

start_one_pdflush_thread:
        CALL3   kthread_create, $pdflush, $0, $pdflush_name
        jmp     wake_up_process

# int pdflush_init(void)
        .balign 16
        .globl  pdflush_init
pdflush_init:
        call    start_one_pdflush_thread
        call    start_one_pdflush_thread
        movl    $wb_timer, %eax         # page_writeback_init
        movl    jiffies, %edx
        addl    $DIRTY_WRITEBACK, %edx
        jmp     mod_timer

# static void wb_timer_fn(unsigned long)
        .balign 16
wb_timer_fn:
        movl    $wb_kupdate, %eax
        xorl    %edx, %edx
        call    pdflush_operation
        testl   %eax, %eax
        jz      1f
        movl    $wb_timer, %eax         # all are busy: in a second again
        movl    jiffies, %edx
        addl    $HZ, %edx
        call    mod_timer
1:      ret

# static void wb_kupdate(unsigned long): writes what has been dirty for too long.
        .balign 16
wb_kupdate:
        pushl   %ebx
        pushl   %esi
        movl    jiffies, %ebx
        leal    DIRTY_WRITEBACK(%ebx), %esi
        subl    $DIRTY_EXPIRE, %ebx
1:      movl    %ebx, %eax
        call    write_pages
        testl   %eax, %eax
        jnz     1b
        movl    $wb_timer, %eax
        movl    %esi, %edx
        call    mod_timer
        popl    %esi
        popl    %ebx
        ret

# write_pages(cutoff): pages dirty since before it, up to where the disk is congested;
# then waits and returns 1; 0 if there are no more.
write_pages:
        pushl   %ebx
        movl    %eax, %ebx
1:      movl    %ebx, %eax
        call    write_old_page
        testl   %eax, %eax
        jz      2f
        call    blk_congested
        testl   %eax, %eax
        jz      1b
        movl    $HZ / 10, %eax
        call    blk_congestion_wait
        movl    $1, %eax
2:      popl    %ebx
        ret

# static void background_writeout(unsigned long): writes until less than
# dirty_background_ratio is dirty.
        .balign 16
background_writeout:
1:      call    above_background
        jbe     2f
        movl    jiffies, %eax
        call    write_pages
        testl   %eax, %eax
        jnz     1b
2:      ret

# Flags: above if there are more dirty pages than there should be.
above_background:
        movl    mm_state + MMSTATE_max_pfn, %eax
        movl    $DIRTY_BACKGROUND_RATIO, %ecx
        mull    %ecx
        movl    $100, %ecx
        divl    %ecx
        cmpl    %eax, mm_state + MMSTATE_nr_dirty
        ret

# void balance_dirty_pages_ratelimited(void): who makes pages dirty calls it.
        .balign 16
        .globl  balance_dirty_pages
balance_dirty_pages:
        call    above_background
        jbe     1f
        movl    $background_writeout, %eax
        xorl    %edx, %edx
        call    pdflush_operation
1:      ret

        .section .rodata, "a"
pdflush_name:
        .asciz  "pdflush"

        .data
        .balign 4
        .globl  nr_pdflush_threads
nr_pdflush_threads:
        .long   0
        .globl  last_empty_jifs
last_empty_jifs:                        # when there last was no idle thread
        .long   INITIAL_JIFFIES
        .globl  pdflush_list
pdflush_list:                           # the idle ones
        .long   pdflush_list, pdflush_list
wb_timer:
        .long   0, 0, 0, wb_timer_fn, 0, 0
        .globl  dirty_list
dirty_list:
        .long   dirty_list, dirty_list
