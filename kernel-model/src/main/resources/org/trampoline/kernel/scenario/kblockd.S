# A plugged queue collects requests; kblockd unplugs it.

        .include "linkage.h"

scenario:
        subl    $COMPLETION_size, %esp
        movl    %esp, %eax
        call    init_completion
        CALL1   printk, $one
        movl    $7, %eax                # a single block: the timer unplugs after 3 ms
        call    write
        movl    %esp, %eax
        call    wait_for_completion
        CALL1   printk, $four
        movl    $12, %eax               # four: enough to unplug at once, in the disk's order
        call    write
        movl    $11, %eax
        call    write
        movl    $40, %eax
        call    write
        movl    $10, %eax
        call    write
        movl    $4, %ebx
1:      movl    %esp, %eax
        call    wait_for_completion
        decl    %ebx
        jnz     1b
        call    machine_power_off

write:  movl    $journal_buffer, %edx
        leal    4(%esp), %ecx
        jmp     submit_block

one:    .asciz  "<6>one request\n"
four:   .asciz  "<6>four requests\n"
