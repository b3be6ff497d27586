# A module that others build on. It says nothing of a licence.

        .include "linkage.h"
        .include "module.h"

        EXPORT_SYMBOL answer

init_module:
        xorl    %eax, %eax
        ret

cleanup_module:
        ret

# int answer(void): any thread may call it, also by a pointer that is older than the module.
answer: movl    $42, %eax
        ret
