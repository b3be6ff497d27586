package org.trampoline.bench.peers;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A process that writes results to its standard output, as four or eight bytes each. */
public final class PeerProcess implements AutoCloseable {
  private static final int SECONDS = 120;

  private final List<String> command;
  private final Process process;
  private final InputStream in;
  private final Thread watchdog;

  /** Starts it. */
  public PeerProcess(List<String> command) throws IOException {
    this.command = command;
    process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    in = process.getInputStream();
    watchdog = Thread.ofVirtual().start(this::endWhenLate);
  }

  private void endWhenLate() {
    try {
      if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException _) {
      // it did answer
    }
  }

  /** Its number in the system. */
  long id() {
    return process.pid();
  }

  /**
   * Waits for a result, least significant byte first.
   *
   * @throws IOException if the process ends without one, or gives none in two minutes
   */
  public int nextInt() throws IOException {
    return (int) next(Integer.BYTES);
  }

  /** The same with eight bytes. */
  public long nextLong() throws IOException {
    return next(Long.BYTES);
  }

  private long next(int size) throws IOException {
    byte[] bytes = in.readNBytes(size);
    if (bytes.length < size) {
      throw new IOException(command.getFirst() + ": ended, or gave no result in " + SECONDS + " s");
    }
    long result = 0;
    for (int i = size - 1; i >= 0; i--) {
      result = result << 8 | bytes[i] & 0xff;
    }
    return result;
  }

  /** Ends it. */
  @Override
  public void close() throws IOException {
    watchdog.interrupt();
    process.destroyForcibly();
    process.onExit().join();
    in.close();
  }
}
