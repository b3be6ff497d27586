package org.trampoline.bench.peers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.trampoline.bench.programs.Frame;
import org.trampoline.bench.programs.Program;

/** QEMU's code generator (TCG), which gets the same bytes in a multiboot image. */
public record QemuPeer() implements Peer {
  private static final String PROGRAM = "qemu-system-i386";

  @Override
  public String name() {
    return "qemu";
  }

  @Override
  public String absence() {
    return SearchPath.has(PROGRAM) ? null : PROGRAM + " is not on the PATH";
  }

  /** Its timer goes by the host's time, so the timer's program measures nothing here. */
  @Override
  public boolean runs(Program program) {
    return program.system() != Program.Needs.TIMER;
  }

  @Override
  public Rounds open(Program program, int passes) {
    try {
      Path image = Files.createTempFile("trampoline", ".multiboot");
      Files.write(image, Frame.multiboot(program, passes).image());
      return new ProcessRounds(
          List.of(
              PROGRAM,
              "-accel",
              "tcg",
              "-cpu",
              "pentium3,+sse2",
              "-m",
              Integer.toString(program.memory() >> 20),
              "-nodefaults",
              "-display",
              "none",
              "-debugcon",
              "stdio",
              "-kernel",
              image.toString()),
          image);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
