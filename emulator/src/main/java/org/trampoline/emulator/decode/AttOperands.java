package org.trampoline.emulator.decode;

/** Operands in AT&amp;T syntax: source first, {@code %eax}, {@code $0x1}, {@code 0x8(%ebp)}. */
final class AttOperands {
  private AttOperands() {}

  static void print(Spelling s, StringBuilder out) {
    if (Mnemonics.isWideNop(s)) {
      out.append(s.insn.operandSize == 2 ? "%ax,%ax" : "%eax,%eax");
      return;
    }
    Insn insn = s.insn;
    Form form = s.form;
    int first = OperandText.first(s);
    int end = OperandText.end(s);
    boolean intelOrder = insn.operation == Operation.BOUND || insn.operation == Operation.ENTER;
    for (int i = first; i < end; i++) {
      int operand = intelOrder ? i : end - 1 - (i - first);
      if (operand == 1 && form.operands().get(1) == Operand.ONE) {
        continue; // shifts by one
      }
      if (!out.isEmpty()) {
        out.append(',');
      }
      operand(s, operand, out);
    }
  }

  private static void operand(Spelling s, int i, StringBuilder out) {
    Insn insn = s.insn;
    Form form = s.form;
    Operand operand = form.operands().get(i);
    switch (OperandText.kind(insn, i)) {
      case Insn.MEM -> {
        if (OperandText.isIndirectBranch(insn)) {
          out.append('*');
        }
        memory(s, operand, out);
      }
      case Insn.STRING_SOURCE -> {
        s.useSegment();
        s.use(0x67);
        out.append('%').append(Spelling.segmentName(insn.segment));
        out.append(insn.address16 ? ":(%si)" : ":(%esi)");
      }
      case Insn.STRING_DESTINATION -> {
        s.use(0x67);
        out.append(insn.address16 ? "%es:(%di)" : "%es:(%edi)");
      }
      case Insn.IMM, Insn.IMM2 -> {
        if (operand.place() == Operand.Place.POINTER) {
          out.append("$0x").append(Integer.toHexString(insn.imm2)).append(",$0x");
          out.append(Integer.toHexString(insn.imm));
        } else if (OperandText.isBranchTarget(insn)) {
          OperandText.target(s, out);
        } else {
          out.append('$');
          OperandText.immediate(s, i, out);
        }
      }
      default -> {
        if (operand == Operand.DX && OperandText.isPort(insn)) {
          out.append("(%dx)");
        } else {
          out.append(OperandText.isIndirectBranch(insn) ? "*%" : "%");
          OperandText.register(s, i, "db", out);
        }
      }
    }
  }

  private static void memory(Spelling s, Operand operand, StringBuilder out) {
    Insn insn = s.insn;
    if (operand.place() == Operand.Place.XLAT) {
      s.useSegment();
      s.use(0x67);
      out.append('%').append(Spelling.segmentName(insn.segment));
      out.append(insn.address16 ? ":(%bx)" : ":(%ebx)");
      return;
    }
    if (s.namesSegment()) {
      s.useSegment();
      out.append('%').append(Spelling.segmentName(insn.segment)).append(':');
    }
    if (operand.place() == Operand.Place.MOFFS) {
      OperandText.hex(insn.displacement, out);
      return;
    }
    String noIndex = OperandText.noIndex(s);
    boolean registers =
        insn.base != Insn.NO_REGISTER || insn.index != Insn.NO_REGISTER || noIndex != null;
    if (OperandText.usesAddressSize(insn)) {
      s.use(0x67);
    }
    if (s.hasDisplacement()) {
      // an address of 32 bits alone is unsigned, everything else is signed
      if (registers || insn.address16) {
        OperandText.signedHex(insn.address16 ? (short) insn.displacement : insn.displacement, out);
      } else {
        OperandText.hex(insn.displacement, out);
      }
    }
    if (!registers) {
      return;
    }
    out.append('(');
    if (insn.base != Insn.NO_REGISTER) {
      out.append('%').append(OperandText.addressRegister(insn, insn.base));
    }
    if (insn.index != Insn.NO_REGISTER || noIndex != null) {
      out.append(",%");
      out.append(noIndex != null ? noIndex : OperandText.addressRegister(insn, insn.index));
      if (!insn.address16) {
        out.append(',').append(1 << (s.sib >> 6));
      }
    }
    out.append(')');
  }
}
