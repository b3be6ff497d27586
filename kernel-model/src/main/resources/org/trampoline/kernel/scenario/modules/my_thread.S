# The classic: a module with a kernel thread of its own, which says every five seconds
# that it is there until cleanup_module kills it.

        .include "linkage.h"
        .include "module.h"

        MODULE_LICENSE "GPL"
        MODULE_DESCRIPTION "a kernel thread in a module"

init_module:
        movl    $exited, %eax
        call    init_completion
        CALL3   kernel_thread, $my_thread, $0, $CLONE_FS | CLONE_FILES | CLONE_SIGHAND
        testl   %eax, %eax
        js      1f                      # no thread: insmod fails with this error
        movl    %eax, pid
        xorl    %eax, %eax
1:      ret

cleanup_module:
        movl    pid, %eax
        movl    $SIGKILL, %edx
        call    kill_proc
        movl    $exited, %eax           # its code must stay until it is out of it
        call    wait_for_completion
        CALL1   printk, $gone
        ret

my_thread:
        CALL2   daemonize, $name, $0
        movl    $SIGKILL, %eax
        call    allow_signal            # daemonize has blocked all
        movl    $1, %ebx
1:      CALL2   printk, $alive, %ebx
        incl    %ebx
        SET_CURRENT_STATE TASK_INTERRUPTIBLE
        movl    $5 * HZ, %eax
        call    schedule_timeout
        SIGNAL_PENDING
        jz      1b
        CALL1   printk, $killed
        movl    $exited, %eax
        xorl    %edx, %edx
        call    complete_and_exit       # not complete() and ret: nobody returns here

name:   .asciz  "my_thread"
alive:  .asciz  "<6>my_thread: round %d\n"
killed: .asciz  "<6>my_thread: killed\n"
gone:   .asciz  "<6>my_thread: the thread is gone, and now the module\n"

        .data
        .balign 4
pid:    .long   0
exited: .space  COMPLETION_size
