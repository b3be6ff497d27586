# Page faults (Linux: arch/i386/mm/fault.c). What is to be done is decided in Fault.java
# and UserPages.java; sleeping until a page has been read, or memory is free, is here.

        .text

# fastcall void do_page_fault(struct pt_regs *regs, unsigned long error_code): returns
# what the thread is to exit with, or 0.
        .balign 16
        .globl  do_page_fault
do_page_fault:
        movl    %cr2, %ecx              # before anything else can fault
        testl   $X86_EFLAGS_IF, PT_EFLAGS(%eax)
        jz      1f
        sti
1:      pushl   %ebx
        pushl   %esi
        pushl   %edi
        movl    %eax, %ebx
        movl    %edx, %esi
        movl    %ecx, %edi
2:      movl    %ebx, %eax
        movl    %esi, %edx
        movl    %edi, %ecx
        call    do_fault_once           # eax = exit code, edx = what to wait for
        testl   %edx, %edx
        jnz     3f
        popl    %edi
        popl    %esi
        popl    %ebx
        ret
3:      cmpl    $FAULT_NO_MEMORY, %edx
        je      4f
        movl    %edx, %eax
        call    wait_on_page_locked
        jmp     2b
4:      call    try_to_free_pages
        testl   %eax, %eax
        jnz     2b
        call    out_of_memory
        SET_CURRENT_STATE TASK_INTERRUPTIBLE    # let who was killed end
        movl    $1, %eax
        call    schedule_timeout
        jmp     2b

# Where the Java half of a function goes that needs a user page which is not in memory,
# in ecx: the fault brings it, and the function, whose address is on the stack below
# its ecx, is called once more. If the page cannot be had, it returns -EFAULT.
        .globl  touch_user
touch_user:
        testb   %al, (%ecx)             # what can come is writable, too
        popl    %ecx
        ret
        .section .fixup, "ax"
5:      addl    $8, %esp
        movl    $-EFAULT, %eax
        ret
        .previous
        .section __ex_table, "a"
        .long   touch_user, 5b
        .previous
