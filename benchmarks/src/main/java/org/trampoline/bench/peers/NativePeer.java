package org.trampoline.bench.peers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.trampoline.bench.programs.Frame;
import org.trampoline.bench.programs.Program;
import org.trampoline.bench.programs.Workload;

/** The host's own processor: the program as a static IA-32 process of Linux, without paging. */
public record NativePeer() implements Peer {
  private static final int PAGE = 0x1000;

  @Override
  public String name() {
    return "native";
  }

  @Override
  public String absence() {
    String host = System.getProperty("os.name") + " " + System.getProperty("os.arch");
    if (!host.equals("Linux amd64")) {
      return "the host is " + host + ", not Linux amd64";
    }
    try (Rounds rounds = open(Workload.ALU, 1)) {
      rounds.run(1, Timing.WALL_CLOCK);
      return null;
    } catch (UncheckedIOException e) {
      return "the host runs no 32-bit program: " + e.getCause().getMessage();
    }
  }

  @Override
  public boolean runs(Program program) {
    return program.system() == Program.Needs.NONE;
  }

  @Override
  public Rounds open(Program program, int passes) {
    try {
      Path file =
          Files.createTempFile(
              "trampoline",
              ".elf",
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      Files.write(file, elf(Frame.process(program, passes).image(), program.memory()));
      return new ProcessRounds(List.of(file.toString()), file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** An executable with one segment, the image at its address (System V ABI, chapters 4 and 5). */
  private static byte[] elf(byte[] image, int memory) {
    ByteBuffer elf = ByteBuffer.allocate(PAGE + image.length).order(ByteOrder.LITTLE_ENDIAN);
    elf.put(new byte[] {0x7f, 'E', 'L', 'F', 1, 1, 1}).position(16);
    elf.putShort((short) 2).putShort((short) 3).putInt(1); // an executable for the 386
    elf.putInt(Frame.ORIGIN).putInt(52).putInt(0).putInt(0); // entry, program headers' offset
    elf.putShort((short) 52).putShort((short) 32).putShort((short) 1).position(52);
    elf.putInt(1).putInt(PAGE).putInt(Frame.ORIGIN).putInt(Frame.ORIGIN); // PT_LOAD
    elf.putInt(image.length).putInt(memory - Frame.ORIGIN).putInt(7).putInt(PAGE);
    elf.position(PAGE).put(image);
    return elf.array();
  }
}
