package org.trampoline.emulator.decode;

/**
 * A form's opcode column, parsed: which bytes, prefixes and sizes select the form.
 *
 * @param text as the table writes it, for instance {@code o32 83 /0 ib}
 * @param map opcode map: 0 one-byte, 1 after 0F, 2 after 0F 38, 3 after 0F 3A
 * @param opcode the last opcode byte (of a {@code +r} range the first)
 * @param registerInOpcode whether the opcode's low three bits are a register
 * @param prefix mandatory prefix: {@link #ANY}, {@link #NO_PREFIX}, {@link #P66}, {@link #PF3},
 *     {@link #PF2}
 * @param operandSize 2, 4, or 0 if the form serves both
 * @param addressSize 2, 4, or 0 if the form serves both
 * @param modrm whether a modrm byte follows the opcode
 * @param modrmMask the bits of modrm that select the form
 * @param modrmValue what those bits are
 * @param memoryOnly whether mod = 3 is excluded
 * @param immediateBytes how many bytes of immediates follow
 */
public record Encoding(
    String text,
    int map,
    int opcode,
    boolean registerInOpcode,
    int prefix,
    int operandSize,
    int addressSize,
    boolean modrm,
    int modrmMask,
    int modrmValue,
    boolean memoryOnly,
    int immediateBytes) {

  /** No mandatory prefix: 66, F3 and F2 do not select the form. */
  public static final int ANY = -1;

  /** None of 66, F3 and F2 may be there. */
  public static final int NO_PREFIX = 0;

  /** 66, without F3 and F2. */
  public static final int P66 = 1;

  /** F3. */
  public static final int PF3 = 2;

  /** F2. */
  public static final int PF2 = 3;

  /** Whether an instruction with these properties is of this form; its opcode is known to be. */
  boolean matches(int prefix, int operandSize, int addressSize, int modrm) {
    return (this.prefix == ANY || this.prefix == prefix)
        && (this.operandSize == 0 || this.operandSize == operandSize)
        && (this.addressSize == 0 || this.addressSize == addressSize)
        && (modrm & modrmMask) == modrmValue
        && !(memoryOnly && modrm >= 0xc0);
  }

  /** Of two forms that match, the one with the higher number is meant. */
  int specificity() {
    return Integer.bitCount(modrmMask)
        + (memoryOnly ? 1 : 0)
        + (prefix != ANY ? 16 : 0)
        + (registerInOpcode ? 0 : 32);
  }
}
