# Process 1 becomes a process; what it then does is in init-program.S.

        .include "linkage.h"

scenario:
        GET_CURRENT %eax
        leal    TASK_comm(%eax), %edx
        CALL4   printk, $text, TASK_pid(%eax), %edx, TASK_mm(%eax)
        ret

text:   .asciz  "<6>init(): pid %d, comm %s, mm %x: still a kernel thread\n"
