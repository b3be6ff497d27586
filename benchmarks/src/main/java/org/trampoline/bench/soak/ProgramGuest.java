package org.trampoline.bench.soak;

import java.util.Optional;
import org.trampoline.bench.EngineKind;
import org.trampoline.bench.programs.Frame;
import org.trampoline.bench.programs.Program;
import org.trampoline.emulator.ExecutionEngine;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.StopReason;
import org.trampoline.emulator.device.Pc;
import org.trampoline.emulator.engine.Register;
import org.trampoline.emulator.translate.TranslatorStatistics;

/** A {@link Program} round by round, whose results must be those of the interpreter. */
final class ProgramGuest implements Guest {
  private final Program program;
  private final int passes;
  private final Frame frame;
  private final Machine machine;
  private final int expected;

  /**
   * @param engine one of ours
   * @param passes of a round
   */
  ProgramGuest(EngineKind engine, Program program, int passes) {
    this.program = program;
    this.passes = passes;
    frame = Frame.forEngine(program);
    try (Machine reference = open(ExecutionEngine.INTERPRETER)) {
      expected = round(reference);
    }
    machine = open(ExecutionEngine.valueOf(engine.name()));
  }

  @SuppressWarnings("MustBeClosedChecker") // closing the machine is closing the board
  private Machine open(ExecutionEngine engine) {
    Machine.Builder builder =
        Machine.builder().memory(program.memory()).engine(engine).translatedCode(CODE);
    Machine opened =
        program.system() == Program.Needs.TIMER ? new Pc(builder).machine() : builder.build();
    opened.flatProtectedMode();
    opened.load(Frame.ORIGIN, frame.image());
    run(opened, "_start");
    return opened;
  }

  private void run(Machine on, String label) {
    on.set(Register.EBX, passes);
    on.set(Register.EIP, frame.symbol(label));
    StopReason reason = on.run(Long.MAX_VALUE);
    if (!(reason instanceof StopReason.Halted)) {
      throw new GuestFailure(program.title() + " ended with " + reason);
    }
  }

  private int round(Machine on) {
    run(on, "round");
    return on.get(Register.EAX);
  }

  @Override
  public String title() {
    return program.title();
  }

  @Override
  public void advance() {
    int result = round(machine);
    if (result != expected) {
      throw new GuestFailure(
          String.format("%s: wrong result %08x, expected %08x", title(), result, expected));
    }
  }

  @Override
  public Optional<TranslatorStatistics> statistics() {
    return Optional.ofNullable(machine.translatorStatistics());
  }

  @Override
  public long instructions() {
    return machine.instructions();
  }

  @Override
  public void close() {
    machine.close();
  }
}
