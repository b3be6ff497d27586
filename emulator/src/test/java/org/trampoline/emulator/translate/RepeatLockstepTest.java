package org.trampoline.emulator.translate;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.Eflags;
import org.trampoline.emulator.cpu.SegmentRegister;

/**
 * Random loops around repeated string instructions, with overlapping operands, in both directions,
 * across pages, over the loop's own code, against the limits of segments and of 16-bit offsets.
 */
class RepeatLockstepTest extends LoopLockstep {
  @Test
  void randomLoopsEndEqually() {
    compare(3);
  }

  @Override
  int prepare(Random random, Machine machine) {
    Cpu c = machine.cpu();
    segments(random, c);
    byte[] data = new byte[0x10000];
    for (int i = 0; i < data.length; i++) {
      data[i] = (byte) (random.nextInt(400) == 0 ? 1 : 0);
    }
    machine.load(0x10000, data);
    for (int i = 0; i < 8; i++) {
      c.reg[i] = random.nextInt(4);
    }
    c.reg[Cpu.ECX] = random.nextInt(1 << random.nextInt(15));
    c.reg[Cpu.ESI] = pointer(random);
    c.reg[Cpu.EDI] = random.nextInt(4) == 0 ? c.reg[Cpu.ESI] + around(random) : pointer(random);
    c.reg[Cpu.EBP] = around(random);
    c.setEflags(random.nextInt() & (Eflags.STATUS | Eflags.DF));
    return 0x1000;
  }

  @Override
  int count(Random random) {
    return 20 + random.nextInt(60);
  }

  private static int around(Random random) {
    return random.nextInt(41) - 20;
  }

  private static int pointer(Random random) {
    int page = random.nextInt(12) == 0 ? pick(random, 0x1000, 0, MEMORY, 0xffff_f000) : 0x10000;
    return switch (random.nextInt(4)) {
      case 0 -> page + random.nextInt(0x8000);
      case 1 -> page + 0x1000 * random.nextInt(6);
      default -> page + 0x1000 * random.nextInt(6) + around(random);
    };
  }

  private static void segments(Random random, Cpu c) {
    SegmentRegister[] s = c.segment;
    int base = random.nextInt(3) == 0 ? 0x10000 : 0;
    switch (random.nextInt(6)) {
      case 0 -> s[SegmentRegister.ES].set(0x68, base, 0x10000 + random.nextInt(0x8000), 0x4093);
      case 1 -> s[SegmentRegister.DS].set(0x68, base, 0x10000 + random.nextInt(0x8000), 0x4091);
      case 2 -> {
        s[SegmentRegister.DS].set(0x68, base, 0xffff, 0x93);
        s[SegmentRegister.ES].set(0x68, base, 0xffff, 0x93);
      }
      case 3 -> s[SegmentRegister.ES].set(0x68, base, random.nextInt(0x18000), 0x4097);
      default -> {}
    }
  }

  // ---- code

  @Override
  void generate(Random random) {
    int count = 1 + random.nextInt(4);
    for (int i = 0; i < count; i++) {
      switch (random.nextInt(8)) {
        case 0 -> emit(pick(random, 0xfc, 0xfd));
        case 1 -> emit(0x01, 0xc0 | Cpu.EBP << 3 | pick(random, Cpu.ESI, Cpu.EDI)); // add ebp
        case 2 -> emit(0xb9, random.nextInt(), random.nextInt(16), 0, 0); // mov $…,%ecx
        case 3 -> emit(0x0f, 0x90 | random.nextInt(16), 0xc0); // set… al
        default -> {}
      }
      prefixes(random);
      int operation = pick(random, 0xa4, 0xa4, 0xa6, 0xaa, 0xac, 0xae);
      emit(pick(random, 0xf2, 0xf3, 0xf3), operation | random.nextInt(2));
    }
  }

  private void prefixes(Random random) {
    if (random.nextInt(4) == 0) {
      emit(0x66);
    }
    if (random.nextInt(4) == 0) {
      emit(0x67);
    }
    if (random.nextInt(6) == 0) {
      emit(pick(random, 0x26, 0x36));
    }
  }
}
