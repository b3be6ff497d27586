package org.trampoline.kernel.cli;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.trampoline.emulator.Machine;

/**
 * The command line in a process that is confined: Linux refuses it what a container, a security
 * module or a limit would. The first argument is a {@link Way}, behind that of an address space
 * comes its size; the others are the command line's.
 */
final class Confined {
  private static final int PR_SET_NO_NEW_PRIVS = 38;
  private static final int PR_SET_SECCOMP = 22;
  private static final int SECCOMP_MODE_FILTER = 2;
  private static final int RLIMIT_AS = 9;
  private static final int MMAP = 9;
  private static final int MEMFD_CREATE = 319;

  private static final int PROT_WRITE = 2;
  private static final int PROT_EXEC = 4;
  private static final int MAP_SHARED = 1;

  /** struct seccomp_data: number of the system call, and its third and fourth argument. */
  private static final int NUMBER = 0;

  private static final int PROTECTION = 32;
  private static final int FLAGS = 40;

  /** Statements of a filter: load a word, jump if equal or if a bit is set, return. */
  private static final int LOAD = 0x20;

  private static final int EQUAL = 0x15;
  private static final int SET = 0x45;
  private static final int RETURN = 0x06;
  private static final int ALLOW = 0x7fff_0000;
  private static final int EPERM = 0x5_0001;

  /** What is refused. */
  enum Way {
    /** mmap(2) with PROT_EXEC of what can be written, too; libraries are not concerned. */
    NO_EXECUTABLE_MEMORY,

    /** memfd_create(2). */
    NO_MEMORY_FILES,

    /** More address space than this process has, and so many megabytes more. */
    ADDRESS_SPACE,

    /** Nothing: the host is of a kind for which no code is emitted. */
    OTHER_ARCHITECTURE
  }

  private Confined() {}

  public static void main(String[] arguments) throws Throwable {
    // what the JVM itself allocates at the first use of C functions is there then
    Machine.builder().build().close();
    switch (Way.valueOf(arguments[0])) {
      case NO_EXECUTABLE_MEMORY ->
          filter(
              new int[][] {
                {LOAD, 0, 0, NUMBER},
                {EQUAL, 0, 6, MMAP},
                {LOAD, 0, 0, PROTECTION},
                {SET, 0, 4, PROT_EXEC},
                {SET, 2, 0, PROT_WRITE},
                {LOAD, 0, 0, FLAGS},
                {SET, 0, 1, MAP_SHARED},
                {RETURN, 0, 0, EPERM},
                {RETURN, 0, 0, ALLOW}
              });
      case NO_MEMORY_FILES ->
          filter(
              new int[][] {
                {LOAD, 0, 0, NUMBER},
                {EQUAL, 0, 1, MEMFD_CREATE},
                {RETURN, 0, 0, EPERM},
                {RETURN, 0, 0, ALLOW}
              });
      case OTHER_ARCHITECTURE -> System.setProperty("os.arch", "aarch64");
      case ADDRESS_SPACE -> limit(Long.parseLong(arguments[1]) << 20);
    }
    int own = arguments[0].equals(Way.ADDRESS_SPACE.name()) ? 2 : 1;
    Trampoline.main(Arrays.copyOfRange(arguments, own, arguments.length));
  }

  @SuppressWarnings("restricted")
  private static long call(String name, long... values) throws Throwable {
    ValueLayout.OfLong word = ValueLayout.JAVA_LONG;
    var function =
        Linker.nativeLinker()
            .downcallHandle(
                Linker.nativeLinker().defaultLookup().findOrThrow(name),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, word, word, word, word, word));
    long[] all = Arrays.copyOf(values, 5);
    return (int) function.invokeExact(all[0], all[1], all[2], all[3], all[4]);
  }

  private static void filter(int[][] statements) throws Throwable {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment code = arena.allocate(8L * statements.length, 8);
      for (int i = 0; i < statements.length; i++) {
        code.set(ValueLayout.JAVA_SHORT, 8L * i, (short) statements[i][0]);
        code.set(ValueLayout.JAVA_BYTE, 8L * i + 2, (byte) statements[i][1]);
        code.set(ValueLayout.JAVA_BYTE, 8L * i + 3, (byte) statements[i][2]);
        code.set(ValueLayout.JAVA_INT, 8L * i + 4, statements[i][3]);
      }
      MemorySegment program = arena.allocate(16, 8);
      program.set(ValueLayout.JAVA_SHORT, 0, (short) statements.length);
      program.set(ValueLayout.JAVA_LONG, 8, code.address());
      require(call("prctl", PR_SET_NO_NEW_PRIVS, 1));
      require(call("prctl", PR_SET_SECCOMP, SECCOMP_MODE_FILTER, program.address()));
    }
  }

  private static void limit(long more) throws Throwable {
    long now;
    try (var lines = Files.lines(Path.of("/proc/self/status"))) {
      String size = lines.filter(line -> line.startsWith("VmSize:")).findFirst().orElseThrow();
      now = Long.parseLong(size.replaceAll("\\D", "")) << 10;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment both = arena.allocate(16, 8);
      both.set(ValueLayout.JAVA_LONG, 0, now + more);
      both.set(ValueLayout.JAVA_LONG, 8, now + more);
      require(call("setrlimit", RLIMIT_AS, both.address()));
    }
  }

  private static void require(long result) {
    if (result != 0) {
      throw new IllegalStateException("Linux does not confine this process");
    }
  }
}
