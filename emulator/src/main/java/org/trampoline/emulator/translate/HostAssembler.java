package org.trampoline.emulator.translate;

import java.util.Arrays;

/**
 * Encodes x86-64 instructions into a growing buffer (SDM vol. 2, chapter 2). It knows encodings,
 * not what they are for.
 *
 * <p>Sizes are 1, 2, 4 or 8 bytes. Opcodes are written as the SDM does, {@code 0x0fb6}. Byte
 * registers 4–7 mean ah, ch, dh, bh, which exclude a REX prefix: spl and its like are never used.
 */
final class HostAssembler {
  static final int RAX = 0;
  static final int RCX = 1;
  static final int RDX = 2;
  static final int RBX = 3;
  static final int RSP = 4;
  static final int RBP = 5;
  static final int RSI = 6;
  static final int RDI = 7;
  static final int R8 = 8;
  static final int R9 = 9;
  static final int R10 = 10;
  static final int R11 = 11;
  static final int R12 = 12;
  static final int R13 = 13;
  static final int R14 = 14;
  static final int R15 = 15;

  /** In place of a base or index register. */
  static final int NONE = -1;

  private static final int LONGEST_NOP = 9;

  private byte[] bytes = new byte[1 << 13];
  private int length;

  void clear() {
    length = 0;
  }

  /** Bytes emitted so far: the offset of what comes next. */
  int length() {
    return length;
  }

  /** The buffer, valid up to {@link #length}. */
  byte[] bytes() {
    return bytes;
  }

  void emit8(int value) {
    if (length == bytes.length) {
      bytes = Arrays.copyOf(bytes, 2 * length);
    }
    bytes[length++] = (byte) value;
  }

  void emit8(int first, int... others) {
    emit8(first);
    for (int value : others) {
      emit8(value);
    }
  }

  void emit16(int value) {
    emit8(value);
    emit8(value >> 8);
  }

  void emit32(int value) {
    emit16(value);
    emit16(value >> 16);
  }

  void emit64(long value) {
    emit32((int) value);
    emit32((int) (value >> 32));
  }

  /** An immediate of an instruction's operand size, which is never more than 4 bytes. */
  void immediate(int size, int value) {
    switch (size) {
      case 1 -> emit8(value);
      case 2 -> emit16(value);
      default -> emit32(value);
    }
  }

  void set8(int at, int value) {
    bytes[at] = (byte) value;
  }

  void set32(int at, int value) {
    bytes[at] = (byte) value;
    bytes[at + 1] = (byte) (value >> 8);
    bytes[at + 2] = (byte) (value >> 16);
    bytes[at + 3] = (byte) (value >> 24);
  }

  private void prefixes(int size, int reg, int index, int rm) {
    if (size == 2) {
      emit8(0x66);
    }
    int rex = (size == 8 ? 8 : 0) | reg >> 3 << 2 | index >> 3 << 1 | rm >> 3;
    if (rex != 0) {
      emit8(0x40 | rex);
    }
  }

  private void opcode(int opcode) {
    if (opcode > 0xffff) {
      emit8(opcode >> 16);
    }
    if (opcode > 0xff) {
      emit8(opcode >> 8);
    }
    emit8(opcode);
  }

  /** An instruction with two registers, or an opcode extension and a register. */
  void register(int size, int opcode, int reg, int rm) {
    prefixes(size, reg, 0, rm);
    opcode(opcode);
    emit8(0xc0 | (reg & 7) << 3 | rm & 7);
  }

  /** An instruction with a register and memory at base + index × 2^scale + displacement. */
  void memory(int size, int opcode, int reg, int base, int index, int scale, int displacement) {
    prefixes(size, reg, Math.max(index, 0), Math.max(base, 0));
    opcode(opcode);
    address(reg, base, index, scale, displacement);
  }

  void memory(int size, int opcode, int reg, int base, int displacement) {
    memory(size, opcode, reg, base, NONE, 0, displacement);
  }

  private void address(int reg, int base, int index, int scale, int displacement) {
    int field = (reg & 7) << 3;
    int sib = scale << 6 | (index == NONE ? 4 : index & 7) << 3;
    if (base == NONE) {
      emit8(field | 4);
      emit8(sib | 5);
      emit32(displacement);
      return;
    }
    int mod =
        displacement == 0 && (base & 7) != RBP ? 0 : displacement == (byte) displacement ? 1 : 2;
    if (index == NONE && (base & 7) != RSP) {
      emit8(mod << 6 | field | base & 7);
    } else {
      emit8(mod << 6 | field | 4);
      emit8(sib | base & 7);
    }
    if (mod == 1) {
      emit8(displacement);
    } else if (mod == 2) {
      emit32(displacement);
    }
  }

  // ---- common instructions

  /** 32-bit move, which clears the upper half. */
  void move(int to, int from) {
    register(4, 0x8b, to, from);
  }

  void moveImmediate(int to, int value) {
    if (to > 7) {
      emit8(0x41);
    }
    emit8(0xb8 | to & 7);
    emit32(value);
  }

  /** add, or, adc, sbb, and, sub, xor, cmp (0–7) of a register and an immediate. */
  void arithmeticImmediate(int size, int operation, int rm, int value) {
    if (size == 1) {
      register(1, 0x80, operation, rm);
      emit8(value);
    } else if (value == (byte) value) {
      register(size, 0x83, operation, rm);
      emit8(value);
    } else {
      register(size, 0x81, operation, rm);
      immediate(size, value);
    }
  }

  void and(int rm, int value) {
    arithmeticImmediate(4, 4, rm, value);
  }

  void compare(int rm, int value) {
    arithmeticImmediate(4, 7, rm, value);
  }

  /** rol, ror, rcl, rcr, shl, shr, –, sar (0–7) of a register by a constant. */
  void shift(int size, int operation, int rm, int count) {
    register(size, size == 1 ? 0xc0 : 0xc1, operation, rm);
    emit8(count);
  }

  void setCondition(int condition, int byteRegister) {
    register(1, 0x0f90 | condition, 0, byteRegister);
  }

  /** A conditional jump over at most 127 bytes; {@link #land} sets its target. */
  int jumpShort(int condition) {
    emit8(0x70 | condition);
    emit8(0);
    return length;
  }

  /** An unconditional {@link #jumpShort}. */
  int jumpShort() {
    emit8(0xeb);
    emit8(0);
    return length;
  }

  /** A conditional jump over any distance; {@link #landJump} sets its target. */
  int jump(int condition) {
    emit8(0x0f, 0x80 | condition);
    emit32(0);
    return length;
  }

  /** An unconditional {@link #jump}. */
  int jump() {
    emit8(0xe9);
    emit32(0);
    return length;
  }

  /** The {@link #jump} that ended at {@code from} goes here. */
  void landJump(int from) {
    set32(from - 4, length - from);
  }

  /** The short jump that ended at {@code from} goes here. */
  void land(int from) {
    int distance = length - from;
    if (distance > 127) {
      throw new IllegalStateException("short jump over " + distance + " bytes");
    }
    bytes[from - 1] = (byte) distance;
  }

  /** Emits bytes that do nothing, in as few instructions as may be: NOP, SDM vol. 2. */
  void pad(int count) {
    for (int left = count; left > 0; left -= LONGEST_NOP) {
      nop(Math.min(left, LONGEST_NOP));
    }
  }

  private void nop(int size) {
    int n = size;
    if (n == 2 || n == 6 || n == 9) {
      emit8(0x66);
      n--;
    }
    if (n == 1) {
      emit8(0x90);
      return;
    }
    // the operand is the longer, the more of SIB and displacement it has
    int modRm =
        switch (n) {
          case 3 -> 0x00;
          case 4 -> 0x40;
          case 5 -> 0x44;
          case 7 -> 0x80;
          default -> 0x84;
        };
    emit8(0x0f, 0x1f, modRm);
    for (int zeros = n - 3; zeros > 0; zeros--) {
      emit8(0);
    }
  }
}
