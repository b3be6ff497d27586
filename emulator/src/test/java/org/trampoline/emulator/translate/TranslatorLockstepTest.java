package org.trampoline.emulator.translate;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.Eflags;

/**
 * Random loops of random instructions, which write over themselves, leave their pages and fault.
 */
class TranslatorLockstepTest extends LoopLockstep {
  @Test
  void randomLoopsEndEqually() {
    compare(50);
  }

  @Override
  int prepare(Random random, Machine machine) {
    int start = random.nextInt(4) == 0 ? 0x1000 * (1 + random.nextInt(3)) - 20 : 0x1000;
    Cpu c = machine.cpu();
    for (int i = 0; i < 8; i++) {
      c.reg[i] =
          switch (random.nextInt(4)) {
            case 0 -> random.nextInt();
            case 1 -> start + random.nextInt(300);
            default -> 0x8000 + random.nextInt(0x8000);
          };
    }
    c.setEflags(random.nextInt() & Eflags.STATUS);
    return start;
  }

  @Override
  int count(Random random) {
    return 100 + random.nextInt(400);
  }

  @Override
  void generate(Random random) {
    int count = 1 + random.nextInt(12);
    for (int i = 0; i < count; i++) {
      instruction(random);
    }
  }

  /** Without prefixes that repeat: jumps go to the middle of instructions, and it would be long. */
  @Override
  void emit(int... bytes) {
    for (int b : bytes) {
      super.emit((b & 0xfe) == 0xf2 ? 0x90 : b);
    }
  }

  private void instruction(Random random) {
    if (random.nextInt(5) == 0) {
      emit(pick(random, 0x66, 0x67, 0x66, 0x2e));
    }
    switch (random.nextInt(13)) {
      case 0, 1, 2 -> {
        emit(random.nextInt(8) << 3 | random.nextInt(4));
        modrm(random);
      }
      case 3 -> {
        emit(pick(random, 0x80, 0x83));
        modrm(random);
        emit(random.nextInt());
      }
      case 4 -> {
        emit(pick(random, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8a, 0x8b, 0x8d));
        modrm(random);
      }
      case 5 -> {
        emit(pick(random, 0xc0, 0xc1));
        modrm(random);
        emit(random.nextInt());
      }
      case 6 -> {
        emit(pick(random, 0xd0, 0xd1, 0xd2, 0xd3, 0xf6, 0xf7, 0xfe, 0xff));
        modrm(random);
        emit(0x90, 0x90, 0x90, 0x90); // the immediate that test has
      }
      case 7 -> emit(0x40 | random.nextInt(32));
      case 8 ->
          emit(
              pick(
                  random, 0x98, 0x99, 0x9e, 0x9f, 0xa4, 0xa5, 0xa6, 0xa7, 0xaa, 0xab, 0xac, 0xad,
                  0xae, 0xaf, 0xf5, 0xf8, 0xf9, 0xfc, 0xfd, 0xd6, 0xd7, 0xc9, 0x27, 0x3f));
      case 9 -> {
        emit(0x0f, pick(random, 0x40, 0x90, 0x90) | random.nextInt(16));
        modrm(random);
      }
      case 10 -> {
        emit(
            0x0f,
            pick(
                random, 0xa3, 0xab, 0xb3, 0xbb, 0xaf, 0xb6, 0xb7, 0xbe, 0xbf, 0xbc, 0xbd, 0xa5,
                0xad, 0xc0, 0xc1));
        modrm(random);
      }
      case 11 -> rarer(random);
      default -> emit(0x70 | random.nextInt(16), random.nextInt(3));
    }
  }

  private void modrm(Random random) {
    int reg = random.nextInt(8);
    int mod = pick(random, 0, 1, 3, 3);
    int rm = random.nextInt(8);
    emit(mod << 6 | reg << 3 | rm);
    if (mod == 3) {
      return;
    }
    if (rm == 4) {
      emit(random.nextInt(256));
    }
    if (mod == 1) {
      emit(random.nextInt());
    } else if (rm == 5) {
      emit(random.nextInt(), 0x80 | random.nextInt(64), 0, 0);
    }
  }

  private void rarer(Random random) {
    switch (random.nextInt(7)) {
      case 0 -> {
        emit(0x0f, 0xba);
        modrm(random);
        emit(random.nextInt());
      }
      case 1 -> {
        emit(0x0f, pick(random, 0xa4, 0xac));
        modrm(random);
        emit(random.nextInt());
      }
      case 2 -> {
        emit(0x0f, pick(random, 0xb0, 0xb1, 0xc7));
        modrm(random);
      }
      case 3 -> emit(0x0f, 0x31);
      case 4 -> {
        emit(0x8f);
        modrm(random);
      }
      case 5 -> emit(pick(random, 0x60, 0x61));
      default -> emit(0xc8, random.nextInt(64), 0, random.nextInt(8) == 0 ? 1 : 0);
    }
  }
}
