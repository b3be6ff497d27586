package org.trampoline.bench.peers;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.trampoline.bench.programs.Frame;
import org.trampoline.bench.programs.Program;

/**
 * v86, an emulator that translates to WebAssembly, under node. It gets the same multiboot image as
 * QEMU. It comes from npm's package {@code v86}, whose folder the user names.
 */
public record V86Peer() implements Peer {
  /** The folder, as a system property and as an environment variable. */
  private static final String PROPERTY = "trampoline.v86";

  private static final String VARIABLE = "TRAMPOLINE_V86";

  @Override
  public String name() {
    return "v86";
  }

  private static String folder() {
    String folder = System.getProperty(PROPERTY);
    return folder != null ? folder : System.getenv(VARIABLE);
  }

  @Override
  public String absence() {
    String folder = folder();
    if (folder == null) {
      return VARIABLE + " does not name the folder of npm's package v86";
    }
    if (!Files.isReadable(Path.of(folder, "build", "libv86.mjs"))) {
      return folder + " is not the folder of npm's package v86";
    }
    return SearchPath.has("node") ? null : "node is not on the PATH";
  }

  /** Its timer goes by the host's time. */
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
              "node",
              "--input-type=module",
              "-e",
              script(),
              "--",
              folder(),
              image.toString(),
              Integer.toString(program.memory() >> 20)),
          image);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String script() throws IOException {
    try (InputStream in = V86Peer.class.getResourceAsStream("v86.mjs")) {
      if (in == null) {
        throw new IllegalStateException("the resource v86.mjs is missing");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
