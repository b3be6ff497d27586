package org.trampoline.bench.cold;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.trampoline.bench.EngineKind;
import org.trampoline.bench.JvmCommand;
import org.trampoline.bench.programs.Frame;
import org.trampoline.bench.programs.Program;

/** An engine in a JVM of its own, which has the options of this one. */
final class JvmStart implements ColdStart {
  private final EngineKind kind;
  private final Path image;
  private final List<String> command;

  /**
   * @param passes of its one round
   */
  JvmStart(EngineKind kind, Program program, int passes) {
    this.kind = kind;
    Frame frame = Frame.forEngine(program);
    try {
      image = Files.createTempFile("trampoline", ".image");
      Files.write(image, frame.image());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    command = JvmCommand.of(option -> true, List.of(), OneRound.class);
    command.addAll(
        List.of(
            kind.name(),
            image.toString(),
            Integer.toString(program.memory()),
            Integer.toString(frame.symbol("_start")),
            Integer.toString(frame.symbol("round")),
            Integer.toString(passes)));
  }

  @Override
  public String name() {
    return kind.title();
  }

  @Override
  public Run run() {
    return ColdStart.start(command, true);
  }

  @Override
  public void close() {
    try {
      Files.deleteIfExists(image);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
