package org.trampoline.emulator.translate.world;

import static org.trampoline.emulator.translate.world.Places.*;

import java.util.Random;

/** Who answers exceptions and interrupts: handlers that go on, and any other code. */
final class Handlers {
  private static final int RESUME = HANDLERS;
  private static final int RESUME_ERROR = HANDLERS + 0x10;
  private static final int SKIP = HANDLERS + 0x20;
  private static final int SKIP_ERROR = HANDLERS + 0x30;
  private static final int END_TRACE = HANDLERS + 0x40;
  private static final int SKIP_REAL = HANDLERS + 0x60;

  /** Bits of an offset in which two handlers differ that go on behind the interrupt. */
  static final int OTHER_RESUMING = END_TRACE ^ RESUME;

  private Handlers() {}

  /** A gate of this type to a handler that goes on behind the interrupt. */
  static long resuming(int type) {
    return Descriptors.gate(RESUME, Descriptors.KERNEL_CODE, type, 0);
  }

  static void fill(Random random, Image image) {
    code(image, RESUME, 0xcf);
    code(image, RESUME_ERROR, 0x83, 0xc4, 4, 0xcf);
    // incl (%esp): the next try is one byte further on
    code(image, SKIP, 0xff, 0x04, 0x24, 0xcf);
    code(image, SKIP_ERROR, 0x83, 0xc4, 4, 0xff, 0x04, 0x24, 0xcf);
    // andl $~TF, 8(%esp)
    code(image, END_TRACE, 0x81, 0x64, 0x24, 8, 0xff, 0xfe, 0xff, 0xff, 0xcf);
    // push %bp; mov %sp, %bp; incw 2(%bp); pop %bp; iret
    code(image, SKIP_REAL, 0x55, 0x89, 0xe5, 0xff, 0x46, 2, 0x5d, 0xcf);
    for (int vector = 0; vector < 256; vector++) {
      image.set64(IDT + 8 * vector, gate(random, vector));
      image.set32(VECTORS + 4 * vector, real(random, vector));
    }
  }

  private static void code(Image image, int at, int... bytes) {
    for (int i = 0; i < bytes.length; i++) {
      image.bytes[at + i] = (byte) bytes[i];
    }
  }

  /** Some gate for a vector. */
  static long gate(Random random, int vector) {
    boolean error = vector == 8 || vector >= 10 && vector <= 14 || vector == 17;
    int type = (random.nextInt(3) == 0 ? 0x8f : 0x8e) | (random.nextBoolean() ? 0x60 : 0);
    int choice = random.nextInt(16);
    if (vector == 1 && choice < 14) {
      return Descriptors.gate(END_TRACE, Descriptors.KERNEL_CODE, type, 0);
    }
    // what is frequent mostly leads back, so that a world also stays in its rings
    boolean frequent = vector == 6 || vector == 13 || vector == 14;
    if (vector < 0x20 && choice < (frequent ? 15 : 11)) {
      int handler = error ? SKIP_ERROR : SKIP;
      return Descriptors.gate(handler, Descriptors.KERNEL_CODE, type, 0);
    }
    if (choice < 9) {
      int handler = error ? RESUME_ERROR : RESUME;
      return Descriptors.gate(handler, Descriptors.KERNEL_CODE, type, 0);
    }
    return switch (choice) {
      case 12 -> {
        int offset = Choice.code(random, false) - CODE;
        yield Descriptors.gate(offset, Descriptors.KERNEL_CODE16, type & ~8, 0);
      }
      case 13 -> {
        int task = Choice.of(random, Descriptors.TASK_OTHER, Descriptors.TASK16);
        yield Descriptors.gate(0, task, type & 0xe0 | 5, 0);
      }
      case 14 -> {
        int code =
            Choice.of(
                random,
                Descriptors.CONFORMING_CODE,
                Descriptors.MIDDLE_CODE | 1,
                Descriptors.USER_CODE);
        yield Descriptors.gate(Choice.code(random, true), code, type, 0);
      }
      case 15 -> random.nextLong();
      default -> Descriptors.gate(Choice.code(random, true), Descriptors.KERNEL_CODE, type, 0);
    };
  }

  private static int real(Random random, int vector) {
    int handler = vector < 0x20 ? SKIP_REAL : RESUME;
    if (random.nextInt(3) == 0) {
      handler = Choice.code(random, false);
      return handler >> 4 << 16 | handler & 0xf;
    }
    return handler;
  }
}
