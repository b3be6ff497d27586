package org.trampoline.emulator.translate.world;

import static org.trampoline.emulator.translate.world.Places.*;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.trampoline.emulator.ExecutionEngine;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.StopReason;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.CpuModel;
import org.trampoline.emulator.cpu.SegmentRegister;
import org.trampoline.emulator.memory.AbsentMemory;
import org.trampoline.emulator.memory.SlotLimits;
import org.trampoline.emulator.translate.Sampling;
import org.trampoline.emulator.translate.lockstep.Scenario;

/** The world of a seed, and what happens to it from outside. */
final class WorldScenario implements Scenario {
  private static final int SLICES = 40;
  private static final int TRANSLATED_BYTES = 1 << 19;

  private static final List<Context.Mode> FAVOURITES =
      List.of(
          Context.Mode.REAL,
          Context.Mode.VIRTUAL_8086,
          Context.Mode.KERNEL,
          Context.Mode.KERNEL,
          Context.Mode.KERNEL,
          Context.Mode.KERNEL16,
          Context.Mode.USER,
          Context.Mode.USER,
          Context.Mode.USER,
          Context.Mode.USER16);

  private final long seed;
  private final Image image = new Image();
  private final Context.Mode favourite;
  private final CpuModel model;
  private final int processors;
  private final Sampling sampling;

  /** Of the translator's machine, often few: what was known is forgotten or recycled. */
  private final SlotLimits limits;

  WorldScenario(long seed) {
    this.seed = seed;
    Random random = new Random(seed);
    favourite = FAVOURITES.get(random.nextInt(FAVOURITES.size()));
    model =
        switch (random.nextInt(8)) {
          case 0 -> CpuModel.PENTIUM;
          case 1 -> CpuModel.PENTIUM3;
          default -> CpuModel.MAX;
        };
    processors = Choice.rarely(random, 8) ? 2 : 1;
    sampling =
        Choice.rarely(random, 4)
            ? Sampling.USUAL
            : new Sampling(64 << random.nextInt(3), 1 + random.nextInt(2));
    int slots = Choice.rarely(random, 3) ? processors + 1 + random.nextInt(2) : 16;
    limits = new SlotLimits(slots, (seed & 7) == 2 ? 1 << 17 : 1 << 30);
    image.scatter(random, DATA, DATA_BYTES);
    image.scatter(random, STACKS, STACK_BYTES);
    WorldCode.leadBack(image);
    Descriptors.fill(random, image);
    Handlers.fill(random, image);
    Pages.fill(random, image);
    new WorldCode(random, image).fill();
    // what is behind A20 resembles what is before it
    System.arraycopy(image.bytes, CODE, image.bytes, 0x10_0000 + CODE, CODE_BYTES);
  }

  @Override
  public String name() {
    return "seed %d, %s, %s, %d processors".formatted(seed, favourite, model, processors);
  }

  @Override
  public int slices() {
    return SLICES;
  }

  @Override
  public Machine machine(ExecutionEngine engine) {
    WorldDevices devices = new WorldDevices(seed);
    Machine.Builder builder =
        Machine.builder()
            .memory(MEMORY)
            .cpu(model)
            .ports(devices)
            .engine(engine)
            .translatedCode(TRANSLATED_BYTES)
            .sampling(sampling)
            .slotLimits(engine == ExecutionEngine.TRANSLATOR ? limits : SlotLimits.USUAL)
            .checkedAddresses(Scenario.checksAddresses(seed));
    if (processors > 1) {
      builder.processors(processors, seed);
    }
    Machine machine = builder.build();
    machine.absentMemory(AbsentMemory.OPEN_BUS);
    devices.connect(machine);
    return machine;
  }

  @Override
  public void load(Machine machine) {
    machine.load(0, image.bytes);
    enter(machine, Scenario.random(seed, -SLICES - 1));
  }

  private String enter(Machine machine, Random random) {
    Context.Mode[] modes = Context.Mode.values();
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < machine.processors(); i++) {
      Context.Mode mode = random.nextInt(4) > 0 ? favourite : modes[random.nextInt(modes.length)];
      text.append(Context.enter(machine, machine.cpu(i), random, mode)).append(' ');
    }
    return text.toString().strip();
  }

  /** Whether it executes what is no code: it would not come back by itself. */
  private static boolean astray(Cpu c) {
    int linear = c.segment[SegmentRegister.CS].base + c.eip;
    return linear < CODE || linear >= CODE + CODE_BYTES;
  }

  @Override
  public int count(int slice) {
    Random random = Scenario.random(seed, ~slice);
    return switch (random.nextInt(8)) {
      case 0, 1 -> 1 + random.nextInt(8);
      case 2, 3 -> 1 + random.nextInt(200);
      case 4 -> 1 + random.nextInt(8000);
      default -> 1 + random.nextInt(1500);
    };
  }

  @Override
  public boolean revive(Machine machine, int slice) {
    Random random = Scenario.random(seed, 1000 + slice);
    if (random.nextBoolean()) {
      machine.load(0, Arrays.copyOf(image.bytes, TABLES_END));
    }
    enter(machine, random);
    return true;
  }

  @Override
  public String between(Machine machine, int slice, StopReason last) {
    Random random = Scenario.random(seed, slice);
    if (last instanceof StopReason.Halted && random.nextInt(4) > 0) {
      return "from a halt to " + enter(machine, random);
    }
    if (astray(machine.cpu()) && random.nextBoolean()) {
      return "from elsewhere to " + enter(machine, random);
    }
    switch (random.nextInt(24)) {
      case 0, 1, 2 -> {
        int vector = Choice.rarely(random, 8) ? random.nextInt(256) : 0x20 + random.nextInt(16);
        machine.injectInterrupt(vector);
        return "interrupt 0x%x".formatted(vector);
      }
      case 3 -> {
        machine.injectNmi();
        return "NMI";
      }
      case 4, 5, 6, 7 -> {
        return WorldDevices.write(machine, random);
      }
      case 8 -> {
        boolean open = !machine.cpu().memory.a20();
        machine.cpu().memory.setA20(open);
        return open ? "A20 open" : "A20 shut";
      }
      case 9 -> {
        machine.load(0, Arrays.copyOf(image.bytes, TABLES_END));
        return "all tables as they were";
      }
      case 10, 11, 12 -> {
        return enter(machine, random);
      }
      case 13 -> {
        int at = Choice.code(random, true);
        machine.stopAt(at);
        return "a stop at 0x%x".formatted(at);
      }
      case 14 -> {
        int at = CODE + 0x1000 * random.nextInt(CODE_BYTES >> 12);
        if (random.nextBoolean()) {
          machine.mapRom(at, Arrays.copyOfRange(image.bytes, at, at + 0x1000));
          return "ROM at 0x%x".formatted(at);
        }
        machine.unmap(CODE, CODE_BYTES);
        return "no ROM";
      }
      default -> {
        return "";
      }
    }
  }
}
