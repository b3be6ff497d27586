# Sleeping until somebody calls wake_up (Linux: sleep_on and wait_for_completion in
# kernel/sched.c, kernel/wait.c, arch/i386/kernel/semaphore.c). The queues are kept
# in WaitQueues.java.

        .text

# int autoremove_wake_function(...): as the function of an entry it means that who wakes
# the task also takes the entry out of the queue.
        .balign 16
        .globl  autoremove_wake_function
autoremove_wake_function:
        ud2                             # wake_up does it itself

# void sleep_on(queue) and its kin: sleeps in a state until the queue is woken.
        .macro  SLEEP_ON name, state
        .balign 16
        .globl  \name
\name:
        movl    $MAX_SCHEDULE_TIMEOUT, %edx
        movl    $\state, %ecx
        jmp     sleep_on_common
        .endm

# long sleep_on_timeout(queue, timeout): returns the ticks that are left.
        .macro  SLEEP_ON_TIMEOUT name, state
        .balign 16
        .globl  \name
\name:
        movl    $\state, %ecx
        jmp     sleep_on_common
        .endm

        SLEEP_ON sleep_on, TASK_UNINTERRUPTIBLE
        SLEEP_ON interruptible_sleep_on, TASK_INTERRUPTIBLE
        SLEEP_ON_TIMEOUT sleep_on_timeout, TASK_UNINTERRUPTIBLE
        SLEEP_ON_TIMEOUT interruptible_sleep_on_timeout, TASK_INTERRUPTIBLE

sleep_on_common:                        # (queue, timeout, state)
        pushl   %esi
        pushl   %ebx
        subl    $WQ_size, %esp
        movl    %eax, %ebx
        movl    %edx, %esi
        GET_CURRENT %eax
        movl    %ecx, TASK_state(%eax)
        movl    %eax, WQ_task(%esp)
        movl    $0, WQ_func(%esp)
        movl    %ebx, %eax
        movl    %esp, %edx
        call    add_wait_queue
        movl    %esi, %eax
        call    schedule_timeout
        pushl   %eax
        movl    %ebx, %eax
        leal    4(%esp), %edx
        call    remove_wait_queue
        popl    %eax
        addl    $WQ_size, %esp
        popl    %ebx
        popl    %esi
        ret

# void init_wait(entry): for prepare_to_wait, with autoremove_wake_function.
        .balign 16
        .globl  init_wait
init_wait:
        GET_CURRENT %edx
        movl    %edx, WQ_task(%eax)
        movl    $autoremove_wake_function, WQ_func(%eax)
        leal    WQ_task_list(%eax), %edx
        movl    %edx, WQ_task_list(%eax)
        movl    %edx, WQ_task_list + 4(%eax)
        ret

# What sleeps until a look succeeds: look is int (object, entry).
        .macro  WAIT_FOR name, look
        .balign 16
        .globl  \name
\name:
        pushl   %ebx
        subl    $WQ_size, %esp
        movl    %eax, %ebx
        movl    $0, WQ_task(%esp)       # not in the queue yet
1:      movl    %ebx, %eax
        movl    %esp, %edx
        call    \look
        testl   %eax, %eax
        jnz     2f
        call    schedule
        jmp     1b
2:      addl    $WQ_size, %esp
        popl    %ebx
        ret
        .endm

# void wait_for_completion(completion), void down(semaphore)
        WAIT_FOR wait_for_completion, try_completion
        WAIT_FOR down, try_down
