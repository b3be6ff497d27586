# /sbin/init of the swap-full scenario: a child wants more than there is in memory and in
# the swap area together; another one sleeps meanwhile, and init goes on.

        .include "unistd.h"

        SYSCALL swapon, $device, $0
        SYSCALL fork
        testl   %eax, %eax
        jz      hungry
        movl    %eax, %ebp
        SYSCALL fork
        testl   %eax, %eax
        jz      modest
        subl    $4, %esp
1:      movl    %esp, %ecx
        SYSCALL waitpid, %ebp, %ecx, $0
        cmpl    $9, (%esp)              # the status of who died of SIGKILL
        jne     2f
        PRINT   reaped
2:      SYSCALL waitpid, $-1, $0, $0
        PRINT   rest
        SYSCALL reboot

modest: SYSCALL nanosleep, $long
        PRINT   alive
        SYSCALL exit, $0

hungry: SYSCALL execve, $program
        SYSCALL exit, $1

        STRING  reaped, "a child has died of signal 9"
        STRING  alive, "the other process lives"
        STRING  rest, "init goes on"
device: .asciz  "/dev/hda2"
program: .asciz "/bin/hungry"
        .balign 4
long:   .long   20, 0
