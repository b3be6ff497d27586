package org.trampoline.emulator.oracle.process;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.trampoline.emulator.differential.cases.CaseBatch;
import org.trampoline.emulator.differential.cases.CaseResults;

/** The file that both processes map: a batch, and behind it the results. */
final class SharedCases implements AutoCloseable {
  private static final long RESULTS = CaseBatch.STORED + 4095 & ~4095L;
  private static final long SIZE = RESULTS + CaseResults.SIZE;

  private final Arena arena = Arena.ofShared();
  private final MemorySegment memory;

  /** The results, filled by the process that has the oracle. */
  final CaseResults results;

  SharedCases(Path file) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      if (channel.size() < SIZE) {
        channel.write(ByteBuffer.allocate(1), SIZE - 1);
      }
      memory = channel.map(FileChannel.MapMode.READ_WRITE, 0, SIZE, arena);
    }
    results = new CaseResults(memory.asSlice(RESULTS, CaseResults.SIZE));
  }

  MemorySegment batch() {
    return memory.asSlice(0, CaseBatch.STORED);
  }

  @Override
  public void close() {
    results.close();
    arena.close();
  }
}
