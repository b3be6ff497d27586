package org.trampoline.emulator.differential.cases;

import java.util.EnumSet;
import java.util.Set;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.Eflags;
import org.trampoline.emulator.memory.Host;

/** Names the fields in which two results of a case differ: the slow, explaining comparison. */
final class FieldComparison {
  private static final int CONDITION = 0x4500; // C3, C2, C0
  private static final int C1 = 0x200;
  private static final int INEXACT = 0x80b0; // B, ES, PE, UE
  private static final int EXCEPTIONS = 0x4f; // SF, OE, ZE, DE, IE
  private static final int TAGS = 4;
  private static final int MXCSR = 24;
  private static final int REGISTERS = 32;
  private static final int XMM = 160;

  private FieldComparison() {}

  /** The fields, memory excepted; empty if the results agree in what is defined. */
  static Set<StateField> differing(CaseRun run, boolean fx, long before, long a, long b) {
    Set<StateField> fields = EnumSet.noneOf(StateField.class);
    if (!ResultComparison.differs(run, fx, before, a, b)) {
      return fields;
    }
    long undefined = ResultComparison.undefinedBits(run, before);
    for (int i = 0; i < 8; i++) {
      int bits = CaseRecord.register(a, i) ^ CaseRecord.register(b, i);
      if ((i == (undefined >>> 32) ? bits & ~(int) undefined : bits) != 0) {
        fields.add(i == Cpu.ESP ? StateField.ESP : StateField.GENERAL);
      }
    }
    int flags = Host.get32(a + CaseRecord.EFLAGS) ^ Host.get32(b + CaseRecord.EFLAGS);
    add(fields, flags & ~ResultComparison.ignoredFlags(run, before, a, b), StateField.FLAGS);
    add(fields, word(a, b, CaseRecord.EIP), StateField.EIP);
    long selectors = word(a, b, CaseRecord.ES) | word(a, b, CaseRecord.SS);
    add(fields, selectors | word(a, b, CaseRecord.FS), StateField.SELECTORS);
    add(fields, word(a, b, CaseRecord.VECTOR) & 0xffff, StateField.VECTOR);
    add(fields, word(a, b, CaseRecord.VECTOR) >>> 16, StateField.ERROR_CODE);
    add(fields, word(a, b, CaseRecord.ADDRESS), StateField.ADDRESS);
    if (fx) {
      image(fields, a + CaseRecord.FX, b + CaseRecord.FX);
    }
    for (int at = SystemRecord.START; run.system && at < SystemRecord.END; at += 4) {
      add(fields, word(a, b, at), SystemRecord.field(at));
    }
    return fields;
  }

  private static void image(Set<StateField> fields, long a, long b) {
    int status = Host.get16(a + 2) ^ Host.get16(b + 2);
    add(fields, status & CONDITION, StateField.X87_CONDITION);
    add(fields, status & C1, StateField.X87_C1);
    add(fields, status & INEXACT, StateField.X87_INEXACT);
    add(fields, status & EXCEPTIONS, StateField.X87_EXCEPTIONS);
    int other = status & ~(CONDITION | C1 | INEXACT | EXCEPTIONS) | Host.get16(a) ^ Host.get16(b);
    add(fields, other, StateField.X87_OTHER);
    add(fields, Host.get8(a + TAGS) ^ Host.get8(b + TAGS), StateField.X87_TAGS);
    for (int i = 0; i < 8; i++) {
      register(fields, a + REGISTERS + 16L * i, b + REGISTERS + 16L * i);
    }
    add(fields, word(a, b, MXCSR), StateField.MXCSR);
    for (int i = XMM; i < CaseRecord.FX_USED; i += 4) {
      add(fields, word(a, b, i), StateField.XMM);
    }
  }

  private static void register(Set<StateField> fields, long a, long b) {
    long significands = Host.get64(a) - Host.get64(b);
    int exponents = Host.get16(a + 8) - Host.get16(b + 8);
    if (significands == 0 && exponents == 0) {
      return;
    }
    if (significands == 0 && Host.get16(a + 8) == 0xffff) {
      fields.add(StateField.X87_EXPONENT);
      return;
    }
    boolean neighbours =
        switch (exponents) {
          case 0 -> significands >= -1 && significands <= 1;
          case 1 -> Host.get64(a) == Long.MIN_VALUE && Host.get64(b) == -1;
          case -1 -> Host.get64(a) == -1 && Host.get64(b) == Long.MIN_VALUE;
          default -> false;
        };
    fields.add(neighbours ? StateField.X87_LAST_BIT : StateField.X87_REGISTERS);
  }

  private static int word(long a, long b, int offset) {
    return Host.get32(a + offset) ^ Host.get32(b + offset);
  }

  private static void add(Set<StateField> fields, long bits, StateField field) {
    if (bits != 0) {
      fields.add(field);
    }
  }

  /** Whether the case's flags show that it is not comparable: the next instruction would trap. */
  static boolean stepping(long result) {
    return (Host.get32(result + CaseRecord.EFLAGS) & Eflags.TF) != 0;
  }
}
