package org.trampoline.bench.soak;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What the process takes of the host at a moment, in kilobytes.
 *
 * @param seconds since the run began
 * @param resident all of its memory that is in RAM (VmRSS)
 * @param heap the Java heap in use after a collection
 * @param outside resident memory but for the Java heap, all of which is resident ({@link Soak})
 * @param mappings of its address space
 * @param files open
 * @param code emitted code in use, of all machines
 */
record Sample(
    double seconds, long resident, long heap, long outside, long mappings, long files, long code) {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final Path MAPS = Path.of("/proc/self/maps");
  private static final Path FILES = Path.of("/proc/self/fd");

  /** Why none can be taken here, or null. */
  static String absence() {
    return Files.isReadable(STATUS) ? null : "there is no " + STATUS + " to measure memory by";
  }

  /**
   * @param code bytes of emitted code
   */
  static Sample take(double seconds, long code) {
    System.gc();
    var usage = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
    try (var lines = Files.lines(STATUS);
        var maps = Files.lines(MAPS);
        var files = Files.list(FILES)) {
      long resident =
          lines
              .filter(line -> line.startsWith("VmRSS:"))
              .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
              .findFirst()
              .orElseThrow();
      return new Sample(
          seconds,
          resident,
          usage.getUsed() >> 10,
          resident - (usage.getCommitted() >> 10),
          maps.count(),
          files.count(),
          code >> 10);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** For people. */
  String describe() {
    return "%8.1f s: resident %d KB, outside the heap %d KB, heap %d KB, code %d KB, %d mappings, %d files"
        .formatted(seconds, resident, outside, heap, code, mappings, files);
  }
}
