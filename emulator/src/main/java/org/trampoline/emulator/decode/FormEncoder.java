package org.trampoline.emulator.decode;

import java.util.Arrays;
import org.trampoline.emulator.decode.Operand.Place;

/**
 * Produces bytes of a given {@link Form}: what the decoder undoes. The case generator of the
 * differential tester chooses registers, addresses and immediates and gets an encoding of them.
 *
 * <p>One encoder serves for many instructions: {@link #start} chooses a form and sets everything
 * else to its default, the fields say otherwise, {@link #encode} writes. Nothing is allocated.
 */
public final class FormEncoder {
  private static final int[] SEGMENT_PREFIX = {0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65};

  private Form form;
  private boolean code32;

  /** The register in modrm.reg or in the opcode's low three bits, 0–7. */
  public int register;

  /** The register in modrm.rm, or the i of st(i), 0–7; unused if {@link #memory}. */
  public int rm;

  /** Whether the operand that may be either is memory. */
  public boolean memory;

  /** Base and index register of the address, or {@link Insn#NO_REGISTER}. */
  public int base, index;

  /** Index shift, 0–3. */
  public int scale;

  /** Displacement of the address, or the address of a moffs operand. */
  public int displacement;

  /** Whether the displacement takes its full width although a shorter one (or none) would do. */
  public boolean longDisplacement;

  /** Whether addresses are 16 bits wide. */
  public boolean address16;

  /** Whether the operand size is 16 bits; matters only to forms that serve both. */
  public boolean operand16;

  /** First immediate, displacement of a branch, or offset of a far pointer. */
  public int immediate;

  /** Second immediate, or selector of a far pointer. */
  public int immediate2;

  /** Whether a lock prefix comes first. */
  public boolean lock;

  /** A repeat prefix, 0xf3 or 0xf2, or 0. */
  public int repeat;

  /** A segment prefix's segment (SDM numbering), or -1. */
  public int segment;

  private byte[] out;
  private int at;

  /**
   * Begins an instruction: registers, displacement and immediates 0, no optional prefix, sizes as
   * the form wants or else as the mode has them, memory ({@code [eax]} or {@code [bx+si]}) only
   * where the form takes nothing else.
   */
  public FormEncoder start(Form form, boolean code32) {
    this.form = form;
    this.code32 = code32;
    Encoding encoding = form.encoding();
    register = 0;
    rm = 0;
    memory = encoding.memoryOnly();
    int size = encoding.addressSize();
    address(size == 0 ? !code32 : size == 2);
    displacement = 0;
    longDisplacement = false;
    operand16 = encoding.operandSize() == 0 ? !code32 : encoding.operandSize() == 2;
    immediate = 0;
    immediate2 = 0;
    lock = false;
    repeat = 0;
    segment = -1;
    return this;
  }

  /** Chooses the address size, and with it {@code [bx+si]} or {@code [eax]} as the address. */
  public FormEncoder address(boolean address16) {
    this.address16 = address16;
    base = address16 ? 3 : 0;
    index = address16 ? 6 : Insn.NO_REGISTER;
    scale = 0;
    return this;
  }

  /** Writes the instruction's bytes into a new array. */
  public byte[] encode() {
    byte[] bytes = new byte[16];
    int length = encode(bytes, 0);
    return Arrays.copyOf(bytes, length);
  }

  /**
   * Writes the instruction's bytes from {@code at} on, at most 16.
   *
   * @return their number
   * @throws IllegalArgumentException if there is no such address: esp as index, or two registers
   *     that 16-bit addressing does not combine
   */
  public int encode(byte[] into, int at) {
    this.out = into;
    this.at = at;
    Encoding encoding = form.encoding();
    prefixes(encoding);
    switch (encoding.map()) {
      case 0 -> {}
      case 1 -> put(0x0f);
      default -> {
        put(0x0f);
        put(encoding.map() == 2 ? 0x38 : 0x3a);
      }
    }
    put(encoding.registerInOpcode() ? encoding.opcode() | register : encoding.opcode());
    if (encoding.modrm()) {
      modrm(encoding);
    }
    for (int i = 0; i < form.operands().size(); i++) {
      immediate(form.operands().get(i), form.place(i));
    }
    return this.at - at;
  }

  private void prefixes(Encoding encoding) {
    if (lock) {
      put(0xf0);
    }
    if (segment >= 0) {
      put(SEGMENT_PREFIX[segment]);
    }
    if (address16 == code32) {
      put(0x67);
    }
    boolean operand66 = encoding.prefix() != Encoding.NO_PREFIX && operand16 == code32;
    if (encoding.prefix() == Encoding.P66 || operand66) {
      put(0x66);
    }
    int mandatory =
        switch (encoding.prefix()) {
          case Encoding.PF3 -> 0xf3;
          case Encoding.PF2 -> 0xf2;
          default -> repeat;
        };
    if (mandatory != 0) {
      put(mandatory);
    }
  }

  private void modrm(Encoding encoding) {
    int bits = encoding.modrmValue();
    bits |= register << 3 & ~encoding.modrmMask();
    if (!memory) {
      put(bits & 0x38 | 0xc0 | (rm & ~encoding.modrmMask() | bits) & 7);
    } else if (address16) {
      address16(bits & 0x38);
    } else {
      address32(bits & 0x38);
    }
  }

  private void address16(int bits) {
    if (base == Insn.NO_REGISTER && index == Insn.NO_REGISTER) {
      put(bits | 6);
      put(displacement, 2);
      return;
    }
    int rm16 = Addressing.rm16(base, index);
    boolean none = displacement == 0 && rm16 != 6 && !longDisplacement;
    boolean one = (byte) displacement == displacement && !longDisplacement;
    put((none ? 0 : one ? 0x40 : 0x80) | bits | rm16);
    put(displacement, none ? 0 : one ? 1 : 2);
  }

  private void address32(int bits) {
    boolean sib = index != Insn.NO_REGISTER || base == 4;
    if (base == Insn.NO_REGISTER) {
      put(bits | (sib ? 4 : 5));
      if (sib) {
        sib(5);
      }
      put(displacement, 4);
      return;
    }
    boolean none = displacement == 0 && base != 5 && !longDisplacement;
    boolean one = (byte) displacement == displacement && !longDisplacement;
    put((none ? 0 : one ? 0x40 : 0x80) | bits | (sib ? 4 : base));
    if (sib) {
      sib(base);
    }
    put(displacement, none ? 0 : one ? 1 : 4);
  }

  private void sib(int baseBits) {
    if (index == 4) {
      throw new IllegalArgumentException("esp cannot be an index register");
    }
    put(scale << 6 | (index == Insn.NO_REGISTER ? 4 : index) << 3 | baseBits);
  }

  private void immediate(Operand operand, Place place) {
    switch (place) {
      case IMMEDIATE, SIGNED -> put(immediate, operand.size());
      case IMMEDIATE2 -> put(immediate2, operand.size());
      case POINTER -> {
        put(immediate, operand.size() - 2);
        put(immediate2, 2);
      }
      case MOFFS -> put(displacement, address16 ? 2 : 4);
      default -> {} // not encoded as an immediate
    }
  }

  private void put(int value, int size) {
    for (int i = 0; i < size; i++) {
      put(value >> (8 * i));
    }
  }

  private void put(int value) {
    out[at++] = (byte) value;
  }
}
