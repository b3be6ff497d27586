# Timers' functions, and sleeping for a time (Linux: kernel/timer.c). The timer wheel is
# in Timers.java.

        .text

# void run_timer_softirq(void *): calls the functions of all timers that have expired.
        .balign 16
        .globl  run_timer_softirq
run_timer_softirq:
1:      call    turn_timer_wheel        # up to where timers have expired, or to now
        testl   %eax, %eax
        jz      3f
2:      call    next_expired_timer      # eax = function, edx = data
        testl   %eax, %eax
        jz      1b
        movl    %eax, %ecx
        movl    %edx, %eax
        call    *%ecx
        jmp     2b
3:      ret

# fastcall signed long schedule_timeout(timeout): sleeps in the state that current has
# set, at most so many ticks; returns how many are left. One that is woken without
# having set a state does not sleep at all.
        .balign 16
        .globl  schedule_timeout
schedule_timeout:
        cmpl    $MAX_SCHEDULE_TIMEOUT, %eax
        jne     1f
        call    schedule
        movl    $MAX_SCHEDULE_TIMEOUT, %eax
        ret
1:      testl   %eax, %eax
        jns     2f
        CALL1   printk, $bad_timeout
        SET_CURRENT_STATE TASK_RUNNING
        xorl    %eax, %eax
        ret
2:      pushl   %ebx
        subl    $TIMER_size, %esp
        movl    %eax, %edx
        movl    %esp, %eax
        call    start_timeout           # when it will be over
        movl    %eax, %ebx
        call    schedule
        movl    %esp, %eax
        .if     CONFIG_SMP
        call    del_timer_sync          # another processor may be about to call its function
        .else
        call    del_timer
        .endif
        addl    $TIMER_size, %esp
        movl    %ebx, %eax
        subl    jiffies, %eax
        jns     3f
        xorl    %eax, %eax
3:      popl    %ebx
        ret

        .if     CONFIG_SMP
# int del_timer_sync(timer): waits until its function does not run any more.
        .balign 16
        .globl  del_timer_sync
del_timer_sync:
        pushl   %ebx
        movl    %eax, %ebx
1:      movl    %ebx, %eax
        call    try_to_del_timer_sync   # -1 while it runs elsewhere
        testl   %eax, %eax
        jns     2f
        pause
        jmp     1b
2:      popl    %ebx
        ret
        .endif

# void msleep(milliseconds)
        .globl  msleep
msleep:
        incl    %eax                    # HZ is 1000: a tick is a millisecond, and one more to be sure
1:      SET_CURRENT_STATE TASK_UNINTERRUPTIBLE, %ecx
        call    schedule_timeout
        testl   %eax, %eax
        jnz     1b
        ret

# asmlinkage long sys_nanosleep(struct timespec *rqtp, struct timespec *rmtp)
        .globl  sys_nanosleep
sys_nanosleep:
        movl    4(%esp), %eax
        call    timespec_to_jiffies
        testl   %eax, %eax
        js      1f
        SET_CURRENT_STATE TASK_INTERRUPTIBLE, %ecx
        call    schedule_timeout
        testl   %eax, %eax
        jz      1f
        movl    $-EINTR, %eax           # what remains is not told
1:      ret

# asmlinkage long sys_pause(void) (Linux: kernel/signal.c)
        .globl  sys_pause
sys_pause:
        SET_CURRENT_STATE TASK_INTERRUPTIBLE
        call    schedule
        movl    $-EINTR, %eax
        ret

        .section .rodata, "a"
bad_timeout:
        .asciz  "<3>schedule_timeout: wrong timeout value\n"

        .data
        .balign 4
        .globl  jiffies
jiffies:                                # ticks
        .long   INITIAL_JIFFIES

        .bss
        .balign 8
        .globl  tvec_bases
tvec_bases:
        .space  TVEC_size * NR_CPUS
