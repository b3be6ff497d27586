package org.trampoline.emulator.oracle;

/**
 * The value of GDTR, IDTR, LDTR or TR (SDM vol. 3, 2.4 "Memory-Management Registers").
 *
 * @param selector 16 bits; 0 for GDTR and IDTR, which have none
 * @param base linear address of the table or segment
 * @param limit offset of its last byte
 * @param attributes bits 8–23 of the descriptor's second doubleword, in place; 0 for GDTR and IDTR
 */
public record DescriptorRegister(int selector, int base, int limit, int attributes) {
  /** GDTR's or IDTR's value. */
  public static DescriptorRegister table(int base, int limit) {
    return new DescriptorRegister(0, base, limit, 0);
  }
}
