# Calls another module's function every 20 ms, by the pointer that was left here.

        .include "linkage.h"
        .include "module.h"

        MODULE_LICENSE "GPL"

        EXPORT_SYMBOL hook

init_module:
        CALL3   kernel_thread, $caller, $0, $CLONE_KERNEL
        xorl    %eax, %eax
        ret

cleanup_module:
        ret

caller: CALL2   daemonize, $name, $0
1:      SET_CURRENT_STATE TASK_INTERRUPTIBLE
        movl    $HZ / 50, %eax
        call    schedule_timeout
        movl    hook, %ecx
        jecxz   1b
        call    *%ecx
        CALL2   printk, $text, %eax
        jmp     1b

name:   .asciz  "caller"
text:   .asciz  "<6>caller: was answered %d\n"

        .data
        .balign 4
hook:   .long   0
