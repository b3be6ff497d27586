# A thread goes from processor to processor, because it asks for it, because others do
# while it sleeps or runs, and where it may not go.

        .include "linkage.h"

scenario:
        pushl   %ebx
        CALL3   kthread_create, $wanderer, $0, $wanderer_name
        movl    %eax, %ebx
        call    wake_up_process
        movl    $20, %eax
        call    msleep                  # it has come round and sleeps, on processor 0
        CALL1   printk, $asleep
        movl    %ebx, %eax
        movl    $2, %edx
        call    set_cpus_allowed
        CALL2   printk, $result, %eax
        movl    %ebx, %eax
        call    wake_up_process         # it spins on processor 1
        movl    $10, %eax
        call    msleep
        CALL1   printk, $running
        movl    %ebx, %eax
        movl    $1, %edx
        call    set_cpus_allowed
        CALL2   printk, $result, %eax
        movl    $1, stop
        movl    %ebx, %eax
        xorl    %edx, %edx
        call    set_cpus_allowed
        CALL2   printk, $nowhere, %eax
        movl    $10, %eax
        call    msleep
        popl    %ebx
        call    machine_power_off

wanderer:
        xorl    %ebx, %ebx              # to each processor and back to the first
1:      movl    $1, %edx
        movl    %ebx, %ecx
        shll    %cl, %edx
        GET_CURRENT %eax
        call    set_cpus_allowed
        movl    $asked, %eax
        call    where
        incl    %ebx
        cmpl    num_online_cpus, %ebx
        jb      1b
        GET_CURRENT %eax
        movl    $1, %edx
        call    set_cpus_allowed
        movl    $asked, %eax
        call    where
        SET_CURRENT_STATE TASK_INTERRUPTIBLE
        call    schedule
        movl    $woken, %eax
        call    where
2:      cmpl    $0, stop
        je      2b
        movl    $moved, %eax
        call    where
        xorl    %eax, %eax
        ret

where:                                  # says where current is: by thread_info and by its APIC
        GET_THREAD_INFO %ecx
        movl    0xffffd020, %edx
        shrl    $24, %edx
        CALL3   printk, %eax, TI_cpu(%ecx), %edx
        ret

        .balign 4
stop:   .long   0
wanderer_name: .asciz "wanderer"
asked:  .asciz  "<6>wanderer: set_cpus_allowed(current): on CPU %d, APIC %d\n"
woken:  .asciz  "<6>wanderer: woken: on CPU %d, APIC %d\n"
moved:  .asciz  "<6>wanderer: it was moved while it ran: on CPU %d, APIC %d\n"
asleep: .asciz  "<6>set_cpus_allowed(wanderer, 2) while it sleeps\n"
running: .asciz "<6>set_cpus_allowed(wanderer, 1) while it runs\n"
result: .asciz  "<6>set_cpus_allowed returned %d\n"
nowhere: .asciz "<6>set_cpus_allowed(wanderer, 0): %d\n"
