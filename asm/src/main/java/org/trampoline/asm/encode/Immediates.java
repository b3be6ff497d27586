package org.trampoline.asm.encode;

import java.util.List;
import java.util.Set;
import org.trampoline.asm.syntax.Operand;
import org.trampoline.asm.syntax.Operand.Reg;
import org.trampoline.asm.syntax.Register;

/**
 * How wide an instruction's immediate may be. The engine truncates what is wider, so this has to be
 * known before it is asked.
 */
final class Immediates {
  /** One byte, whatever the operand's size; without suffix. */
  private static final Set<String> BYTE =
      Set.of(
          "int", "in", "out", "aam", "aad", "rol", "ror", "rcl", "rcr", "shl", "sal", "shr", "sar",
          "shld", "shrd", "bt", "btc", "btr", "bts", "xabort");

  private static final Set<String> SIGNED_BYTE = Set.of("bt", "btc", "btr", "bts");

  private static final Set<String> WORD = Set.of("ret", "lret");

  private Immediates() {}

  /** Width in bytes: 1, 2 or 4. */
  static int width(Instruction instruction) {
    String mnemonic = instruction.mnemonic();
    String stem = stem(mnemonic);
    if (BYTE.contains(mnemonic) || BYTE.contains(stem)) {
      return 1;
    }
    if (WORD.contains(mnemonic) || WORD.contains(stem)) {
      return 2;
    }
    Register register = lastRegister(instruction.operands());
    if (register != null) {
      return register.kind() == Register.Kind.GENERAL ? register.size() : 1;
    }
    return switch (stem.equals(mnemonic) ? 0 : mnemonic.charAt(mnemonic.length() - 1)) {
      case 'b' -> 1;
      case 'w' -> 2;
      case 'l' -> 4;
      default -> instruction.bits() / 8;
    };
  }

  /** Whether the engine wants the pattern as a number without sign. */
  static boolean isUnsigned(Instruction instruction, int width) {
    String stem = stem(instruction.mnemonic());
    return width == 1
            && !SIGNED_BYTE.contains(stem)
            && !SIGNED_BYTE.contains(instruction.mnemonic())
        || width == 2 && (WORD.contains(stem) || WORD.contains(instruction.mnemonic()));
  }

  /** The mnemonic without its size. */
  private static String stem(String mnemonic) {
    return Refusals.hasSizeSuffix(mnemonic)
        ? mnemonic.substring(0, mnemonic.length() - 1)
        : mnemonic;
  }

  /** In AT&amp;T order the last one is the destination, whose size counts. */
  private static Register lastRegister(List<Operand> operands) {
    Register found = null;
    for (Operand operand : operands) {
      if (operand instanceof Reg(Register register)) {
        boolean vector = found != null && found.kind() != Register.Kind.GENERAL;
        found = vector ? found : register;
      }
    }
    return found;
  }
}
