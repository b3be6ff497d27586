# Loading and removing modules (Linux: kernel/module.c). What can block, a module's own
# functions, is called from here; finding room and linking is in Modules.java.

        .text

# fastcall long sys_init_module(number): loads a module that the host has offered under
# this number and calls its init_module. 0 or an error.
        .globl  sys_init_module
sys_init_module:
        pushl   %ebx
        call    load_module             # struct module, or an error
        testl   %eax, %eax
        jns     2f
        cmpl    $-4096, %eax
        ja      2f
        movl    %eax, %ebx
        movl    MODULE_init(%ebx), %ecx
        xorl    %eax, %eax
        jecxz   1f
        call    *%ecx
1:      testl   %eax, %eax
        js      3f
        movl    %ebx, %eax
        call    module_live
        xorl    %eax, %eax
2:      popl    %ebx
        ret
3:      pushl   %eax                    # its init_module failed: it is not wanted any more
        movl    %ebx, %eax
        call    free_module
        popl    %eax
        popl    %ebx
        ret

# fastcall long sys_delete_module(number): calls the module's cleanup_module and frees
# its memory, whoever still runs in it. 0 or an error.
        .globl  sys_delete_module
sys_delete_module:
        pushl   %ebx
        call    try_stop_module         # struct module, or an error
        testl   %eax, %eax
        jns     2f
        cmpl    $-4096, %eax
        ja      2f
        movl    %eax, %ebx
        movl    MODULE_exit(%ebx), %ecx
        jecxz   1f
        call    *%ecx
1:      movl    %ebx, %eax
        call    free_module
        .if     CONFIG_SMP
        call    flush_tlb_all
        .endif
        xorl    %eax, %eax
2:      popl    %ebx
        ret
