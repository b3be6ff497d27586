package org.trampoline.emulator.oracle;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.OptionalInt;

/**
 * A 32-bit x86 of the Unicorn library (2.1), with its paging unit: physical memory, registers,
 * hooks and runs. Addresses and register values are Java ints read as unsigned.
 *
 * <p>What 2.1.4 does, found by experiment and pinned by this class's tests:
 *
 * <ul>
 *   <li>A new engine is not in the reset state of SDM vol. 3, 10.1.1: protection is on (CR0=0x11)
 *       with flat 32-bit segments of selector 0. {@link UnicornReset} makes it so; from there
 *       real-mode code, the switch to protected mode, paging, ring 3 and back all work.
 *   <li>In a {@link UnicornHook.Code} hook every register, eip and eflags are exact, and so they
 *       are after each run. Registers written there, eip included, take effect before the next
 *       instruction.
 *   <li>Exceptions and software interrupts are not delivered through the guest's IDT. CR2 is set,
 *       the error code is not shown; a second contributory fault or page fault is reported as #DF,
 *       a third shuts the CPU down, whatever the hook has done ({@link UnicornFaultState}).
 *   <li>Accessed and dirty bits are set in the guest's tables at the first access that misses
 *       Unicorn's TLB.
 *   <li>Each run ends by looking up the translations of its {@code until} address in the guest's
 *       page tables, which sets accessed bits or CR2. So this class gives it none: {@link #run}
 *       ends by count, {@code hlt}, a hook, or one of {@link #setExits}.
 * </ul>
 *
 * <p>Not thread-safe, except for {@link #stop}. Misuse is an exception, never a crash: a closed
 * engine, a run within a run, and closing within a run are refused.
 */
public final class Unicorn implements AutoCloseable {
  /** Permissions of mapped memory: read, write and execute. */
  public static final int READ = 1;

  /** See {@link #READ}. */
  public static final int WRITE = 2;

  /** See {@link #READ}. */
  public static final int EXECUTE = 4;

  /** Read, write and execute. */
  public static final int ALL = READ | WRITE | EXECUTE;

  /** Mapped memory starts and ends on a multiple of this. */
  public static final int PAGE_SIZE = 4096;

  private static final int ARCH_X86 = 4;
  private static final int MODE_32 = 1 << 2;

  // uc_hook_type
  private static final int HOOK_INTERRUPT = 1;
  private static final int HOOK_INSTRUCTION = 1 << 1;
  private static final int HOOK_CODE = 1 << 2;
  private static final int HOOK_BLOCK = 1 << 3;
  private static final int HOOK_UNMAPPED = 0x3f << 4;
  private static final int HOOK_READ = 1 << 10;
  private static final int HOOK_WRITE = 1 << 11;
  private static final int HOOK_INVALID = 1 << 14;

  // uc_x86_insn and uc_x86_reg
  private static final int INSTRUCTION_CPUID = 113;
  private static final int INSTRUCTION_IN = 218;
  private static final int INSTRUCTION_OUT = 500;
  private static final int REGISTER_IDTR = 242;
  private static final int REGISTER_GDTR = 243;
  private static final int REGISTER_LDTR = 244;
  private static final int REGISTER_TR = 245;
  private static final int REGISTER_MSR = 248;

  // uc_control_type: number | arguments << 26 | write << 30
  private static final int CTL_USE_EXITS = 4 | 1 << 26 | 1 << 30;
  private static final int CTL_EXITS = 6 | 2 << 26 | 1 << 30;
  private static final int CTL_CPU_MODEL = 7 | 1 << 26 | 1 << 30;
  private static final int CTL_FLUSH_TRANSLATIONS = 10 | 1 << 30;
  private static final int CTL_FLUSH_TLB = 11 | 1 << 30;

  private final Arena arena = Arena.ofShared();
  private final MemorySegment engine;
  private final MemorySegment scratch = arena.allocate(64, 16);
  private final UnicornCallbacks callbacks = new UnicornCallbacks(this, arena);
  private MemorySegment copyBuffer = MemorySegment.NULL;
  private boolean closed;
  private boolean running;

  /** Code was changed or hooks were added: translations are dropped before the next run. */
  private boolean stale;

  /** An engine with Unicorn's default CPU, a 64-bit capable one in 32-bit mode. */
  public Unicorn() {
    this(null);
  }

  /**
   * @param model the CPU that cpuid reports and whose instructions are valid; null for the default
   * @throws OracleUnavailableException if there is no usable library
   */
  public Unicorn(UnicornCpuModel model) {
    LibUnicorn.requireAvailable();
    check(LibUnicorn.open(ARCH_X86, MODE_32, scratch), "uc_open");
    engine = scratch.get(ADDRESS, 0);
    if (model != null) { // must come before anything that initialises the CPU
      check(LibUnicorn.ctl(engine, CTL_CPU_MODEL, model.id), "CPU model " + model);
    }
    check(LibUnicorn.ctl(engine, CTL_USE_EXITS, 1), "uc_ctl_exits_enable");
  }

  /**
   * The version of the library found, {@code "2.1.4"} for instance.
   *
   * @throws OracleUnavailableException if there is no usable library
   */
  public static String version() {
    LibUnicorn.requireAvailable();
    int version = LibUnicorn.version();
    return (version >>> 24) + "." + (version >>> 16 & 0xff) + "." + (version >>> 8 & 0xff);
  }

  /** Why Unicorn cannot be used here, or null if it can. */
  public static String unavailableReason() {
    try {
      LibUnicorn.requireAvailable();
      return null;
    } catch (OracleUnavailableException e) {
      return e.getMessage();
    }
  }

  // ---- memory

  /**
   * Maps zeroed memory.
   *
   * @param address physical, a multiple of {@link #PAGE_SIZE}
   * @param size in bytes, likewise
   * @param permissions of {@link #READ}, {@link #WRITE}, {@link #EXECUTE}
   * @throws UnicornException if part of it is mapped already or not aligned
   */
  public void map(int address, long size, int permissions) {
    long start = Integer.toUnsignedLong(address);
    check(
        LibUnicorn.memMap(handle(), start, size, permissions),
        "map of 0x%x bytes at 0x%08x".formatted(size, address));
  }

  /**
   * Maps the caller's memory, so that both see each other's stores. Code that the caller changes
   * there is seen after {@link #flushTranslations}.
   *
   * @param memory native memory that stays alive until this engine is closed; aligned to and a
   *     multiple of {@link #PAGE_SIZE}
   * @throws IllegalArgumentException if the memory is on the Java heap
   * @throws UnicornException as for {@link #map}
   */
  public void map(int address, MemorySegment memory, int permissions) {
    if (!memory.isNative()) {
      throw new IllegalArgumentException("memory shared with Unicorn must be off-heap");
    }
    check(
        LibUnicorn.memMapPtr(
            handle(), Integer.toUnsignedLong(address), memory.byteSize(), permissions, memory),
        "map of 0x%x shared bytes at 0x%08x".formatted(memory.byteSize(), address));
  }

  /** Removes a mapping, or part of one. */
  public void unmap(int address, long size) {
    check(
        LibUnicorn.memUnmap(handle(), Integer.toUnsignedLong(address), size),
        "unmap of 0x%x bytes at 0x%08x".formatted(size, address));
  }

  /** Reads physical memory. */
  public byte[] read(int address, int length) {
    MemorySegment buffer = buffer(length);
    check(
        LibUnicorn.memRead(handle(), Integer.toUnsignedLong(address), buffer, length),
        "read of %d bytes at 0x%08x".formatted(length, address));
    byte[] bytes = new byte[length];
    MemorySegment.copy(buffer, 0, MemorySegment.ofArray(bytes), 0, length);
    return bytes;
  }

  /**
   * Writes physical memory, whatever its permissions. Code changed in a hook is seen from the next
   * run on.
   */
  public void write(int address, byte... bytes) {
    MemorySegment buffer = buffer(bytes.length);
    MemorySegment.copy(MemorySegment.ofArray(bytes), 0, buffer, 0, bytes.length);
    check(
        LibUnicorn.memWrite(handle(), Integer.toUnsignedLong(address), buffer, bytes.length),
        "write of %d bytes at 0x%08x".formatted(bytes.length, address));
    stale = true;
  }

  /** Reads a doubleword of physical memory. */
  public int readInt(int address) {
    check(
        LibUnicorn.memRead(handle(), Integer.toUnsignedLong(address), scratch, 4),
        "read of 4 bytes at 0x%08x".formatted(address));
    return scratch.get(JAVA_INT, 0);
  }

  /** Writes a doubleword of physical memory. */
  public void writeInt(int address, int value) {
    scratch.set(JAVA_INT, 0, value);
    check(
        LibUnicorn.memWrite(handle(), Integer.toUnsignedLong(address), scratch, 4),
        "write of 4 bytes at 0x%08x".formatted(address));
    stale = true;
  }

  /**
   * The physical address an access at the current privilege level goes to, empty if it would fault.
   * Like an access it sets accessed and dirty bits, and CR2; in a hook, a fault stays pending and
   * is raised when the run goes on.
   *
   * @param linear linear address
   * @param access {@link #READ}, {@link #WRITE} or {@link #EXECUTE}
   */
  public OptionalInt translate(int linear, int access) {
    long address = Integer.toUnsignedLong(linear);
    int result = LibUnicorn.vmemTranslate(handle(), address, access, scratch);
    return result == 0 ? OptionalInt.of((int) scratch.get(JAVA_LONG, 0)) : OptionalInt.empty();
  }

  // ---- registers

  /** A register's value, zero-extended; for one wider than 64 bits its low half. */
  public long get(UnicornRegister register) {
    return getRegister(register, 0);
  }

  /** Bits 64 and up of an 80- or 128-bit register. */
  public long getHigh(UnicornRegister register) {
    return getRegister(register, 8);
  }

  private long getRegister(UnicornRegister register, long offset) {
    scratch.asSlice(0, 24).fill((byte) 0);
    check(LibUnicorn.regRead(handle(), register.id, scratch), register.name());
    return scratch.get(JAVA_LONG, offset);
  }

  /**
   * Sets a register; a segment register is loaded as the guest would load it (from the descriptor
   * table, or as in real mode).
   *
   * @throws UnicornException if the segment cannot be loaded ({@link UnicornError#EXCEPTION})
   */
  public void set(UnicornRegister register, long value) {
    set(register, value, 0);
  }

  /** Sets an 80- or 128-bit register from its two halves. */
  public void set(UnicornRegister register, long low, long high) {
    scratch.set(JAVA_LONG, 0, low);
    scratch.set(JAVA_LONG, 8, high);
    check(
        LibUnicorn.regWrite(handle(), register.id, scratch), "%s = 0x%x".formatted(register, low));
  }

  /** GDTR. */
  public DescriptorRegister gdtr() {
    return getDescriptorRegister(REGISTER_GDTR);
  }

  /** IDTR. */
  public DescriptorRegister idtr() {
    return getDescriptorRegister(REGISTER_IDTR);
  }

  /** LDTR. */
  public DescriptorRegister ldtr() {
    return getDescriptorRegister(REGISTER_LDTR);
  }

  /** TR. */
  public DescriptorRegister tr() {
    return getDescriptorRegister(REGISTER_TR);
  }

  /** Sets GDTR. */
  public void gdtr(DescriptorRegister value) {
    setDescriptorRegister(REGISTER_GDTR, value);
  }

  /** Sets IDTR. */
  public void idtr(DescriptorRegister value) {
    setDescriptorRegister(REGISTER_IDTR, value);
  }

  /** Sets LDTR, hidden part included, without a look at the GDT. */
  public void ldtr(DescriptorRegister value) {
    setDescriptorRegister(REGISTER_LDTR, value);
  }

  /** Sets TR, hidden part included, without a look at the GDT. */
  public void tr(DescriptorRegister value) {
    setDescriptorRegister(REGISTER_TR, value);
  }

  // struct uc_x86_mmr { uint16_t selector; uint64_t base; uint32_t limit, flags; }
  private DescriptorRegister getDescriptorRegister(int register) {
    scratch.asSlice(0, 24).fill((byte) 0);
    check(LibUnicorn.regRead(handle(), register, scratch), "descriptor-table register");
    return new DescriptorRegister(
        Short.toUnsignedInt(scratch.get(JAVA_SHORT, 0)),
        (int) scratch.get(JAVA_LONG, 8),
        scratch.get(JAVA_INT, 16),
        scratch.get(JAVA_INT, 20));
  }

  private void setDescriptorRegister(int register, DescriptorRegister value) {
    scratch.set(JAVA_LONG, 0, value.selector() & 0xffff);
    scratch.set(JAVA_LONG, 8, Integer.toUnsignedLong(value.base()));
    scratch.set(JAVA_INT, 16, value.limit());
    scratch.set(JAVA_INT, 20, value.attributes());
    check(LibUnicorn.regWrite(handle(), register, scratch), "descriptor-table register");
  }

  // struct uc_x86_msr { uint32_t rid; uint64_t value; }, packed to its natural alignment
  /** A model-specific register; one that Unicorn does not know reads as 0. */
  public long getMsr(int number) {
    scratch.set(JAVA_LONG, 0, Integer.toUnsignedLong(number));
    scratch.set(JAVA_LONG, 8, 0);
    check(LibUnicorn.regRead(handle(), REGISTER_MSR, scratch), "rdmsr");
    return scratch.get(JAVA_LONG, 8);
  }

  /** Sets a model-specific register; one that Unicorn does not know is left as it is. */
  public void setMsr(int number, long value) {
    scratch.set(JAVA_LONG, 0, Integer.toUnsignedLong(number));
    scratch.set(JAVA_LONG, 8, value);
    check(LibUnicorn.regWrite(handle(), REGISTER_MSR, scratch), "wrmsr");
  }

  /** Registers to be read or written together: one call into the library instead of many. */
  public UnicornRegisterBatch batch(UnicornRegister... registers) {
    handle();
    return new UnicornRegisterBatch(this, arena, registers);
  }

  // ---- running

  /**
   * Runs from an address until a hook stops it, {@code hlt} is executed, an exit is reached, or
   * {@code count} instructions are done.
   *
   * @param eip offset in the code segment of the first instruction
   * @param count instructions at most, 0 for no limit; each round of a repeated string instruction
   *     counts, and one more for leaving it. A count is slow where code is new (0.5 ms an
   *     instruction): a code hook that stops the run is not (1 µs).
   * @return {@link UnicornError#OK}, or what ended it
   */
  public UnicornError run(int eip, long count) {
    MemorySegment target = handle();
    if (running) {
      throw new IllegalStateException("Unicorn is running: a hook cannot start a run");
    }
    if (stale) { // not when asked to: in a hook it would pull the running code from under the CPU
      check(LibUnicorn.ctl(target, CTL_FLUSH_TRANSLATIONS), "uc_ctl_flush_tb");
      stale = false;
    }
    running = true;
    int result;
    try {
      result = LibUnicorn.emuStart(target, Integer.toUnsignedLong(eip), 0, 0, count);
    } finally {
      running = false;
    }
    callbacks.rethrow();
    return UnicornError.of(result);
  }

  /**
   * Ends the run after the current instruction (from a code hook: before it). May be called from
   * any thread; does nothing when nothing runs or the engine is closed.
   */
  public synchronized void stop() {
    if (!closed) {
      check(LibUnicorn.emuStop(engine), "uc_emu_stop");
    }
  }

  /** Linear addresses before which a run ends; replaces those set before. */
  public void setExits(int... addresses) {
    MemorySegment list = buffer(8 * Math.max(1, addresses.length));
    for (int i = 0; i < addresses.length; i++) {
      list.setAtIndex(JAVA_LONG, i, Integer.toUnsignedLong(addresses[i]));
    }
    check(
        LibUnicorn.ctl(handle(), CTL_EXITS, list.address(), addresses.length), "uc_ctl_set_exits");
  }

  /** Forgets all translated code before the next run. */
  public void flushTranslations() {
    stale = true;
  }

  /** Empties Unicorn's TLB, as a load of CR3 does. */
  public void flushTlb() {
    check(LibUnicorn.ctl(handle(), CTL_FLUSH_TLB), "uc_ctl_flush_tlb");
  }

  /** Saves the CPU's state (registers, not memory). */
  public UnicornContext saveContext() {
    UnicornContext context = new UnicornContext(this);
    context.save();
    return context;
  }

  // ---- hooks; each returns a number for removeHook

  /** Calls the hook before every instruction. Hooks added in a hook act from the next run on. */
  public long onCode(UnicornHook.Code hook) {
    return add(HOOK_CODE, callbacks.code(hook), 1, 0, 0);
  }

  /** Calls the hook before every instruction whose linear address is in {@code [first, last]}. */
  public long onCode(int first, int last, UnicornHook.Code hook) {
    long begin = Integer.toUnsignedLong(first);
    return add(HOOK_CODE, callbacks.code(hook), begin, Integer.toUnsignedLong(last), 0);
  }

  /** Calls the hook before every block of translated code. */
  public long onBlock(UnicornHook.Code hook) {
    return add(HOOK_BLOCK, callbacks.code(hook), 1, 0, 0);
  }

  /** Calls the hook on every load and store by an instruction (not by the page walk). */
  public long onAccess(UnicornHook.Access hook) {
    return add(HOOK_READ | HOOK_WRITE, callbacks.access(hook), 1, 0, 0);
  }

  /** Calls the hook on every store by an instruction (not by the page walk). */
  public long onWrite(UnicornHook.Access hook) {
    return add(HOOK_WRITE, callbacks.access(hook), 1, 0, 0);
  }

  /** Calls the hook when a physical address is not mapped, or not with that permission. */
  public long onUnmapped(UnicornHook.Unmapped hook) {
    return add(HOOK_UNMAPPED, callbacks.unmapped(hook), 1, 0, 0);
  }

  /** Calls the hook on exceptions (but #UD) and software interrupts. */
  public long onInterrupt(UnicornHook.Interrupt hook) {
    return add(HOOK_INTERRUPT, callbacks.interrupt(hook), 1, 0, 0);
  }

  /** Calls the hook on #UD. */
  public long onInvalidInstruction(UnicornHook.InvalidInstruction hook) {
    return add(HOOK_INVALID, callbacks.invalidInstruction(hook), 1, 0, 0);
  }

  /** Lets the hook answer {@code in}; without one a port reads as 0. */
  public long onPortRead(UnicornHook.PortRead hook) {
    return add(HOOK_INSTRUCTION, callbacks.portRead(hook), 1, 0, INSTRUCTION_IN);
  }

  /** Calls the hook on {@code out}. */
  public long onPortWrite(UnicornHook.PortWrite hook) {
    return add(HOOK_INSTRUCTION, callbacks.portWrite(hook), 1, 0, INSTRUCTION_OUT);
  }

  /** Lets the hook answer {@code cpuid}. */
  public long onCpuId(UnicornHook.CpuId hook) {
    return add(HOOK_INSTRUCTION, callbacks.cpuId(hook), 1, 0, INSTRUCTION_CPUID);
  }

  /** Removes a hook. */
  public void removeHook(long hook) {
    check(LibUnicorn.hookDel(handle(), hook), "uc_hook_del");
  }

  private long add(int type, MemorySegment callback, long begin, long end, int instruction) {
    check(
        LibUnicorn.hookAdd(handle(), scratch, type, callback, begin, end, instruction),
        "uc_hook_add");
    stale = true; // translated code calls only the hooks it was translated with
    return scratch.get(JAVA_LONG, 0);
  }

  // ---- life

  /**
   * Frees the engine; a second call does nothing.
   *
   * @throws IllegalStateException within a run
   */
  @Override
  public synchronized void close() {
    if (running) {
      throw new IllegalStateException("Unicorn is running: a hook cannot close it");
    }
    if (!closed) {
      closed = true;
      try {
        check(LibUnicorn.close(engine), "uc_close");
      } finally {
        arena.close();
      }
    }
  }

  /** The C handle, for the classes that share it. */
  MemorySegment handle() {
    if (closed) {
      throw new IllegalStateException("this Unicorn engine is closed");
    }
    return engine;
  }

  static void check(int result, String call) {
    if (result != 0) {
      throw new UnicornException(UnicornError.of(result), call);
    }
  }

  /** Native memory of at least that many bytes, reused from call to call. */
  private MemorySegment buffer(int length) {
    handle();
    if (copyBuffer.byteSize() < length) {
      copyBuffer = arena.allocate(Math.max(PAGE_SIZE, Integer.highestOneBit(length) * 2L), 16);
    }
    return copyBuffer;
  }
}
