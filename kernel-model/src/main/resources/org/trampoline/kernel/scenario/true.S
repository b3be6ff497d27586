# /bin/true: a program to be executed.

        .include "unistd.h"

        PRINT   text
        SYSCALL exit, $0
        STRING  text, "another program in the same process"
