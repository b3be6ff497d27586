package org.trampoline.emulator.decode;

/**
 * What F2 and F3 are called before an instruction they are not part of: a repetition, or a hint of
 * later processors (branches checked for bounds, lock elision), which the emulated ones ignore.
 */
final class RepeatNames {
  private RepeatNames() {}

  static String name(Spelling s, int prefix, boolean last) {
    Form form = s.form;
    if (prefix == 0xf3) {
      if (last && form.has(Attribute.REP)) {
        return "rep";
      }
      return last && elidesRelease(s) ? "xrelease" : "repz";
    }
    if (last && isCheckedBranch(form)) {
      return "bnd";
    }
    return last && elidesAcquire(s) ? "xacquire" : "repnz";
  }

  private static boolean isCheckedBranch(Form form) {
    return switch (form.operation()) {
      case JCC, JMP, JMP_INDIRECT, CALL, CALL_INDIRECT, RET -> true;
      default -> false;
    };
  }

  private static boolean elidesAcquire(Spelling s) {
    return s.insn.kind0 == Insn.MEM
        && s.form.has(Attribute.LOCK)
        && (s.insn.lock || s.form.operation() == Operation.XCHG);
  }

  private static boolean elidesRelease(Spelling s) {
    if (elidesAcquire(s)) {
      return true;
    }
    int opcode = s.form.encoding().opcode();
    return s.insn.kind0 == Insn.MEM
        && !s.has(0xf2)
        && s.form.encoding().map() == 0
        && (opcode == 0x88 || opcode == 0x89 || opcode == 0xc6 || opcode == 0xc7);
  }
}
