package org.trampoline.bench;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.trampoline.emulator.ExecutionEngine;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.cpu.CpuModel;
import org.trampoline.emulator.device.Ports;
import org.trampoline.emulator.engine.Engine;
import org.trampoline.emulator.oracle.Unicorn;
import org.trampoline.emulator.oracle.UnicornEngine;

/** The engines that are measured side by side. */
public enum EngineKind {
  INTERPRETER {
    @Override
    public Processor open(long memory) {
      return OurProcessor.open(memory, false);
    }

    @Override
    public Processor openBoard(long memory) {
      return OurProcessor.openBoard(memory, false);
    }

    @Override
    public Engine openEngine(long memory) {
      return Machine.builder().memory(memory).engine(ExecutionEngine.INTERPRETER).build();
    }
  },
  TRANSLATOR {
    @Override
    public Processor open(long memory) {
      return OurProcessor.open(memory, true);
    }

    @Override
    public Processor openBoard(long memory) {
      return OurProcessor.openBoard(memory, true);
    }

    @Override
    public Engine openEngine(long memory) {
      return Machine.builder().memory(memory).engine(ExecutionEngine.TRANSLATOR).build();
    }

    @Override
    public String absence() {
      try (Machine machine =
          Machine.builder().memory(1 << 20).engine(ExecutionEngine.TRANSLATOR).build()) {
        return machine.translatorStatistics() == null ? machine.whyNoTranslator() : null;
      }
    }
  },
  UNICORN {
    @Override
    public Processor open(long memory) {
      return new UnicornProcessor(memory);
    }

    @Override
    public Processor openBoard(long memory) {
      throw new UnsupportedOperationException("Unicorn has no board");
    }

    @Override
    public Engine openEngine(long memory) {
      return new UnicornEngine(CpuModel.PENTIUM4, memory, Ports.NONE);
    }

    @Override
    public String absence() {
      return Unicorn.unavailableReason();
    }
  };

  /**
   * A processor in flat protected mode.
   *
   * @param memory bytes of RAM
   */
  public abstract Processor open(long memory);

  /**
   * The same with a PC's timer and interrupt controllers.
   *
   * @throws UnsupportedOperationException if it takes no interrupts
   */
  public abstract Processor openBoard(long memory);

  /**
   * An engine in the reset state, for the kernel model. Unicorn has hooks in this form, by which it
   * delivers exceptions and calls host functions.
   */
  public abstract Engine openEngine(long memory);

  /** Why it cannot run here, or null if it can. */
  public String absence() {
    return null;
  }

  /** Those that can run here. */
  public static List<EngineKind> present() {
    return Arrays.stream(values()).filter(kind -> kind.absence() == null).toList();
  }

  /** Its name for people. */
  public String title() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether it is one of ours. */
  public boolean isOurs() {
    return this != UNICORN;
  }
}
