package org.trampoline.bench.peers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Rounds in a process of its own, which goes round for ever and writes four bytes after each. It
 * lives only while it is measured, so it does not disturb the others; its first rounds warm it up.
 */
public final class ProcessRounds implements Peer.Rounds {
  /** It runs ahead of its reader, who may be late by a millisecond: so never one short round. */
  private static final long LEAST_NANOS = 200_000_000;

  private final List<String> command;
  private final Path file;

  /**
   * @param file what it executes, deleted at the end
   */
  public ProcessRounds(List<String> command, Path file) {
    this.command = command;
    this.file = file;
  }

  @Override
  public Peer.Round run(int rounds, Timing timing) {
    try (PeerProcess process = new PeerProcess(command)) {
      int result = process.nextInt();
      long start = System.nanoTime();
      while (System.nanoTime() - start < LEAST_NANOS) {
        result = process.nextInt(); // warms it up
      }
      start = timing.of(process.id());
      long elapsed = 0;
      int done = 0;
      while (done < rounds || elapsed < LEAST_NANOS) {
        result = process.nextInt();
        done++;
        elapsed = timing.of(process.id()) - start;
      }
      return new Peer.Round(elapsed / done, result);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What it executes. */
  public List<String> command() {
    return command;
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
