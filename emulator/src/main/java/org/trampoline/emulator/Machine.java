package org.trampoline.emulator;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.trampoline.emulator.cpu.Control;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.CpuFeature;
import org.trampoline.emulator.cpu.CpuModel;
import org.trampoline.emulator.cpu.DescriptorTable;
import org.trampoline.emulator.cpu.SegmentRegister;
import org.trampoline.emulator.decode.Decoder;
import org.trampoline.emulator.decode.InstructionTable;
import org.trampoline.emulator.device.Clock;
import org.trampoline.emulator.device.Ports;
import org.trampoline.emulator.engine.Engine;
import org.trampoline.emulator.engine.FaultHandler;
import org.trampoline.emulator.engine.GuestPages;
import org.trampoline.emulator.engine.HostCall;
import org.trampoline.emulator.engine.InterruptHandler;
import org.trampoline.emulator.engine.Observer;
import org.trampoline.emulator.engine.Register;
import org.trampoline.emulator.execute.Interpreter;
import org.trampoline.emulator.fault.DeliveryHook;
import org.trampoline.emulator.memory.AbsentMemory;
import org.trampoline.emulator.memory.AccessWatcher;
import org.trampoline.emulator.memory.MmioDevice;
import org.trampoline.emulator.memory.PhysicalMemory;
import org.trampoline.emulator.memory.TlbModel;
import org.trampoline.emulator.snapshot.Snapshot;
import org.trampoline.emulator.translate.Translator;
import org.trampoline.emulator.translate.TranslatorStatistics;
import org.trampoline.emulator.translate.TranslatorUnavailableException;

/**
 * A 32-bit x86 machine: one processor, RAM from physical address 0, and an I/O space. It starts in
 * the state after RESET.
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
  private final Arena arena;
  private final Cpu cpu;
  private final Interpreter interpreter;
  private Translator translator;
  private String whyNoTranslator = "the interpreter was asked for";
  private Observer observer;
  private InterruptHandler interruptHandler;

  @SuppressWarnings("MustBeClosedChecker") // close() closes it
  private Machine(Builder builder) {
    arena = Arena.ofShared();
    PhysicalMemory memory = new PhysicalMemory(arena, builder.memory);
    cpu = new Cpu(builder.model, memory, builder.ports, builder.frequency);
    Decoder decoder = new Decoder(InstructionTable.get(), builder.model.features());
    interpreter = new Interpreter(cpu, decoder, this);
    if (builder.translate) {
      attachTranslator(builder, decoder);
    }
  }

  private void attachTranslator(Builder builder, Decoder decoder) {
    try {
      translator =
          new Translator(
              arena, cpu, interpreter, decoder, builder.codeBytes, builder.checkedAddresses);
      interpreter.accelerate(translator);
    } catch (TranslatorUnavailableException e) {
      whyNoTranslator = e.getMessage();
    }
  }

  public static Builder builder() {
    return new Builder();
  }

  /** What a machine is to be like. */
  public static final class Builder {
    private long memory = 16 << 20;
    private CpuModel model = CpuModel.PENTIUM4;
    private Ports ports = Ports.NONE;
    private long frequency = Clock.DEFAULT_FREQUENCY;

    private boolean translate = Boolean.getBoolean("trampoline.translate");
    private int codeBytes = Translator.CODE_BYTES;
    private boolean checkedAddresses = Boolean.getBoolean("trampoline.translate.checked");

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
     * How many instructions the processor executes in a second of virtual time (1 MHz to 10 GHz);
     * 100 million unless told. The frequency of the time-stamp counter, too.
     */
    public Builder frequency(long hertz) {
      frequency = hertz;
      return this;
    }

    /**
     * Whether guest code is translated to host code, where the host allows it, and not only
     * interpreted; results are the same.
     */
    public Builder translate(boolean translate) {
      this.translate = translate;
      return this;
    }

    /** Bytes that translated code may take, whole pages from 256 KB to 1 GB; 96 MB unless told. */
    public Builder translatedCode(int bytes) {
      codeBytes = bytes;
      return this;
    }

    /** Debug mode of the translator: each host address that its code forms is checked first. */
    public Builder checkedAddresses(boolean checked) {
      checkedAddresses = checked;
      return this;
    }

    public Machine build() {
      return new Machine(this);
    }
  }

  /** The processor's whole state. */
  public Cpu cpu() {
    return cpu;
  }

  @Override
  public void flatProtectedMode() {
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
    return translator == null ? "interpreter" : "translator";
  }

  @Override
  public int get(Register register) {
    return switch (register) {
      case EIP -> cpu.eip;
      case EFLAGS -> cpu.getEflags();
      case ES, CS, SS, DS, FS, GS -> segment(register).selector;
      case LDTR -> cpu.ldtr.selector;
      case TR -> cpu.tr.selector;
      case CR0 -> cpu.cr0;
      case CR2 -> cpu.cr2;
      case CR3 -> cpu.cr3;
      case CR4 -> cpu.cr4;
      default -> cpu.reg[register.ordinal()];
    };
  }

  private SegmentRegister segment(Register register) {
    return cpu.segment[register.ordinal() - Register.ES.ordinal()];
  }

  @Override
  public void set(Register register, int value) {
    switch (register) {
      case EIP -> {
        cpu.eip = value;
        cpu.halted = false;
      }
      case EFLAGS -> {
        cpu.setEflags(value);
        cpu.noticeEvents();
      }
      case ES, CS, SS, DS, FS, GS -> load(segment(register), value & 0xffff);
      case LDTR -> cpu.ldtr.selector = value;
      case TR -> cpu.tr.selector = value;
      case CR0 -> {
        cpu.cr0 = value;
        cpu.mmu.setControl(value, cpu.cr3, cpu.cr4);
      }
      case CR2 -> cpu.cr2 = value;
      case CR3 -> {
        cpu.cr3 = value;
        cpu.mmu.loadCr3(value);
      }
      case CR4 -> {
        cpu.cr4 = value;
        cpu.mmu.setControl(cpu.cr0, cpu.cr3, value);
      }
      default -> cpu.reg[register.ordinal()] = value;
    }
  }

  /** Loads a segment register as its mode asks, without checks of privilege. */
  private void load(SegmentRegister segment, int selector) {
    if (cpu.virtual8086()) {
      segment.setVirtual8086(selector);
    } else if (!cpu.protectedMode()) {
      segment.setReal(selector);
    } else if (DescriptorTable.isNull(selector) || !DescriptorTable.contains(cpu, selector)) {
      segment.setNull(selector);
    } else {
      segment.load(selector, DescriptorTable.read(cpu, selector));
    }
    if (cpu.protectedMode()) {
      cpu.setCpl(cpu.segment[SegmentRegister.CS].selector & 3);
    } else {
      cpu.setCpl(cpu.virtual8086() ? 3 : 0);
    }
    cpu.segmentsChanged();
  }

  @Override
  public boolean code32() {
    return cpu.code32;
  }

  @Override
  public MemorySegment ram() {
    return cpu.memory.ram();
  }

  @Override
  public void codeChanged(int physical, int size) {
    cpu.memory.written(physical, size);
  }

  @Override
  public StopReason run(long instructions) {
    return interpreter.run(instructions);
  }

  @Override
  public long instructions() {
    return cpu.instructions;
  }

  @Override
  public long nanos() {
    return cpu.clock.nanos();
  }

  @Override
  public void stopAt(int linear) {
    interpreter.stopAt(linear, true);
  }

  @Override
  public void clearStop(int linear) {
    interpreter.stopAt(linear, false);
  }

  @Override
  public void hostCall(int linear, HostCall function) {
    interpreter.hostCall(linear, function);
  }

  @Override
  public void observe(Observer observer) {
    interpreter.observe(observer);
    cpu.mmu.watch(observer == null ? null : new Watcher(observer));
    this.observer = observer;
    updateDeliveryHook();
  }

  /** Asks about each exception before it is delivered to the guest; null asks nobody. */
  public void onFault(FaultHandler handler) {
    interpreter.onFault(handler);
  }

  /** Asks about each {@code int n} before it is delivered to the guest; null asks nobody. */
  public void onInterrupt(InterruptHandler handler) {
    interruptHandler = handler;
    updateDeliveryHook();
  }

  private void updateDeliveryHook() {
    cpu.deliveryHook = observer == null && interruptHandler == null ? null : new Interrupts();
  }

  /**
   * Asserts an external interrupt with this vector, 0–255, until the processor takes it: at the
   * next instruction boundary where EFLAGS.IF is set and no shadow of STI or MOV SS lies. It goes
   * before what an interrupt controller asks for; a second one replaces it.
   */
  public void injectInterrupt(int vector) {
    cpu.injected = vector & 0xff;
    cpu.noticeEvents();
  }

  /** A non-maskable interrupt, taken at the next boundary unless one is being handled. */
  public void injectNmi() {
    cpu.nmiPending = true;
    cpu.noticeEvents();
  }

  /**
   * Reads memory at a linear address through the guest's page tables, without a fault or a trace.
   *
   * @param bytes 1, 2, 4 or 8
   * @throws IllegalArgumentException if nothing is mapped there
   */
  public long readLinear(int linear, int bytes) {
    long value = 0;
    for (int i = 0; i < bytes; i++) {
      value |= (cpu.memory.read8(physical(linear + i)) & 0xffL) << 8 * i;
    }
    return value;
  }

  /** Writes memory at a linear address, also where the guest could only read. */
  public void writeLinear(int linear, int bytes, long value) {
    for (int i = 0; i < bytes; i++) {
      cpu.memory.write8(physical(linear + i), (int) (value >>> 8 * i) & 0xff);
    }
  }

  private int physical(int linear) {
    GuestPages pages = new GuestPages(ram());
    pages.control(cpu.cr0, cpu.cr3, cpu.cr4);
    long physical = pages.physical(linear);
    if (physical == GuestPages.NOWHERE) {
      throw new IllegalArgumentException(
          "nothing is mapped at linear address 0x" + Integer.toHexString(linear));
    }
    return (int) physical;
  }

  /** All registers, hidden parts included. */
  public Registers registers() {
    return new Registers(cpu);
  }

  /** Everything that a run depends on, to be set back later. */
  public Snapshot snapshot() {
    return Snapshot.of(this);
  }

  /** Puts read-only memory at a physical address; both address and length whole pages. */
  public void mapRom(int physical, byte[] content) {
    cpu.memory.mapRom(physical, content);
  }

  /** Puts a device's registers at a physical address; both address and length whole pages. */
  public void mapDevice(int physical, int bytes, MmioDevice device) {
    cpu.memory.mapDevice(physical, bytes, device);
  }

  /** Takes ROM and devices away from whole pages: RAM or nothing appears. */
  public void unmap(int physical, long bytes) {
    cpu.memory.unmap(physical, bytes);
  }

  /** What accesses to physical addresses without memory do; they end the run unless set. */
  public void absentMemory(AbsentMemory policy) {
    cpu.memory.setAbsentMemory(policy);
  }

  /**
   * As {@link #run(long)}, ended with {@link StopReason.Requested} when {@code limit} of real time
   * has passed.
   */
  public StopReason run(long instructions, Duration limit) {
    AtomicBoolean expired = new AtomicBoolean();
    Thread timer =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    Thread.sleep(limit);
                    expired.set(true);
                    requestStop();
                  } catch (InterruptedException finished) {
                    return;
                  }
                });
    StopReason reason = run(instructions);
    timer.interrupt();
    try {
      timer.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (expired.get() && !(reason instanceof StopReason.Requested)) {
      interpreter.cancelStop(); // it came too late
    }
    return reason;
  }

  /** What the translator has done; null where there is none. */
  public TranslatorStatistics translatorStatistics() {
    return translator == null ? null : translator.statistics();
  }

  /**
   * What the machine has done. From the first call on the translator also counts by operation what
   * it leaves to the interpreter.
   */
  public MachineStatistics statistics() {
    if (translator != null) {
      translator.countInterpreted(true);
    }
    TlbModel tlb = cpu.mmu.tlb();
    return new MachineStatistics(
        cpu.instructions,
        translatorStatistics(),
        whyNoTranslator,
        cpu.mmu.statistics(),
        tlb == null ? null : tlb.statistics());
  }

  /**
   * Writes each block that is translated from now on to a directory, which exists and is empty: the
   * guest's and the host's code side by side. Does nothing where there is no translator.
   */
  public void dumpTranslatedCode(Path directory) {
    if (translator != null) {
      translator.dumpTo(directory);
    }
  }

  /** Why there is no translator, for people. */
  public String whyNoTranslator() {
    return whyNoTranslator;
  }

  @Override
  public void requestStop() {
    interpreter.requestStop();
  }

  @Override
  public void close() {
    arena.close();
  }

  /** Shows interrupts to the observer and to the embedder's handler. */
  private final class Interrupts implements DeliveryHook {
    @Override
    public void interrupt(int vector) {
      if (observer != null) {
        observer.interrupt(Machine.this, vector);
      }
    }

    @Override
    public boolean software(int vector) {
      interrupt(vector);
      return interruptHandler != null && interruptHandler.handle(vector);
    }
  }

  /** Passes memory accesses on to an observer. */
  private final class Watcher implements AccessWatcher {
    private final Observer observer;

    Watcher(Observer observer) {
      this.observer = observer;
    }

    @Override
    public void read(int linear, int bytes, long value) {
      int next = arrive();
      observer.memoryRead(Machine.this, linear, bytes, value);
      leave(next);
    }

    @Override
    public void written(int linear, int bytes, long value) {
      int next = arrive();
      observer.memoryWrite(Machine.this, linear, bytes, value);
      leave(next);
    }

    /** Shows the observer the eip of the instruction, where it may already be the next one's. */
    private int arrive() {
      int next = cpu.eip;
      cpu.eip = interpreter.currentEip();
      return next;
    }

    private void leave(int next) {
      if (cpu.eip == interpreter.currentEip()) {
        cpu.eip = next;
      }
    }
  }
}
