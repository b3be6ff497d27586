# From real-address mode to virtual-8086 mode through everything between. Each station writes a
# letter to port 0xe9; JourneyTest knows the trail. Assembled for 0x10000, entered as 1000:0000.

        .set CODE0, 0x08
        .set DATA0, 0x10
        .set CODE3, 0x1b
        .set DATA3, 0x23
        .set TSS_MAIN, 0x28
        .set TSS_SIDE, 0x30
        .set GATE, 0x3b                 # call gate, RPL 3
        .set TASKGATE, 0x43             # task gate, RPL 3
        .set PAGEDIR, 0x30000
        .set PAGETABLE, 0x31000
        .set PAGETABLE4M, 0x32000
        .set IDT, 0x40000
        .set BASE, 0x10000

        .code16
start:
        xorw %ax, %ax
        movw %ax, %ds
        movw %ax, %ss
        movw $0x7000, %sp
        movb $'R', %al
        outb %al, $0xe9
        movw $(real_int - BASE), 0x21 * 4
        movw $(BASE >> 4), 0x21 * 4 + 2
        int $0x21
        cli
        movw $(BASE >> 4), %ax
        movw %ax, %ds
        lgdtl gdtr - BASE
        lidtl idtr - BASE
        movl %cr0, %eax
        orl $1, %eax
        movl %eax, %cr0
        ljmpl $CODE0, $protected
real_int:
        movb $'i', %al
        outb %al, $0xe9
        iretw

        .code32
protected:
        movl $DATA0, %eax
        movl %eax, %ds
        movl %eax, %es
        movl %eax, %ss
        movl $0x20000, %esp
        movb $'P', %al
        outb %al, $0xe9

        # 1 MB identity mapped for everybody, and a page table for 4 MB upwards, still empty
        movl $PAGETABLE + 7, PAGEDIR
        movl $PAGETABLE4M + 7, PAGEDIR + 4
        movl $PAGETABLE, %edi
        movl $7, %eax
1:      movl %eax, (%edi)
        addl $4, %edi
        addl $0x1000, %eax
        cmpl $0x100007, %eax
        jne 1b
        movl $PAGEDIR, %eax
        movl %eax, %cr3
        movl %cr0, %eax
        orl $0x80010000, %eax
        movl %eax, %cr0
        jmp 1f
1:      movb $'G', %al
        outb %al, $0xe9

        # interrupt gates for #GP and #PF, a trap gate for 0x80, an interrupt gate for 0x81
        movl $general_protection, %eax
        movl $0x8e00, %edx
        movl $IDT + 13 * 8, %edi
        call set_gate
        movl $page_fault, %eax
        movl $0x8e00, %edx
        movl $IDT + 14 * 8, %edi
        call set_gate
        movl $system_call, %eax
        movl $0xef00, %edx
        movl $IDT + 0x80 * 8, %edi
        call set_gate
        movl $virtual, %eax
        movl $0xee00, %edx
        movl $IDT + 0x81 * 8, %edi
        call set_gate
        movl $TSS_MAIN, %eax
        ltr %ax

        movl $0x12345678, 0x400ffe      # not there: page_fault maps the two pages
        cmpl $0x12345678, 0x400ffe
        jne wrong
        movb $'f', %al
        outb %al, $0xe9

        # to ring 3
        pushl $DATA3
        pushl $0x24000
        pushl $0x202
        pushl $CODE3
        pushl $user
        iretl

set_gate:
        movw %ax, (%edi)
        movw $CODE0, 2(%edi)
        andl $0xffff0000, %eax
        orl %edx, %eax
        movl %eax, 4(%edi)
        ret

wrong:  movb $'!', %al
        outb %al, $0xe9
        hlt

page_fault:
        pushl %eax
        pushl %edi
        movb $'F', %al
        outb %al, $0xe9
        cmpl $2, 8(%esp)                # write to a page that is not present, by the supervisor
        jne wrong
        movl %cr2, %eax
        movl %eax, %edi
        shrl $12, %edi
        andl $0x3ff, %edi
        andl $0x1000, %eax
        addl $0x50007, %eax
        movl %eax, PAGETABLE4M(,%edi,4)
        popl %edi
        popl %eax
        addl $4, %esp
        iretl

general_protection:
        testl $0x20000, 12(%esp)        # from virtual-8086 mode?
        jnz virtual_fault
        movb $'g', %al
        outb %al, $0xe9
        cmpl $0, (%esp)
        jne wrong
        incl 4(%esp)                    # past the cli
        addl $4, %esp
        iretl

system_call:
        movb $'S', %al
        outb %al, $0xe9
        movl $0x77, %eax
        iretl

gate_target:                            # parameters at 8(%esp) and 12(%esp)
        movb $'C', %al
        outb %al, $0xe9
        movl 8(%esp), %eax
        subl 12(%esp), %eax
        lretl $8

user:   movl $DATA3, %eax
        movl %eax, %ds
        movl %eax, %es
        movb $'U', %al
        outb %al, $0xe9
        cli
        int $0x80
        cmpl $0x77, %eax
        jne wrong
        movb $'s', %al
        outb %al, $0xe9
        pushl $5
        pushl $47
        lcall $GATE, $0
        cmpl $42, %eax
        jne wrong
        cmpl $0x24000, %esp
        jne wrong
        movb $'c', %al
        outb %al, $0xe9
        movl $0x5555, %ebx
        lcall $TASKGATE, $0
        cmpl $0x5555, %ebx
        jne wrong
        movb $'t', %al
        outb %al, $0xe9
        int $0x81
        jmp wrong

side_task:
        movl $0x6666, %ebx
        movb $'T', %al
        outb %al, $0xe9
        iretl
        jmp side_task

virtual:
        movb $'V', %al
        outb %al, $0xe9
        pushl $0                        # gs
        pushl $0                        # fs
        pushl $0                        # ds
        pushl $0                        # es
        pushl $0x2000                   # ss
        pushl $0xfffe                   # sp
        pushl $0x20002                  # VM, IOPL 0
        pushl $(BASE >> 4)
        pushl $(v86_code - BASE)
        iretl

virtual_fault:
        movb $'W', %al
        outb %al, $0xe9
        cmpl $0, (%esp)
        jne wrong
        cmpl $(v86_int - BASE), 4(%esp)
        jne wrong
        cmpl $0xfffc, 16(%esp)          # one word pushed
        jne wrong
        movl 16(%esp), %ebx
        cmpw $0x1234, %ss:0x20000(%ebx) # ds is null now
        jne wrong
        hlt

        .code16
v86_code:
        movb $'v', %al
        outb %al, $0xe9
        movw $0x1234, %ax
        pushw %ax
v86_int:
        int $0x10                       # IOPL 0: #GP(0)

        .code32
        .balign 8
gdt:    .quad 0
        .quad 0x00cf9a000000ffff        # 08 code 0
        .quad 0x00cf92000000ffff        # 10 data 0
        .quad 0x00cffa000000ffff        # 1b code 3
        .quad 0x00cff2000000ffff        # 23 data 3
        .word 0x2068, tss_main - BASE   # 28 the main task, with an I/O bitmap
        .word 0x8901, 0
        .word 0x67, tss_side - BASE     # 30 the other task
        .word 0x8901, 0
        .word gate_target - BASE, CODE0 # 38 a call gate with two parameters
        .word 0xec02, BASE >> 16
        .word 0, TSS_SIDE               # 40 a task gate
        .word 0xe500, 0
gdtr:   .word gdtr - gdt - 1
        .long gdt
idtr:   .word 0x7ff
        .long IDT

        .balign 4
tss_side:
        .skip 0x1c
        .long PAGEDIR
        .long side_task
        .long 2                         # eflags
        .long 0, 0, 0, 0, 0x28000, 0, 0, 0
        .long DATA0, CODE0, DATA0, DATA0, DATA0, DATA0
        .long 0
        .long 0
tss_main:
        .long 0
        .long 0x20000
        .long DATA0
        .skip 0x10
        .long PAGEDIR                   # never saved by a switch, only loaded
        .skip 0x44
        .word 0, 0x68
        .skip 0x2001
