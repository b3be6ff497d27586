package org.trampoline.bench;

import java.util.Locale;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.oracle.Unicorn;

/** The engines that are measured side by side. */
public enum EngineKind {
  INTERPRETER {
    @Override
    public Processor open(long memory) {
      return new OurProcessor(memory, false);
    }
  },
  TRANSLATOR {
    @Override
    public Processor open(long memory) {
      return new OurProcessor(memory, true);
    }

    @Override
    public String absence() {
      try (Machine machine = Machine.builder().memory(1 << 20).translate(true).build()) {
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

  /** Why it cannot run here, or null if it can. */
  public String absence() {
    return null;
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
