package org.trampoline.emulator.translate.lockstep;

import java.util.Random;
import java.util.function.IntSupplier;
import java.util.function.IntUnaryOperator;
import org.trampoline.emulator.memory.PhysicalMemory;

/**
 * Writes loops that stay loops: a counter and a pointer that nothing else changes, and between them
 * what translated code makes one block of: arithmetic, accesses at distances from one register,
 * stack frames, subroutines, and conditional jumps forward, most of which go now one way, now the
 * other. They go round often enough to become frequent.
 */
public final class LoopWriter extends LoopItems {
  /** Bytes of which a processor knows whether there is code among them. */
  private static final int LINE = PhysicalMemory.CODE_LINE;

  /** Room that a loop takes at most, in bytes, without what disturbs it. */
  public static final int LONGEST = 400;

  private final IntUnaryOperator disturb;
  private int depth;

  /**
   * @param addresses where the pointer may lead
   * @param disturb writes something else at an index, and returns where it ends
   */
  public LoopWriter(Random random, IntSupplier addresses, IntUnaryOperator disturb) {
    super(random, addresses);
    this.disturb = disturb;
  }

  /** Writes a loop at an index, which is its address; returns where it ends. */
  public int write(boolean code32, byte[] code, int at) {
    this.code32 = code32;
    this.code = code;
    this.at = at;
    counter = random.nextInt(3);
    pointer = one(3, 5, 6, 7);
    second = one(3, 5, 6, 7);
    depth = 0;
    load(counter, 2 + random.nextInt(one(30, 300, 300, 2000)));
    lift = 0;
    if (random.nextInt(12) == 0) { // through the end of all addresses
      lift = 32;
      load(pointer, -random.nextInt(20));
      load(second, -random.nextInt(20));
    } else {
      if (random.nextInt(4) > 0) {
        load(pointer, addresses.getAsInt());
      }
      if (random.nextBoolean()) {
        load(second, addresses.getAsInt());
      }
    }
    int start = this.at;
    if (random.nextInt(3) == 0) {
      for (int i = random.nextInt(5); i >= 0; i--) {
        straightItem();
      }
      memory();
      advance();
    } else {
      items(2 + random.nextInt(7));
    }
    if (random.nextInt(3) == 0) {
      wide();
      put(0x83, 0xe8 | counter, 1); // sub $1
    } else {
      wide();
      put(0x48 | counter);
    }
    back(one(5, 5, 5, 15), start);
    return this.at;
  }

  /** A conditional jump to a place before. */
  private void back(int condition, int start) {
    if (start - at - 2 >= -128) {
      put(0x70 | condition, start - at - 2);
      return;
    }
    put(0x0f, 0x80 | condition);
    if (code32) {
      put32(start - at - 4);
    } else {
      int distance = start - at - 2;
      put(distance, distance >> 8);
    }
  }

  private void items(int count) {
    for (int i = 0; i < count; i++) {
      item();
    }
  }

  /** What a loop that is one block may have. */
  private void straightItem() {
    switch (random.nextInt(10)) {
      case 0, 1 -> binary();
      case 2 -> immediate();
      case 3 -> shiftOrStep();
      case 4 -> conditionalMove();
      case 5 -> address();
      case 6 -> derive();
      case 7 -> units();
      default -> memory();
    }
  }

  private void item() {
    switch (random.nextInt(32)) {
      case 0, 1, 2 -> binary();
      case 3, 30 -> lateFlags();
      case 31 -> derive();
      case 4 -> immediate();
      case 5, 6 -> shiftOrStep();
      case 7 -> conditionalMove();
      case 8 -> address();
      case 9, 10, 11, 12, 13 -> memory();
      case 14, 15, 16, 17, 18 -> forward();
      case 19 -> frame();
      case 20 -> subroutine();
      case 21 -> units();
      case 22 -> advance();
      case 23 -> repeated();
      case 24 -> exchange();
      case 25 -> derive();
      case 26 -> lateFlags();
      case 27 -> {
        if (random.nextBoolean()) {
          patched();
        } else {
          filled();
        }
      }
      default -> {
        switch (random.nextInt(4)) {
          case 0, 1 -> at = disturb.applyAsInt(at);
          case 2 -> oneFlag();
          default -> {}
        }
      }
    }
  }

  // ---- ways

  /** Flags, perhaps something that leaves them, and a jump over some items. */
  private void forward() {
    if (depth > 2) {
      return;
    }
    switch (random.nextInt(6)) {
      case 0, 1 -> { // now this way, now that
        wide();
        put(0xf7, 0xc0 | counter);
        put32(1 << random.nextInt(8));
      }
      case 2 -> {
        operandSize();
        put(one(0x39, 0x85), 0xc0 | random.nextInt(64));
      }
      case 3 -> {
        operandSize();
        put(0x83, 0xf8 | free(), random.nextInt(256));
      }
      case 4 -> binary();
      default -> {}
    }
    if (random.nextInt(4) == 0) {
      plain(0x8b, free());
    }
    depth++;
    boolean far = random.nextInt(8) == 0 && code32;
    if (far) {
      put(0x0f, 0x80 | random.nextInt(16), 0, 0, 0, 0);
    } else {
      put(random.nextInt(8) == 0 ? 0xeb : 0x70 | random.nextInt(16), 0);
    }
    int from = at;
    items(1 + random.nextInt(3));
    int distance = at - from;
    if (far) {
      for (int i = 0; i < 4; i++) {
        code[from - 4 + i] = (byte) (distance >> 8 * i);
      }
    } else if (distance < 128) {
      code[from - 1] = (byte) distance;
    }
    depth--;
  }

  /** Something between PUSH and POP, which may be of another register, or with a frame pointer. */
  private void frame() {
    if (depth > 1) {
      return;
    }
    depth++;
    if (random.nextInt(3) == 0) {
      framePointer(random.nextInt(3));
    } else {
      boolean other = random.nextInt(4) == 0; // its size
      if (other == code32) {
        put(0x66);
      }
      put(0x50 | random.nextInt(8));
      items(random.nextInt(3));
      if (other == code32) {
        put(0x66);
      }
      put(0x58 | free());
    }
    depth--;
  }

  private void framePointer(int count) {
    wide();
    put(0x55); // push ebp
    wide();
    put(0x89, 0xe5); // mov ebp,esp
    items(count);
    if (random.nextBoolean()) {
      wide();
      put(0xc9); // leave
    } else {
      wide();
      put(0x5d); // pop ebp
    }
  }

  /**
   * Code behind a jump that each iteration changes before it is reached: its immediate, or whether
   * it looks at the flags. Addresses are what they are in memory.
   */
  private void patched() {
    if (!code32) {
      return;
    }
    if (random.nextBoolean()) {
      put(0xfe, 0x05); // incb
      int over = random.nextInt(12);
      put32(at + 4 + 2 + over + 2);
      put(random.nextInt(3) == 0 ? 0x70 | random.nextInt(16) : 0xeb, over);
      for (int i = 0; i < over; i++) {
        put(0x90);
      }
      put(0x83, 0xc0 | free(), random.nextInt(256));
      return;
    }
    if (random.nextInt(3) > 0) { // not each time
      wide();
      put(0xf7, 0xc0 | counter);
      put32(one(3, 7, 15));
      put(0x75, 7);
    }
    put(0x80, 0x35); // xorb: add or adc, or or sbb
    put32(at + 4 + 1 + 3 + 2);
    put(0x10);
    put(0x83, 0xc0 | random.nextInt(2) * 0x28 | free(), random.nextInt(256));
    put(random.nextBoolean() ? 0xeb : 0x70 | random.nextInt(16), 0);
    put(one(0x01, 0x09), 0xc0 | random.nextInt(8) << 3 | free());
  }

  /** Instructions behind a gap, both of which each iteration fills by one repeated store. */
  private void filled() {
    if (!code32 || counter < 2 || pointer == 7) {
      return;
    }
    put(0x89, 0xc0 | counter << 3); // mov to eax
    put(0x24, 1); // and to al
    put(0x0c, one(0x46, 0x4e)); // or: inc or dec of esi or edi
    int gap = at + 5 + 5 + 2 + 2;
    int from = gap + LINE - 1 & -LINE; // where no code is
    int to = from + LINE;
    int length = 1 + random.nextInt(8);
    load(7, from);
    load(1, to - from + length);
    put(0xf3, 0xaa); // rep stosb
    put(0xeb, to - gap);
    while (at < to + length) {
      put(0x46);
    }
  }

  /** A call of what is jumped over. */
  private void subroutine() {
    if (depth > 0 || !code32) {
      return;
    }
    depth += 2;
    put(0xe8, 2, 0, 0, 0, 0xeb, 0);
    int from = at;
    if (random.nextBoolean()) {
      framePointer(1);
    } else {
      items(1 + random.nextInt(2));
    }
    put(0xc3);
    code[from - 1] = (byte) (at - from);
    depth -= 2;
  }
}
