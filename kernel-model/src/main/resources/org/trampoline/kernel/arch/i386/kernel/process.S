# Threads as the processor sees them (Linux: arch/i386/kernel/process.c, and the
# assembly in include/asm-i386/system.h).

        .text

# The trampoline: a kernel thread's first own instructions. copy_thread has put the
# function into ebx, its argument into edx and this address into eip; RESTORE_ALL
# and iret have loaded them. The argument is there for both calling conventions, in
# eax and on the stack, and so is the result for do_exit.
        .balign 16
        .globl  kernel_thread_helper
kernel_thread_helper:
        .if     PT_HAS_GS
        pushl   $0                      # 2.6.20: a return address that ends a backtrace
        .endif
        movl    %edx, %eax
        pushl   %edx
        call    *%ebx
        pushl   %eax
        call    do_exit
        .globl  kernel_thread_helper_end
kernel_thread_helper_end:

# switch_to(prev = eax, next = edx): gives the processor to next. The registers and
# stack with which this returns are those of a thread that called it earlier, with
# eax = the thread that ran until now; a new thread returns to ret_from_fork instead.
# Only ebp and the flags are kept; a C compiler would be told of the others.
        .macro  SWITCH_TO
        pushfl
        pushl   %ebp
        movl    %esp, TASK_thread_esp(%eax)
        movl    TASK_thread_esp(%edx), %esp     # from here on next's stack: current is next
        movl    $7771f, TASK_thread_eip(%eax)
        pushl   TASK_thread_eip(%edx)
        jmp     __switch_to                     # returns to next's thread.eip
7771:   popl    %ebp
        popfl
        .endm

# Stores ebx at an address of the boot processor's, or as far behind it as reg says.
        .macro  PER_CPU_STORE address, reg
        .if     CONFIG_SMP
        movl    %ebx, \address(\reg)
        .else
        movl    %ebx, \address
        .endif
        .endm

# task_t *__switch_to(prev = eax, next = edx), fastcall: what the processor itself has
# to know of a thread, in Linux's order. Returns prev.
        .balign 16
        .globl  __switch_to
__switch_to:
        pushl   %ebx
        .if     CONFIG_SMP
        pushl   %esi
        pushl   %edi
        GET_THREAD_INFO %edi                    # next's, which is on this processor
        movl    TI_cpu(%edi), %edi
        imull   $TSS_size, %edi, %esi           # this processor's TSS, from the first one on
        imull   $8 * GDT_ENTRIES, %edi          # and its GDT
        .endif
        movl    TASK_thread_info(%eax), %ebx
        testl   $TS_USEDFPU, TI_status(%ebx)
        jz      1f
        fnsave  TASK_thread_i387(%eax)          # __unlazy_fpu: prev has used the FPU
        andl    $~TS_USEDFPU, TI_status(%ebx)
        movl    %cr0, %ebx
        orl     $CR0_TS, %ebx
        movl    %ebx, %cr0
1:      movl    TASK_thread_esp0(%edx), %ebx    # the stack on entry from user mode
        PER_CPU_STORE init_tss + TSS_esp0, %esi

        .set    i, 0                            # next's thread-local segments
        .rept   6
        movl    TASK_thread_tls_array + 4 * i(%edx), %ebx
        PER_CPU_STORE cpu_gdt_table + 8 * GDT_ENTRY_TLS_MIN + 4 * i, %edi
        .set    i, i + 1
        .endr

        movw    %fs, TASK_thread_fs(%eax)
        .if     PT_HAS_GS == 0
        movw    %gs, TASK_thread_gs(%eax)
        .endif
        movl    TASK_thread_fs(%eax), %ebx
        orl     TASK_thread_fs(%edx), %ebx
        .if     PT_HAS_GS == 0
        orl     TASK_thread_gs(%eax), %ebx
        orl     TASK_thread_gs(%edx), %ebx
        .endif
        jz      4f
2:      movw    TASK_thread_fs(%edx), %fs
        .section .fixup, "ax"
5:      movl    $0, TASK_thread_fs(%edx)
        jmp     2b
        .previous
        .section __ex_table, "a"
        .long   2b, 5b
        .previous
        .if     PT_HAS_GS == 0
3:      movw    TASK_thread_gs(%edx), %gs
        .section .fixup, "ax"
6:      movl    $0, TASK_thread_gs(%edx)
        jmp     3b
        .previous
        .section __ex_table, "a"
        .long   3b, 6b
        .previous
        .endif

4:      cmpl    $0, TASK_thread_debugreg + 28(%edx)
        jz      5f
        movl    TASK_thread_debugreg(%edx), %ebx
        movl    %ebx, %db0
        movl    TASK_thread_debugreg + 4(%edx), %ebx
        movl    %ebx, %db1
        movl    TASK_thread_debugreg + 8(%edx), %ebx
        movl    %ebx, %db2
        movl    TASK_thread_debugreg + 12(%edx), %ebx
        movl    %ebx, %db3
        movl    TASK_thread_debugreg + 24(%edx), %ebx
        movl    %ebx, %db6
        movl    TASK_thread_debugreg + 28(%edx), %ebx
        movl    %ebx, %db7

5:      movl    TASK_thread_io_bitmap_ptr(%edx), %ebx
        orl     TASK_thread_io_bitmap_ptr(%eax), %ebx
        jz      7f
        movl    $INVALID_IO_BITMAP_OFFSET << 16, %ebx
        cmpl    $0, TASK_thread_io_bitmap_ptr(%edx)
        jz      6f
        movl    $INVALID_IO_BITMAP_OFFSET_LAZY << 16, %ebx      # copied on its first use
6:      PER_CPU_STORE init_tss + TSS_trace_io_bitmap_base, %esi

7:
        .if     PT_HAS_GS
        movl    %edx, %gs:PDA_pcurrent          # 2.6.20 finds current through %gs
        .endif
        .if     CONFIG_SMP
        popl    %edi
        popl    %esi
        .endif
        popl    %ebx
        ret

# Process 0, once it has started process 1: sleeps whenever nothing else can run.
        .balign 16
        .globl  cpu_idle
cpu_idle:
        GET_THREAD_INFO %ebp
1:      testl   $_TIF_NEED_RESCHED, TI_flags(%ebp)
        jnz     2f
        cli                             # a wake-up between this test and hlt would be slept over
        testl   $_TIF_NEED_RESCHED, TI_flags(%ebp)
        jnz     2f
        sti                             # takes effect after hlt has begun
        .globl  safe_halt
safe_halt:
        hlt
        jmp     1b
2:      sti
        call    schedule
        jmp     1b
