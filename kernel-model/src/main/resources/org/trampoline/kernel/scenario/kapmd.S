# kapmd asks the BIOS every second.

        .include "linkage.h"

scenario:
        movl    $2500, %eax
        call    msleep
        movl    $5, apm_bios_event      # the battery is low
        movl    $2000, %eax
        call    msleep
        movl    $6, apm_bios_event      # the plug is in
        movl    $2000, %eax
        call    msleep
        CALL2   printk, $text, apm_checks
        call    machine_power_off

text:   .asciz  "<6>kapmd has looked %d times in 6.5 s\n"
