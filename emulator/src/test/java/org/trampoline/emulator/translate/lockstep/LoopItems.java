package org.trampoline.emulator.translate.lockstep;

import java.util.Random;
import java.util.function.IntSupplier;
import org.trampoline.emulator.cpu.Eflags;

/**
 * What a loop of {@link LoopWriter} does between its jumps: arithmetic and accesses that leave the
 * registers alone on which it stands.
 */
abstract class LoopItems extends CodeWriter {
  private static final int ESP = 4;

  /** Arithmetic with two operands; the even ones are on bytes. */
  private static final int[] BINARY = {0x01, 0x09, 0x11, 0x19, 0x21, 0x29, 0x31, 0x39};

  /** Where a pointer may lead. */
  final IntSupplier addresses;

  int counter;
  int pointer;

  /** Another register that holds an address, which each iteration may derive from the pointer. */
  int second;

  /** Added to the distances at which the pointers are used. */
  int lift;

  private boolean stack;

  LoopItems(Random random, IntSupplier addresses) {
    super(random);
    this.addresses = addresses;
  }

  final int one(int... all) {
    return all[random.nextInt(all.length)];
  }

  /** A register that the loop does not stand on. */
  final int free() {
    int register;
    do {
      register = random.nextInt(8);
    } while (register == counter || register == pointer || register == second || register == ESP);
    return register;
  }

  /** A byte register of which the same is true. */
  final int freeByte() {
    int register;
    do {
      register = random.nextInt(8);
    } while ((register & 3) == counter || (register & 3) == pointer || (register & 3) == second);
    return register;
  }

  final void operandSize() {
    if (random.nextInt(code32 ? 6 : 2) == 0) {
      put(0x66);
    }
  }

  final void binary() {
    int opcode = one(BINARY);
    if (random.nextInt(4) == 0) {
      put(opcode - 1, 0xc0 | random.nextInt(8) << 3 | freeByte());
      return;
    }
    operandSize();
    put(opcode, 0xc0 | random.nextInt(8) << 3 | free());
  }

  final void immediate() {
    operandSize();
    put(0x83, 0xc0 | random.nextInt(8) << 3 | free(), random.nextInt(256));
  }

  final void shiftOrStep() {
    int operation = one(4, 5, 7, 4, 5, 7, 0, 1, 2, 3);
    operandSize();
    switch (random.nextInt(5)) {
      case 0 -> put(0xc1, 0xc0 | operation << 3 | free(), random.nextInt(34));
      case 1 -> put(0xd1, 0xc0 | operation << 3 | free());
      case 2 -> put(0x40 | random.nextInt(2) << 3 | free());
      case 3 -> put(0xf7, 0xc0 | one(2, 3) << 3 | free());
      default -> put(0xfe, 0xc0 | random.nextInt(2) << 3 | freeByte());
    }
  }

  final void conditionalMove() {
    int condition = random.nextInt(16);
    switch (random.nextInt(4)) {
      case 0 -> put(0x0f, 0x90 | condition, 0xc0 | freeByte());
      case 1 -> put(0x0f, 0x40 | condition, 0xc0 | free() << 3 | random.nextInt(8));
      case 2 -> put(0x0f, one(0xb6, 0xbe, 0xaf, 0xbc), 0xc0 | free() << 3 | random.nextInt(8));
      default -> put(0x89, 0xc0 | random.nextInt(8) << 3 | free());
    }
  }

  // ---- memory

  /** The modrm byte of an operand near the pointer, or on the stack. */
  final void near(int field) {
    int displacement = random.nextInt(80) == 0 ? random.nextInt() : 4 * random.nextInt(8) - 12;
    displacement += random.nextInt(6) == 0 ? random.nextInt(4) : 0;
    if (code32 && stack) {
      put(0x44 | field << 3, 0x24, displacement);
    } else {
      near(random.nextInt(3) == 0 ? second : pointer, field, displacement + lift);
    }
  }

  final void near(int base, int field, int displacement) {
    int[] rm = {0, 0, 0, 7, 0, 6, 4, 5};
    put(0x40 | field << 3 | (code32 ? base : rm[base]), displacement);
  }

  /** The second pointer changes, often between two accesses by way of it. */
  final void derive() {
    boolean between = random.nextInt(3) > 0;
    if (between) {
      bySecond();
    }
    change();
    if (between) {
      bySecond();
    }
  }

  /**
   * Flags that are replaced before anybody looks at them, unless there is a fault, an interrupt or
   * an end in between.
   */
  final void lateFlags() {
    int register = free();
    if (random.nextBoolean()) {
      load(register, random.nextInt());
    }
    if (random.nextInt(4) == 0) {
      put(0x0f, 0xba, 0xf8 | second, 12); // btc: another page
    }
    operandSize();
    switch (random.nextInt(8)) {
      case 0, 1 -> put(0xc1, 0xc0 | one(4, 5, 7) << 3 | register, one(1, 1, 2, random.nextInt(32)));
      case 2 -> put(0xf7, 0xd8 | register); // neg
      case 3 -> put(0x0f, 0xaf, 0xc0 | register << 3 | random.nextInt(8)); // imul
      case 4 -> plain(one(BINARY) + 2, register);
      case 5 -> put(0x85, 0xc0 | random.nextInt(8) << 3 | register); // test
      default -> put(one(BINARY), 0xc0 | random.nextInt(8) << 3 | register);
    }
    if (random.nextInt(3) == 0) {
      put(0x40 | random.nextInt(2) << 3 | register);
    }
    copies(register);
    if (random.nextInt(3) == 0) {
      put(random.nextBoolean() ? 0x8a : 0x88); // by way of a byte, which crosses no page
      near(second, freeByte(), one(0, 4, 0x7f));
    } else {
      put(random.nextInt(3) == 0 ? 0xeb : 0x70 | random.nextInt(16), 0);
    }
    copies(register);
    if (random.nextInt(4) > 0) {
      put(one(BINARY), 0xc0 | random.nextInt(8) << 3 | free());
    }
  }

  final void copies(int register) {
    for (int i = random.nextInt(4); i > 0; i--) {
      put(0x89, 0xc0 | register << 3 | free());
    }
  }

  final void bySecond() {
    put(one(0x8b, 0x8b, 0x89, 0x03));
    near(second, free(), one(0, 0, 4, -4, 8));
  }

  /**
   * The second pointer becomes one at some distance from the first, or from itself, or goes to a
   * page nearby.
   */
  final void change() {
    int distance = one(0, 1, 4, -4, 16, 100, 0xff8, 0x1_0004, -0xffc, random.nextInt(256));
    switch (random.nextInt(10)) {
      case 0 -> {
        wide();
        put(0x89, 0xc0 | pointer << 3 | second);
      }
      case 1, 2 -> {
        if (code32) {
          if (random.nextInt(4) == 0) {
            put(0x66);
          }
          put(0x8d, 0x80 | second << 3 | one(pointer, pointer, second));
          put32(distance);
        }
      }
      case 3 -> {
        if (code32) {
          put(0x8d, 0x44 | second << 3, random.nextInt(4) << 6 | counter << 3 | pointer, distance);
        }
      }
      case 4 -> {
        wide();
        put(0x50 | pointer);
        wide();
        put(0x58 | second);
      }
      case 5 -> {
        operandSize();
        put(0x83, one(0xc0, 0xe8) | second, distance);
      }
      case 6 -> {
        operandSize();
        put(0x40 | random.nextInt(2) << 3 | second);
      }
      case 7 -> {
        put(0x0f, 0x40 | random.nextInt(16), 0xc0 | second << 3 | pointer);
      }
      case 8 -> { // another page, and back the next time
        if (random.nextBoolean()) {
          put(0x0f, 0xba, 0xf8 | second, 12); // btc
        } else {
          wide();
          put(0x81, 0xf0 | second);
          put32(0x1000);
        }
      }
      default -> {
        wide();
        put(0x87, 0xc0 | second << 3 | one(second, pointer, free()));
      }
    }
  }

  final void memory() {
    stack = random.nextInt(5) == 0;
    operandSize();
    switch (random.nextInt(12)) {
      case 0, 1, 2 -> plain(0x8b, free());
      case 3, 4 -> plain(0x89, random.nextInt(8));
      case 5 -> plain(one(BINARY) + 2, free());
      case 6 -> plain(one(BINARY), random.nextInt(8));
      case 7 -> plain(one(0x8a, 0x02, 0x3a), freeByte());
      case 8 -> plain(one(0x88, 0x30, 0x00), random.nextInt(8));
      case 9 -> {
        put(0x0f);
        plain(one(0xb6, 0xb7, 0xbe, 0xbf, 0xaf), free());
      }
      case 10 -> {
        plain(0x83, random.nextInt(8));
        put(random.nextInt(256));
      }
      default -> plain(0xff, random.nextInt(2)); // inc, dec
    }
  }

  final void plain(int opcode, int field) {
    put(opcode);
    near(field);
  }

  /** LEA, also of what is far away or only half of the register. */
  final void address() {
    operandSize();
    put(0x8d);
    if (code32 && random.nextInt(3) == 0) {
      put(0x80 | free() << 3 | pointer);
      put32(one(0x200, 0x1fc, 0x100, 0xfff, random.nextInt()));
    } else {
      near(free());
    }
  }

  final void advance() {
    wide();
    if (random.nextInt(3) == 0) {
      put(0x40 | random.nextInt(2) << 3 | pointer);
    } else {
      put(0x83, one(0xc0, 0xc0, 0xe8) | pointer, one(1, 2, 4, 4, 8, 64, 127));
    }
  }

  /** XCHG, XADD, CMPXCHG, bit tests: what reads and writes. */
  final void exchange() {
    stack = random.nextInt(5) == 0;
    switch (random.nextInt(4)) {
      case 0 -> plain(0x87, free());
      case 1 -> {
        put(0x0f);
        plain(0xc1, free());
      }
      case 2 -> {
        if (counter != 0) { // its accumulator
          put(0x0f);
          plain(0xb1, free());
        }
      }
      default -> {
        put(0x0f, 0xba);
        near(4 + random.nextInt(4));
        put(random.nextInt(32));
      }
    }
  }

  final void repeated() {
    if (counter == 1 || pointer > 5 && random.nextInt(3) > 0) {
      return;
    }
    load(1, random.nextInt(40));
    if (random.nextInt(3) == 0) {
      load(7, addresses.getAsInt());
    }
    put(one(0xf3, 0xf3, 0xf2), one(0xa4, 0xa5, 0xaa, 0xab, 0xa6, 0xae, 0xac));
  }

  final void units() {
    stack = false;
    switch (random.nextInt(7)) {
      case 6 -> controls();
      case 0 -> plain(one(0xd8, 0xdc, 0xda), random.nextInt(8));
      case 1 -> plain(one(0xd9, 0xdd, 0xdb), one(0, 2, 3));
      case 2 -> put(0xd9, one(0xc0, 0xc9, 0xe0, 0xe1, 0xe8, 0xee, 0xf6, 0xf7));
      case 3 -> {
        put(0x0f);
        plain(one(0x10, 0x11, 0x28, 0x58, 0x59, 0x57), random.nextInt(8));
      }
      case 4 -> put(0x0f, one(0x57, 0x58, 0x2e, 0x14), 0xc0 | random.nextInt(64));
      default -> {
        put(0x0f);
        plain(one(0x6f, 0x7f, 0xfe), random.nextInt(8));
      }
    }
  }

  /** Rounds otherwise from now on. */
  final void controls() {
    int displacement = one(0, 4, 8);
    if (random.nextBoolean()) {
      put(0xd9);
      near(pointer, 7, displacement); // fnstcw
      if (code32) {
        put(0x66);
      }
      put(0x81);
      near(pointer, 6, displacement); // xorw
      put(0, 1 << random.nextInt(4));
      put(0xd9);
      near(pointer, 5, displacement); // fldcw
    } else {
      put(0x0f, 0xae);
      near(pointer, 3, displacement); // stmxcsr
      wide();
      put(0x81);
      near(pointer, 6, displacement);
      put32(0x2000 << random.nextInt(3));
      put(0x0f, 0xae);
      near(pointer, 2, displacement); // ldmxcsr
    }
  }

  /** Changes one flag as programs do, between PUSHF and POPF, whether that is allowed or not. */
  final void oneFlag() {
    wide();
    put(0x9c);
    wide();
    if (!code32) {
      put(0x67);
    }
    put(0x81, 0x34, 0x24); // xorl to (%esp)
    put32(
        one(
            Eflags.IF,
            Eflags.IF,
            Eflags.DF,
            Eflags.AC,
            Eflags.IOPL,
            Eflags.NT,
            Eflags.CF,
            Eflags.ID));
    wide();
    put(0x9d);
  }
}
