package org.trampoline.emulator.oracle.host;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Writes the few x86-64 instructions that {@link HelperProgram} is made of. */
final class Amd64Code {
  static final int RAX = 0, RCX = 1, RDX = 2, RBX = 3, RSP = 4, RBP = 5, RSI = 6, RDI = 7;
  static final int R8 = 8, R9 = 9, R10 = 10, R12 = 12, R15 = 15;

  /** Condition codes, as in the opcodes. */
  static final int E = 4, NE = 5, S = 8;

  private record Reference(int at, String label) {}

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final Map<String, Integer> labels = new HashMap<>();
  private final List<Reference> references = new ArrayList<>();

  void bytes(int... values) {
    for (int value : values) {
      out.write(value);
    }
  }

  private void int32(int value) {
    bytes(value, value >> 8, value >> 16, value >> 24);
  }

  void label(String name) {
    labels.put(name, out.size());
  }

  int offset(String label) {
    return labels.get(label);
  }

  byte[] link() {
    byte[] code = out.toByteArray();
    for (Reference r : references) {
      int distance = labels.get(r.label) - (r.at + 4);
      for (int i = 0; i < 4; i++) {
        code[r.at + i] = (byte) (distance >> 8 * i);
      }
    }
    return code;
  }

  void jump(String label) {
    bytes(0xe9);
    reference(label);
  }

  void jumpIf(int condition, String label) {
    bytes(0x0f, 0x80 | condition);
    reference(label);
  }

  private void reference(String label) {
    references.add(new Reference(out.size(), label));
    int32(0);
  }

  /** {@code mov r32, imm32}: zero-extended. */
  void move(int register, int value) {
    if (register >= 8) {
      bytes(0x41);
    }
    bytes(0xb8 | register & 7);
    int32(value);
  }

  /** {@code mov r64, imm64}. */
  void moveLong(int register, long value) {
    bytes(register >= 8 ? 0x49 : 0x48, 0xb8 | register & 7);
    int32((int) value);
    int32((int) (value >>> 32));
  }

  /** {@code mov r64, r64}. */
  void copy(int to, int from) {
    registers(0x8b, to, from);
  }

  /** {@code add r64, r64}. */
  void add(int to, int from) {
    registers(0x03, to, from);
  }

  /** {@code test r64, r64}. */
  void test(int register) {
    registers(0x85, register, register);
  }

  /** {@code cmp r64, r64}. */
  void compare(int a, int b) {
    registers(0x3b, a, b);
  }

  private void registers(int opcode, int reg, int rm) {
    bytes(0x48 | reg >> 3 << 2 | rm >> 3, opcode, 0xc0 | (reg & 7) << 3 | rm & 7);
  }

  void load64(int register, int base, int displacement) {
    memory(0x48, register, base, displacement, 0x8b);
  }

  void store64(int base, int displacement, int register) {
    memory(0x48, register, base, displacement, 0x89);
  }

  /** Zero-extended. */
  void load32(int register, int base, int displacement) {
    memory(0x40, register, base, displacement, 0x8b);
  }

  void store32(int base, int displacement, int register) {
    memory(0x40, register, base, displacement, 0x89);
  }

  /** Zero-extended. */
  void load16(int register, int base, int displacement) {
    memory(0x40, register, base, displacement, 0x0f, 0xb7);
  }

  void store16(int base, int displacement, int register) {
    bytes(0x66);
    memory(0x40, register, base, displacement, 0x89);
  }

  void loadAddress(int register, int base, int displacement) {
    memory(0x48, register, base, displacement, 0x8d);
  }

  /** {@code cmp dword [base + displacement], imm8}. */
  void compare32(int base, int displacement, int value) {
    memory(0x40, 7, base, displacement, 0x83);
    bytes(value);
  }

  /** {@code dec dword [base + displacement]}. */
  void decrement32(int base, int displacement) {
    memory(0x40, 1, base, displacement, 0xff);
  }

  private void memory(int rex, int register, int base, int displacement, int... opcode) {
    bytes(rex | register >> 3 << 2 | base >> 3);
    bytes(opcode);
    bytes(0x80 | (register & 7) << 3 | base & 7);
    if ((base & 7) == RSP) {
      bytes(0x24);
    }
    int32(displacement);
  }

  /** {@code cmp r32, imm8}. */
  void compare(int register, byte value) {
    bytes(0x83, 0xf8 | register, value);
  }

  void systemCall() {
    bytes(0x0f, 0x05);
  }

  /** Copies {@code count} quadwords from [rsi] to [rdi]. */
  void copyQuadwords(int count) {
    move(RCX, count);
    bytes(0xf3, 0x48, 0xa5);
  }
}
