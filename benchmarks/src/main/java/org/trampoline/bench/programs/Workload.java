package org.trampoline.bench.programs;

import java.util.ArrayList;
import java.util.List;
import org.trampoline.asm.Source;

/** The guest programs that engines are compared by. */
public enum Workload implements Program {
  ALU("alu", 5_000_000, 100_000, 0x1b9dab01),
  MEMORY("memory", 24, 3, 0x8),
  FIB("fib", 160, 3, 0x4f47),
  CRC("crc", 100, 3, 0x7e75ac36),
  STRCPY("strcpy", 4500, 3, 0xcfc),
  SIEVE("sieve", 36, 3, 0x4caa),
  MATRIX("matrix", 170, 3, 0x3fc4f9e0),
  SSE2("sse2", 2700, 3, 0x40a0c96a),
  BYTECODE("bytecode", 430, 3, 0x78ba1d29),
  STRINGS("strings", 1500, 3, 0x4120_9002),
  FLAT_12K("flat 12 KB", 12 << 10, 20_000, 3, 0x36eacdcd),
  FLAT_165K("flat 165 KB", 165 << 10, 1500, 3, 0xc9f2f1e7),
  FLAT_2M("flat 2 MB", 2 << 20, 120, 3, 0xada3b83e),

  /** From here on with descriptor tables and address spaces of their own. */
  CODE16("code16", Needs.TABLES, 3500, 3, 0xff85),
  SWITCH("switch", Needs.TABLES, 400_000, 1000, 1000),
  TOUCH("touch", Needs.TABLES, 20_000, 10, 10 * 0x101),
  INTERRUPT("interrupt", Needs.TABLES_AND_IDT, 1_000_000, 1000, 1000),
  SYSCALL("syscall", Needs.TABLES_AND_IDT, 1_000_000, 1000, 1000),
  PAGE_FAULT("page-fault", Needs.TABLES_AND_IDT, 500_000, 1000, 1000),
  TIMER("timer", Needs.TIMER, 500_000, 100, 100);

  /** Instructions of a round, about; a repeated string instruction is many. */
  public static final int ROUND = 50_000_000;

  private final String title;
  private final int flatBytes;
  private final Needs system;

  /** Passes of a round of {@link #ROUND} instructions; of system paths some are less. */
  public final int passes;

  /** Passes of a test, and the result they have on an IA-32 processor. */
  public final int testPasses;

  public final int testResult;

  Workload(String title, int passes, int testPasses, int testResult) {
    this(title, 0, Needs.NONE, passes, testPasses, testResult);
  }

  Workload(String title, Needs system, int passes, int testPasses, int testResult) {
    this(title, 0, system, passes, testPasses, testResult);
  }

  Workload(String title, int flatBytes, int passes, int testPasses, int testResult) {
    this(title, flatBytes, Needs.NONE, passes, testPasses, testResult);
  }

  Workload(String title, int flatBytes, Needs system, int passes, int testPasses, int testResult) {
    this.title = title;
    this.flatBytes = flatBytes;
    this.system = system;
    this.passes = passes;
    this.testPasses = testPasses;
    this.testResult = testResult;
  }

  @Override
  public String title() {
    return title;
  }

  @Override
  public Needs system() {
    return system;
  }

  @Override
  public byte[] code() {
    if (flatBytes != 0) {
      return FlatCode.generate(flatBytes, flatBytes);
    }
    Source program = Frame.source(title + ".S");
    Source constants =
        new Source(
            "constants", ".set SCRATCH, " + Frame.SCRATCH + "\n.set PROGRAM, " + Frame.PROGRAM);
    List<Source> sources = new ArrayList<>(List.of(constants, program));
    if (system != Needs.NONE && this != CODE16) {
      sources.add(Frame.source("system.S"));
    }
    return Frame.assemble(sources, Frame.PROGRAM).bytes();
  }
}
