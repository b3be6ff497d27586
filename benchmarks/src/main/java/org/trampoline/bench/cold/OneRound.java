package org.trampoline.bench.cold;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.trampoline.bench.EngineKind;
import org.trampoline.bench.Processor;
import org.trampoline.bench.programs.Frame;

/**
 * A process that runs one round of a guest program on an engine of this JVM, and writes its result
 * in four bytes and the nanoseconds since {@code main} was entered in eight.
 */
final class OneRound {
  private OneRound() {}

  /**
   * @param args an {@link EngineKind}, a file with the bytes from {@link Frame#ORIGIN} on, bytes of
   *     RAM, the addresses of {@code _start} and {@code round}, passes
   */
  public static void main(String[] args) throws IOException {
    long start = System.nanoTime();
    int result =
        result(
            EngineKind.valueOf(args[0]),
            Files.readAllBytes(Path.of(args[1])),
            Long.parseLong(args[2]),
            Integer.parseInt(args[3]),
            Integer.parseInt(args[4]),
            Integer.parseInt(args[5]));
    ByteBuffer answer = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
    answer.putInt(result).putLong(System.nanoTime() - start);
    System.out.write(answer.array());
    System.out.flush();
  }

  /** What a program computes on an engine that is opened for it. */
  static int result(
      EngineKind engine, byte[] image, long memory, int begin, int round, int passes) {
    try (Processor processor = engine.open(memory)) {
      processor.load(Frame.ORIGIN, image);
      processor.run(begin, 0, 0);
      processor.run(round, 0, passes);
      return processor.result();
    }
  }
}
