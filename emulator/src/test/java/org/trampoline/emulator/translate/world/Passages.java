package org.trampoline.emulator.translate.world;

import static org.trampoline.emulator.translate.world.Places.*;

import java.util.Random;
import org.trampoline.emulator.cpu.Eflags;

/** A few instructions with one purpose: to change what the world stands on, and how it goes on. */
final class Passages {
  private static final int EAX = 0;

  private final WorldCode code;
  private final Random random;
  private final TablePassages tables;

  Passages(WorldCode code, Random random) {
    this.code = code;
    this.random = random;
    tables = new TablePassages(code, random);
  }

  /** What goes round: traps, masked interrupts, an instruction across pages. */
  void hot() {
    switch (random.nextInt(9)) {
      case 0, 1, 2, 3 -> tables.traps();
      case 7 -> tables.writeProtection();
      case 4 -> tables.segments();
      case 5 -> masking();
      case 6 -> tables.spaces();
      default -> tables.remapped();
    }
  }

  /** What a loop may be disturbed by: often its own change. */
  void disturbing() {
    if (random.nextBoolean()) {
      tables.overwriteNear();
    } else {
      one();
    }
  }

  void one() {
    switch (random.nextInt(41)) {
      case 0, 1, 2, 3 -> tables.overwriteCode();
      case 4, 5, 6, 7 -> tables.pageEntry();
      case 8 -> tables.remapped();
      case 9 -> tables.addressSpace();
      case 39 -> masking();
      case 10, 11, 12 -> tables.descriptor();
      case 13, 14, 15 -> tables.segment();
      case 16 -> tables.gate();
      case 17 -> tables.traps();
      case 18 -> tables.taskState();
      case 19, 20 -> control();
      case 21, 22 -> flags();
      case 23, 24, 25 -> interrupt();
      case 26, 27, 28 -> interruptReturn();
      case 29, 30 -> farTransfer();
      case 31 -> indirect();
      case 32 -> tables.tables();
      case 33 -> unitControls();
      case 34, 35 -> repeated();
      case 36 -> device();
      case 37 -> debug();
      case 38 -> model();
      default -> trouble();
    }
  }

  // ---- control and flags

  private void control() {
    boolean four = random.nextInt(3) == 0;
    code.put(0x0f, 0x20, four ? 0xe0 : 0xc0);
    code.wide();
    code.put(random.nextInt(4) == 0 ? 0x35 : random.nextBoolean() ? 0x0d : 0x25);
    int bit = four ? Choice.control4(random) : Choice.control0(random);
    code.put32((code.at() & 1) == 0 ? bit : ~bit);
    code.put(0x0f, 0x22, four ? 0xe0 : 0xc0);
  }

  private void flags() {
    switch (random.nextInt(8)) {
      case 6, 7 -> oneFlag();
      case 0 -> code.put(0xfa);
      case 1 -> code.put(0xfb);
      case 2 -> code.put(0x9c, 0x9d);
      case 3 -> code.put(0xfb, 0xf4); // sti; hlt
      default -> {
        code.wide();
        code.put(0x68);
        code.put32(Choice.eflags(random));
        code.wide();
        code.put(0x9d);
      }
    }
  }

  /** Masks and unmasks interrupts again and again, so that some come when that has just been. */
  private void masking() {
    code.load(1, 20 + random.nextInt(200));
    int start = code.at();
    code.put(0xfa);
    code.put(Choice.of(random, 0x90, 0x42, 0x4a));
    if (random.nextBoolean()) {
      code.put(0xfb);
    } else {
      oneFlag();
    }
    code.put(Choice.of(random, 0x90, 0x42, 0x4a));
    code.put(0xe2, start - code.at() - 2);
  }

  /** Changes one flag as programs do, between PUSHF and POPF. */
  private void oneFlag() {
    oneFlag(Choice.of(random, Eflags.IF, Eflags.IF, Eflags.DF, Eflags.NT, 1 << random.nextInt(22)));
  }

  private void oneFlag(int bit) {
    code.wide();
    code.put(0x9c);
    code.wide();
    if (!code.code32()) {
      code.put(0x67);
    }
    code.put(0x81, Choice.of(random, 0x34, 0x0c), 0x24); // xorl, orl to (%esp)
    code.put32(bit);
    code.wide();
    code.put(0x9d);
  }

  private void unitControls() {
    int at = DATA + 4 * random.nextInt(DATA_BYTES >> 2);
    switch (random.nextInt(5)) {
      case 0 -> {
        code.store(at, Choice.of(random, 0x37f, 0x27f, 0x340, random.nextInt(0x10000)));
        code.absolute(0xd9, 5, at); // fldcw
      }
      case 1 -> {
        code.store(at, Choice.of(random, 0x1f80, 0x9fc0, 0x1f00, random.nextInt(0x10000)));
        code.absolute(0x0fae, 2, at); // ldmxcsr
      }
      case 2 -> code.put(0xdb, 0xe3); // fninit
      case 3 -> code.put(0x0f, 0x06); // clts
      default -> code.put(0x0f, 0x77); // emms
    }
  }

  private void debug() {
    if (!Choice.rarely(random, 3)) {
      return;
    }
    code.load(EAX, Choice.of(random, Choice.code(random, true), Choice.address(random)));
    code.put(0x0f, 0x23, 0xc0 | random.nextInt(4) << 3);
    code.load(EAX, random.nextBoolean() ? 0x400 : random.nextInt() & 0xffff_0055 | 0x400);
    code.put(0x0f, 0x23, 0xf8);
  }

  private void model() {
    switch (random.nextInt(4)) {
      case 0 -> {
        code.load(1, 0x174 + random.nextInt(3));
        int value =
            Choice.of(
                random,
                Descriptors.KERNEL_CODE,
                Descriptors.stack(random),
                Choice.code(random, true));
        code.load(EAX, value);
        code.load(2, 0);
        code.put(0x0f, 0x30); // wrmsr
      }
      case 1 -> {
        code.load(1, 0xc000_0080);
        code.load(EAX, random.nextInt(2) << 11);
        code.load(2, 0);
        code.put(0x0f, 0x30);
      }
      case 2 -> code.put(0x0f, Choice.of(random, 0x34, 0x35)); // sysenter, sysexit
      default -> code.put(0x0f, Choice.of(random, 0x31, 0xa2, 0x33, 0x32));
    }
  }

  // ---- where it goes on

  private void interrupt() {
    switch (random.nextInt(8)) {
      case 0 -> code.put(0xcc);
      case 1 -> code.put(0xce);
      case 2 -> code.put(0xf1);
      case 3 -> code.put(0xcd, random.nextInt(256));
      default -> code.put(0xcd, 0x80);
    }
  }

  private void push(int value) {
    code.wide();
    code.put(0x68);
    code.put32(value);
  }

  /** Builds a frame for IRET: to the same level, to user code, or to virtual-8086 mode. */
  private void interruptReturn() {
    int kind = random.nextInt(8);
    if (Choice.rarely(random, 8)) {
      oneFlag(Eflags.NT); // it is the task that returns
    }
    if (kind == 0) {
      code.put(0xcf);
      return;
    }
    boolean code16 = Choice.rarely(random, 5);
    int target = Choice.code(random, !code16);
    if (kind == 1) {
      push(Choice.selector(random));
      push(DATA >> 4);
      push(DATA >> 4);
      push(DATA >> 4);
      push(STACKS >> 4);
      push(0x800 + random.nextInt(0x800));
      push(Choice.eflags(random) & ~Eflags.NT | Eflags.VM);
      push(CODE >> 4);
      push(Choice.code(random, false) - CODE);
    } else {
      boolean user = kind < 6;
      if (user) {
        push(Choice.rarely(random, 6) ? Descriptors.STACK16 | 3 : Descriptors.USER_DATA | 3);
        push(Descriptors.stack(random));
      }
      push(Choice.eflags(random) & (Choice.rarely(random, 8) ? -1 : ~Eflags.NT));
      if (code16) {
        push(user ? Descriptors.USER_CODE16 | 3 : Descriptors.KERNEL_CODE16);
        target -= CODE;
      } else {
        push(user ? Descriptors.USER_CODE | 3 : Descriptors.KERNEL_CODE);
      }
      push(target);
    }
    code.wide();
    code.put(0xcf);
  }

  private void farTransfer() {
    boolean code16 = Choice.rarely(random, 3);
    int[] segments = code16 ? Descriptors.CODE16_SEGMENTS : Descriptors.CODE_SEGMENTS;
    int selector = segments[random.nextInt(segments.length)];
    int target = Choice.code(random, !code16) - (code16 ? CODE : 0);
    target -= selector == Descriptors.BASED_CODE ? 0x1000 : 0;
    selector |= selector == Descriptors.USER_CODE || selector == Descriptors.BASED_CODE ? 3 : 0;
    selector |= selector == Descriptors.USER_CODE16 ? 3 : 0;
    switch (random.nextInt(6)) {
      case 0 -> selector = Choice.of(random, Descriptors.GATE, Descriptors.GATE16) | 3;
      case 1 ->
          selector =
              Choice.of(random, Descriptors.TASK_GATE, Descriptors.TASK_OTHER, Descriptors.TASK16);
      case 2 -> {
        push(selector);
        push(target);
        code.wide();
        code.put(0xcb);
        return;
      }
      default -> {}
    }
    code.wide();
    code.put(random.nextBoolean() ? 0xea : 0x9a);
    code.put32(target);
    code.put(selector, selector >> 8);
  }

  private void indirect() {
    int register = random.nextInt(8);
    int target = Choice.code(random, code.code32()) - (code.code32() ? 0 : CODE);
    if (random.nextBoolean()) {
      push(target);
      code.wide();
      code.put(0xc3);
      return;
    }
    code.load(register, target);
    code.wide();
    code.put(0xff, (random.nextBoolean() ? 0xe0 : 0xd0) | register);
  }

  private void repeated() {
    code.load(1, Choice.rarely(random, 6) ? random.nextInt(0x1100) : random.nextInt(100));
    boolean wraps = Choice.rarely(random, 3); // through the end of what 16 bits reach
    if (wraps) {
      code.load(Choice.of(random, 6, 7, 7), 0xffd0 + random.nextInt(0x40));
    } else if (random.nextBoolean()) {
      code.load(7, Choice.address(random));
    }
    boolean single = wraps && random.nextBoolean();
    for (int i = single ? 12 : 1; i > 0; i--) {
      if (wraps && code.code32()) {
        code.put(0x67);
      }
      if (!single) {
        code.put(random.nextInt(3) == 0 ? 0xf2 : 0xf3);
      }
      code.put(Choice.of(random, 0xa4, 0xa5, 0xaa, 0xab, 0xa6, 0xa7, 0xae, 0xaf, 0xac, 0x6d, 0x6f));
    }
  }

  /** A device that writes to code, or the gate of A20. */
  private void device() {
    switch (random.nextInt(6)) {
      case 0 -> code.put(0xe4, DMA_PORT);
      case 1 -> code.put(0xe6, DMA_PORT);
      case 2 -> {
        code.load(EAX, random.nextInt(2) << 1);
        code.put(0xe6, A20_PORT);
      }
      case 3 -> code.absolute(0x8b, EAX, deviceRegister());
      case 4 -> code.absolute(0x89, EAX, deviceRegister());
      default -> code.absolute(0xdd, random.nextInt(4), deviceRegister()); // fld, fst
    }
  }

  private int deviceRegister() {
    int page = Choice.rarely(random, 4) ? HIGH_DEVICE : DEVICE;
    return page + DEVICE_REGISTERS + random.nextInt(60);
  }

  /** Loops without end, jumps into nowhere, instructions that are too long. */
  private void trouble() {
    switch (random.nextInt(6)) {
      case 0 -> code.put(0xeb, 0xfe);
      case 1 -> {
        code.load(EAX, random.nextInt());
        code.wide();
        code.put(0xff, 0xe0);
      }
      case 2 -> {
        for (int i = random.nextInt(16); i >= 0; i--) {
          code.put(Choice.of(random, 0x26, 0x2e, 0x66, 0x67, 0xf3));
        }
      }
      case 3 -> code.put(0x0f, 0x0b);
      case 4 -> code.load(4, random.nextInt()); // a lost stack
      default -> code.put(0xf4);
    }
  }
}
