package org.trampoline.asm.encode;

import java.util.List;
import java.util.Map;
import org.trampoline.asm.syntax.Operand;
import org.trampoline.asm.syntax.Operand.Memory;
import org.trampoline.asm.syntax.Operand.Reg;
import org.trampoline.asm.syntax.Register;

/**
 * String instructions, with and without operands. Operands say no more than the width of the
 * addresses, a segment for the source and, by the accumulator, the size; the engine drops or
 * misplaces half of them. SDM volume 2, "MOVS", "CMPS", "STOS", "LODS", "SCAS", "INS", "OUTS".
 */
final class Strings {
  /** Opcode for bytes and, in AT&amp;T order, what the operands are: source, destination, a, d. */
  private record Form(int opcode, String operands) {}

  private static final Map<String, Form> FORMS =
      Map.of(
          "movs", new Form(0xa4, "SD"),
          "cmps", new Form(0xa6, "DS"),
          "stos", new Form(0xaa, "aD"),
          "lods", new Form(0xac, "Sa"),
          "scas", new Form(0xae, "Da"),
          "ins", new Form(0x6c, "dD"),
          "outs", new Form(0x6e, "Sd"));

  private static final byte XLAT = (byte) 0xd7;

  private Strings() {}

  /** The instruction's bytes, or null if it is no string instruction. */
  static byte[] encode(Instruction instruction) {
    String mnemonic = instruction.mnemonic();
    if (mnemonic.equals("xlat") || mnemonic.equals("xlatb")) {
      return translate(instruction);
    }
    Form form = FORMS.get(mnemonic);
    char suffix = 0;
    if (form == null) {
      int last = mnemonic.length() - 1;
      suffix = mnemonic.charAt(last);
      form = FORMS.get(mnemonic.substring(0, last));
      if (suffix == 'd' && !isOther(instruction)) {
        suffix = 'l';
      }
      if (form == null || suffix != 'b' && suffix != 'w' && suffix != 'l') {
        return null;
      }
    }
    Prefixes prefixes = instruction.prefixes().copy();
    int accumulator = operands(instruction, form, prefixes);
    if (accumulator < 0) {
      if (isOther(instruction)) {
        return null;
      }
      throw Refusals.misfit(instruction);
    }
    int size = suffix == 0 ? accumulator : suffix == 'b' ? 1 : suffix == 'w' ? 2 : 4;
    if (size == 0) {
      throw instruction.location().error("operand size unknown; expected a suffix b, w or l");
    }
    if (accumulator != 0 && accumulator != size) {
      throw instruction.location().error("suffix and register differ in size");
    }
    if (size != 1 && size * 8 != instruction.bits()) {
      prefixes.set(Prefixes.OPERAND_SIZE);
    }
    return prefixes.before((byte) (form.opcode + (size == 1 ? 0 : 1)));
  }

  /** SDM volume 2, "XLAT": its operand says as little as those of string instructions. */
  private static byte[] translate(Instruction instruction) {
    Prefixes prefixes = instruction.prefixes().copy();
    List<Operand> operands = instruction.operands();
    if (!operands.isEmpty()) {
      if (operands.size() > 1
          || !(operands.getFirst() instanceof Memory memory)
          || !isIndexed(memory, "bx")) {
        throw instruction.location().error("expected no operand, (%bx) or (%ebx)");
      }
      if (memory.addressSize() * 8 != instruction.bits()) {
        prefixes.set(Prefixes.ADDRESS_SIZE);
      }
      segment(instruction, memory, 'S', prefixes);
    }
    return prefixes.before(XLAT);
  }

  /** movsb, movsw, movsd and cmpsd are names of other instructions, too, with registers. */
  private static boolean isOther(Instruction instruction) {
    String mnemonic = instruction.mnemonic();
    return (mnemonic.startsWith("movs") || mnemonic.startsWith("cmps"))
        && instruction.operands().stream().anyMatch(Reg.class::isInstance);
  }

  /**
   * Takes in what the operands say. Gives the accumulator's size, 0 without, or -1 if these are not
   * the operands of a string instruction.
   */
  private static int operands(Instruction instruction, Form form, Prefixes prefixes) {
    List<Operand> operands = instruction.operands();
    String kinds = form.operands();
    if (operands.isEmpty()) {
      return 0;
    }
    if (operands.size() == 1 && kinds.contains("a")) {
      kinds = kinds.replace("a", "");
    }
    if (operands.size() != kinds.length()) {
      return -1;
    }
    int size = 0;
    int width = 0;
    for (int i = 0; i < kinds.length(); i++) {
      char kind = kinds.charAt(i);
      if (kind == 'a' || kind == 'd') {
        Register register = port(operands.get(i));
        if (register == null || !register.name().matches(kind == 'a' ? "al|ax|eax" : "dx")) {
          return -1;
        }
        size = kind == 'a' ? register.size() : 0;
      } else {
        if (!(operands.get(i) instanceof Memory memory)
            || !isIndexed(memory, kind == 'S' ? "si" : "di")) {
          return -1;
        }
        if (width != 0 && width != memory.addressSize()) {
          throw instruction.location().error("addresses differ in width");
        }
        width = memory.addressSize();
        segment(instruction, memory, kind, prefixes);
      }
    }
    if (width * 8 != instruction.bits()) {
      prefixes.set(Prefixes.ADDRESS_SIZE);
    }
    return size;
  }

  private static Register port(Operand operand) {
    return switch (operand) {
      case Reg reg -> reg.register();
      case Memory memory when memory.displacement() == null && memory.index() == null ->
          memory.base();
      default -> null;
    };
  }

  private static boolean isIndexed(Memory memory, String register) {
    return memory.displacement() == null
        && memory.index() == null
        && memory.base().name().endsWith(register);
  }

  private static void segment(
      Instruction instruction, Memory memory, char kind, Prefixes prefixes) {
    if (memory.segment() == null) {
      return;
    }
    String name = memory.segment().name();
    if (kind == 'D') {
      if (!name.equals("es")) {
        throw instruction
            .location()
            .error("destination of a string instruction is in %es only", "%" + name);
      }
    } else if (!name.equals("ds")) {
      prefixes.addSegment(memory.segment(), instruction.location());
    }
  }
}
