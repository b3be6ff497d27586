# System calls of programs (Linux: include/asm-i386/unistd.h). Number and up to three
# arguments; the result is in eax.

        .macro  SYSCALL name, a=$0, b=$0, c=$0
        movl    \a, %ebx
        movl    \b, %ecx
        movl    \c, %edx
        movl    $__NR_\name, %eax
        int     $SYSCALL_VECTOR
        .endm

# Writes the string at a label that ends at label_end.
        .macro  PRINT label
        SYSCALL write, $1, $\label, $(\label\()_end - \label)
        .endm

        .macro  STRING label, text
\label: .ascii  \text
\label\()_end:
        .endm
