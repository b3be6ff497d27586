# /sbin/init of the init scenario, in ring 3.

        .include "unistd.h"

        PRINT   hello
        SYSCALL kill, $1, $SIGKILL      # process 1 gets no signal that it has not asked for
        PRINT   alive
        SYSCALL fork
        testl   %eax, %eax
        jz      father
        SYSCALL fork
        testl   %eax, %eax
        jz      sleeper
        movl    %eax, %ebp
        SYSCALL nanosleep, $ten_ms
        SYSCALL kill, %ebp, $SIGKILL
        movl    $3, %ebp                # two children, and one that it has adopted
1:      subl    $4, %esp
        movl    %esp, %ecx
        SYSCALL waitpid, $-1, %ecx, $0
        popl    %edi                    # status
        movl    $reaped, %esi
        call    say
        decl    %ebp
        jnz     1b
        PRINT   alone
        SYSCALL exit, $3                # the end of everything

# A child that leaves an orphan behind.
father: SYSCALL fork
        testl   %eax, %eax
        jz      orphan
        movl    $left, %esi
        call    say
        SYSCALL exit, $1
orphan: SYSCALL nanosleep, $ten_ms
        SYSCALL getppid
        movl    $adopted, %esi
        call    say
        SYSCALL execve, $path
        SYSCALL exit, $2

sleeper:
        SYSCALL nice, $10
        SYSCALL pause
        SYSCALL exit                    # not reached

# Writes the string at esi, # replaced by the number in eax, below 100.
say:    pushl   %edi
        subl    $64, %esp
        movl    %esp, %edi
        xorl    %edx, %edx
        movb    $10, %cl
        divb    %cl                     # al = tens, ah = ones
3:      movb    (%esi), %cl
        incl    %esi
        testb   %cl, %cl
        jz      6f
        cmpb    $'#', %cl
        jne     5f
        testb   %al, %al
        jz      4f
        addb    $'0', %al
        movb    %al, (%edi, %edx)
        incl    %edx
4:      movzbl  %ah, %eax
        leal    '0'(%eax), %ecx
5:      movb    %cl, (%edi, %edx)
        incl    %edx
        jmp     3b
6:      movl    %edx, %eax
        SYSCALL write, $1, %edi, %eax
        addl    $64, %esp
        popl    %edi
        ret

        STRING  hello, "a process in ring 3"
        STRING  alive, "kill(1, SIGKILL) did nothing"
        STRING  alone, "all three are reaped; exit(3)"
left:   .asciz  "leaving child # behind"
adopted: .asciz "my parent is process #"
reaped: .asciz  "reaped #"
path:   .asciz  "/bin/true"
        .balign 4
ten_ms: .long   0, 10000000
