package org.trampoline.emulator.device;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.Msr;
import org.trampoline.emulator.memory.MmioDevice;
import org.trampoline.emulator.snapshot.StatePart;

/**
 * The local APICs of a machine and the bus between them. All have their registers at the same
 * address, where each processor finds its own; the address cannot be changed: a processor whose
 * IA32_APIC_BASE says another one finds nothing.
 */
public final class LocalApics implements MmioDevice, StatePart {
  /** Physical address of the registers. */
  public static final int BASE = 0xfee0_0000;

  /** Bytes of the registers. */
  public static final int SIZE = 4096;

  private static final int SELF = 1;
  private static final int ALL = 2;
  private static final int ALL_BUT_SELF = 3;

  private final List<LocalApic> apics = new ArrayList<>();
  private final Supplier<Cpu> executing;
  private final Consumer<Cpu> initRunning;

  /**
   * @param executing the processor that executes
   * @param initRunning called when it has sent INIT to itself: at the end of its instruction {@link
   *     #init(Cpu)} is to be called
   */
  public LocalApics(List<Cpu> processors, Supplier<Cpu> executing, Consumer<Cpu> initRunning) {
    this.executing = executing;
    this.initRunning = initRunning;
    processors.forEach(cpu -> apics.add(new LocalApic(cpu, this)));
  }

  /** The APIC of a processor. */
  public LocalApic of(Cpu cpu) {
    return apics.get(cpu.number);
  }

  /** Connects the controller that is asked for the vector of an ExtINT. */
  public void connect(InterruptController controller) {
    apics.forEach(apic -> apic.connect(controller));
  }

  /** Pin LINT0 of all processors. */
  public void set(boolean high) {
    apics.forEach(apic -> apic.set(high));
  }

  /** Resets all processors. */
  public void reset() {
    for (LocalApic apic : apics) {
      apic.cpu().reset();
      apic.reset();
    }
  }

  /** Brings a processor into the state after INIT. */
  public void init(Cpu cpu) {
    of(cpu).initProcessor();
  }

  void init(LocalApic apic) {
    if (apic.cpu() == executing.get()) {
      initRunning.accept(apic.cpu());
    } else {
      apic.initProcessor();
    }
  }

  void send(LocalApic from, int shorthand, int destination, boolean logical, int mode, int vector) {
    List<LocalApic> to = new ArrayList<>(apics.size());
    for (LocalApic apic : apics) {
      boolean self = apic == from;
      boolean wanted =
          switch (shorthand) {
            case SELF -> self;
            case ALL -> true;
            case ALL_BUT_SELF -> !self;
            default -> apic.matches(destination, logical);
          };
      if (wanted) {
        to.add(apic);
      }
    }
    if (mode == LocalApic.LOWEST_PRIORITY && to.size() > 1) {
      LocalApic lowest = to.getFirst();
      for (LocalApic apic : to) {
        lowest = apic.arbitration() < lowest.arbitration() ? apic : lowest;
      }
      to = List.of(lowest);
    }
    to.forEach(apic -> apic.receive(mode, vector));
  }

  private boolean here(Cpu cpu) {
    return (cpu.msr.apicBase & Msr.APIC_ENABLED) != 0
        && (cpu.msr.apicBase & 0xf_ffff_f000L) == (BASE & 0xffff_ffffL);
  }

  @Override
  public boolean selfContained() {
    return true; // who sends INIT to itself is asked to stop first
  }

  @Override
  public int read(int offset, int size) {
    Cpu cpu = executing.get();
    return here(cpu) ? of(cpu).read(offset, size) : -1;
  }

  @Override
  public void write(int offset, int size, int value) {
    Cpu cpu = executing.get();
    if (here(cpu)) {
      of(cpu).write(offset, size, value);
    }
  }
}
