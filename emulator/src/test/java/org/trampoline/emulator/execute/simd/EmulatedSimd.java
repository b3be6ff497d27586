package org.trampoline.emulator.execute.simd;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.trampoline.emulator.cpu.Control;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.CpuModel;
import org.trampoline.emulator.cpu.SegmentRegister;
import org.trampoline.emulator.decode.Decoder;
import org.trampoline.emulator.decode.Insn;
import org.trampoline.emulator.decode.InstructionTable;
import org.trampoline.emulator.device.Ports;
import org.trampoline.emulator.execute.Semantics;
import org.trampoline.emulator.memory.PhysicalMemory;

/** Executes MMX and SSE instructions on the emulator's definitions. */
final class EmulatedSimd {
  /** Where edx points to. */
  static final int ADDRESS = 0x2000;

  private static final int BEFORE = 0x3000;
  private static final int AFTER = 0x4000;

  final Cpu cpu;
  private final Decoder decoder;
  private final Insn restore;
  private final Insn save;

  EmulatedSimd() {
    PhysicalMemory memory = new PhysicalMemory(Arena.ofAuto(), 1 << 20);
    cpu = new Cpu(CpuModel.MAX, memory, Ports.NONE);
    cpu.cr0 |= Control.CR0_PE | Control.CR0_NE;
    cpu.cr4 |= Control.CR4_OSFXSR | Control.CR4_OSXMMEXCPT;
    for (SegmentRegister segment : cpu.segment) {
      boolean code = segment.number == SegmentRegister.CS;
      segment.set(code ? 0x60 : 0x68, 0, -1, code ? 0xc09b : 0xc093);
    }
    cpu.segmentsChanged();
    cpu.mmu.setControl(cpu.cr0, cpu.cr3, cpu.cr4);
    decoder = new Decoder(InstructionTable.get(), CpuModel.MAX.features());
    restore = decode(0x0f, 0xae, 0x0d, 0x00, BEFORE >> 8, 0, 0); // fxrstor [BEFORE]
    save = decode(0x0f, 0xae, 0x05, 0x00, AFTER >> 8, 0, 0); // fxsave [AFTER]
  }

  Insn decode(int... bytes) {
    return decoder.decode(at -> bytes[at], true);
  }

  Insn decode(byte[] bytes) {
    return decoder.decode(at -> bytes[at] & 0xff, true);
  }

  void execute(Insn insn, SimdCase in, SimdCase out) {
    MemorySegment ram = cpu.memory.ram();
    MemorySegment.copy(MemorySegment.ofArray(in.image), 0, ram, BEFORE, 512);
    MemorySegment.copy(MemorySegment.ofArray(in.memory), 0, ram, ADDRESS, SimdCase.MEMORY);
    Semantics.execute(cpu, restore);
    cpu.setStatus(in.flags);
    cpu.reg[Cpu.EAX] = in.eax;
    cpu.reg[Cpu.EDX] = ADDRESS;
    cpu.reg[Cpu.EDI] = ADDRESS;
    Semantics.execute(cpu, insn);
    out.flags = cpu.getEflags() & 0x8d5;
    out.eax = cpu.reg[Cpu.EAX];
    Semantics.execute(cpu, save);
    MemorySegment.copy(ram, AFTER, MemorySegment.ofArray(out.image), 0, 512);
    MemorySegment.copy(ram, ADDRESS, MemorySegment.ofArray(out.memory), 0, SimdCase.MEMORY);
  }
}
