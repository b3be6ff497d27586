# Waiting for pages (Linux: mm/filemap.c). Linux has a hash table of queues, here there
# is one.

        .text

# void wait_on_page_locked(page)
        .balign 16
        .globl  wait_on_page_locked
wait_on_page_locked:
        pushl   %ebx
        subl    $WQ_size, %esp
        movl    %eax, %ebx
1:      movl    %esp, %eax
        call    init_wait
        movl    $page_wait, %eax
        movl    %esp, %edx
        movl    $TASK_UNINTERRUPTIBLE, %ecx
        call    prepare_to_wait
        testl   $PG_LOCKED, PAGE_flags(%ebx)
        jz      2f
        call    generic_unplug_device   # sync_page: somebody waits, so the disk begins
        call    schedule
2:      movl    $page_wait, %eax
        movl    %esp, %edx
        call    finish_wait
        testl   $PG_LOCKED, PAGE_flags(%ebx)
        jnz     1b
        addl    $WQ_size, %esp
        popl    %ebx
        ret

        .data
        .balign 4
        .globl  page_wait
page_wait:
        .long   page_wait, page_wait
