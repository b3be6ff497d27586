package org.trampoline.emulator.differential.cases;

import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.SegmentRegister;
import org.trampoline.emulator.decode.Attribute;
import org.trampoline.emulator.decode.Insn;
import org.trampoline.emulator.decode.Operation;

/**
 * What the general registers of a sequence are for: some hold addresses within the data, one counts
 * the rounds of a loop, one is a small index. The instructions in between are chosen so that these
 * stay what they are, for a sequence that faults at once shows little.
 */
final class SequenceRegisters {
  private static final int POINTERS = 2;

  /** Bytes that an operand may lie away from where its register points. */
  private static final int NEAR = 0x400;

  private final CaseRandom random;

  /** A bit for each register. */
  private int pointers;

  private int kept;

  /** The registers of these uses, or -1. */
  int counter;

  int index;

  /** Whether the stack has to stay as it is. */
  boolean steadyStack;

  SequenceRegisters(CaseRandom random) {
    this.random = random;
  }

  /** Chooses anew. */
  void choose() {
    kept = 1 << Cpu.ESP;
    pointers = 0;
    if (random.one(3)) {
      pointers = 1 << Cpu.ESI | 1 << Cpu.EDI; // for string instructions
    } else {
      for (int i = 0; i < POINTERS; i++) {
        pointers |= 1 << free();
      }
    }
    kept |= pointers;
    counter = -1;
    steadyStack = false;
    index = random.one(3) ? free() : -1;
  }

  /** Chooses a register to count with. */
  int chooseCounter() {
    counter = random.one(3) && (kept & 1 << Cpu.ECX) == 0 ? Cpu.ECX : free();
    kept |= 1 << counter;
    return counter;
  }

  /** A register that nothing else is kept in; it is kept in from now on. */
  private int free() {
    int register = random.below(8);
    while ((kept & 1 << register) != 0) {
      register = register + 1 & 7;
    }
    kept |= 1 << register;
    return register;
  }

  /** Some register that anything may be in. */
  int any() {
    int register = random.below(8);
    while ((kept & 1 << register) != 0) {
      register = register + 1 & 7;
    }
    return register;
  }

  /** Whether the register's value has to stay. */
  boolean keeps(int register) {
    return (kept & 1 << register) != 0;
  }

  /** Keeps a register, or lets go of it. */
  void keep(int register, boolean on) {
    kept = on ? kept | 1 << register : kept & ~(1 << register);
  }

  boolean isPointer(int register) {
    return (pointers & 1 << register) != 0;
  }

  /** Whether an instruction leaves alone what has to stay, and accesses memory in the data. */
  boolean suit(Insn insn) {
    int written = RegisterEffects.written(insn) & kept;
    if (insn.form.has(Attribute.STRING)) {
      written &= ~pointers;
      boolean source = insn.kind0 == Insn.STRING_SOURCE || insn.kind1 == Insn.STRING_SOURCE;
      boolean plain = !source || insn.segment < SegmentRegister.FS;
      return written == 0 && plain && !insn.address16 && isPointer(Cpu.ESI) && isPointer(Cpu.EDI);
    }
    if (written != 0 || steadyStack && insn.form.has(Attribute.STACK)) {
      return false;
    }
    return switch (insn.operation) {
      case XLAT -> reaches(insn, Cpu.EBX);
      case MASKMOVQ, MASKMOVDQU -> reaches(insn, Cpu.EDI);
      case LEA -> true;
      case BT, BTS, BTR, BTC ->
          insn.kind0 != Insn.MEM || insn.kind1 == Insn.IMM && address(insn) || indexed(insn);
      default ->
          insn.kind0 != Insn.MEM && insn.kind1 != Insn.MEM && insn.kind2 != Insn.MEM
              || address(insn);
    };
  }

  private boolean indexed(Insn insn) {
    return insn.kind1 == Insn.REG && insn.index1 == index && address(insn);
  }

  private boolean reaches(Insn insn, int register) {
    return isPointer(register) && insn.segment < SegmentRegister.FS && !insn.address16;
  }

  private boolean address(Insn insn) {
    if (insn.address16) {
      return insn.segment == SegmentRegister.FS && !insn.form.has(Attribute.ALIGN16);
    }
    boolean absolute = insn.base == Insn.NO_REGISTER && insn.index == Insn.NO_REGISTER;
    if (absolute) {
      return true; // they lead into the data
    }
    if (insn.segment >= SegmentRegister.FS || insn.base == Insn.NO_REGISTER) {
      return false;
    }
    boolean onStack = insn.base == Cpu.ESP && !steadyStack && insn.operation != Operation.POP;
    boolean based = isPointer(insn.base) || onStack;
    boolean steady = insn.index == Insn.NO_REGISTER || insn.index == index;
    boolean aligned =
        !insn.form.has(Attribute.ALIGN16)
            || (insn.displacement & 15) == 0 && insn.index == Insn.NO_REGISTER && !onStack;
    int away = insn.displacement;
    return based && steady && aligned && away > -NEAR && away < NEAR;
  }
}
