package org.trampoline.asm.encode;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.trampoline.asm.syntax.Operand;
import org.trampoline.asm.syntax.Operand.Memory;
import org.trampoline.asm.syntax.Operand.Reg;
import org.trampoline.asm.syntax.Register.Kind;

/**
 * An instruction that the engine does not know, or gets wrong, but whose operands it can encode for
 * another one: that one's opcode is replaced afterwards. Found by comparing with GNU as (test
 * GnuAsComparisonTest).
 *
 * @param standIn the mnemonic given to the engine
 * @param itsOpcode what the engine answers with, after the prefixes; hexadecimal
 * @param opcode what goes there; as long
 * @param clearReg whether the reg field of the ModRM byte behind is to be zero
 */
record Substitution(String standIn, String itsOpcode, String opcode, boolean clearReg) {
  private static final Substitution NOP = new Substitution("nop", "0f18", "0f1f", true);
  private static final Substitution UD0 = new Substitution("imul", "0faf", "0fff", false);
  private static final Substitution UD1 = new Substitution("imul", "0faf", "0fb9", false);
  private static final Substitution BOUND = new Substitution("add", "01", "62", false);
  private static final Substitution FROM_TEST = new Substitution("mov", "0f20", "0f24", false);
  private static final Substitution TO_TEST = new Substitution("mov", "0f22", "0f26", false);

  /** The substitution for an instruction, or null if the engine knows it. */
  static Substitution of(Instruction instruction) {
    String mnemonic = instruction.mnemonic();
    List<Operand> operands = instruction.operands();
    return switch (mnemonic) {
      case "nop", "nopw", "nopl" -> operands.isEmpty() ? null : nop(instruction);
      case "ud0", "ud0w", "ud0l" -> UD0.suffixed(mnemonic, "ud0");
      case "ud1", "ud1w", "ud1l" -> UD1.suffixed(mnemonic, "ud1");
      case "bound", "boundw", "boundl" -> {
        if (operands.size() != 2 || !(operands.getLast() instanceof Memory)) {
          throw Refusals.misfit(instruction);
        }
        yield BOUND.suffixed(mnemonic, "bound");
      }
      case "mov", "movl" ->
          operands.size() != 2
              ? null
              : isTest(operands.getFirst())
                  ? FROM_TEST
                  : isTest(operands.getLast()) ? TO_TEST : null;
      default -> null;
    };
  }

  private static Substitution nop(Instruction instruction) {
    boolean sizeless =
        instruction.mnemonic().equals("nop") && instruction.operands().getFirst() instanceof Memory;
    String size = instruction.bits() == 16 ? "w" : "l";
    return NOP.suffixed(instruction.mnemonic() + (sizeless ? size : ""), "nop");
  }

  private static boolean isTest(Operand operand) {
    return operand instanceof Reg reg && reg.register().kind() == Kind.TEST;
  }

  private Substitution suffixed(String mnemonic, String stem) {
    return new Substitution(
        standIn + mnemonic.substring(stem.length()), itsOpcode, opcode, clearReg);
  }

  /**
   * Puts the opcode in place, in {@code code} without its prefixes. Gives false if the stand-in
   * came out in another form, for operands that this instruction cannot have ({@code bound
   * %al,(%ebx)}).
   */
  boolean apply(byte[] code) {
    byte[] its = HexFormat.of().parseHex(itsOpcode);
    byte[] real = HexFormat.of().parseHex(opcode);
    if (code.length <= its.length || !Arrays.equals(code, 0, its.length, its, 0, its.length)) {
      return false;
    }
    System.arraycopy(real, 0, code, 0, real.length);
    if (clearReg) {
      code[real.length] &= (byte) 0b11_000_111;
    }
    return true;
  }
}
