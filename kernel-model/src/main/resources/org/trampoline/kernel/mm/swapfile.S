# Beginning to use a swap area (Linux: mm/swapfile.c). The area is kept in SwapArea.java.

        .text

# asmlinkage long sys_swapon(const char *specialfile, int swap_flags): reads the header,
# which is in the area's first page.
        .balign 16
        .globl  sys_swapon
sys_swapon:
        movl    4(%esp), %eax
        movl    8(%esp), %edx
        call    begin_swapon            # eax = 0 or an error, edx = a page
        testl   %eax, %eax
        jnz     1f
        pushl   %edx
        subl    $COMPLETION_size, %esp
        movl    %esp, %eax
        call    init_completion
        movl    $SWAP_FIRST_BLOCK, %eax
        movl    COMPLETION_size(%esp), %edx
        movl    %esp, %ecx
        call    read_block
        movl    %esp, %eax
        call    wait_for_completion
        addl    $COMPLETION_size, %esp
        popl    %eax
        call    finish_swapon
1:      ret

        .bss
        .balign 4
        .globl  swap_info
swap_info:
        .space  SWAP_size
