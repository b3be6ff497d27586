package org.trampoline.emulator.translate.trap;

import java.util.Random;
import org.trampoline.emulator.ExecutionEngine;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.StopReason;
import org.trampoline.emulator.device.PicPair;
import org.trampoline.emulator.device.Pit8254;
import org.trampoline.emulator.device.PortBus;
import org.trampoline.emulator.memory.AbsentMemory;
import org.trampoline.emulator.translate.lockstep.Scenario;

/** A {@link TrapWorld} with a timer's interrupts, NMIs, and tables that move. */
final class TrapScenario implements Scenario {
  private static final int SLICES = 60;

  private final long seed;
  private final TrapWorld world;

  /** The board has a PC's interrupt controllers and timer. */
  private final boolean chips;

  /** There is a second processor, which waits to be started, and so they have local APICs. */
  private final boolean apic;

  TrapScenario(long seed) {
    this.seed = seed;
    chips = seed % 2 == 0;
    apic = seed % 8 == 2;
    world = new TrapWorld(new Random(seed), chips, apic);
  }

  @Override
  public String name() {
    return "seed %d, %s".formatted(seed, world);
  }

  @Override
  public int slices() {
    return SLICES;
  }

  @Override
  public Machine machine(ExecutionEngine engine) {
    PortBus ports = new PortBus();
    Machine machine =
        Machine.builder()
            .memory(1 << 20)
            .ports(ports)
            .processors(apic ? 2 : 1, seed)
            .engine(engine)
            .translatedCode(1 << 19)
            .checkedAddresses(true)
            .build();
    machine.absentMemory(AbsentMemory.OPEN_BUS);
    if (chips) {
      PicPair pics = new PicPair(machine::interruptPin);
      machine.connect(pics);
      pics.claimPorts(ports);
      new Pit8254(machine.cpu().clock, pics.line(0)).claimPorts(ports);
    }
    return machine;
  }

  @Override
  public void load(Machine machine) {
    world.load(machine);
    if (!chips || seed % 4 == 0) {
      Scenario.timer(machine, seed, 2000);
    }
  }

  @Override
  public int count(int slice) {
    Random random = Scenario.random(seed, ~slice);
    return random.nextInt(3) == 0 ? random.nextInt(80) + 1 : random.nextInt(2000) + 1;
  }

  @Override
  public String between(Machine machine, int slice, StopReason last) {
    if (last == null) {
      return "";
    }
    Random random = Scenario.random(seed, slice);
    return switch (random.nextInt(6)) {
      case 0 -> {
        machine.injectInterrupt(0x20);
        yield "interrupt";
      }
      case 1 -> {
        machine.cpu().nmiPending = true;
        machine.cpu().noticeEvents();
        yield "NMI";
      }
      case 2, 3 -> TrapWorld.disturb(random, machine);
      default -> "";
    };
  }

  @Override
  public boolean revive(Machine machine, int slice) {
    machine.cpu().reset();
    world.load(machine);
    return true;
  }
}
