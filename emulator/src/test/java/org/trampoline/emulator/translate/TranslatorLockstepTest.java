package org.trampoline.emulator.translate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.trampoline.emulator.ExecutionEngine;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.StopReason;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.Eflags;
import org.trampoline.emulator.memory.AbsentMemory;

/**
 * Random loops of random instructions on the translator and on the interpreter: registers, all
 * flags, memory, the count of instructions and the reason to stop must be equal. They write over
 * themselves, leave their pages and fault. {@code -Dtrampoline.lockstep.cases} and {@code .seed}
 * make it a campaign.
 */
class TranslatorLockstepTest {
  private static final int MEMORY = 1 << 20;
  private static final int CASES = Integer.getInteger("trampoline.lockstep.cases", 3000);
  private static final long SEED = Long.getLong("trampoline.lockstep.seed", 1);

  private final byte[] code = new byte[256];
  private int length;

  @Test
  void randomLoopsEndEqually() {
    try (Machine interpreter = machine(false);
        Machine translator = machine(true)) {
      assumeTrue(translator.translatorStatistics() != null, translator.whyNoTranslator());
      for (int n = 0; n < CASES; n++) {
        compare(interpreter, translator, SEED * 1_000_003 + n);
      }
      assertTrue(
          translator.translatorStatistics().executed() > 50L * CASES,
          translator.translatorStatistics().describe(translator.instructions()));
    }
  }

  private static Machine machine(boolean translate) {
    Machine machine =
        Machine.builder()
            .memory(MEMORY)
            .engine(translate ? ExecutionEngine.TRANSLATOR : ExecutionEngine.INTERPRETER)
            .translatedCode(1 << 19)
            .checkedAddresses(true)
            .build();
    machine.absentMemory(AbsentMemory.OPEN_BUS);
    return machine;
  }

  private void compare(Machine a, Machine b, long seed) {
    Random random = new Random(seed);
    int start = random.nextInt(4) == 0 ? 0x1000 * (1 + random.nextInt(3)) - 20 : 0x1000;
    generate(random);
    int[] registers = new int[8];
    for (int i = 0; i < 8; i++) {
      registers[i] =
          switch (random.nextInt(4)) {
            case 0 -> random.nextInt();
            case 1 -> start + random.nextInt(300);
            default -> 0x8000 + random.nextInt(0x8000);
          };
    }
    int flags = random.nextInt() & Eflags.STATUS;
    int limit = 100 + random.nextInt(400);
    String where = "seed " + seed + ", code " + hex();
    StopReason first = run(a, start, registers, flags, limit);
    StopReason second = run(b, start, registers, flags, limit);
    assertEquals(state(a, first), state(b, second), where);
    assertEquals(-1, a.ram().mismatch(b.ram()), where);
  }

  private StopReason run(Machine machine, int start, int[] registers, int flags, int limit) {
    Cpu c = machine.cpu();
    // nothing of the last case may be left, or all that follow end at once
    c.reset();
    machine.flatProtectedMode();
    c.idtLimit = 0;
    machine.load(start, Arrays.copyOf(code, length));
    System.arraycopy(registers, 0, c.reg, 0, 8);
    c.setEflags(flags);
    c.eip = start;
    c.halted = false;
    c.noticeEvents();
    return machine.run(limit);
  }

  private static String state(Machine machine, StopReason reason) {
    Cpu c = machine.cpu();
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 8; i++) {
      text.append(Integer.toHexString(c.reg[i])).append(' ');
    }
    return text.append("eip ")
        .append(Integer.toHexString(c.eip))
        .append(" eflags ")
        .append(Integer.toHexString(c.getEflags()))
        .append(' ')
        .append(c.instructions)
        .append(' ')
        .append(reason)
        .toString();
  }

  private String hex() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.append("%02x".formatted(code[i]));
    }
    return text.toString();
  }

  private void generate(Random random) {
    length = 0;
    int count = 1 + random.nextInt(12);
    for (int i = 0; i < count; i++) {
      instruction(random);
    }
    emit(0xeb, -(length + 2));
  }

  private void emit(int... bytes) {
    for (int b : bytes) {
      code[length++] = (byte) b;
    }
  }

  private static int pick(Random random, int... of) {
    return of[random.nextInt(of.length)];
  }

  private void instruction(Random random) {
    if (random.nextInt(5) == 0) {
      emit(pick(random, 0x66, 0x67, 0x66, 0x2e));
    }
    switch (random.nextInt(12)) {
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
}
