# What not to do: leaves a pointer to its function with another module, and cleanup_module
# does not take it back. The count of users is on the other module, so rmmod has no objection.

        .include "linkage.h"
        .include "module.h"

        MODULE_LICENSE "GPL"

init_module:
        movl    $answer, hook
        xorl    %eax, %eax
        ret

cleanup_module:
        ret

answer: movl    $42, %eax
        ret
