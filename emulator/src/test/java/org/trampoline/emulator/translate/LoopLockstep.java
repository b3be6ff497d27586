package org.trampoline.emulator.translate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.trampoline.emulator.ExecutionEngine;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.StopReason;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.CpuModel;
import org.trampoline.emulator.memory.AbsentMemory;
import org.trampoline.emulator.translate.lockstep.MachineState;

/**
 * Random loops on the translator and on the interpreter, case after case on the same two machines:
 * all state and memory must be equal, and Java's own arithmetic be as ever. {@code
 * -Dtrampoline.lockstep.cases} and {@code .seed} make it a campaign.
 */
abstract class LoopLockstep {
  static final int MEMORY = 1 << 20;
  private static final int CASES = Integer.getInteger("trampoline.lockstep.cases", 3000);
  private static final long SEED = Long.getLong("trampoline.lockstep.seed", 1);

  private static volatile double three = 3;
  private static volatile double smallest = Double.MIN_NORMAL;

  private final byte[] code = new byte[512];
  private int length;

  /** Emits the instructions of a loop, but for the jump at its end. */
  abstract void generate(Random random);

  /**
   * Prepares a machine that is in flat protected mode without handlers: segments, registers, flags,
   * data.
   *
   * @param random begins equally for both machines
   * @return where the loop is to lie
   */
  abstract int prepare(Random random, Machine machine);

  /** How many instructions to run. */
  abstract int count(Random random);

  /**
   * @param least instructions of each case that are translated code's on the average, or more
   */
  final void compare(int least) {
    for (boolean checked : new boolean[] {true, false}) {
      try (Machine interpreter = machine(ExecutionEngine.INTERPRETER, false);
          Machine translator = machine(ExecutionEngine.TRANSLATOR, checked)) {
        TranslatorStatistics statistics = translator.translatorStatistics();
        assumeTrue(statistics != null, translator.whyNoTranslator());
        for (int n = checked ? 0 : 1; n < CASES; n += 2) {
          compare(interpreter, translator, SEED * 1_000_003 + n);
        }
        assertTrue(
            statistics.executed() > least * (CASES / 2L),
            statistics.describe(translator.instructions()));
      }
    }
  }

  private static Machine machine(ExecutionEngine engine, boolean checked) {
    Machine machine =
        Machine.builder()
            .memory(MEMORY)
            .cpu(CpuModel.MAX)
            .engine(engine)
            .translatedCode(1 << 19)
            .checkedAddresses(checked)
            .build();
    machine.absentMemory(AbsentMemory.OPEN_BUS);
    return machine;
  }

  private void compare(Machine a, Machine b, long seed) {
    length = 0;
    generate(new Random(seed));
    emit(0xeb, -(length + 2));
    String where = "seed " + seed + ", code " + HexFormat.of().formatHex(code, 0, length);
    assertEquals(run(a, seed), run(b, seed), where);
    assertEquals(-1, a.ram().mismatch(b.ram()), where);
    assertEquals(0x3fd5_5555_5555_5555L, Double.doubleToRawLongBits(1 / three), "Java's rounding");
    assertEquals(0x0008_0000_0000_0000L, Double.doubleToRawLongBits(smallest / 2), "denormals");
  }

  private String run(Machine machine, long seed) {
    Random random = new Random(~seed);
    Cpu c = machine.cpu();
    // nothing of the last case may be left, or all that follow end at once
    c.reset();
    machine.flatProtectedMode();
    c.idtLimit = 0;
    int start = prepare(random, machine);
    c.segmentsChanged();
    machine.load(start, Arrays.copyOf(code, length));
    c.eip = start;
    c.noticeEvents();
    StopReason reason = machine.run(count(random));
    return MachineState.of(machine) + reason;
  }

  final int length() {
    return length;
  }

  void emit(int... bytes) {
    for (int b : bytes) {
      code[length++] = (byte) b;
    }
  }

  static int pick(Random random, int... of) {
    return of[random.nextInt(of.length)];
  }
}
