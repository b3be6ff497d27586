# What swapon refuses.
        .include "linkage.h"

scenario:
        CALL2   sys_swapon, $nowhere, $0
        CALL2   printk, $line, %eax
        CALL2   sys_swapon, $device, $0
        CALL2   printk, $line, %eax
        CALL2   sys_swapon, $0xfffff000, $0
        CALL2   printk, $line, %eax
        call    machine_power_off

nowhere: .asciz "/dev/hda3"
device: .asciz  "/dev/hda2"
line:   .asciz  "<6>swapon: %d\n"
