# khelper starts programs for the kernel: one that is there, and one that is not.

        .include "linkage.h"

scenario:
        movl    $5, %eax
        call    msleep
        movl    $hotplug, %eax
        call    start
        movl    $missing, %eax
        call    start
        call    machine_power_off

start:  pushl   %ebx
        movl    %eax, %ebx
        CALL2   printk, $asked, %ebx
        movl    %ebx, %eax
        call    call_usermodehelper
        CALL2   printk, $done, %eax
        popl    %ebx
        ret

hotplug: .asciz "/sbin/hotplug"
missing: .asciz "/sbin/missing"
asked:  .asciz  "<6>call_usermodehelper(%s)\n"
done:   .asciz  "<6>it returned %d\n"
