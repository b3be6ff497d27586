# What a loadable module says of itself (Linux: include/linux/module.h). A module has an
# init_module, which returns 0 or an error, and a cleanup_module if it can be removed:
#       .include "linkage.h"
#       .include "module.h"
#       MODULE_LICENSE "GPL"

        .macro  MODULE_LICENSE text
        .section .modinfo, "a"
__mod_license:
        .asciz  \text
        .previous
        .endm

        .macro  MODULE_AUTHOR text
        .section .modinfo, "a"
        .asciz  \text
        .previous
        .endm

        .macro  MODULE_DESCRIPTION text
        .section .modinfo, "a"
        .asciz  \text
        .previous
        .endm

# Lets other modules use a symbol of this one.
        .macro  EXPORT_SYMBOL name
        .set    __ksymtab_\name, \name
        .endm
