package org.trampoline.emulator.execute.x87;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.trampoline.emulator.coverage.ExecutedForms;
import org.trampoline.emulator.cpu.Control;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.CpuModel;
import org.trampoline.emulator.cpu.SegmentRegister;
import org.trampoline.emulator.decode.Decoder;
import org.trampoline.emulator.decode.Insn;
import org.trampoline.emulator.decode.InstructionTable;
import org.trampoline.emulator.device.Ports;
import org.trampoline.emulator.memory.PhysicalMemory;

/** Executes x87 instructions on the emulator's definitions. */
final class EmulatedX87 {
  /** Where edx points to. */
  static final int ADDRESS = 0x2000;

  final Cpu cpu;
  private final Decoder decoder;

  EmulatedX87() {
    PhysicalMemory memory = new PhysicalMemory(Arena.ofAuto(), 1 << 20);
    cpu = new Cpu(CpuModel.MAX, memory, Ports.NONE);
    cpu.cr0 |= Control.CR0_PE | Control.CR0_NE;
    for (SegmentRegister segment : cpu.segment) {
      boolean code = segment.number == SegmentRegister.CS;
      segment.set(code ? 0x60 : 0x68, 0, -1, code ? 0xc09b : 0xc093);
    }
    cpu.segmentsChanged();
    cpu.mmu.setControl(cpu.cr0, cpu.cr3, cpu.cr4);
    decoder = new Decoder(InstructionTable.get(), CpuModel.MAX.features());
  }

  Insn decode(int... bytes) {
    return decoder.decode(at -> bytes[at], true);
  }

  void execute(Insn insn, X87State in, X87State out) {
    ExecutedForms.note(insn.form);
    load(in);
    cpu.eip = 0x1000 + insn.length;
    X87Dispatch.execute(cpu, insn);
    store(out);
  }

  void load(X87State in) {
    Fpu f = cpu.fpu;
    f.setControlWord(in.control);
    f.setStatusWord(in.status);
    f.setTagWord(in.tags);
    for (int i = 0; i < 8; i++) {
      f.significand[f.register(i)] = in.significand[i];
      f.signExponent[f.register(i)] = in.signExponent[i];
    }
    f.instructionOffset = 0;
    f.instructionSelector = 0;
    f.instructionOpcode = 0;
    f.dataOffset = 0;
    f.dataSelector = 0;
    cpu.setStatus(in.flags);
    cpu.reg[Cpu.EAX] = in.ax;
    cpu.reg[Cpu.EDX] = ADDRESS;
    MemorySegment.copy(
        MemorySegment.ofArray(in.memory), 0, cpu.memory.ram(), ADDRESS, X87State.MEMORY);
  }

  void store(X87State out) {
    Fpu f = cpu.fpu;
    out.control = f.controlWord();
    out.status = f.statusWord();
    out.tags = f.tagWord();
    for (int i = 0; i < 8; i++) {
      out.significand[i] = f.significand(i);
      out.signExponent[i] = f.signExponent(i);
    }
    out.flags = cpu.getEflags() & 0x8d5;
    out.opcode = f.instructionOpcode;
    out.data = f.dataOffset == 0 ? -1 : f.dataOffset - ADDRESS;
    out.ax = cpu.reg[Cpu.EAX] & 0xffff;
    MemorySegment.copy(
        cpu.memory.ram(), ADDRESS, MemorySegment.ofArray(out.memory), 0, X87State.MEMORY);
  }
}
