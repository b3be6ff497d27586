# /bin/hungry: never has enough memory.

        .include "unistd.h"

        SYSCALL brk, $0
        movl    %eax, %edi
        leal    0x10000000(%edi), %ebx  # 256 MB
        movl    $__NR_brk, %eax
        int     $SYSCALL_VECTOR
1:      movl    %edi, (%edi)
        addl    $4096, %edi
        jmp     1b
