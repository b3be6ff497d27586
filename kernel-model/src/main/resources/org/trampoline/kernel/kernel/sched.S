# The half of the scheduler that changes stacks (Linux: kernel/sched.c). Whom to run
# is decided in Sched.java.

        .text

# asmlinkage void schedule(void)
        .balign 16
        .globl  schedule
schedule:
        pushl   %ebp
        pushl   %edi
        pushl   %esi
        pushl   %ebx
1:      call    pick_next_task          # eax = prev, edx = next, ecx = page directory or 0
        cmpl    %edx, %eax
        je      3f
        jecxz   2f                      # lazy TLB: next borrows the address space it finds
        movl    %ecx, %cr3              # switch_mm
2:      SWITCH_TO
        call    finish_task_switch      # eax = the thread that ran before this one
3:      GET_THREAD_INFO %eax
        testl   $_TIF_NEED_RESCHED, TI_flags(%eax)
        jnz     1b
        popl    %ebx
        popl    %esi
        popl    %edi
        popl    %ebp
        ret
