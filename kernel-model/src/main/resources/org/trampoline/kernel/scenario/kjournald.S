# Transactions: committed after 5 s, when somebody asks, and when they are full.

        .include "linkage.h"

scenario:
        pushl   %ebx
        movl    $3, %ebx
        call    change
        CALL1   printk, $waits
        movl    $6 * HZ, %eax
        call    msleep
        movl    $2, %ebx
        call    change
        CALL1   printk, $asks
        call    log_start_commit
        call    log_wait_commit
        CALL1   printk, $safe
        movl    $17, %ebx
        call    change
        CALL1   printk, $full
        movl    $6 * HZ, %eax
        call    msleep
        popl    %ebx
        call    machine_power_off

change: movl    $journal_buffer, %eax   # any page will do
        call    journal_dirty_metadata
        decl    %ebx
        jnz     change
        ret

waits:  .asciz  "<6>3 blocks changed, nobody waits\n"
asks:   .asciz  "<6>2 blocks changed, fsync\n"
safe:   .asciz  "<6>fsync returns\n"
full:   .asciz  "<6>17 blocks changed, 16 fit into a transaction\n"
