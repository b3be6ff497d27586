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

/** What surrounds a {@link Program}: paging, a stack, and the rounds. */
public final class Frame {
  /** Where the frame lies. */
  public static final int ORIGIN = 0x10_0000;

  /** Where the program lies. */
  public static final int PROGRAM = 0x20_0000;

  /** Where the program's data is. */
  public static final int SCRATCH = 0x80_0000;

  /** Bytes of RAM for a program that needs no more. */
  public static final int MEMORY = 0x100_0000;

  /** Page tables for so much memory go between the frame and its stack, others to the end. */
  private static final int SMALL = 256 << 20;

  private static final int SMALL_TABLES = 0x11_1000;

  private final byte[] image;
  private final AssembledCode frame;

  private Frame(AssembledCode frame, Program program) {
    this.frame = frame;
    byte[] code = program.code();
    int offset = program.address() - ORIGIN;
    image = Arrays.copyOf(frame.bytes(), offset + code.length);
    System.arraycopy(code, 0, image, offset, code.length);
  }

  /** For an engine that is told its registers: entered at {@code _start}, then at {@code round}. */
  public static Frame forEngine(Program program) {
    return new Frame(
        assemble(
            List.of(constants(program, ""), source("frame.S"), source("rounds-hlt.S")), ORIGIN),
        program);
  }

  /** A multiboot image that repeats a round for ever, each result on port 0xe9. */
  public static Frame multiboot(Program program, int passes) {
    int end = program.address() + program.code().length;
    String more = ".set PASSES, " + passes + "\n.set END, " + end + "\n";
    return new Frame(
        assemble(
            List.of(
                constants(program, more),
                source("multiboot.S"),
                source("frame.S"),
                source("rounds-port.S")),
            ORIGIN),
        program);
  }

  /** A process of IA-32 Linux that repeats a round for ever, each result on standard output. */
  public static Frame process(Program program, int passes) {
    String more = ".set PASSES, " + passes + "\n";
    return new Frame(
        assemble(List.of(constants(program, more), source("native.S")), ORIGIN), program);
  }

  private static Source constants(Program program, String more) {
    int memory = program.memory();
    int tables = memory <= SMALL ? SMALL_TABLES : memory - memory / 1024;
    return new Source(
        "constants",
        ".set PROGRAM, "
            + program.address()
            + "\n.set MEMORY, "
            + memory
            + "\n.set TABLES, "
            + tables
            + "\n"
            + more);
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

  /** What a program that asks for no more is told of its surroundings. */
  static Source scratch() {
    return new Source("constants", ".set SCRATCH, " + SCRATCH);
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
