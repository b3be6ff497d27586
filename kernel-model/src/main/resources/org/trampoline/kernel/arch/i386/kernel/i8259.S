# The two 8259 interrupt controllers (Linux: arch/i386/kernel/i8259.c).

        .set    PIC_MASTER_CMD, 0x20
        .set    PIC_MASTER_IMR, 0x21
        .set    PIC_SLAVE_CMD, 0xa0
        .set    PIC_SLAVE_IMR, 0xa1
        .set    PIC_CASCADE_IR, 2

        .text

# init_8259A: the interrupts become vectors 0x20–0x2f, all masked but the cascade.
        .balign 16
        .globl  init_8259A
init_8259A:
        movb    $0xff, %al
        outb    %al, $PIC_MASTER_IMR
        outb    %al, $PIC_SLAVE_IMR
        movb    $0x11, %al              # ICW1: edge triggered, cascade, ICW4 follows
        outb    %al, $PIC_MASTER_CMD
        movb    $FIRST_EXTERNAL_VECTOR, %al
        outb    %al, $PIC_MASTER_IMR    # ICW2: the vector of its IR0
        movb    $1 << PIC_CASCADE_IR, %al
        outb    %al, $PIC_MASTER_IMR    # ICW3: a slave on IR2
        movb    $0x01, %al
        outb    %al, $PIC_MASTER_IMR    # ICW4: 8086 mode, normal end of interrupt
        movb    $0x11, %al
        outb    %al, $PIC_SLAVE_CMD
        movb    $FIRST_EXTERNAL_VECTOR + 8, %al
        outb    %al, $PIC_SLAVE_IMR
        movb    $PIC_CASCADE_IR, %al
        outb    %al, $PIC_SLAVE_IMR     # ICW3: it is the slave on IR2
        movb    $0x01, %al
        outb    %al, $PIC_SLAVE_IMR
        movw    cached_irq_mask, %ax
        outb    %al, $PIC_MASTER_IMR
        movb    %ah, %al
        outb    %al, $PIC_SLAVE_IMR
        ret

# void enable_8259A_irq(irq)
        .balign 16
        .globl  enable_8259A_irq
enable_8259A_irq:
        btrl    %eax, cached_irq_mask
        jmp     write_mask

# void disable_8259A_irq(irq)
        .globl  disable_8259A_irq
disable_8259A_irq:
        btsl    %eax, cached_irq_mask
write_mask:
        testl   $8, %eax
        movw    cached_irq_mask, %ax
        jnz     1f
        outb    %al, $PIC_MASTER_IMR
        ret
1:      movb    %ah, %al
        outb    %al, $PIC_SLAVE_IMR
        ret

# void mask_and_ack_8259A(irq): no more of it until enable_8259A_irq; the controller
# may send others.
        .balign 16
        .globl  mask_and_ack_8259A
mask_and_ack_8259A:
        movl    %eax, %ecx
        call    disable_8259A_irq
        movl    %ecx, %eax
        testl   $8, %ecx
        jnz     1f
        addb    $0x60, %al              # specific end of interrupt
        outb    %al, $PIC_MASTER_CMD
        ret
1:      andb    $7, %al
        addb    $0x60, %al
        outb    %al, $PIC_SLAVE_CMD
        movb    $0x60 + PIC_CASCADE_IR, %al
        outb    %al, $PIC_MASTER_CMD
        ret

        .data
        .balign 4
cached_irq_mask:
        .long   0xffff & ~(1 << PIC_CASCADE_IR)
