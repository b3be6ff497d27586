package org.trampoline.emulator.decode;

/** What the two syntaxes print alike: names of registers, numbers, branch targets. */
final class OperandText {
  private static final String[] REG8 = {"al", "cl", "dl", "bl", "ah", "ch", "dh", "bh"};
  private static final String[] REG16 = {"ax", "cx", "dx", "bx", "sp", "bp", "si", "di"};
  private static final String[] REG32 = {"eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi"};

  private OperandText() {}

  /** The first operand that is printed. */
  static int first(Spelling s) {
    return s.insn.operation == Operation.XLAT ? 1 : 0;
  }

  /** The number of the last operand that is printed, plus one. */
  static int end(Spelling s) {
    return Mnemonics.isNamedComparison(s.insn) ? 2 : s.form.operands().size();
  }

  static int kind(Insn insn, int i) {
    return i == 0 ? insn.kind0 : i == 1 ? insn.kind1 : insn.kind2;
  }

  private static int index(Insn insn, int i) {
    return i == 0 ? insn.index0 : i == 1 ? insn.index1 : insn.index2;
  }

  private static int size(Insn insn, int i) {
    return i == 0 ? insn.size0 : i == 1 ? insn.size1 : insn.size2;
  }

  /** A register's name without AT&amp;T's percent sign. */
  static void register(Spelling s, int i, String debug, StringBuilder out) {
    Insn insn = s.insn;
    int index = index(insn, i);
    switch (kind(insn, i)) {
      case Insn.REG ->
          out.append(
              switch (registerSize(s, i)) {
                case 1 -> REG8[index];
                case 2 -> REG16[index];
                default -> REG32[index];
              });
      case Insn.SEGMENT -> out.append(Spelling.segmentName(index));
      case Insn.CONTROL -> out.append("cr").append(index);
      case Insn.DEBUG -> out.append(debug).append(index);
      case Insn.MM -> out.append("mm").append(index);
      case Insn.XMM -> out.append("xmm").append(index);
      case Insn.ST -> {
        out.append("st");
        if (s.form.operands().get(i) == Operand.ST_I) {
          out.append('(').append(index).append(')');
        }
      }
      default -> throw new IllegalStateException("not a register: operand " + i + " of " + s.form);
    }
  }

  /** objdump names the source of a move to a segment register by the operand size. */
  private static int registerSize(Spelling s, int i) {
    return s.insn.operation == Operation.MOV_TO_SEGMENT ? s.insn.operandSize : size(s.insn, i);
  }

  static String addressRegister(Insn insn, int register) {
    return insn.address16 ? REG16[register] : REG32[register];
  }

  /** Whether objdump takes an address-size prefix as said by the address itself. */
  static boolean usesAddressSize(Insn insn) {
    return insn.address16 || insn.base != Insn.NO_REGISTER || insn.index != Insn.NO_REGISTER;
  }

  /** The name of the missing index of a sib byte that a reader would not expect, or null. */
  static String noIndex(Spelling s) {
    if (s.sib < 0 || s.insn.index != Insn.NO_REGISTER) {
      return null;
    }
    boolean needed = (s.sib & 7) == 4 && s.sib >> 6 == 0;
    return needed ? null : "eiz";
  }

  /** An immediate, cut to the width at which the instruction uses it. */
  static void immediate(Spelling s, int i, StringBuilder out) {
    Operand operand = s.form.operands().get(i);
    int value = s.form.place(i) == Operand.Place.IMMEDIATE2 ? s.insn.imm2 : s.insn.imm;
    if (operand == Operand.SIMM8 && s.insn.operandSize == 2) {
      value &= 0xffff;
    }
    hex(value, out);
  }

  static void hex(int value, StringBuilder out) {
    out.append("0x").append(Integer.toHexString(value));
  }

  static void signedHex(int value, StringBuilder out) {
    if (value < 0) {
      out.append('-');
    }
    hex(value < 0 ? -value : value, out);
  }

  static boolean isBranchTarget(Insn insn) {
    return switch (insn.operation) {
      case JCC, JMP, CALL, LOOP, LOOPE, LOOPNE, JCXZ -> true;
      default -> false;
    };
  }

  static boolean isIndirectBranch(Insn insn) {
    return switch (insn.operation) {
      case JMP_INDIRECT, CALL_INDIRECT, JMP_FAR, CALL_FAR -> true;
      default -> false;
    };
  }

  static boolean isPort(Insn insn) {
    return switch (insn.operation) {
      case IN, OUT, INS, OUTS -> true;
      default -> false;
    };
  }

  /** The address a relative branch goes to, with its symbol. */
  static void target(Spelling s, StringBuilder out) {
    int end = s.address + s.insn.length;
    int target = end + s.insn.imm;
    if (s.form.operands().getFirst() == Operand.REL16) {
      // 16-bit code stays in its 64 KB, 32-bit code with a prefix goes to the lowest
      target = target & 0xffff | (s.code32 ? 0 : end & ~0xffff);
    }
    hex(target, out);
    String symbol = s.symbols.apply(target);
    if (symbol != null) {
      out.append(" <").append(symbol).append('>');
    }
  }
}
