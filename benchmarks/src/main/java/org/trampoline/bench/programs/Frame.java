package org.trampoline.bench.programs;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.trampoline.asm.AssembledCode;
import org.trampoline.asm.Assembler;
import org.trampoline.asm.Includes;
import org.trampoline.asm.Source;

/** What surrounds a {@link Workload}: paging, a stack, and the rounds. */
public final class Frame {
  /** Where the frame lies. */
  public static final int ORIGIN = 0x10_0000;

  /** Where the program lies. */
  public static final int PROGRAM = 0x20_0000;

  /** Where the program's data is, up to {@link #MEMORY}. */
  public static final int SCRATCH = 0x80_0000;

  /** Bytes of RAM. */
  public static final int MEMORY = 0x100_0000;

  private final byte[] image;
  private final AssembledCode frame;

  private Frame(AssembledCode frame, Workload workload) {
    this.frame = frame;
    byte[] program = workload.code();
    image = Arrays.copyOf(frame.bytes(), PROGRAM - ORIGIN + program.length);
    System.arraycopy(program, 0, image, PROGRAM - ORIGIN, program.length);
  }

  /** For an engine that is told its registers: entered at {@code _start}, then at {@code round}. */
  public static Frame forEngine(Workload workload) {
    return new Frame(
        assemble(List.of(source("frame.S"), source("rounds-hlt.S")), ORIGIN), workload);
  }

  /** A multiboot image that repeats a round for ever, each result on port 0xe9. */
  public static Frame multiboot(Workload workload, int passes) {
    int end = PROGRAM + workload.code().length;
    Source constants =
        new Source("constants", ".set PASSES, " + passes + "\n.set END, " + end + "\n");
    return new Frame(
        assemble(
            List.of(constants, source("multiboot.S"), source("frame.S"), source("rounds-port.S")),
            ORIGIN),
        workload);
  }

  /** A process of IA-32 Linux that repeats a round for ever, each result on standard output. */
  public static Frame process(Workload workload, int passes) {
    Source constants = new Source("constants", ".set PASSES, " + passes + "\n");
    return new Frame(assemble(List.of(constants, source("native.S")), ORIGIN), workload);
  }

  /** The bytes from {@link #ORIGIN} on. */
  public byte[] image() {
    return image;
  }

  /** The address of a label of the frame. */
  public int symbol(String name) {
    return frame.symbol(name);
  }

  static AssembledCode assemble(List<Source> sources, int origin) {
    return Assembler.assemble(sources, origin, Map.of(), Includes.NONE);
  }

  static Source source(String name) {
    String resource = "/org/trampoline/bench/programs/" + name;
    try (InputStream in = Frame.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("the resource " + resource + " is missing");
      }
      return new Source(name, new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
