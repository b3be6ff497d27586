package org.trampoline.kernel.scenario;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.trampoline.asm.AssembledCode;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.StopReason;
import org.trampoline.emulator.device.Pc;
import org.trampoline.emulator.engine.Engine;
import org.trampoline.emulator.memory.TlbGeometry;
import org.trampoline.emulator.memory.TlbModel;
import org.trampoline.emulator.memory.TlbStatistics;
import org.trampoline.kernel.Kernel;
import org.trampoline.kernel.KernelEvent;
import org.trampoline.kernel.Vmlinux;

/**
 * What lazy TLB saves, measured on the machine's visible TLB: a process and a kernel thread take
 * turns, once as Linux does it and once with a CR3 load at each turn, as if the thread had memory
 * of its own.
 */
final class LazyTlbScenario implements Scenario {
  /** How often the thread runs. */
  static final int ROUNDS = 100;

  /** Of a machine with several processors, whose timers tick; in Hz. */
  private static final long FREQUENCY = 10_000_000;

  private final Kernel kernel;
  private final Vmlinux image;
  private final List<Measurement> measurements = new ArrayList<>();

  /**
   * What a run has cost.
   *
   * @param lazy as Linux does it
   * @param switches of tasks
   * @param cr3Loads by switch_mm and exec
   * @param tlb counts of the TLB; null on an engine that has none
   * @param seed how several processors took turns; 0 where there is one
   */
  record Measurement(boolean lazy, int switches, int cr3Loads, TlbStatistics tlb, long seed) {}

  LazyTlbScenario(Engine engine, Vmlinux image) {
    this.image = image;
    kernel = load(engine, image);
  }

  private static Kernel load(Engine engine, Vmlinux image) {
    Kernel kernel = new Kernel(engine, image);
    Map<String, Integer> symbols = Map.of("NR_ROUND", 288, "ROUNDS", ROUNDS);
    AssembledCode code = kernel.load(Resources.source("lazy-tlb.S"), symbols);
    kernel.addInitcall(code.symbol("scenario"));
    kernel.addProgram("/sbin/init", Resources.source("lazy-tlb-init.S"), symbols);
    return kernel;
  }

  @Override
  public Kernel kernel() {
    return kernel;
  }

  @Override
  public boolean shows(KernelEvent event) {
    return event instanceof KernelEvent.Printk;
  }

  @Override
  public StopReason run(long limit) {
    StopReason reason = measure(kernel, true, limit);
    if (kernel.poweredOff()) {
      Machine.Builder builder = Machine.builder().memory(kernel.memory().size());
      long seed = 1;
      if (kernel.engine() instanceof Machine machine) {
        builder.engine(machine.engine());
        seed = machine.seed();
      }
      int processors = kernel.engine().processors();
      if (processors == 1) {
        try (Machine other = builder.build()) {
          measureEager(other, limit);
        }
      } else {
        try (Pc pc = new Pc(builder.frequency(FREQUENCY).processors(processors, seed))) {
          measureEager(pc.machine(), limit);
        }
      }
    }
    return reason;
  }

  private void measureEager(Machine machine, long limit) {
    Kernel eager = load(machine, image);
    eager.lazyTlb().disable();
    measure(eager, false, limit);
  }

  /** Counts what happens on processor 0, which process and thread are bound to. */
  private StopReason measure(Kernel kernel, boolean lazy, long limit) {
    int[] counts = new int[2];
    kernel.listen(
        (time, event) -> {
          if (kernel.engine().processor() != 0) {
            return;
          }
          if (event instanceof KernelEvent.Switch) {
            counts[0]++;
          } else if (event instanceof KernelEvent.LoadCr3) {
            counts[1]++;
          }
        });
    TlbModel tlb = null;
    long seed = 0;
    if (kernel.engine() instanceof Machine machine) {
      seed = machine.processors() == 1 ? 0 : machine.seed();
      tlb = new TlbModel(TlbGeometry.PENTIUM4, TlbModel.Mode.COUNTING);
      machine.cpu(0).mmu.setTlb(tlb);
    }
    StopReason reason = kernel.run(limit);
    measurements.add(
        new Measurement(lazy, counts[0], counts[1], tlb == null ? null : tlb.statistics(), seed));
    return reason;
  }

  /** The measurements made so far: with lazy TLB, and without. */
  List<Measurement> measurements() {
    return List.copyOf(measurements);
  }

  @Override
  public List<String> summary() {
    List<String> lines = new ArrayList<>();
    boolean several = kernel.engine().processors() > 1;
    lines.add(
        "%-10s %9s %10s %10s %12s %12s %11s"
                .formatted(
                    "lazy TLB",
                    "switches",
                    "CR3 loads",
                    "flushes",
                    "data misses",
                    "code misses",
                    "walks")
            + (several ? "  seed" : ""));
    for (Measurement m : measurements) {
      String counts =
          m.tlb == null
              ? ""
              : " %10d %12d %12d %11d"
                  .formatted(
                      m.tlb.flushes(),
                      m.tlb.dataMisses(),
                      m.tlb.instructionMisses(),
                      m.tlb.walks());
      lines.add(
          String.format(
              Locale.ROOT,
              "%-10s %9d %10d%s%s",
              m.lazy ? "on" : "off",
              m.switches,
              m.cr3Loads,
              counts,
              several ? "  " + m.seed : ""));
    }
    return lines;
  }
}
