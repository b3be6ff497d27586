package org.trampoline.emulator.translate.world;

import static org.trampoline.emulator.translate.world.Places.*;

import java.util.Random;

/** The descriptors of a world: one of each kind at a fixed place, others random. */
final class Descriptors {
  static final int KERNEL_CODE = 0x08;
  static final int KERNEL_DATA = 0x10;
  static final int USER_CODE = 0x18;
  static final int USER_DATA = 0x20;
  static final int BASED_DATA = 0x28;
  static final int LIMITED_DATA = 0x30;
  static final int DOWN_DATA = 0x38;
  static final int READ_ONLY = 0x40;
  static final int DATA16 = 0x48;
  static final int STACK16 = 0x50;
  static final int ABSENT_DATA = 0x58;
  static final int UNTOUCHED_DATA = 0x60;
  static final int LATE_DATA = 0x68;
  static final int KERNEL_CODE16 = 0x70;
  static final int USER_CODE16 = 0x78;
  static final int BASED_CODE = 0x80;
  static final int CONFORMING_CODE = 0x88;
  static final int EXECUTE_ONLY = 0x90;
  static final int MIDDLE_CODE = 0x98;
  static final int MIDDLE_DATA = 0xa0;
  static final int TASK = 0xa8;
  static final int TASK_OTHER = 0xb0;
  static final int TASK16 = 0xb8;
  static final int LOCAL = 0xc0;
  static final int GATE = 0xc8;
  static final int GATE16 = 0xd0;
  static final int TASK_GATE = 0xd8;
  private static final int FIRST_RANDOM = 0xe0;

  /** Selectors of code segments for 32-bit and 16-bit code. */
  static final int[] CODE_SEGMENTS = {KERNEL_CODE, USER_CODE, BASED_CODE, CONFORMING_CODE};

  static final int[] CODE16_SEGMENTS = {KERNEL_CODE16, USER_CODE16};

  private Descriptors() {}

  static void fill(Random random, Image image) {
    put(image, KERNEL_CODE, 0, 0xfffff, 0xc09b);
    put(image, KERNEL_DATA, 0, 0xfffff, 0xc093);
    put(image, USER_CODE, 0, 0xfffff, 0xc0fb);
    put(image, USER_DATA, 0, 0xfffff, 0xc0f3);
    put(image, BASED_DATA, 0x1000 + random.nextInt(16) * 0x234, 0xfffff, 0xc0f3);
    put(image, LIMITED_DATA, DATA, random.nextInt(0xc000), 0x40f3);
    put(image, DOWN_DATA, DATA, random.nextInt(0x4000), 0x40f7);
    put(image, READ_ONLY, 0, 0xfffff, 0xc0f1);
    put(image, DATA16, DATA, 0xffff, 0x00f3);
    put(image, STACK16, STACKS, STACK_BYTES - 1, 0x00f3);
    put(image, ABSENT_DATA, 0, 0xfffff, 0xc073);
    put(image, UNTOUCHED_DATA, 0, 0xfffff, 0xc0f2);
    put(image, LATE_DATA, 0, 0xfffff, 0xc0f2);
    put(image, KERNEL_CODE16, CODE, 0xffff, 0x009a);
    put(image, USER_CODE16, CODE, CODE_BYTES + random.nextInt(0x100), 0x00fa);
    put(image, BASED_CODE, 0x1000, 0x2_8000 + random.nextInt(0x2000), 0x40fb);
    put(image, CONFORMING_CODE, 0, 0xfffff, 0xc09e);
    put(image, EXECUTE_ONLY, 0, 0xfffff, 0xc0f8);
    put(image, MIDDLE_CODE, 0, 0xfffff, 0xc0bb);
    put(image, MIDDLE_DATA, 0, 0xfffff, 0xc0b3);
    put(image, TASK, TASKS, TASK_BYTES - 1, 0x0089);
    put(image, TASK_OTHER, TASKS + TASK_BYTES, TASK_BYTES - 1, 0x00e9);
    put(image, TASK16, TASKS + 2 * TASK_BYTES, 0x2b, 0x00e1);
    put(image, LOCAL, LDT, LDT_ENTRIES * 8 - 1, 0x00e2);
    image.set64(GDT + GATE, gate(Choice.code(random, true), KERNEL_CODE, 0xec, random.nextInt(4)));
    int offset16 = Choice.code(random, false) - CODE;
    image.set64(GDT + GATE16, gate(offset16, KERNEL_CODE16, 0xe4, random.nextInt(3)));
    image.set64(GDT + TASK_GATE, gate(0, TASK_OTHER, 0xe5, 0));
    for (int selector = FIRST_RANDOM; selector < GDT_ENTRIES * 8; selector += 8) {
      image.set64(GDT + selector, random(random));
    }
    for (int i = 0; i < LDT_ENTRIES; i++) {
      image.set64(LDT + 8 * i, random(random));
    }
    for (int i = 0; i < POINTER_COUNT; i++) {
      boolean idt = i % 2 == 1;
      int limit =
          Choice.rarely(random, 4) ? random.nextInt(0x400) : idt ? 0x7ff : 8 * GDT_ENTRIES - 1;
      image.set16(POINTERS + i * POINTER_BYTES, limit);
      image.set32(POINTERS + i * POINTER_BYTES + 2, idt ? IDT : GDT);
    }
    tasks(random, image);
  }

  private static void put(Image image, int selector, int base, int limit, int attributes) {
    image.set64(GDT + selector, descriptor(base, limit, attributes));
  }

  /**
   * @param limit 20 bits
   * @param attributes access byte, and flags in bits 12–15
   */
  static long descriptor(int base, int limit, int attributes) {
    int low = base << 16 | limit & 0xffff;
    int high = base & 0xff00_0000 | base >>> 16 & 0xff;
    high |= (attributes & 0xf000) << 8 | limit & 0xf_0000 | (attributes & 0xff) << 8;
    return (long) high << 32 | low & 0xffff_ffffL;
  }

  static long gate(int offset, int selector, int type, int parameters) {
    int high = offset & 0xffff_0000 | type << 8 | parameters;
    return (long) high << 32 | (selector << 16 | offset & 0xffff) & 0xffff_ffffL;
  }

  /** Some descriptor: mostly data or code that can be used. */
  static long random(Random random) {
    int access =
        switch (random.nextInt(8)) {
          case 0 -> random.nextInt(256);
          case 1, 2 -> 0x98 | random.nextInt(8) | random.nextInt(4) << 5;
          default -> 0x92 | random.nextInt(2) | random.nextInt(4) << 5;
        };
    int base = random.nextBoolean() ? 0 : Choice.address(random) & 0xf_fff0;
    return switch (random.nextInt(4)) {
      case 0 -> descriptor(base, random.nextInt(0x10000), access | random.nextInt(2) << 14);
      case 1 -> descriptor(base, random.nextInt(0x100), access | 0xc000);
      case 2 -> gate(Choice.code(random, true), KERNEL_CODE, access, random.nextInt(4));
      default -> descriptor(0, 0xfffff, access | 0xc000);
    };
  }

  private static void tasks(Random random, Image image) {
    for (int i = 0; i < 2; i++) {
      int at = TASKS + i * TASK_BYTES;
      for (int level = 0; level < 3; level++) {
        image.set32(at + 4 + 8 * level, stack(random));
        image.set32(at + 8 + 8 * level, level == 1 ? MIDDLE_DATA | 1 : KERNEL_DATA | level);
      }
      image.set32(at + 0x1c, Choice.cr3(random, false));
      image.set32(at + 0x20, Choice.code(random, true));
      image.set32(at + 0x24, Choice.eflags(random));
      for (int r = 0; r < 8; r++) {
        image.set32(at + 0x28 + 4 * r, r == 4 ? stack(random) : Choice.address(random));
      }
      boolean user = random.nextBoolean();
      for (int s = 0; s < 6; s++) {
        int code = user ? USER_CODE | 3 : KERNEL_CODE;
        image.set32(at + 0x48 + 4 * s, s == 1 ? code : user ? USER_DATA | 3 : KERNEL_DATA);
      }
      image.set32(at + 0x60, random.nextBoolean() ? 0 : LOCAL);
      image.set32(at + 0x64, 0x68 << 16); // no ports beyond the first bytes of the bitmap
      image.set32(at + 0x68 + (DMA_PORT >> 3), random.nextInt());
    }
    int at = TASKS + 2 * TASK_BYTES;
    image.set16(at + 2, STACKS + 0x800);
    image.set16(at + 4, KERNEL_DATA);
    image.set16(at + 0xe, Choice.code(random, false) - CODE);
    image.set16(at + 0x10, 2);
    image.set16(at + 0x1a, 0x1000);
    image.set16(at + 0x22, KERNEL_DATA);
    image.set16(at + 0x24, KERNEL_CODE16);
    image.set16(at + 0x26, STACK16);
    image.set16(at + 0x28, DATA16);
  }

  static int stack(Random random) {
    int odd = Choice.rarely(random, 8) ? random.nextInt(4) : 0;
    if (Choice.rarely(random, 4)) { // near to where a page begins
      return STACKS + 0x1000 * (1 + random.nextInt(3)) + 4 * random.nextInt(17) - 16 + odd;
    }
    return STACKS + 0x100 + 4 * random.nextInt((STACK_BYTES >> 2) - 0x40) + odd;
  }
}
