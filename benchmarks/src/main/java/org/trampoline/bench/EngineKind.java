package org.trampoline.bench;

/** The engines that are measured side by side. */
public enum EngineKind {
  INTERPRETER {
    @Override
    Processor open(long memory) {
      return new OurProcessor(memory);
    }
  },
  UNICORN {
    @Override
    Processor open(long memory) {
      return new UnicornProcessor(memory);
    }
  };

  /**
   * A processor in flat protected mode.
   *
   * @param memory bytes of RAM
   */
  abstract Processor open(long memory);
}
