package org.trampoline.emulator.translate.sequence;

import java.util.Arrays;
import java.util.Random;
import org.trampoline.emulator.ExecutionEngine;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.StopReason;
import org.trampoline.emulator.cpu.CpuModel;
import org.trampoline.emulator.memory.AbsentMemory;
import org.trampoline.emulator.memory.SlotLimits;
import org.trampoline.emulator.translate.Sampling;
import org.trampoline.emulator.translate.lockstep.Scenario;

/** A {@link World} with interrupts, a timer's too, and with writes to its code as by DMA. */
final class SequenceScenario implements Scenario {
  private static final int CODE_BYTES = 1 << 19;
  private static final int SLICES = 60;

  private final long seed;
  private final World world;
  private final Sampling sampling;
  private final SlotLimits limits;

  SequenceScenario(long seed) {
    this.seed = seed;
    Random random = new Random(seed);
    world = new World(random);
    sampling =
        random.nextInt(4) == 0
            ? Sampling.USUAL
            : new Sampling(64 << random.nextInt(3), 1 + random.nextInt(2));
    limits = new SlotLimits(random.nextInt(3) == 0 ? 2 : 16, 1 << 30);
  }

  @Override
  public String name() {
    return "seed %d, %s".formatted(seed, world.paging);
  }

  @Override
  public int slices() {
    return SLICES;
  }

  @Override
  public Machine machine(ExecutionEngine engine) {
    Machine machine =
        Machine.builder()
            .memory(Layout.MEMORY)
            .cpu(CpuModel.MAX)
            .engine(engine)
            .translatedCode(CODE_BYTES)
            .checkedAddresses(Scenario.checksAddresses(seed))
            .sampling(sampling)
            .slotLimits(engine == ExecutionEngine.TRANSLATOR ? limits : SlotLimits.USUAL)
            .build();
    machine.absentMemory(AbsentMemory.OPEN_BUS);
    return machine;
  }

  @Override
  public void load(Machine machine) {
    world.load(machine);
    Scenario.timer(machine, seed, 700);
  }

  @Override
  public int count(int slice) {
    Random random = Scenario.random(seed, ~slice);
    return random.nextInt(4) == 0 ? random.nextInt(8) + 1 : random.nextInt(2000) + 1;
  }

  @Override
  public String between(Machine machine, int slice, StopReason last) {
    if (last == null) {
      return "";
    }
    Random random = Scenario.random(seed, slice);
    switch (random.nextInt(4)) {
      case 0 -> {
        int vector = random.nextInt(8) == 0 ? 0x30 + random.nextInt(16) : 0x20 + random.nextInt(16);
        machine.injectInterrupt(vector);
        return "interrupt 0x%x".formatted(vector);
      }
      case 1 -> {
        byte[] bytes = new byte[random.nextInt(30) + 1];
        random.nextBytes(bytes);
        Arrays.fill(bytes, 0, bytes.length / 2, (byte) 0x90);
        int at = Layout.CODE + random.nextInt((Layout.CODE_PAGES << 12) - 32);
        machine.load(at, bytes);
        return "%d bytes of code at 0x%x".formatted(bytes.length, at);
      }
      default -> {
        return "";
      }
    }
  }

  @Override
  public boolean revive(Machine machine, int slice) {
    return false;
  }
}
