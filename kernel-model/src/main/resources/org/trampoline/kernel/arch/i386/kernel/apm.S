# The thread that asks the APM BIOS what has happened (Linux: arch/i386/kernel/apm.c).

        .set    APM_CHECK_TIMEOUT, HZ
        .set    APM_NO_EVENTS, 0x80

        .text

# static int apm(void *): kapmd.
        .balign 16
apm:
        DAEMONIZE kapmd_name
1:      SET_CURRENT_STATE TASK_INTERRUPTIBLE    # apm_mainloop
        movl    $APM_CHECK_TIMEOUT, %eax
        call    schedule_timeout
        incl    apm_checks
2:      call    apm_get_event           # until there are none left
        cmpl    $APM_NO_EVENTS, %eax
        je      1b
        movl    apm_event_names(, %eax, 4), %edx
        CALL3   printk, $apm_text, %edx, %eax
        jmp     2b

# int apm_init(void)
        .globl  apm_init
apm_init:
        RUN_DAEMON apm, kapmd_name
        ret

        .section .rodata, "a"
kapmd_name:
        .asciz  "kapmd"
apm_text:
        .asciz  "<6>apm: event: %s (%d)\n"
1:      .asciz  "unknown"
2:      .asciz  "system standby"
3:      .asciz  "system suspend"
5:      .asciz  "low battery"
6:      .asciz  "power status change"
        .balign 4
apm_event_names:
        .long   1b, 2b, 3b, 1b, 1b, 5b, 6b

        .data
        .balign 4
        .globl  apm_checks
apm_checks:
        .long   0
        .globl  apm_bios_event
apm_bios_event:                         # what the BIOS will say next (ApmBios.java)
        .long   0
