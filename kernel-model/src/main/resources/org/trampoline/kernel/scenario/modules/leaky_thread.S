# What not to do: cleanup_module forgets the thread, which comes back from its sleep to
# code that is not there any more.

        .include "linkage.h"
        .include "module.h"

        MODULE_LICENSE "GPL"

init_module:
        CALL3   kernel_thread, $leaky_thread, $0, $CLONE_KERNEL
        xorl    %eax, %eax
        ret

cleanup_module:
        ret

leaky_thread:
        CALL2   daemonize, $name, $0
1:      SET_CURRENT_STATE TASK_INTERRUPTIBLE
        movl    $HZ, %eax
        call    schedule_timeout
        jmp     1b

name:   .asciz  "leaky_thread"
