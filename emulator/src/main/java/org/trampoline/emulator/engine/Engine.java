package org.trampoline.emulator.engine;

import java.lang.foreign.MemorySegment;
import java.util.Optional;
import org.trampoline.emulator.StopReason;
import org.trampoline.emulator.device.Clock;

/**
 * Something that executes 32-bit x86 code: our machine with its interpreter, Unicorn, or an engine
 * of a user's own. The kernel model and the differential tester know machines only through this.
 *
 * <p>Not safe for use by several threads, but {@link #requestStop} may come from any.
 */
public interface Engine extends AutoCloseable {
  /** Short name for people: {@code interpreter}, {@code unicorn}. */
  String name();

  /** What it is, for people and for lists of errata: with its version, if there are several. */
  default String label() {
    return name();
  }

  /** Reads a register; 16-bit ones zero-extended. */
  int get(Register register);

  /**
   * Writes a register. Writing a segment register in protected mode loads its hidden part from the
   * descriptor table, without checks of privilege.
   */
  void set(Register register, int value);

  /**
   * Puts the processor into protected mode at CPL 0 with flat 32-bit segments, caches on and no
   * paging, as a boot loader leaves it; the descriptor tables are not set up. The selectors are
   * Linux's. The x87 unit is as after FNINIT, and SSE is enabled in CR4 where there is any.
   */
  void flatProtectedMode();

  /** Whether operands and addresses of the running code segment are 32 bits by default (CS.D). */
  boolean code32();

  /** Guest RAM from physical address 0; writes through it are seen by the guest at once. */
  MemorySegment ram();

  /**
   * Tells the engine that {@code size} bytes of RAM from {@code physical} were changed behind its
   * back (through {@link #ram}) where code or page tables lie or have lain; what it has derived
   * from them is dropped.
   */
  void codeChanged(int physical, int size);

  /**
   * Runs at most {@code instructions} more instructions and says why it stopped. An exception
   * delivered counts against them, too. A processor that has stopped with {@link StopReason.Halted}
   * stays halted until eip is written.
   */
  StopReason run(long instructions);

  /** Instructions completed since the engine was made; a repeated string instruction is one. */
  long instructions();

  /**
   * Virtual time in nanoseconds since the engine was made. An engine without a clock of its own
   * completes 100 million instructions in a second and does not count the time in which it is
   * halted.
   */
  default long nanos() {
    return instructions() * (1_000_000_000 / Clock.DEFAULT_FREQUENCY);
  }

  /** The clock that virtual time comes from, if the engine has one. */
  default Optional<Clock> clock() {
    return Optional.empty();
  }

  /** Stops before the instruction at {@code linear} whenever execution arrives there. */
  void stopAt(int linear);

  /** Takes back {@link #stopAt}. */
  void clearStop(int linear);

  /** Puts a host function at a guest address; null takes it away. */
  void hostCall(int linear, HostCall function);

  /** Watches every instruction; null stops watching. Running observed is slower. */
  void observe(Observer observer);

  /** How many processors there are. */
  default int processors() {
    return 1;
  }

  /**
   * Number of the processor whose registers {@link #get} reads: the one that executes, or of
   * several the one that will go on. From 0 on.
   */
  default int processor() {
    return 0;
  }

  /**
   * Writes a 32-bit word at a physical address as that processor would, to devices, too.
   *
   * @throws UnsupportedOperationException if the engine has no devices
   */
  default void writeBus(int physical, int value) {
    throw new UnsupportedOperationException(name() + " has no devices");
  }

  /** Ends a {@link #run} in progress with {@link StopReason.Requested}. */
  void requestStop();

  @Override
  void close();
}
