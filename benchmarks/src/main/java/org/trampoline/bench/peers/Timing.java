package org.trampoline.bench.peers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What time is measured. */
public enum Timing {
  /** What somebody waits for. */
  WALL_CLOCK {
    @Override
    long own() {
      return System.nanoTime();
    }

    @Override
    long of(long process) {
      return System.nanoTime();
    }
  },

  /**
   * What an engine's threads get of the processors: for a machine that does other things as well.
   * Not counted is what the JVM does beside the thread that executes guest code.
   */
  PROCESSOR {
    @Override
    long own() {
      return THREADS.getCurrentThreadCpuTime();
    }

    // Linux tells it for each thread in nanoseconds.
    @Override
    long of(long process) {
      try (Stream<Path> threads = Files.list(Path.of("/proc", Long.toString(process), "task"))) {
        List<Path> all = threads.toList();
        long sum = 0;
        for (Path thread : all) {
          sum += nanos(thread.resolve("schedstat"));
        }
        return sum;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private static long nanos(Path schedstat) throws IOException {
      try {
        String text = Files.readString(schedstat);
        return Long.parseLong(text, 0, text.indexOf(' '), 10);
      } catch (NoSuchFileException _) {
        return 0; // the thread has ended
      }
    }

    @Override
    public String absence() {
      return Files.isReadable(Path.of("/proc/self/schedstat"))
          ? null
          : "processor time of other processes is known only on Linux";
    }
  };

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  /** Nanoseconds, of this thread where threads are told apart. */
  abstract long own();

  /** Nanoseconds of a process. */
  abstract long of(long process);

  /** Why it cannot be measured here, or null if it can. */
  public String absence() {
    return null;
  }
}
