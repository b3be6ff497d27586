package org.trampoline.emulator.decode;

/**
 * The mnemonics that GNU objdump prints where they are not the instruction table's: AT&amp;T's own
 * names and size suffixes, and the suffix of an operand size that is not the mode's.
 */
final class Mnemonics {
  private static final String[] COMPARISONS = {
    "eq", "lt", "le", "unord", "neq", "nlt", "nle", "ord"
  };

  private Mnemonics() {}

  static String att(Spelling s) {
    Insn insn = s.insn;
    String name = s.form.mnemonic();
    String suffix = sizeOfStackOperation(s, "l");
    if (suffix == null) {
      suffix = "";
    }
    return switch (insn.operation) {
      case MOVZX, MOVSX -> {
        int from = s.form.operands().get(1).size();
        yield (insn.operation == Operation.MOVZX ? "movz" : "movs")
            + letter(from)
            + letter(insn.operandSize);
      }
      case CBW -> "cbtw";
      case CWDE -> "cwtl";
      case CWD -> "cwtd";
      case CDQ -> "cltd";
      case JMP_FAR -> "ljmp" + suffix;
      case CALL_FAR -> "lcall" + suffix;
      case RET_FAR -> "lret" + suffix;
      case PUSHA, POPA, PUSHF, POPF, IRET -> withoutD(name) + suffix;
      case PUSH_SEGMENT, POP_SEGMENT, ENTER, LEAVE, CALL, RET -> name + suffix;
      case JMP -> s.form.encoding().opcode() == 0xe9 ? name + suffix : name;
      case JCC -> name + hint(s);
      case LOOP, LOOPE, LOOPNE -> name + addressSuffix(s) + hint(s);
      case JCXZ -> name + hint(s);
      case MOVS, CMPS, INS, OUTS -> name + letter(stringSize(insn));
      case FSUB, FSUBP, FDIV, FDIVP -> reversed(s) ? insertR(name) : name + memorySuffix(s);
      case FSUBR, FSUBRP, FDIVR, FDIVRP ->
          reversed(s) ? name.replace("r", "") : name + memorySuffix(s);
      default -> common(s, name) + memorySuffix(s);
    };
  }

  static String intel(Spelling s) {
    Insn insn = s.insn;
    String name = s.form.mnemonic();
    String suffix = sizeOfStackOperation(s, "d");
    if (suffix == null) {
      suffix = "";
    }
    return switch (insn.operation) {
      case PUSHA, POPA, PUSHF, POPF, IRET -> withoutD(name) + suffix;
      case PUSH_SEGMENT, POP_SEGMENT, ENTER, LEAVE, CALL, RET, RET_FAR -> name + suffix;
      case JMP -> s.form.encoding().opcode() == 0xe9 ? name + suffix : name;
      case PUSH -> insn.kind0 == Insn.IMM ? name + suffix : name;
      case SGDT, SIDT, LGDT, LIDT -> {
        s.use(0x66);
        yield name + (insn.operandSize == 2 ? "w" : "d");
      }
      case FLDENV, FNSTENV, FRSTOR, FNSAVE ->
          s.defaultOperandSize() ? name : name + (insn.operandSize == 2 ? "w" : "d");
      default -> common(s, name);
    };
  }

  /** What both syntaxes print instead of the table's mnemonic. */
  private static String common(Spelling s, String name) {
    Insn insn = s.insn;
    return switch (insn.operation) {
      case NOP -> {
        if (isWideNop(s)) {
          s.use(0x66);
          yield "xchg"; // of the accumulator with itself
        }
        yield name;
      }
      case FNOP_8087 -> name + (name.equals("fnsetpm") ? "(287 only)" : "(8087 only)");
      case CMPPS, CMPPD, CMPSS, CMPSD ->
          isNamedComparison(insn) ? "cmp" + COMPARISONS[insn.imm] + name.substring(3) : name;
      default -> name;
    };
  }

  /** Whether this is 90 with an operand size prefix, which objdump does not call a nop. */
  static boolean isWideNop(Spelling s) {
    return s.insn.operation == Operation.NOP
        && s.form.encoding().opcode() == 0x90
        && !s.defaultOperandSize();
  }

  /** Whether the mnemonic says what the immediate would. */
  static boolean isNamedComparison(Insn insn) {
    return switch (insn.operation) {
      case CMPPS, CMPPD, CMPSS, CMPSD -> insn.imm < COMPARISONS.length;
      default -> false;
    };
  }

  /** w, l (or d) for stack operations whose operand size is not the mode's; null for others. */
  private static String sizeOfStackOperation(Spelling s, String wide) {
    if (s.defaultOperandSize()) {
      return "";
    }
    return s.insn.operandSize == 2 ? "w" : wide;
  }

  private static String withoutD(String name) {
    return name.endsWith("d") ? name.substring(0, name.length() - 1) : name;
  }

  private static String insertR(String name) {
    return name.endsWith("p") ? name.substring(0, name.length() - 1) + "rp" : name + "r";
  }

  /** AT&amp;T names fsub and fsubr the other way round where st is the source: an old mistake. */
  private static boolean reversed(Spelling s) {
    int opcode = s.form.encoding().opcode();
    return s.insn.kind0 == Insn.ST && (opcode == 0xdc || opcode == 0xde);
  }

  /** A branch hint: cs says not taken, ds taken (SDM volume 2, 2.1.1). */
  private static String hint(Spelling s) {
    boolean notTaken = s.has(0x2e);
    if (notTaken == s.has(0x3e)) {
      return "";
    }
    s.useSegment();
    return notTaken ? ",pn" : ",pt";
  }

  private static String addressSuffix(Spelling s) {
    if (s.insn.address16 == !s.code32) {
      return "";
    }
    s.use(0x67);
    return s.insn.address16 ? "w" : "l";
  }

  private static int stringSize(Insn insn) {
    return insn.kind0 == Insn.STRING_DESTINATION || insn.kind0 == Insn.STRING_SOURCE
        ? insn.size0
        : insn.size1;
  }

  private static String letter(int size) {
    return switch (size) {
      case 1 -> "b";
      case 2 -> "w";
      default -> "l";
    };
  }

  /** AT&amp;T's suffix where memory alone would not tell the size. */
  private static String memorySuffix(Spelling s) {
    Insn insn = s.insn;
    switch (insn.operation) {
      case SGDT, SIDT, LGDT, LIDT -> {
        s.use(0x66);
        return letter(insn.operandSize);
      }
      case FLDENV, FNSTENV, FRSTOR, FNSAVE -> {
        return s.defaultOperandSize() ? "" : insn.operandSize == 2 ? "s" : "l";
      }
      case PUSH, POP -> {
        return insn.kind0 == Insn.REG || s.defaultOperandSize() ? "" : letter(insn.operandSize);
      }
      case JMP_INDIRECT, CALL_INDIRECT -> {
        return insn.kind0 == Insn.REG || s.defaultOperandSize() ? "" : letter(insn.operandSize);
      }
      default -> {} // by its operands
    }
    if (insn.kind0 != Insn.MEM || insn.kind1 == Insn.REG && !isCount(s)) {
      return "";
    }
    return switch (s.form.operands().getFirst()) {
      case RM8 -> insn.operation == Operation.SETCC ? "" : "b";
      case RM16 -> isSelectorOperation(insn.operation) ? "" : "w";
      case RM32 -> insn.kind1 == Insn.MM || insn.kind1 == Insn.XMM ? "" : "l";
      case M32FP, M16INT -> "s";
      case M64FP, M32INT -> "l";
      case M64INT -> "ll";
      case M80FP -> "t";
      default -> "";
    };
  }

  private static boolean isCount(Spelling s) {
    return s.form.operands().get(1) == Operand.CL;
  }

  private static boolean isSelectorOperation(Operation operation) {
    return switch (operation) {
      case SLDT, STR, LLDT, LTR, VERR, VERW, SMSW, LMSW, MOV_FROM_SEGMENT, MOV_TO_SEGMENT -> true;
      default -> false;
    };
  }
}
