package org.trampoline.emulator.system;

/** Assembly source that guest programs at 10000H have in common: descriptor tables and the 8259. */
public final class GuestTables {
  /** Loads the tables, CS with 8, SS with 10H, and ESP with 20000H. */
  public static final String LOAD =
      """
              lgdtl gdtr
              lidtl idtr
              ljmp $8, $1f
      1:      movl $16, %eax
              movl %eax, %ss
              movl $0x20000, %esp
      """;

  /** Has the first 8259 signal interrupts 20H to 27H, all of them unmasked. */
  public static final String PIC =
      """
              movb $0x11, %al
              outb %al, $0x20
              movb $0x20, %al
              outb %al, $0x21
              movb $4, %al
              outb %al, $0x21
              movb $1, %al
              outb %al, $0x21
      """;

  /** The GDT, of flat segments, and what LGDT and LIDT read; {@code idt} is to follow. */
  public static final String DESCRIPTORS =
      """
              .balign 8
      gdt:    .quad 0, 0x00cf9a000000ffff, 0x00cf92000000ffff
      gdtr:   .word gdtr - gdt - 1
              .long gdt
      idtr:   .word 0x7ff
              .long idt
              .balign 8
      """;

  private GuestTables() {}

  /** The tables, with a handler for interrupt 20H. */
  public static String handling(String label) {
    return DESCRIPTORS
        + """
        idt:    .skip 256
                .word %s - 0x10000, 8, 0x8e00, 1
                .skip 0x700
        """
            .formatted(label);
  }
}
