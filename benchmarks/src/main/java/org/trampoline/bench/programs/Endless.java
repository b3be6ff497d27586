package org.trampoline.bench.programs;

import java.util.List;
import java.util.Locale;
import org.trampoline.asm.Source;

/** Guest programs that make work for what an engine keeps: ever new code, segments, page tables. */
public enum Endless implements Program {
  GENERATE(Needs.NONE, 40_000),
  REWRITE(Needs.NONE, 100_000),
  SPACES(Needs.NONE, 20_000),
  SEGMENTS(Needs.TABLES, 20_000),
  GATES(Needs.TABLES_AND_IDT, 100_000);

  private final Needs system;

  /** Passes of a round, which is some tenths of a second. */
  public final int passes;

  Endless(Needs system, int passes) {
    this.system = system;
    this.passes = passes;
  }

  @Override
  public String title() {
    return name().toLowerCase(Locale.ROOT);
  }

  @Override
  public byte[] code() {
    Source constants = Frame.scratch();
    Source program = Frame.source(title() + ".S");
    List<Source> sources =
        system == Needs.NONE
            ? List.of(constants, program)
            : List.of(constants, program, Frame.source("system.S"));
    return Frame.assemble(sources, Frame.PROGRAM).bytes();
  }

  @Override
  public Needs system() {
    return system;
  }
}
