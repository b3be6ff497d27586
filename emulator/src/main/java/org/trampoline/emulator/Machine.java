package org.trampoline.emulator;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.trampoline.emulator.cpu.Control;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.CpuModel;
import org.trampoline.emulator.cpu.DescriptorTable;
import org.trampoline.emulator.cpu.SegmentRegister;
import org.trampoline.emulator.decode.Decoder;
import org.trampoline.emulator.decode.InstructionTable;
import org.trampoline.emulator.device.Clock;
import org.trampoline.emulator.device.Ports;
import org.trampoline.emulator.engine.Engine;
import org.trampoline.emulator.engine.HostCall;
import org.trampoline.emulator.engine.Observer;
import org.trampoline.emulator.engine.Register;
import org.trampoline.emulator.execute.Interpreter;
import org.trampoline.emulator.memory.AccessWatcher;
import org.trampoline.emulator.memory.PhysicalMemory;

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

  @SuppressWarnings("MustBeClosedChecker") // close() closes it
  private Machine(Builder builder) {
    arena = Arena.ofShared();
    PhysicalMemory memory = new PhysicalMemory(arena, builder.memory);
    cpu = new Cpu(builder.model, memory, builder.ports, builder.frequency);
    Decoder decoder = new Decoder(InstructionTable.get(), builder.model.features());
    interpreter = new Interpreter(cpu, decoder, this);
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
    return "interpreter";
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
  }

  @Override
  public void requestStop() {
    interpreter.requestStop();
  }

  @Override
  public void close() {
    arena.close();
  }

  /** Passes memory accesses on to an observer. */
  private final class Watcher implements AccessWatcher {
    private final Observer observer;

    Watcher(Observer observer) {
      this.observer = observer;
    }

    @Override
    public void read(int linear, int bytes, long value) {
      observer.memoryRead(Machine.this, linear, bytes, value);
    }

    @Override
    public void written(int linear, int bytes, long value) {
      observer.memoryWrite(Machine.this, linear, bytes, value);
    }
  }
}
