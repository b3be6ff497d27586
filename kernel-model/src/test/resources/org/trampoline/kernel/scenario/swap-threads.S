# Two threads of a process, each on a processor of its own, count in the same pages, of
# which there are more than memory holds.
        .include "unistd.h"

        .set    PAGES, 1400
        .set    ROUNDS, 1
        .set    CLONE_FLAGS, CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | SIGCHLD

        SYSCALL swapon, $device, $0
        SYSCALL brk, $0
        movl    %eax, %ebp              # a page for flags and the second thread's stack, then data
        leal    4096 * (PAGES + 1)(%ebp), %ebx
        movl    $__NR_brk, %eax
        int     $SYSCALL_VECTOR
        SYSCALL sched_setaffinity, $0, $4, $cpu0
        leal    4096(%ebp), %ecx
        SYSCALL clone, $CLONE_FLAGS, %ecx
        testl   %eax, %eax
        jz      second
        xorl    %esi, %esi
        call    count
1:      cmpl    $1, (%ebp)              # the other one has done
        jne     1b
        leal    4096(%ebp), %edi
        movl    $PAGES, %ecx
        xorl    %eax, %eax
2:      cmpl    $ROUNDS, (%edi)
        jne     3f
        cmpl    $ROUNDS, 2048(%edi)
        je      4f
3:      incl    %eax
4:      addl    $4096, %edi
        loop    2b
        testl   %eax, %eax
        jnz     5f
        PRINT   right
        SYSCALL reboot
5:      PRINT   wrong
        SYSCALL reboot

second: SYSCALL sched_setaffinity, $0, $4, $cpu1
        movl    $2048, %esi
        call    count
        movl    $1, (%ebp)
        SYSCALL exit, $0

count:  movl    $ROUNDS, %edx
6:      leal    4096(%ebp, %esi), %edi
        movl    $PAGES, %ecx
7:      incl    (%edi)
        addl    $4096, %edi
        loop    7b
        decl    %edx
        jnz     6b
        ret

        STRING  right, "each page was counted by both"
        STRING  wrong, "SOME PAGES HAVE LOST COUNTS"
device: .asciz  "/dev/hda2"
        .balign 4
cpu0:   .long   1
cpu1:   .long   2
