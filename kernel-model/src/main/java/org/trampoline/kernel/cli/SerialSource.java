package org.trampoline.kernel.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.trampoline.emulator.device.SerialInput;

/** Standard input as what a guest receives at its serial port. */
final class SerialSource implements SerialInput.Source {
  private static final int QUEUE = 4096;

  /** How long an idle guest lets the host sleep between two looks. */
  private static final int PATIENCE_MS = 5;

  private final BlockingQueue<Integer> queue = new ArrayBlockingQueue<>(QUEUE);

  SerialSource(InputStream in) {
    Thread reader = new Thread(() -> read(in), "serial input");
    reader.setDaemon(true);
    reader.start();
  }

  private void read(InputStream in) {
    try {
      int value;
      do {
        value = in.read();
        queue.put(value < 0 ? END : value);
      } while (value >= 0);
    } catch (IOException | InterruptedException e) {
      queue.offer(END);
    }
  }

  /** The bytes of a file, none of them awaited. */
  static SerialInput.Source of(byte[] bytes) {
    return new SerialInput.Source() {
      private int next;

      @Override
      public int next(boolean idle) {
        return next < bytes.length ? bytes[next++] & 0xff : END;
      }
    };
  }

  @Override
  public int next(boolean idle) {
    try {
      Integer value = idle ? queue.poll(PATIENCE_MS, TimeUnit.MILLISECONDS) : queue.poll();
      return value == null ? NOTHING : value;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return END;
    }
  }
}
