package org.trampoline.emulator.differential.cases;

import org.trampoline.emulator.decode.Attribute;
import org.trampoline.emulator.decode.Form;
import org.trampoline.emulator.decode.InstructionTable;
import org.trampoline.emulator.decode.Operation;

/** How cases of a form are made: what follows from the table, for every oracle alike. */
final class CaseKind {
  private static final long[] KEYS = new long[InstructionTable.get().forms().size()];
  private static final boolean[] DOUBLES = new boolean[KEYS.length];

  static {
    for (Form form : InstructionTable.get().forms()) {
      KEYS[form.id()] = hash(form.encoding().text() + "|" + form.notation());
      DOUBLES[form.id()] = form.notation().contains("pd") || form.notation().contains("sd");
    }
  }

  private CaseKind() {}

  /** Why there are no cases of this form at all; null if there are. */
  static String whyNot(Form form) {
    return switch (form.operation()) {
      case RDTSC, RDPMC -> "reads time, of which each engine has its own";
      case CPUID -> "each processor has its own";
      default -> null;
    };
  }

  /** Why there are none in ring 3; null if there are. */
  static String whyNotInRing3(Form form) {
    return switch (form.operation()) {
      case SYSENTER, SYSEXIT -> "enters the operating system";
      case SGDT, SIDT, SLDT, STR, SMSW -> "shows the operating system's own tables";
      default -> whyNot(form);
    };
  }

  /** Whether it does in ring 0 what it does not in ring 3. */
  static boolean isPrivileged(Form form) {
    return form.has(Attribute.CPL0)
        || form.has(Attribute.IOPL)
        || form.has(Attribute.IO)
        || form.has(Attribute.SEGMENT_LOAD)
        || switch (form.operation()) {
          case JMP_FAR, CALL_FAR, RET_FAR, IRET, POPF, PUSHF, INT, SYSENTER, SYSEXIT -> true;
          case LAR, LSL, VERR, VERW, ARPL, SMSW, POP_SEGMENT -> true;
          default -> false;
        };
  }

  /** Whether cases can follow each other in a straight line. */
  static boolean chains(Form form) {
    return !form.has(Attribute.ENDS_BLOCK)
        && !form.has(Attribute.SEGMENT_LOAD)
        && !form.has(Attribute.CPL0)
        && !form.has(Attribute.IOPL)
        && !form.has(Attribute.IO)
        // where MXCSR_MASK is another each differs, and they are found out one by one
        && form.operation() != Operation.FXSAVE;
  }

  /** Whether the x87, MMX or SSE state matters. */
  static boolean fx(Form form) {
    return form.has(Attribute.X87) || form.has(Attribute.MMX) || form.has(Attribute.SSE);
  }

  /** Whether SSE operands are taken for numbers of double precision. */
  static boolean doubles(Form form) {
    return DOUBLES[form.id()];
  }

  /** A number that stays the form's own while the table around it changes. */
  static long key(Form form) {
    return KEYS[form.id()];
  }

  private static long hash(String text) {
    long hash = 0xcbf2_9ce4_8422_2325L; // FNV-1a
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * 0x100_0000_01b3L;
    }
    return hash;
  }
}
