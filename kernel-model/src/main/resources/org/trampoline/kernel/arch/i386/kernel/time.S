# The timer interrupt (Linux: arch/i386/kernel/time.c, timers/timer_pit.c). What a tick
# does is in Timers.java.

        .set    PIT_CH0, 0x40
        .set    PIT_MODE, 0x43
        .set    CLOCK_TICK_RATE, 1193182        # Hz
        .set    LATCH, (CLOCK_TICK_RATE + HZ / 2) / HZ

        .text

# void time_init(void): HZ interrupts in a second.
        .balign 16
        .globl  time_init
time_init:
        movb    $0x34, %al              # counter 0, low byte then high byte, mode 2
        outb    %al, $PIT_MODE
        movb    $LATCH & 0xff, %al
        outb    %al, $PIT_CH0
        movb    $LATCH >> 8, %al
        outb    %al, $PIT_CH0
        xorl    %eax, %eax
        movl    $irq0, %edx
        jmp     setup_irq

        .data
        .balign 4
irq0:
        .long   timer_interrupt
        .long   0
        .long   0
