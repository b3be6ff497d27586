package org.trampoline.emulator.differential.cases;

import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.decode.Insn;

/** Which general registers instructions change, those that their notation does not name, too. */
final class RegisterEffects {
  private static final int EAX = 1 << Cpu.EAX;
  private static final int ECX = 1 << Cpu.ECX;
  private static final int EDX = 1 << Cpu.EDX;
  private static final int EBP = 1 << Cpu.EBP;
  private static final int ESI = 1 << Cpu.ESI;
  private static final int EDI = 1 << Cpu.EDI;

  private RegisterEffects() {}

  /** A bit for each register; ESP only where it is an operand, not where something is pushed. */
  static int written(Insn insn) {
    return operand(insn, 0, insn.kind0, insn.index0, insn.size0)
        | operand(insn, 1, insn.kind1, insn.index1, insn.size1)
        | operand(insn, 2, insn.kind2, insn.index2, insn.size2)
        | implied(insn);
  }

  private static int operand(Insn insn, int i, int kind, int index, int size) {
    boolean written = kind == Insn.REG && insn.form.writes(i);
    return written ? 1 << (size == 1 ? index & 3 : index) : 0;
  }

  private static int implied(Insn insn) {
    int count = insn.rep || insn.repne ? ECX : 0;
    return switch (insn.operation) {
      case MUL, IMUL, DIV, IDIV, CMPXCHG8B -> EAX | EDX;
      case DAA, DAS, AAA, AAS, AAM, AAD, LAHF, SALC, CBW, CWDE, XLAT, CMPXCHG -> EAX;
      case CWD, CDQ -> EDX;
      case LOOP, LOOPE, LOOPNE -> ECX;
      case MOVS, CMPS -> ESI | EDI | count;
      case STOS, SCAS, INS -> EDI | count;
      case LODS -> EAX | ESI | count;
      case OUTS -> ESI | count;
      case POPA -> 0xff & ~(1 << Cpu.ESP);
      case ENTER, LEAVE -> EBP;
      default -> 0;
    };
  }
}
