# A module that uses another's function, and has a thread call it.

        .include "linkage.h"
        .include "module.h"

        MODULE_LICENSE "GPL"

init_module:
        CALL3   kernel_thread, $caller, $answer, $CLONE_KERNEL
        xorl    %eax, %eax
        ret

cleanup_module:
        ret

caller: movl    $answer, %ecx
        call    *%ecx
        CALL2   printk, $text, %eax
        xorl    %eax, %eax
        ret

text:   .asciz  "<6>importer: a thread was answered %d\n"
