# The kernel image, put together in the order of arch/i386/kernel/vmlinux.lds.S.
# Sections lie one after another in the order in which they are first named.

        .include "asm-offsets.h"
        .include "include/linkage.h"

        .section .text
_text:
        .section .fixup, "ax"           # code that exception table entries lead to
        .section __ex_table, "a"
__start___ex_table:
        .section .data, "aw"
        .balign 4096
_data:
        .section .data.init_task, "aw"
        .balign THREAD_SIZE
        .bss
        .balign 4096
__bss_start:

        .include "arch/i386/kernel/head.S"
        .include "arch/i386/kernel/entry.S"
        .include "arch/i386/kernel/process.S"
        .include "arch/i386/kernel/setup.S"
        .include "arch/i386/kernel/i8259.S"
        .include "arch/i386/kernel/irq.S"
        .include "arch/i386/kernel/time.S"
        .include "arch/i386/kernel/traps.S"
        .if     CONFIG_SMP
        .include "arch/i386/kernel/trampoline.S"
        .include "arch/i386/kernel/apic.S"
        .include "arch/i386/kernel/smp.S"
        .include "arch/i386/kernel/smpboot.S"
        .endif
        .include "arch/i386/mm/init.S"
        .include "arch/i386/mm/fault.S"
        .include "kernel/sched.S"
        .include "kernel/wait.S"
        .include "kernel/timer.S"
        .include "kernel/softirq.S"
        .include "kernel/kthread.S"
        .include "kernel/workqueue.S"
        .include "kernel/kmod.S"
        .include "kernel/module.S"
        .include "kernel/exit.S"
        .include "drivers/block/ll_rw_blk.S"
        .include "mm/filemap.S"
        .include "mm/swapfile.S"
        .include "mm/pdflush.S"
        .include "mm/vmscan.S"
        .include "fs/jbd/journal.S"
        .include "arch/i386/kernel/apm.S"
        .include "init/main.S"
        .include "arch/i386/kernel/syscall_table.S"
        .include "functions.S"
        .include "mm/mmap.S"
        .include "arch/i386/kernel/init_task.S"

        .text
_etext:
        .section __ex_table, "a"
__stop___ex_table:
        .bss
        .balign 4096
__bss_stop:
_end:
