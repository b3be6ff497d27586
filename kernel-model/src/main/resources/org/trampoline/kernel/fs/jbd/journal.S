# The thread that commits transactions to the journal (Linux: fs/jbd/journal.c,
# transaction.c, commit.c). The one journal lies in blocks JOURNAL_START and following.

        .set    JOURNAL_START, 1000
        .set    JOURNAL_LENGTH, 64
        .set    COMMIT_INTERVAL, 5 * HZ
        .set    JFS_MAGIC_NUMBER, 0xc03b3998
        .set    JFS_DESCRIPTOR_BLOCK, 1
        .set    JFS_COMMIT_BLOCK, 2
        .set    MAX_BUFFERS, 16

        .text

# static int kjournald(void *)
        .balign 16
kjournald:
        DAEMONIZE kjournald_name
        subl    $WQ_size, %esp
1:      movl    j_commit_sequence, %eax # is a commit asked for?
        cmpl    %eax, j_commit_request
        jne     3f
        movl    %esp, %eax
        call    init_wait
        movl    $j_wait_commit, %eax
        movl    %esp, %edx
        movl    $TASK_INTERRUPTIBLE, %ecx
        call    prepare_to_wait
        movl    j_commit_sequence, %eax
        cmpl    %eax, j_commit_request
        jne     2f
        call    schedule
2:      movl    $j_wait_commit, %eax
        movl    %esp, %edx
        call    finish_wait
        cmpl    $0, t_nr_buffers        # woken as the running transaction is old?
        je      1b
        movl    jiffies, %eax
        subl    t_expires, %eax
        js      1b
        movl    t_tid, %eax
        movl    %eax, j_commit_request
        jmp     1b
3:      movl    $j_commit_timer, %eax
        call    del_timer
        call    journal_commit_transaction
        movl    $j_wait_done_commit, %eax
        call    wake_up_all
        jmp     1b

# Descriptor block, the data, and only when they are on the disk the commit block.
        .balign 16
journal_commit_transaction:
        pushl   %ebp
        pushl   %ebx
        pushl   %esi
        pushl   %edi
        call    preempt_disable         # t_buffers is used again when we sleep
        movl    t_nr_buffers, %ebp
        movl    t_tid, %esi
        movl    $0, t_nr_buffers        # a new transaction may begin
        incl    t_tid
        subl    $COMPLETION_size, %esp
        movl    %esp, %eax
        call    init_completion
        movl    $JFS_DESCRIPTOR_BLOCK, %eax
        call    journal_block
        xorl    %ebx, %ebx
1:      movl    t_buffers(, %ebx, 4), %edx
        call    next_journal_block      # eax
        leal    (%esp), %ecx
        call    submit_block
        incl    %ebx
        cmpl    %ebp, %ebx
        jb      1b
        call    preempt_enable
2:      movl    %esp, %eax              # the descriptor and all the data
        call    wait_for_completion
        decl    %ebx
        jns     2b
        movl    $JFS_COMMIT_BLOCK, %eax
        call    journal_block
        movl    %esp, %eax
        call    wait_for_completion
        addl    $COMPLETION_size, %esp
        movl    %esi, j_commit_sequence
        CALL3   printk, $committed, %esi, %ebp
        popl    %edi
        popl    %esi
        popl    %ebx
        popl    %ebp
        ret

# journal_block(type): sends a block of that type for transaction esi to the disk; the
# completion is above the return address. Numbers are in network byte order.
journal_block:
        movl    $JFS_MAGIC_NUMBER, %ecx
        bswapl  %ecx
        movl    %ecx, journal_buffer
        bswapl  %eax
        movl    %eax, journal_buffer + 4
        movl    %esi, %eax
        bswapl  %eax
        movl    %eax, journal_buffer + 8
        call    next_journal_block
        movl    $journal_buffer, %edx
        leal    4(%esp), %ecx
        jmp     submit_block

next_journal_block:                     # the next block of the journal in eax
        movl    j_head, %eax
        incl    %eax
        cmpl    $JOURNAL_START + JOURNAL_LENGTH, %eax
        jb      1f
        movl    $JOURNAL_START, %eax
1:      movl    %eax, j_head
        ret

# static void commit_timeout(unsigned long)
        .balign 16
commit_timeout:
        movl    $j_wait_commit, %eax
        jmp     wake_up

# void journal_dirty_metadata(buffer): a page that belongs to the running transaction.
        .balign 16
        .globl  journal_dirty_metadata
journal_dirty_metadata:
        pushl   %ebx
        movl    %eax, %ebx
        cmpl    $MAX_BUFFERS, t_nr_buffers
        jb      2f
        call    log_start_commit        # it is full: the next one begins when it is committed
        call    log_wait_commit
2:      cmpl    $0, t_nr_buffers
        jne     1f
        movl    jiffies, %edx           # it begins: at the latest then it is committed
        addl    $COMMIT_INTERVAL, %edx
        movl    %edx, t_expires
        movl    $j_commit_timer, %eax
        call    mod_timer
1:      movl    t_nr_buffers, %ecx
        movl    %ebx, t_buffers(, %ecx, 4)
        incl    t_nr_buffers
        popl    %ebx
        ret

# int log_start_commit(void): has the running transaction committed; returns its number.
        .balign 16
        .globl  log_start_commit
log_start_commit:
        pushl   t_tid
        popl    j_commit_request
        movl    $j_wait_commit, %eax
        call    wake_up
        movl    j_commit_request, %eax
        ret

# void log_wait_commit(tid)
        .balign 16
        .globl  log_wait_commit
log_wait_commit:
        pushl   %ebx
        movl    %eax, %ebx
        subl    $WQ_size, %esp
        movl    %esp, %eax
        call    init_wait
1:      movl    $j_wait_done_commit, %eax
        movl    %esp, %edx
        movl    $TASK_UNINTERRUPTIBLE, %ecx
        call    prepare_to_wait
        movl    j_commit_sequence, %eax
        subl    %ebx, %eax
        jns     2f
        call    schedule
        jmp     1b
2:      movl    $j_wait_done_commit, %eax
        movl    %esp, %edx
        call    finish_wait
        addl    $WQ_size, %esp
        popl    %ebx
        ret

# int journal_start_thread(void)
        .globl  journal_start_thread
journal_start_thread:
        RUN_DAEMON kjournald, kjournald_name
        ret

        .section .rodata, "a"
kjournald_name:
        .asciz  "kjournald"
committed:
        .asciz  "<6>kjournald: transaction %d committed, %d blocks\n"

        .data
        .balign 4
j_wait_commit:                          # kjournald waits here
        .long   j_wait_commit, j_wait_commit
j_wait_done_commit:                     # and here who waits for it
        .long   j_wait_done_commit, j_wait_done_commit
j_commit_request:                       # the last transaction that is to be committed
        .long   0
j_commit_sequence:                      # the last one that is
        .long   0
j_commit_timer:
        .long   0, 0, 0, commit_timeout, 0, 0
j_head: .long   JOURNAL_START - 1
t_tid:  .long   1                       # the running transaction
t_expires:
        .long   0
t_nr_buffers:
        .long   0

        .bss
        .balign 4096
t_buffers:
        .space  4 * MAX_BUFFERS
        .balign 4096
        .globl  journal_buffer
journal_buffer:
        .space  4096
