# /sbin/hotplug of the khelper scenario, in ring 3.

        .include "unistd.h"

        PRINT   hello
        SYSCALL exit, $3

        STRING  hello, "started by the kernel; exit(3)"
