package org.trampoline.emulator.oracle.host;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.trampoline.emulator.differential.cases.CaseWorld;
import org.trampoline.emulator.differential.cases.LdtEntry;
import org.trampoline.emulator.oracle.OracleUnavailableException;

/**
 * The helper process and the memory shared with it. It enters states in ring 3 on the processor
 * this runs on, and says in what state they trap.
 *
 * <p>A state that never traps ends the helper when {@link #TIME_LIMIT_MS} of processor time are
 * used up; {@link #restart} makes a new one. The helper also ends when this process does: it reads
 * the end of its input.
 */
public final class HostCpu implements AutoCloseable {
  /** Processor time a command may take, in milliseconds. */
  private static final int TIME_LIMIT_MS = 500;

  private static final int SYS_MPROTECT = 10;
  private static final int SYS_MODIFY_LDT = 154;
  private static final int WRITE_LDT = 0x11;
  private static final int PROT_NONE = 0, PROT_READ = 1, PROT_ALL = 7;

  private static final long SA_FLAGS =
      0x0800_0000L // SA_ONSTACK
          | 0x4000_0000L // SA_NODEFER
          | 0x0400_0000L // SA_RESTORER
          | 4; // SA_SIGINFO

  private final CpuIdentity identity;
  private final Arena arena = Arena.ofShared();
  private final Path file;
  private final Path program;
  private final MemorySegment window;
  private final long handler;
  private Process process;
  private OutputStream doorbell;
  private InputStream answers;
  private boolean chainOpen;

  private HostCpu(CpuIdentity identity, Path directory) throws IOException {
    this.identity = identity;
    file = Files.createTempFile(directory, "trampoline", ".cases");
    file.toFile().deleteOnExit();
    program =
        Files.createTempFile(
            directory,
            "trampoline",
            ".helper",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    program.toFile().deleteOnExit();
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.allocate(1), HelperLayout.SIZE - 1);
      window = channel.map(FileChannel.MapMode.READ_WRITE, 0, HelperLayout.SIZE, arena);
    }
    HelperProgram helper = new HelperProgram();
    Files.write(program, ElfProgram.of(helper.code(), HelperLayout.TEXT));
    handler = helper.handlerAddress();
  }

  /**
   * Starts a helper.
   *
   * @throws OracleUnavailableException if this machine has no such oracle
   */
  public static HostCpu open() {
    String os = System.getProperty("os.name");
    String architecture = System.getProperty("os.arch");
    if (!os.equals("Linux") || !architecture.equals("amd64")) {
      throw unavailable("needs Linux on x86-64, this is " + os + " on " + architecture);
    }
    IOException last = null;
    // what is mounted without execute permission does not do
    for (String directory : new String[] {"/dev/shm", System.getProperty("java.io.tmpdir")}) {
      HostCpu host = null;
      try {
        host = new HostCpu(CpuIdentity.read(), Path.of(directory));
        host.restart();
        return host;
      } catch (IOException e) {
        last = e;
        if (host != null) {
          host.close();
        }
      }
    }
    throw unavailable(last.getMessage());
  }

  /** Why this machine has no such oracle, in one line; null if it has. */
  public static String unavailableReason() {
    try (HostCpu host = open()) {
      return host.window.byteSize() > 0 ? null : "";
    } catch (OracleUnavailableException e) {
      return e.getMessage();
    }
  }

  private static OracleUnavailableException unavailable(String reason) {
    return new OracleUnavailableException("host CPU: " + reason);
  }

  /** Which processor this is. */
  public CpuIdentity identity() {
    return identity;
  }

  // ---- the helper process

  /** Starts a helper, in place of one that has ended. */
  public void restart() throws IOException {
    if (process != null) {
      process.destroyForcibly();
    }
    window.asSlice(0, HelperLayout.STACK).fill((byte) 0);
    putLong(HelperLayout.SIGNAL_STACK, HelperLayout.WINDOW + HelperLayout.STACK);
    putLong(HelperLayout.SIGNAL_STACK + 16, HelperLayout.STACK_SIZE);
    putLong(HelperLayout.ACTION, handler);
    putLong(HelperLayout.ACTION + 8, SA_FLAGS);
    putLong(
        HelperLayout.ACTION + 16, handler); // the restorer, never used: the handler returns itself
    putLong(HelperLayout.TIME_LIMIT + 24, 1000L * TIME_LIMIT_MS);
    int length = SeccompFilter.write(window);
    window.set(JAVA_SHORT_UNALIGNED, HelperLayout.FILTER, (short) length);
    putLong(HelperLayout.FILTER + 8, HelperLayout.WINDOW + HelperLayout.FILTER_PROGRAM);
    ProcessBuilder builder = new ProcessBuilder(program.toString(), file.toString());
    builder.environment().clear();
    builder.redirectError(ProcessBuilder.Redirect.DISCARD);
    process = builder.start();
    doorbell = process.getOutputStream();
    answers = process.getInputStream();
    chainOpen = true;
    fillLdt();
    systemCall(SYS_MPROTECT, CaseWorld.READ_ONLY, 0x1000, PROT_READ);
  }

  private void fillLdt() throws IOException {
    for (int i = 0; i < CaseWorld.ldtEntries(); i++) {
      LdtEntry entry = CaseWorld.ldtEntry(i);
      window.set(JAVA_INT_UNALIGNED, HelperLayout.ARGUMENT, i);
      window.set(JAVA_INT_UNALIGNED, HelperLayout.ARGUMENT + 4, entry.base());
      window.set(JAVA_INT_UNALIGNED, HelperLayout.ARGUMENT + 8, entry.limit());
      window.set(JAVA_INT_UNALIGNED, HelperLayout.ARGUMENT + 12, entry.flags());
      systemCall(SYS_MODIFY_LDT, WRITE_LDT, HelperLayout.WINDOW + HelperLayout.ARGUMENT, 16);
    }
  }

  private void systemCall(int number, long... arguments) throws IOException {
    putInt(HelperLayout.COMMAND, HelperLayout.CALL);
    for (int i = 0; i < 6; i++) {
      putLong(HelperLayout.SYSTEM_CALL + 8 + 8 * i, i < arguments.length ? arguments[i] : 0);
    }
    putLong(HelperLayout.SYSTEM_CALL, number);
    if (!ring()) {
      throw new IOException(
          "the helper process ended (status " + exitStatus() + "): no seccomp, no 32-bit code?");
    }
    int result = (int) window.get(JAVA_LONG_UNALIGNED, HelperLayout.SYSTEM_CALL + 56);
    if (result < 0) {
      throw new IOException("system call " + number + " fails with error " + -result);
    }
  }

  private int exitStatus() throws IOException {
    try {
      return process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /** Wakes the helper and waits for its answer; false if it has ended instead. */
  private boolean ring() {
    wake();
    return answered();
  }

  private void wake() {
    try {
      doorbell.write(1);
      doorbell.flush();
    } catch (IOException e) {
      return; // a broken pipe: it has ended, which the answer will tell
    }
  }

  private boolean answered() {
    try {
      return answers.read() >= 0;
    } catch (IOException e) {
      return false;
    }
  }

  // ---- execution

  /**
   * Begins to execute records one after the other, each until it traps; {@link #ended} has to
   * follow. They lie from offset {@code first} of the {@link #chainRegion} on, their results {@code
   * resultDistance} bytes behind them.
   */
  public void trap(int first, int count, int stride, int resultDistance, boolean fx)
      throws IOException {
    showChain(false);
    command(HelperLayout.TRAPS, HelperLayout.CHAIN_REGION + first, resultDistance, fx);
    putInt(HelperLayout.COUNT, count);
    putInt(HelperLayout.STRIDE, stride);
    wake();
  }

  /**
   * Begins to run a chain, whose code and records are in the {@link #chainRegion}; {@link #ended}
   * has to follow.
   */
  public void chain(int entry, int resultDistance, boolean fx) throws IOException {
    showChain(true);
    command(HelperLayout.CHAIN, HelperLayout.CHAIN_ENTRY, resultDistance, false);
    putInt(HelperLayout.FX, fx ? 1 : 0);
    ChainEntry.write(window, HelperLayout.CHAIN_ENTRY, entry);
    wake();
  }

  /**
   * Waits for what {@link #trap} or {@link #chain} has begun.
   *
   * @return whether it came to its end; if not, the helper has ended, and has to be {@link
   *     #restart}ed
   */
  public boolean ended() {
    return answered();
  }

  /** How many records are still to be executed, the current one included. */
  public int left() {
    return window.get(JAVA_INT_UNALIGNED, HelperLayout.COUNT);
  }

  private void command(int command, int first, int resultDistance, boolean fx) {
    putInt(HelperLayout.COMMAND, command);
    putLong(HelperLayout.FIRST, HelperLayout.WINDOW + first);
    putLong(HelperLayout.RESULT, resultDistance);
    putInt(HelperLayout.FX, fx ? 1 : 0);
  }

  /** Whether 32-bit code can reach the chain region. */
  private void showChain(boolean show) throws IOException {
    if (show != chainOpen) {
      systemCall(SYS_MPROTECT, CaseWorld.CHAIN, CaseWorld.CHAIN_SIZE, show ? PROT_ALL : PROT_NONE);
      chainOpen = show;
    }
  }

  // ---- memory

  /** What is at {@link CaseWorld#CHAIN}. */
  public MemorySegment chainRegion() {
    return window.asSlice(HelperLayout.CHAIN_REGION, CaseWorld.CHAIN_SIZE);
  }

  /** What is at {@link CaseWorld#CODE}. */
  public MemorySegment code() {
    return window.asSlice(HelperLayout.CODE, CaseWorld.CODE_SIZE);
  }

  /** What is at {@link CaseWorld#DATA}, with the read-only page. */
  public MemorySegment data() {
    return window.asSlice(HelperLayout.DATA, CaseWorld.DATA_MAPPED);
  }

  private void putInt(int offset, int value) {
    window.set(JAVA_INT_UNALIGNED, offset, value);
  }

  private void putLong(int offset, long value) {
    window.set(JAVA_LONG_UNALIGNED, offset, value);
  }

  @Override
  public void close() {
    if (process != null) {
      process.destroyForcibly();
    }
    file.toFile().delete();
    program.toFile().delete();
    arena.close();
  }
}
