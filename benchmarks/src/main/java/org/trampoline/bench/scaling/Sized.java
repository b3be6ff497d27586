package org.trampoline.bench.scaling;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.trampoline.asm.Assembler;
import org.trampoline.asm.Includes;
import org.trampoline.asm.Source;
import org.trampoline.bench.programs.FlatCode;
import org.trampoline.bench.programs.Frame;
import org.trampoline.bench.programs.Program;

/**
 * A guest program of a certain size.
 *
 * @param passes of a round that takes a good fraction of a second at most
 * @param operations what a pass is divided by: accesses or switches; 0 for instructions, which are
 *     counted
 */
record Sized(
    String title, byte[] code, int address, int memory, Needs system, int passes, int operations)
    implements Program {
  private static final int MB = 1 << 20;

  /** Room for code between {@link Frame#PROGRAM} and {@link Frame#SCRATCH}. */
  private static final int NEAR = Frame.SCRATCH - Frame.PROGRAM;

  /** Above the data of code that is longer. */
  private static final int FAR = 16 * MB;

  private static final int ACCESSES = 10_000;

  /** Bytes of memory that {@code tasks.S} gives a task. */
  private static final int TASK = 16 << 10;

  /** Code that is run from front to end, with branches but without loops. */
  static Sized code(int bytes) {
    boolean near = bytes <= NEAR;
    return new Sized(
        Chart.bytes(bytes) + " of code",
        FlatCode.generate(bytes, bytes),
        near ? Frame.PROGRAM : FAR,
        near ? Frame.MEMORY : 2 * FAR,
        Needs.NONE,
        Math.max(1, 20 * MB / bytes),
        0);
  }

  /**
   * Words read and written at random.
   *
   * @param bytes a power of two, 4096 to 1 GB
   */
  static Sized workingSet(int bytes) {
    int shift = Integer.numberOfLeadingZeros(bytes) + 1;
    return new Sized(
        "a working set of " + Chart.bytes(bytes),
        assemble("working-set.S", ".set SHIFT, " + shift),
        Frame.PROGRAM,
        bytes + 16 * MB,
        Needs.NONE,
        100,
        ACCESSES);
  }

  /**
   * Tasks that hand over to each other in a ring.
   *
   * @param processes whether each has an address space of its own
   */
  static Sized tasks(int tasks, boolean processes) {
    int needed = 16 * MB + tasks * TASK;
    int memory = (needed + 4 * MB - 1) / (4 * MB) * (4 * MB);
    return new Sized(
        tasks + (processes ? " processes" : " kernel threads"),
        assemble(
            "tasks.S",
            ".set TASKS, %d%n.set PROCESSES, %d%n.set MEMORY, %d%n"
                .formatted(tasks, processes ? 1 : 0, memory)),
        Frame.PROGRAM,
        memory,
        Needs.TABLES,
        Math.max(1, 100_000 / tasks),
        tasks);
  }

  private static byte[] assemble(String name, String constants) {
    String all = constants + "\n.set SCRATCH, " + Frame.SCRATCH + "\n";
    try (InputStream in = Sized.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("the resource " + name + " is missing");
      }
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return Assembler.assemble(
              List.of(new Source("constants", all), new Source(name, text)),
              Frame.PROGRAM,
              Map.of(),
              Includes.NONE)
          .bytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
