package org.trampoline.asm.encode;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.trampoline.asm.AssemblyException;
import org.trampoline.asm.SourceLine.Kind;
import org.trampoline.asm.program.Fragment;
import org.trampoline.asm.program.Fragment.Bytes;
import org.trampoline.asm.program.Fragment.Fixup;
import org.trampoline.asm.program.Range;
import org.trampoline.asm.syntax.Expression;
import org.trampoline.asm.syntax.Expression.Known;
import org.trampoline.asm.syntax.Operand.Immediate;

/**
 * Encodes the instructions of a program: some at once, the others, by Keystone, when {@link
 * #finish} is called.
 */
public final class InstructionEncoder {
  private final EncodingBatch batch16 = new EncodingBatch(16);
  private final EncodingBatch batch32 = new EncodingBatch(32);
  private final List<EngineInstruction> waiting = new ArrayList<>();

  /**
   * Encodes an instruction.
   *
   * @return its fragment, which may get its bytes only by {@link #finish}
   * @throws AssemblyException if its operands cannot be right
   */
  public Fragment encode(Instruction instruction) {
    if (instruction.mnemonic().isEmpty()) {
      if (!instruction.operands().isEmpty()) {
        throw instruction.location().error("expected an instruction after the prefix");
      }
      return bytes(instruction, instruction.prefixes().before(), List.of());
    }
    Fragment.Branch branch = Branches.encode(instruction);
    if (branch != null) {
      return branch;
    }
    byte[] string = Strings.encode(instruction);
    if (string != null) {
      return bytes(instruction, string, List.of());
    }
    Fragment special = special(instruction);
    if (special != null) {
      return special;
    }
    Bytes fragment = new Bytes(instruction.location(), Kind.INSTRUCTION);
    EncodingBatch batch = instruction.bits() == 16 ? batch16 : batch32;
    waiting.add(new EngineInstruction(instruction, batch, fragment));
    return fragment;
  }

  /** Far pointers and stack frames: few operand shapes, and the engine is wrong on most of them. */
  private static Fragment special(Instruction instruction) {
    String mnemonic = instruction.mnemonic();
    boolean twoImmediates =
        instruction.operands().size() == 2
            && instruction.operands().getFirst() instanceof Immediate
            && instruction.operands().getLast() instanceof Immediate;
    return switch (mnemonic) {
      case "ljmp", "ljmpw", "ljmpl" -> twoImmediates ? far(instruction, 0xea, 4) : null;
      case "lcall", "lcallw", "lcalll" -> twoImmediates ? far(instruction, 0x9a, 5) : null;
      case "enter", "enterw", "enterl" -> twoImmediates ? enter(instruction) : null;
      case "int" ->
          isInt3(instruction)
              ? bytes(instruction, instruction.prefixes().before((byte) 0xcc), List.of())
              : null;
      case "leave", "leavew", "leavel" ->
          instruction.operands().isEmpty()
              ? bytes(instruction, sized(instruction, 5).before((byte) 0xc9), List.of())
              : null;
      default -> null;
    };
  }

  private static boolean isInt3(Instruction instruction) {
    return instruction.operands().size() == 1
        && instruction.operands().getFirst() instanceof Immediate immediate
        && immediate.value().equals(new Known(3));
  }

  private static Prefixes sized(Instruction instruction, int stemLength) {
    Prefixes prefixes = instruction.prefixes().copy();
    String mnemonic = instruction.mnemonic();
    if (mnemonic.length() > stemLength && instruction.differs(mnemonic.charAt(stemLength))) {
      prefixes.set(Prefixes.OPERAND_SIZE);
    }
    return prefixes;
  }

  /** SDM volume 2, "JMP" and "CALL": ptr16:16 and ptr16:32, the offset before the selector. */
  private static Fragment far(Instruction instruction, int opcode, int stemLength) {
    Prefixes prefixes = sized(instruction, stemLength);
    boolean wide = instruction.bits() == 32 != prefixes.has(Prefixes.OPERAND_SIZE);
    int width = wide ? 4 : 2;
    return fields(
        instruction,
        prefixes.before((byte) opcode),
        new Immediate[] {immediate(instruction, 1), immediate(instruction, 0)},
        width,
        2);
  }

  /** SDM volume 2, "ENTER". */
  private static Fragment enter(Instruction instruction) {
    return fields(
        instruction,
        sized(instruction, 5).before((byte) 0xc8),
        new Immediate[] {immediate(instruction, 0), immediate(instruction, 1)},
        2,
        1);
  }

  private static Immediate immediate(Instruction instruction, int operand) {
    return (Immediate) instruction.operands().get(operand);
  }

  private static Fragment fields(
      Instruction instruction, byte[] opcode, Immediate[] values, int... widths) {
    byte[] code = Arrays.copyOf(opcode, opcode.length + widths[0] + widths[1]);
    List<Fixup> fixups = new ArrayList<>();
    int at = opcode.length;
    for (int i = 0; i < values.length; i++) {
      Expression value = values[i].value();
      if (value instanceof Known(long known)) {
        Range.check(known, widths[i], instruction.location(), values[i].text());
      }
      fixups.add(new Fixup(at, widths[i], value, values[i].text()));
      at += widths[i];
    }
    return bytes(instruction, code, fixups);
  }

  private static Bytes bytes(Instruction instruction, byte[] bytes, List<Fixup> fixups) {
    return new Bytes(instruction.location(), Kind.INSTRUCTION, bytes, fixups);
  }

  /**
   * Has the engine encode what is waiting.
   *
   * @throws AssemblyException naming the first instruction that it refuses
   * @throws org.trampoline.asm.KeystoneUnavailableException if there is no engine
   */
  public void finish() {
    EncodingBatch.Refusal refusal16 = batch16.encode();
    EncodingBatch.Refusal refusal32 = batch32.encode();
    for (EngineInstruction instruction : waiting) {
      EncodingBatch.Refusal refusal = instruction.isIn(batch16) ? refusal16 : refusal32;
      if (refusal != null && instruction.index() == refusal.index()) {
        throw instruction.refused(refusal.error());
      }
      if (refusal == null || instruction.index() < refusal.index()) {
        instruction.finish();
      }
    }
  }
}
