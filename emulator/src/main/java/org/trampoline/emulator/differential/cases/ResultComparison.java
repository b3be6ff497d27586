package org.trampoline.emulator.differential.cases;

import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.Eflags;
import org.trampoline.emulator.decode.Attribute;
import org.trampoline.emulator.decode.Insn;
import org.trampoline.emulator.memory.Host;

/**
 * Compares two results of a case word by word, under masks that leave out what the manual leaves
 * undefined: flags by the instruction table, RF, and the x87's memory of its last instruction.
 */
public final class ResultComparison {
  /** Quadwords of the image that are compared: all but the pointers, MXCSR_MASK and padding. */
  private static final long[] FX_MASK = fxMask();

  private ResultComparison() {}

  private static long[] fxMask() {
    long[] mask = new long[CaseRecord.FX_USED / 8];
    java.util.Arrays.fill(mask, -1);
    mask[0] = 0x0000_00ff_ffff_ffffL; // no opcode
    mask[1] = 0;
    mask[2] = 0;
    mask[3] = 0xffff_ffffL;
    for (int i = 0; i < 8; i++) {
      mask[4 + 2 * i + 1] = 0xffff; // 80 bits of 128
    }
    return mask;
  }

  /**
   * Index of the first case whose results differ, or -1.
   *
   * @param from the first case to look at
   */
  public static int mismatch(CaseBatch batch, CaseResults a, CaseResults b, int from) {
    for (int i = 0; i < batch.runs(); i++) {
      CaseRun run = batch.run(i);
      int end = run.first + run.count;
      for (int k = Math.max(from, run.first); k < end; k++) {
        if (differs(run, batch.fx(), batch.record(k), a.record(k), b.record(k))) {
          return k;
        }
      }
    }
    return -1;
  }

  /** Whether two results of a case differ in anything that is defined. */
  static boolean differs(CaseRun run, boolean fx, long before, long a, long b) {
    long difference = Host.get64(a) ^ Host.get64(b);
    difference |= Host.get64(a + 8) ^ Host.get64(b + 8);
    difference |= Host.get32(a + 20) ^ Host.get32(b + 20);
    difference |= Host.get64(a + 24) ^ Host.get64(b + 24);
    difference |= Host.get32(a + CaseRecord.EAX) ^ Host.get32(b + CaseRecord.EAX);
    difference |= Host.get64(a + 40) ^ Host.get64(b + 40);
    difference |= Host.get64(a + 48) ^ Host.get64(b + 48);
    difference |= Host.get64(a + 56) ^ Host.get64(b + 56);
    int flags = Host.get32(a + CaseRecord.EFLAGS) ^ Host.get32(b + CaseRecord.EFLAGS);
    if (flags != 0) {
      difference |= flags & ~ignoredFlags(run, before, a, b);
    }
    if (fx && difference == 0) {
      for (int i = 0; i < FX_MASK.length; i++) {
        long at = CaseRecord.FX + 8L * i;
        difference |= (Host.get64(a + at) ^ Host.get64(b + at)) & FX_MASK[i];
      }
    }
    if (run.system && difference == 0) {
      return SystemRecord.differs(a, b);
    }
    return difference != 0
        && !FieldComparison.stepping(a)
        && (undefinedBits(run, before) == 0 || definedDiffers(run, before, a, b));
  }

  static int ignoredFlags(CaseRun run, long before, long a, long b) {
    if (run.definesAll) {
      return Eflags.RF;
    }
    if (run.program != null) {
      return Eflags.RF | run.program.undefinedAt(Host.get32(a + CaseRecord.EIP) - run.at);
    }
    boolean completed =
        CaseRecord.vector(a) == CaseRecord.NO_FAULT && CaseRecord.vector(b) == CaseRecord.NO_FAULT;
    return Eflags.RF
        | (completed ? undefinedFlags(run.insn, before) : 0); // a fault changes nothing
  }

  /** The status flags that the instruction leaves undefined, executed from that state. */
  static int undefinedFlags(Insn insn, long before) {
    return insn.form.undefinedFlagsFrom(insn, CaseRecord.register(before, Cpu.ECX));
  }

  private static int count(Insn insn, long before) {
    boolean immediate = insn.kind1 == Insn.IMM || insn.kind2 == Insn.IMM;
    return immediate ? insn.imm : CaseRecord.register(before, Cpu.ECX) & 0xff;
  }

  /**
   * The bits of the destination register that the instruction leaves undefined: a mask, and above
   * it the register's number; 0 if none.
   */
  static long undefinedBits(CaseRun run, long before) {
    Insn insn = run.insn;
    if (insn.kind0 != Insn.REG || run.program != null || run.definesAll) {
      return 0;
    }
    long register = (long) insn.index0 << 32;
    return switch (insn.operation) {
      case SHLD, SHRD -> (count(insn, before) & 31) > 8 * insn.size0 ? register | 0xffff_ffffL : 0;
      case LAR -> register | 0xf_0000;
      case SMSW -> insn.size0 == 4 ? register | 0xffff_0000L : 0;
      default -> insn.form.has(Attribute.UNDEFINED_RESULT) ? register | 0xffff_ffffL : 0;
    };
  }

  /** Whether something differs beside undefined bits of the destination. */
  private static boolean definedDiffers(CaseRun run, long before, long a, long b) {
    if (run.system && SystemRecord.differs(a, b)) {
      return true;
    }
    long undefined = undefinedBits(run, before);
    for (int i = 0; i < 8; i++) {
      int bits = CaseRecord.register(a, i) ^ CaseRecord.register(b, i);
      if ((i == undefined >>> 32 ? bits & ~(int) undefined : bits) != 0) {
        return true;
      }
    }
    int flags = Host.get32(a + CaseRecord.EFLAGS) ^ Host.get32(b + CaseRecord.EFLAGS);
    return (flags & ~ignoredFlags(run, before, a, b)) != 0
        || Host.get64(a + CaseRecord.EIP) != Host.get64(b + CaseRecord.EIP)
        || Host.get64(a + CaseRecord.SS) != Host.get64(b + CaseRecord.SS)
        || Host.get64(a + CaseRecord.VECTOR) != Host.get64(b + CaseRecord.VECTOR);
  }
}
