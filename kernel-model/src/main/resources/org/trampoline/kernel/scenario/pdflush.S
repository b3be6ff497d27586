# pdflush, periodic and on demand.

        .include "linkage.h"

        .set    SOME, 6
        .set    MANY, 600

scenario:
        pushl   %ebx
        movl    $5, %eax
        call    msleep
        CALL2   printk, $threads, nr_pdflush_threads
        movl    $SOME, %ebx
        call    dirty
        CALL2   printk, $dirty_text, mm_state + MMSTATE_nr_dirty
        movl    $36 * HZ, %eax          # dirty for 30 s, and the timer comes every 5
        call    msleep
        CALL2   printk, $dirty_text, mm_state + MMSTATE_nr_dirty
        movl    $MANY, %ebx
        call    dirty                   # more than 10 % of the memory
        CALL2   printk, $dirty_text, mm_state + MMSTATE_nr_dirty
        movl    $3 * HZ, %eax
        call    msleep
        CALL2   printk, $dirty_text, mm_state + MMSTATE_nr_dirty

        movl    $7, %ebx                # all busy for longer than a second: more threads
1:      movl    $long_work, %eax
        xorl    %edx, %edx
        call    pdflush_operation
        testl   %eax, %eax
        jz      1b                      # as many as there are
        movl    $2500, %eax
        call    msleep
        CALL2   printk, $threads, nr_pdflush_threads
        decl    %ebx
        jnz     1b
        movl    $4000, %eax
        call    msleep
        movl    $8, %ebx
2:      movl    $short_work, %eax       # whoever works next finds others idle for too long
        xorl    %edx, %edx
        call    pdflush_operation
        movl    $100, %eax
        call    msleep
        decl    %ebx
        jnz     2b
        CALL2   printk, $threads, nr_pdflush_threads
        popl    %ebx
        call    machine_power_off

dirty:  movl    %ebx, %eax              # ebx pages
        addl    $2000, %eax
        call    add_to_page_cache
        testl   %eax, %eax
        jz      1f
        call    set_page_dirty
1:      call    balance_dirty_pages
        decl    %ebx
        jnz     dirty
        ret

long_work:
        movl    $2000, %eax
        jmp     msleep
short_work:
        ret

threads: .asciz "<6>%d threads of pdflush\n"
dirty_text: .asciz "<6>%d dirty pages\n"
