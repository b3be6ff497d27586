# /sbin/init of the swap scenario, in ring 3: a heap larger than memory, written and read
# again, and a child that gets what is in the swap area, too.

        .include "unistd.h"

        .set    PAGES, 5000             # 19.5 MB; memory has 16
        .set    SHARED, 1200            # that are left when there is a child

        SYSCALL swapon, $device, $0
        testl   %eax, %eax
        js      refused
        PRINT   begins
        SYSCALL brk, $0
        movl    %eax, %ebp              # the heap
        leal    PAGES * 4096(%ebp), %ebx
        movl    $__NR_brk, %eax
        int     $SYSCALL_VECTOR

        movl    %ebp, %edi
        movl    $PAGES, %ecx
1:      movl    %edi, (%edi)            # each page gets words that only it has
        movl    %edi, %eax
        notl    %eax
        movl    %eax, 4092(%edi)
        addl    $4096, %edi
        loop    1b
        PRINT   written

        movl    $PAGES, %ecx
        movl    %ebp, %edi
        call    check
        movl    $intact, %esi
        movl    $intact_end - intact, %edx
        call    verdict

        leal    SHARED * 4096(%ebp), %ebx
        movl    $__NR_brk, %eax
        int     $SYSCALL_VECTOR
        SYSCALL fork
        testl   %eax, %eax
        js      refused
        jnz     parent
        movl    %ebp, %edi              # the child writes to its copy
        movl    $SHARED, %ecx
        call    check
        movl    $child, %esi
        movl    $child_end - child, %edx
        call    verdict
        movl    %ebp, %edi
        movl    $SHARED, %ecx
2:      movl    $0, (%edi)
        addl    $4096, %edi
        loop    2b
        SYSCALL exit, $0

parent: movl    %eax, %esi
        subl    $4, %esp
        movl    %esp, %ecx
        SYSCALL waitpid, %esi, %ecx, $0
        popl    %eax
        movl    %ebp, %edi
        movl    $SHARED, %ecx
        call    check
        movl    $same, %esi
        movl    $same_end - same, %edx
        call    verdict
        movl    %ebp, %ebx              # gives everything back
        movl    $__NR_brk, %eax
        int     $SYSCALL_VECTOR
        SYSCALL nanosleep, $half
        PRINT   freed
        SYSCALL reboot
refused: PRINT  no_way
        SYSCALL reboot

# Looks at ecx pages from edi on; eax is the number of those that are not as written.
check:  xorl    %eax, %eax
3:      cmpl    %edi, (%edi)
        jne     4f
        movl    4092(%edi), %edx
        notl    %edx
        cmpl    %edi, %edx
        je      5f
4:      incl    %eax
5:      addl    $4096, %edi
        loop    3b
        ret

# Writes the text at esi of length edx, if eax is 0, and else what is wrong.
verdict:
        testl   %eax, %eax
        jz      6f
        movl    $broken, %esi
        movl    $broken_end - broken, %edx
6:      movl    $1, %ebx
        movl    %esi, %ecx
        movl    $__NR_write, %eax
        int     $SYSCALL_VECTOR
        ret

        STRING  no_way, "swapon or fork failed"
        STRING  begins, "writing to 5000 pages"
        STRING  written, "reading them again"
        STRING  intact, "all 5000 pages are as they were written; 1200 are kept; fork"
        STRING  child, "the child has the same 1200, and overwrites them"
        STRING  same, "those of the parent are as they were"
        STRING  broken, "PAGES ARE NOT AS THEY WERE WRITTEN"
        STRING  freed, "the heap is given back"
device: .asciz  "/dev/hda2"
        .balign 4
half:   .long   2, 500000000
