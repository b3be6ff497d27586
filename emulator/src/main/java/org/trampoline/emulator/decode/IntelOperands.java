package org.trampoline.emulator.decode;

/** Operands in Intel syntax: destination first, {@code DWORD PTR [ebp+0x8]}. */
final class IntelOperands {
  private IntelOperands() {}

  static void print(Spelling s, StringBuilder out) {
    if (Mnemonics.isWideNop(s)) {
      out.append(s.insn.operandSize == 2 ? "ax,ax" : "eax,eax");
      return;
    }
    int first = OperandText.first(s);
    for (int i = first; i < OperandText.end(s); i++) {
      if (i > first) {
        out.append(',');
      }
      operand(s, i, out);
    }
  }

  private static void operand(Spelling s, int i, StringBuilder out) {
    Insn insn = s.insn;
    Form form = s.form;
    Operand operand = form.operands().get(i);
    switch (OperandText.kind(insn, i)) {
      case Insn.MEM -> {
        if (operand.place() != Operand.Place.MOFFS) {
          pointer(s, operand, out);
        }
        memory(s, operand, out);
      }
      case Insn.STRING_SOURCE -> {
        s.useSegment();
        s.use(0x67);
        pointer(s, operand, out);
        out.append(Spelling.segmentName(insn.segment));
        out.append(insn.address16 ? ":[si]" : ":[esi]");
      }
      case Insn.STRING_DESTINATION -> {
        s.use(0x67);
        pointer(s, operand, out);
        out.append(insn.address16 ? "es:[di]" : "es:[edi]");
      }
      case Insn.IMM, Insn.IMM2 -> {
        if (operand.place() == Operand.Place.POINTER) {
          out.append("0x").append(Integer.toHexString(insn.imm2)).append(":0x");
          out.append(Integer.toHexString(insn.imm));
        } else if (OperandText.isBranchTarget(insn)) {
          OperandText.target(s, out);
        } else if (operand == Operand.ONE) {
          out.append('1');
        } else {
          OperandText.immediate(s, i, out);
        }
      }
      default -> OperandText.register(s, i, "dr", out);
    }
  }

  private static void pointer(Spelling s, Operand operand, StringBuilder out) {
    switch (s.insn.operation) {
      case LEA, SGDT, SIDT, LGDT, LIDT, FLDENV, FNSTENV, FRSTOR, FNSAVE, FXSAVE, FXRSTOR, LDDQU -> {
        return; // objdump names no size
      }
      default -> {} // by the operand
    }
    String name =
        switch (operand.memorySize()) {
          case 1 -> "BYTE PTR ";
          case 2 -> "WORD PTR ";
          case 4 -> "DWORD PTR ";
          case 6 -> "FWORD PTR ";
          case 8 -> "QWORD PTR ";
          case 10 -> "TBYTE PTR ";
          case 16 -> "XMMWORD PTR ";
          default -> s.insn.operation == Operation.INVLPG ? "BYTE PTR " : "";
        };
    out.append(name);
  }

  private static void memory(Spelling s, Operand operand, StringBuilder out) {
    Insn insn = s.insn;
    if (operand.place() == Operand.Place.XLAT) {
      s.useSegment();
      s.use(0x67);
      out.append(Spelling.segmentName(insn.segment));
      out.append(insn.address16 ? ":[bx]" : ":[ebx]");
      return;
    }
    String noIndex = OperandText.noIndex(s);
    boolean registers =
        insn.base != Insn.NO_REGISTER || insn.index != Insn.NO_REGISTER || noIndex != null;
    boolean moffs = operand.place() == Operand.Place.MOFFS;
    if (s.namesSegment()) {
      s.useSegment();
    }
    if (s.namesSegment() || !registers || moffs) {
      out.append(Spelling.segmentName(insn.segment)).append(':');
    }
    if (OperandText.usesAddressSize(insn) && !moffs) {
      s.use(0x67);
    }
    if (!registers || moffs) {
      OperandText.hex(insn.displacement, out);
      return;
    }
    out.append('[');
    int start = out.length();
    if (insn.base != Insn.NO_REGISTER) {
      out.append(OperandText.addressRegister(insn, insn.base));
    }
    if (insn.index != Insn.NO_REGISTER || noIndex != null) {
      if (out.length() > start) {
        out.append('+');
      }
      out.append(noIndex != null ? noIndex : OperandText.addressRegister(insn, insn.index));
      if (!insn.address16) {
        out.append('*').append(1 << (s.sib >> 6));
      }
    }
    if (s.hasDisplacement()) {
      int displacement = insn.address16 ? (short) insn.displacement : insn.displacement;
      if (displacement >= 0) {
        out.append('+');
      }
      OperandText.signedHex(displacement, out);
    }
    out.append(']');
  }
}
