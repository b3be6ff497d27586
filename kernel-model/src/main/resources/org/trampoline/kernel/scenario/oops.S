# Threads with a bug each, and one without that outlives them.

        .macro  START function
        pushl   $CLONE_KERNEL
        pushl   $0
        pushl   $\function
        call    kernel_thread
        addl    $12, %esp
        .endm

# BUG() as asm-i386/bug.h has it: an invalid opcode, and then the place in the source.
        .macro  BUG line, file
        ud2
        .word   \line
        .long   \file
        .endm

# Called by process 1 during start-up.
oops:   START   null_write
        START   bad_pointer
        START   divide_by_zero
        START   bad_opcode
        START   bug
        START   call_null
        START   smash_stack
        START   survivor
        ret

null_write:
        movl    $1, %eax
        movl    %eax, 0x10
        ret

bad_pointer:
        movl    $0x6b6b6b6b, %ebx       # what SLAB_POISON leaves in freed memory
        call    follow
        ret
follow: movl    4(%ebx), %eax
        ret

divide_by_zero:
        movl    $100, %eax
        xorl    %edx, %edx
        xorl    %ecx, %ecx
        divl    %ecx
        ret

bad_opcode:
        .byte   0x0f, 0xff              # #UD, now and for ever
        ret

bug:    BUG     42, file
        ret

call_null:
        xorl    %eax, %eax
        call    *%eax
        ret

# A buffer on the stack that is filled beyond its end, down to thread_info and over it;
# the next function that asks who is current gets the pattern for an answer.
smash_stack:
        movl    $-THREAD_SIZE, %edi
        andl    %esp, %edi
        movl    $TI_size / 4, %ecx
        movl    $0x5a5a5a5a, %eax
        rep     stosl
        call    schedule
        ret

survivor:
        pushl   $alive
        call    printk
        addl    $4, %esp
        xorl    %eax, %eax
        ret

file:   .asciz  "scenario/oops.S"
alive:  .asciz  "<6>the rest goes on\n"
