package org.trampoline.emulator.execute;

import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.Eflags;
import org.trampoline.emulator.decode.Insn;

/** Data transfer instructions other than those on the stack (SDM vol. 1, 5.1.1 and 5.1.13). */
public final class DataTransfer {
  private DataTransfer() {}

  /** MOV and MOVZX: what is read is zero-extended already. */
  static void mov(Cpu c, Insn i) {
    Operands.write0(c, i, Operands.read1(c, i));
  }

  static void movsx(Cpu c, Insn i) {
    int source = Operands.read1(c, i);
    Operands.write0(c, i, i.size1 == 1 ? (byte) source : (short) source);
  }

  static void xchg(Cpu c, Insn i) {
    if (i.kind0 == Insn.MEM) {
      int memory = Operands.modify0(c, i);
      Operands.write0(c, i, Operands.read1(c, i));
      Operands.write1(c, i, memory);
    } else if (i.kind1 == Insn.MEM) {
      int linear = Operands.writeAddress(c, i, i.size1);
      c.mmu.probeWrite(linear, i.size1);
      int memory = Operands.load(c, linear, i.size1);
      Operands.store(c, linear, i.size1, Operands.read0(c, i));
      Operands.write0(c, i, memory);
    } else {
      int first = Operands.read0(c, i);
      Operands.write0(c, i, Operands.read1(c, i));
      Operands.write1(c, i, first);
    }
  }

  static void lea(Cpu c, Insn i) {
    Operands.write0(c, i, Operands.offset(c, i));
  }

  static void cmov(Cpu c, Insn i) {
    // the source is read, and may fault, whatever the condition says
    int source = Operands.read1(c, i);
    if (Condition.test(c, i.condition)) {
      Operands.write0(c, i, source);
    }
  }

  static void setcc(Cpu c, Insn i) {
    Operands.write0(c, i, Condition.test(c, i.condition) ? 1 : 0);
  }

  static void xlat(Cpu c, Insn i) {
    int offset = c.reg[Cpu.EBX] + (c.reg[Cpu.EAX] & 0xff);
    if (i.address16) {
      offset &= 0xffff;
    }
    c.reg8(Cpu.EAX, c.mmu.read8(c.readAddress(i.segment, offset, 1)));
  }

  /** LAHF: SF:ZF:0:AF:0:PF:1:CF into AH. */
  static void lahf(Cpu c) {
    c.reg8(4, c.getEflags() & 0xd5 | Eflags.FIXED);
  }

  static void sahf(Cpu c) {
    int overflow = c.of() ? Eflags.OF : 0;
    c.setStatus(c.reg8(4) | overflow);
  }

  /** There is no cache; what is left are the checks of a byte load (SDM vol. 2, CLFLUSH). */
  static void clflush(Cpu c, Insn i) {
    c.mmu.read8(Operands.readAddress(c, i, 1));
  }
}
