package org.trampoline.emulator;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.trampoline.emulator.cpu.Control;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.CpuFeature;
import org.trampoline.emulator.cpu.CpuModel;
import org.trampoline.emulator.cpu.SegmentRegister;
import org.trampoline.emulator.cpu.UndefinedFlags;
import org.trampoline.emulator.device.Clock;
import org.trampoline.emulator.device.InterruptController;
import org.trampoline.emulator.device.Ports;
import org.trampoline.emulator.engine.Engine;
import org.trampoline.emulator.engine.FaultHandler;
import org.trampoline.emulator.engine.HostCall;
import org.trampoline.emulator.engine.InterruptHandler;
import org.trampoline.emulator.engine.Observer;
import org.trampoline.emulator.engine.Register;
import org.trampoline.emulator.memory.AbsentMemory;
import org.trampoline.emulator.memory.MmioDevice;
import org.trampoline.emulator.memory.NoHostMemoryException;
import org.trampoline.emulator.memory.SlotLimits;
import org.trampoline.emulator.memory.TlbModel;
import org.trampoline.emulator.snapshot.Snapshot;
import org.trampoline.emulator.snapshot.StatePart;
import org.trampoline.emulator.translate.Sampling;
import org.trampoline.emulator.translate.Translator;
import org.trampoline.emulator.translate.TranslatorStatistics;

/**
 * A 32-bit x86 machine: a processor or several, RAM from physical address 0, and an I/O space. It
 * starts in the state after RESET; of several processors the first one starts, the others wait for
 * a start-up IPI of its local APIC.
 *
 * <p>Several processors take turns, see {@link Builder#processors}. Registers are then those of the
 * processor whose turn it is, within a host function or an observer's method those of the one that
 * has come there.
 *
 * <pre>{@code
 * try (Machine machine = Machine.builder().memory(1 << 20).build()) {
 *   machine.flatProtectedMode();
 *   machine.load(0x1000, code);
 *   machine.set(Register.EIP, 0x1000);
 *   StopReason reason = machine.run(1_000_000);
 * }
 * }</pre>
 */
public final class Machine implements Engine {
  /** Most processors that a machine can have. */
  public static final int MAX_PROCESSORS = 8;

  private final Arena arena;
  private final Processors processors;
  private final Observation observation;
  private final long seed;

  @SuppressWarnings("MustBeClosedChecker") // close() closes it
  private Machine(Builder builder) {
    arena = Arena.ofShared();
    try {
      processors = new Processors(builder, arena, this);
    } catch (NoHostMemoryException noRoom) {
      arena.close(); // and with it what there was room for
      throw noRoom;
    }
    observation = new Observation(this, processors);
    seed = builder.seed;
  }

  public static Builder builder() {
    return new Builder();
  }

  /** What a machine is to be like. */
  public static final class Builder {
    long memory = 16 << 20;
    CpuModel model = CpuModel.PENTIUM4;
    Ports ports = Ports.NONE;
    long frequency = Clock.DEFAULT_FREQUENCY;

    int processors = 1;
    long seed = 1;
    ExecutionEngine engine = ExecutionEngine.usual();
    UndefinedFlags undefinedFlags = UndefinedFlags.USUAL;
    int codeBytes = Translator.CODE_BYTES;
    boolean checkedAddresses = Boolean.getBoolean("trampoline.translate.checked");
    Sampling sampling = Sampling.USUAL;
    SlotLimits slotLimits = SlotLimits.USUAL;

    private Builder() {}

    /**
     * Bytes of RAM, a multiple of 4096 from 1 MB to 2 GB; 16 MB unless told.
     *
     * @throws IllegalArgumentException if it is not
     */
    public Builder memory(long bytes) {
      if (bytes < 1 << 20 || bytes > 1L << 31 || bytes % 4096 != 0) {
        throw new IllegalArgumentException(
            "memory of " + bytes + " bytes: expected a multiple of 4096 from 1 MB to 2 GB");
      }
      memory = bytes;
      return this;
    }

    /** The processor; a Pentium 4 unless told. */
    public Builder cpu(CpuModel model) {
      this.model = model;
      return this;
    }

    /** What answers at the I/O ports; nothing unless told. */
    public Builder ports(Ports ports) {
      this.ports = ports;
      return this;
    }

    /**
     * Number of processors, 1 to {@value Machine#MAX_PROCESSORS}; 1 unless told. More than one have
     * local APICs. They execute in turns of 32 to 159 instructions.
     *
     * @param seed decides the lengths of the turns: a run with the same seed goes the same way
     * @throws IllegalArgumentException if there are not so many
     */
    public Builder processors(int count, long seed) {
      if (count < 1 || count > MAX_PROCESSORS) {
        throw new IllegalArgumentException(count + " processors: expected 1 to " + MAX_PROCESSORS);
      }
      processors = count;
      this.seed = seed;
      return this;
    }

    /**
     * How many instructions a processor executes in a second of virtual time (1 MHz to 10 GHz); 100
     * million unless told. The frequency of the time-stamp counter, too.
     */
    public Builder frequency(long hertz) {
      frequency = hertz;
      return this;
    }

    /**
     * What executes guest code; unless told, what the system property {@code trampoline.engine}
     * names, or else the translator. {@link Machine#engine} is what has become of it.
     */
    public Builder engine(ExecutionEngine engine) {
      this.engine = engine;
      return this;
    }

    /** Bytes that translated code may take, whole pages from 256 KB to 1 GB; 256 MB unless told. */
    public Builder translatedCode(int bytes) {
      codeBytes = bytes;
      return this;
    }

    /** Debug mode of the translator: each host address that its code forms is checked first. */
    public Builder checkedAddresses(boolean checked) {
      checkedAddresses = checked;
      return this;
    }

    /** How the translator finds out which blocks are frequent; usually unless told. */
    public Builder sampling(Sampling sampling) {
      this.sampling = sampling;
      return this;
    }

    /** How many address spaces are remembered, and in how much memory; usually unless told. */
    public Builder slotLimits(SlotLimits limits) {
      slotLimits = limits;
      return this;
    }

    /**
     * What becomes of the flags that an instruction leaves undefined; the usual unless told. With
     * another profile the interpreter executes everything.
     */
    public Builder undefinedFlags(UndefinedFlags profile) {
      undefinedFlags = profile;
      return this;
    }

    /**
     * Makes the machine.
     *
     * @throws NoHostMemoryException if the host has no room for its memory
     */
    public Machine build() {
      return new Machine(this);
    }
  }

  /**
   * The whole state of the processor whose turn it is; of the first one before anything has run.
   */
  public Cpu cpu() {
    return processors.current().cpu;
  }

  /** The whole state of a processor, from 0 on. */
  public Cpu cpu(int number) {
    return processors.get(number).cpu;
  }

  @Override
  public int processor() {
    return cpu().number;
  }

  @Override
  public int processors() {
    return processors.count();
  }

  /** What decides how several processors take turns. */
  public long seed() {
    return seed;
  }

  /** What else belongs to the machine's state besides the processors. */
  public List<StatePart> parts() {
    return processors.parts();
  }

  /**
   * Connects an interrupt controller: to the processor, of several to pin LINT0 of their local
   * APICs. It asserts {@link #interruptPin}.
   */
  public void connect(InterruptController controller) {
    processors.connect(controller);
  }

  /** The wire from an interrupt controller. */
  public void interruptPin(boolean high) {
    processors.interruptPin(high);
  }

  /** Resets the processors; memory and devices stay as they are. */
  public void resetProcessors() {
    processors.reset();
  }

  @Override
  public void flatProtectedMode() {
    Cpu cpu = cpu();
    cpu.cr0 = cpu.cr0 & ~(Control.CR0_CD | Control.CR0_NW) | Control.CR0_PE;
    for (SegmentRegister segment : cpu.segment) {
      boolean code = segment.number == SegmentRegister.CS;
      segment.set(code ? 0x60 : 0x68, 0, -1, code ? 0xc09b : 0xc093);
    }
    if (cpu.model.has(CpuFeature.SSE)) {
      cpu.cr4 |= Control.CR4_OSFXSR | Control.CR4_OSXMMEXCPT;
    }
    cpu.fpu.initialize();
    cpu.setCpl(0);
    cpu.segmentsChanged();
    cpu.mmu.setControl(cpu.cr0, cpu.cr3, cpu.cr4);
  }

  /** Copies bytes into RAM at a physical address. */
  public void load(int physical, byte[] bytes) {
    MemorySegment.copy(
        MemorySegment.ofArray(bytes), 0, ram(), physical & 0xffff_ffffL, bytes.length);
    codeChanged(physical, bytes.length);
  }

  @Override
  public String name() {
    return engine().toString();
  }

  /** What executes guest code; {@link #whyNoTranslator} has a reason if it is the interpreter. */
  public ExecutionEngine engine() {
    return processors.first().translator == null
        ? ExecutionEngine.INTERPRETER
        : ExecutionEngine.TRANSLATOR;
  }

  @Override
  public int get(Register register) {
    return processors.current().get(register);
  }

  @Override
  public void set(Register register, int value) {
    processors.current().set(register, value);
  }

  @Override
  public boolean code32() {
    return cpu().code32;
  }

  @Override
  public MemorySegment ram() {
    return cpu().memory.ram();
  }

  @Override
  public void codeChanged(int physical, int size) {
    cpu().memory.written(physical, size);
  }

  @Override
  public StopReason run(long instructions) {
    return processors.run(instructions);
  }

  @Override
  public Optional<Clock> clock() {
    return Optional.of(cpu().clock);
  }

  @Override
  public long instructions() {
    return processors.instructions();
  }

  @Override
  public long nanos() {
    return cpu().clock.nanos();
  }

  @Override
  public void stopAt(int linear) {
    for (Processor processor : processors.all()) {
      processor.interpreter.stopAt(linear, true);
    }
  }

  @Override
  public void clearStop(int linear) {
    for (Processor processor : processors.all()) {
      processor.interpreter.stopAt(linear, false);
    }
  }

  @Override
  public void hostCall(int linear, HostCall function) {
    for (Processor processor : processors.all()) {
      processor.interpreter.hostCall(linear, function);
    }
  }

  @Override
  public void observe(Observer observer) {
    observation.observe(observer);
  }

  /** Asks about each exception before it is delivered to the guest; null asks nobody. */
  public void onFault(FaultHandler handler) {
    for (Processor processor : processors.all()) {
      processor.interpreter.onFault(handler);
    }
  }

  /** Asks about each {@code int n} before it is delivered to the guest; null asks nobody. */
  public void onInterrupt(InterruptHandler handler) {
    observation.onInterrupt(handler);
  }

  /**
   * Asserts an external interrupt with this vector, 0–255, until the processor takes it: at the
   * next instruction boundary where EFLAGS.IF is set and no shadow of STI or MOV SS lies. It goes
   * before what an interrupt controller asks for; a second one replaces it.
   */
  public void injectInterrupt(int vector) {
    cpu().injected = vector & 0xff;
    cpu().noticeEvents();
  }

  /** A non-maskable interrupt, taken at the next boundary unless one is being handled. */
  public void injectNmi() {
    cpu().nmiPending = true;
    cpu().noticeEvents();
  }

  /**
   * Reads memory at a linear address through the guest's page tables, without a fault or a trace.
   *
   * @param bytes 1, 2, 4 or 8
   * @throws IllegalArgumentException if nothing is mapped there
   */
  public long readLinear(int linear, int bytes) {
    return new LinearMemory(cpu()).read(linear, bytes);
  }

  /** Writes memory at a linear address, also where the guest could only read. */
  public void writeLinear(int linear, int bytes, long value) {
    new LinearMemory(cpu()).write(linear, bytes, value);
  }

  /** All registers, hidden parts included. */
  public Registers registers() {
    return new Registers(cpu());
  }

  /** Everything that a run depends on, to be set back later. */
  public Snapshot snapshot() {
    return Snapshot.of(this);
  }

  /** Puts read-only memory at a physical address; both address and length whole pages. */
  public void mapRom(int physical, byte[] content) {
    cpu().memory.mapRom(physical, content);
  }

  /** Puts a device's registers at a physical address; both address and length whole pages. */
  public void mapDevice(int physical, int bytes, MmioDevice device) {
    cpu().memory.mapDevice(physical, bytes, device);
  }

  /** Takes ROM and devices away from whole pages: RAM or nothing appears. */
  public void unmap(int physical, long bytes) {
    cpu().memory.unmap(physical, bytes);
  }

  /** What accesses to physical addresses without memory do; they end the run unless set. */
  public void absentMemory(AbsentMemory policy) {
    cpu().memory.setAbsentMemory(policy);
  }

  /**
   * As {@link #run(long)}, ended with {@link StopReason.Requested} when {@code limit} of real time
   * has passed.
   */
  public StopReason run(long instructions, Duration limit) {
    TimeLimit timer = new TimeLimit(limit, this::requestStop);
    StopReason reason = run(instructions);
    if (timer.end() && !(reason instanceof StopReason.Requested)) {
      processors.cancelStop(); // it came too late
    }
    return reason;
  }

  /** What the translator of the first processor has done; null where there is none. */
  public TranslatorStatistics translatorStatistics() {
    Translator translator = processors.first().translator;
    return translator == null ? null : translator.statistics();
  }

  /**
   * What the machine has done; of several processors translator, MMU and TLB of the first one. From
   * the first call on the translator also counts by operation what it leaves to the interpreter.
   */
  public MachineStatistics statistics() {
    Cpu cpu = processors.first().cpu;
    Translator translator = processors.first().translator;
    if (translator != null) {
      translator.countInterpreted(true);
    }
    TlbModel tlb = cpu.mmu.tlb();
    return new MachineStatistics(
        instructions(),
        translatorStatistics(),
        whyNoTranslator(),
        cpu.mmu.statistics(),
        tlb == null ? null : tlb.statistics());
  }

  /**
   * Writes each block that is translated from now on to a directory, which exists and is empty: the
   * guest's and the host's code side by side; of several processors the first one's. Does nothing
   * where there is no translator.
   */
  public void dumpTranslatedCode(Path directory) {
    Translator translator = processors.first().translator;
    if (translator != null) {
      translator.dumpTo(directory);
    }
  }

  /** Why there is no translator, for people; null if there is one. */
  public String whyNoTranslator() {
    return processors.whyNoTranslator();
  }

  @Override
  public void requestStop() {
    processors.requestStop();
  }

  @Override
  public void writeBus(int physical, int value) {
    cpu().memory.write32(physical, value);
  }

  @Override
  public void close() {
    arena.close();
  }
}
