package org.trampoline.asm.encode;

import java.util.HashMap;
import java.util.Map;
import org.trampoline.asm.program.Fragment;
import org.trampoline.asm.syntax.Operand;

/**
 * Direct relative branches. They are encoded here because which form one takes depends on where
 * everything else comes to lie; the forms are in SDM volume 2, "Jcc", "JMP", "CALL" and "LOOP".
 */
final class Branches {
  private static final Map<String, Integer> SHORT_CONDITIONS = new HashMap<>();
  private static final Map<String, Integer> COUNTED =
      Map.of("loopne", 0xe0, "loopnz", 0xe0, "loope", 0xe1, "loopz", 0xe1, "loop", 0xe2);

  static {
    String[] names = {
      "o", "no", "b c nae", "ae nb nc", "e z", "ne nz", "be na", "a nbe",
      "s", "ns", "p pe", "np po", "l nge", "ge nl", "le ng", "g nle"
    };
    for (int condition = 0; condition < names.length; condition++) {
      for (String name : names[condition].split(" ", -1)) {
        SHORT_CONDITIONS.put("j" + name, 0x70 + condition);
      }
    }
  }

  private Branches() {}

  /** The branch, or null if the instruction is none. */
  static Fragment.Branch encode(Instruction instruction) {
    if (instruction.operands().size() != 1
        || !(instruction.operands().getFirst() instanceof Operand.Memory target)
        || !target.isAbsolute()
        || target.segment() != null) {
      return null;
    }
    String mnemonic = instruction.mnemonic();
    Integer opcode = SHORT_CONDITIONS.get(mnemonic);
    if (opcode != null) {
      return near(instruction, opcode, new byte[] {0x0f, (byte) (opcode + 0x10)}, target);
    }
    Fragment.Branch known =
        switch (mnemonic) {
          case "jmp" -> near(instruction, 0xeb, new byte[] {(byte) 0xe9}, target);
          case "call" -> near(instruction, -1, new byte[] {(byte) 0xe8}, target);
          case "jmpw", "jmpl" -> sized(instruction, 0xe9, mnemonic.charAt(3), target);
          case "callw", "calll" -> sized(instruction, 0xe8, mnemonic.charAt(4), target);
          case "jcxz" -> shortOnly(instruction, 0xe3, 'w', target);
          case "jecxz" -> shortOnly(instruction, 0xe3, 'l', target);
          default -> null;
        };
    return known != null ? known : counted(instruction, target);
  }

  /** {@code loop} and its kin, whose suffix is the width of the counter. */
  private static Fragment.Branch counted(Instruction instruction, Operand.Memory target) {
    String mnemonic = instruction.mnemonic();
    Integer opcode = COUNTED.get(mnemonic);
    if (opcode != null) {
      return shortOnly(instruction, opcode, ' ', target);
    }
    char suffix = mnemonic.charAt(mnemonic.length() - 1);
    opcode = COUNTED.get(mnemonic.substring(0, mnemonic.length() - 1));
    return opcode != null && (suffix == 'w' || suffix == 'l')
        ? shortOnly(instruction, opcode, suffix, target)
        : null;
  }

  private static Fragment.Branch near(
      Instruction instruction, int shortOpcode, byte[] nearOpcode, Operand.Memory target) {
    Prefixes prefixes = instruction.prefixes();
    boolean otherWidth = prefixes.has(Prefixes.OPERAND_SIZE);
    return new Fragment.Branch(
        instruction.location(),
        // With an operand-size prefix a short branch would cut the instruction pointer unseen.
        shortOpcode < 0 || otherWidth ? null : prefixes.before((byte) shortOpcode),
        prefixes.before(nearOpcode),
        instruction.bits() == 32 != otherWidth ? 4 : 2,
        target.displacement(),
        target.text());
  }

  private static Fragment.Branch sized(
      Instruction instruction, int opcode, char suffix, Operand.Memory target) {
    Prefixes prefixes = instruction.prefixes().copy();
    if (instruction.differs(suffix)) {
      prefixes.set(Prefixes.OPERAND_SIZE);
    }
    return new Fragment.Branch(
        instruction.location(),
        null,
        prefixes.before((byte) opcode),
        suffix == 'w' ? 2 : 4,
        target.displacement(),
        target.text());
  }

  /** The suffix is the width of the counter, cx or ecx. */
  private static Fragment.Branch shortOnly(
      Instruction instruction, int opcode, char suffix, Operand.Memory target) {
    Prefixes prefixes = instruction.prefixes().copy();
    if (instruction.differs(suffix)) {
      prefixes.set(Prefixes.ADDRESS_SIZE);
    }
    return new Fragment.Branch(
        instruction.location(),
        prefixes.before((byte) opcode),
        null,
        instruction.bits() / 8,
        target.displacement(),
        target.text());
  }
}
