package org.trampoline.bench.cold;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.trampoline.bench.EngineKind;
import org.trampoline.bench.programs.Endless;
import org.trampoline.bench.programs.Frame;
import org.trampoline.bench.programs.Program;
import org.trampoline.bench.programs.TrainingProgram;
import org.trampoline.kernel.cli.Trampoline;

/**
 * What the launcher has the JVM run once after each build, so that the cache of classes it makes
 * has those of all that is usually run, and the profiles of the methods that are hot while much
 * code is new: our engines execute a program that has a little of everything, in one machine after
 * the other, and programs that make new code; then comes the main job. Nothing of what {@link
 * ColdComparison} measures is among them.
 */
final class Training {
  /** Machines in which the code of the program is new. */
  private static final int MACHINES = 40;

  private static final int PASSES = 40;

  /** Of the programs that make new code. */
  private static final int NEW_PASSES = 10_000;

  private Training() {}

  /**
   * Runs, and exits with the status of the command.
   *
   * @param args the command to end with
   */
  public static void main(String[] args) throws IOException {
    run(EngineKind.INTERPRETER);
    run(EngineKind.TRANSLATOR);
    Trampoline.main(args);
  }

  private static void run(EngineKind engine) throws IOException {
    TrainingProgram program = new TrainingProgram();
    for (int machine = 0; machine < MACHINES; machine++) {
      execute(engine, program, PASSES);
    }
    execute(engine, Endless.GENERATE, NEW_PASSES);
    execute(engine, Endless.REWRITE, NEW_PASSES);
  }

  /**
   * Has an engine execute a program; the result.
   *
   * @throws IOException if no temporary file can be written: as a user's program does, it comes
   *     from one
   */
  static int execute(EngineKind engine, Program program, int passes) throws IOException {
    Frame frame = Frame.forEngine(program);
    Path file = Files.createTempFile("trampoline", ".image");
    try {
      Files.write(file, frame.image());
      return OneRound.result(
          engine,
          Files.readAllBytes(file),
          program.memory(),
          frame.symbol("_start"),
          frame.symbol("round"),
          passes);
    } finally {
      Files.delete(file);
    }
  }
}
