package org.trampoline.bench.peers;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Rounds in a process of its own, which goes round for ever and writes four bytes after each. It
 * lives only while it is measured, so it does not disturb the others; its first round warms it up.
 */
final class ProcessRounds implements Peer.Rounds {
  private static final int SECONDS = 120;

  /** It runs ahead of its reader, who may be late by a millisecond: so never one short round. */
  private static final long LEAST_NANOS = 200_000_000;

  private final List<String> command;
  private final Path file;

  /**
   * @param file what it executes, deleted at the end
   */
  ProcessRounds(List<String> command, Path file) {
    this.command = command;
    this.file = file;
  }

  @Override
  public Peer.Round run(int rounds) {
    try {
      Process process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
      Thread watchdog = watch(process);
      try (InputStream in = process.getInputStream()) {
        int result = next(in); // warms it up
        long start = System.nanoTime();
        long elapsed = 0;
        int done = 0;
        while (done < rounds || elapsed < LEAST_NANOS) {
          result = next(in);
          done++;
          elapsed = System.nanoTime() - start;
        }
        return new Peer.Round(elapsed / done, result);
      } finally {
        watchdog.interrupt();
        process.destroyForcibly();
        process.onExit().join();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends a process that never answers. */
  private static Thread watch(Process process) {
    return Thread.ofVirtual()
        .start(
            () -> {
              try {
                if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                  process.destroyForcibly();
                }
              } catch (InterruptedException _) {
                // it did answer
              }
            });
  }

  private int next(InputStream in) throws IOException {
    byte[] four = in.readNBytes(4);
    if (four.length < 4) {
      throw new IOException(
          String.join(" ", command) + ": ended, or gave no result in " + SECONDS + " s");
    }
    int result = 0;
    for (int i = 3; i >= 0; i--) {
      result = result << 8 | four[i] & 0xff;
    }
    return result;
  }

  @Override
  public void close() {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
