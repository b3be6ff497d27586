package org.trampoline.emulator.differential.campaign;

import java.util.Locale;
import org.trampoline.emulator.decode.Attribute;
import org.trampoline.emulator.decode.Form;

/** Kinds of instructions by which a campaign can be restricted; every form is in one. */
public enum FormGroup {
  ARITHMETIC,
  DECIMAL,
  SHIFT,
  BIT,
  TRANSFER,
  STACK,
  CONTROL,
  STRING,
  FLAG,
  SYSTEM,
  X87,
  MMX,
  SSE;

  /** The group of a form. */
  public static FormGroup of(Form form) {
    if (form.has(Attribute.MMX)) {
      return MMX;
    }
    if (form.has(Attribute.SSE)) {
      return SSE;
    }
    if (form.has(Attribute.X87)) {
      return X87;
    }
    return switch (form.operation()) {
      case ADD, OR, ADC, SBB, AND, SUB, XOR, CMP, INC, DEC, TEST, NOT, NEG -> ARITHMETIC;
      case MUL, IMUL, DIV, IDIV, IMUL_TRUNCATED, XADD, CMPXCHG, CMPXCHG8B -> ARITHMETIC;
      case DAA, DAS, AAA, AAS, AAM, AAD -> DECIMAL;
      case ROL, ROR, RCL, RCR, SHL, SHR, SAR, SHLD, SHRD -> SHIFT;
      case BT, BTS, BTR, BTC, BSF, BSR, POPCNT, SETCC, BSWAP -> BIT;
      case MOV, MOVZX, MOVSX, CMOVCC, LEA, XCHG, XLAT, CBW, CWDE, CWD, CDQ, MOVNTI -> TRANSFER;
      case PUSH, POP, PUSH_SEGMENT, POP_SEGMENT, PUSHA, POPA, PUSHF, POPF, ENTER, LEAVE -> STACK;
      case JCC, LOOPNE, LOOPE, LOOP, JCXZ, JMP, JMP_INDIRECT, JMP_FAR, CALL -> CONTROL;
      case CALL_INDIRECT, CALL_FAR, RET, RET_FAR, INT3, INT, INTO, INT1, IRET, BOUND -> CONTROL;
      case MOVS, CMPS, STOS, LODS, SCAS, INS, OUTS -> STRING;
      case CMC, CLC, STC, CLD, STD, SAHF, LAHF, SALC -> FLAG;
      default -> SYSTEM;
    };
  }

  /** Its name on the command line. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The group of that name.
   *
   * @throws IllegalArgumentException if there is none; the message lists the names
   */
  public static FormGroup named(String id) {
    StringBuilder names = new StringBuilder();
    for (FormGroup group : values()) {
      if (group.id().equals(id)) {
        return group;
      }
      names.append(names.isEmpty() ? "" : ", ").append(group.id());
    }
    throw new IllegalArgumentException("no group '" + id + "': expected one of " + names);
  }
}
