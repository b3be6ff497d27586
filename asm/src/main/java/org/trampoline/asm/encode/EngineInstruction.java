package org.trampoline.asm.encode;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.trampoline.asm.AssemblyException;
import org.trampoline.asm.program.Fragment;
import org.trampoline.asm.program.Fragment.Fixup;
import org.trampoline.asm.syntax.Operand;
import org.trampoline.asm.syntax.Operand.Immediate;
import org.trampoline.asm.syntax.Operand.Memory;
import org.trampoline.asm.syntax.Operand.Reg;
import org.trampoline.asm.syntax.Register.Kind;

/**
 * An instruction on its way through the engine: {@linkplain EngineText written down} for it, and
 * put together from what comes back.
 */
final class EngineInstruction {
  private static final int ERROR_MNEMONIC = 514;
  private static final byte WAIT = (byte) 0x9b;

  private final Instruction instruction;
  private final Prefixes prefixes;
  private final Fragment.Bytes fragment;
  private final Substitution substitution;
  private final EngineText text;
  private final EncodingBatch batch;
  private final int index;

  /**
   * Adds an instruction to a batch.
   *
   * @param fragment gets the bytes
   */
  EngineInstruction(Instruction instruction, EncodingBatch batch, Fragment.Bytes fragment) {
    Refusals.check(instruction);
    this.instruction = instruction;
    this.prefixes = instruction.prefixes().copy();
    this.fragment = fragment;
    this.substitution = Substitution.of(instruction);
    this.text = new EngineText(instruction, prefixes, substitution);
    this.batch = batch;
    this.index = batch.add(text.text());
  }

  boolean isIn(EncodingBatch other) {
    return batch == other;
  }

  int index() {
    return index;
  }

  /** Fills the fragment from what the engine gave. */
  void finish() {
    byte[] encoding = batch.encoding(index);
    int start = 0;
    while (start < encoding.length - 1 && isSizeOrRepeat(encoding[start] & 0xff)) {
      addNeeded(encoding[start++] & 0xff);
    }
    byte[] rest = Arrays.copyOfRange(encoding, start, encoding.length);
    if (text.hasZeroDisplacement()) {
      rest = withoutDisplacement(rest);
    }
    if (substitution != null && !substitution.apply(rest)) {
      throw Refusals.misfit(instruction);
    }
    byte[] code = prefixes.before(rest);
    if (rest[0] == WAIT
        && rest.length > 1) { // fsave and its kin: the wait is an instruction of its own.
      code = concat(WAIT, prefixes.before(Arrays.copyOfRange(rest, 1, rest.length)));
    }
    fragment.fill(code, fixups(code));
  }

  private static byte[] concat(byte first, byte[] others) {
    byte[] all = new byte[others.length + 1];
    all[0] = first;
    System.arraycopy(others, 0, all, 1, others.length);
    return all;
  }

  /**
   * Takes the displacement out that the engine puts behind {@code (%bp,%si)} and {@code (%bp,%di)}:
   * the first ZERO behind a ModRM byte with mod 01 and r/m 2 or 3, for ZERO is no such ModRM byte
   * and no opcode stands between.
   */
  private static byte[] withoutDisplacement(byte[] code) {
    int at = 1;
    while ((code[at] & 0b11_000_110) != 0b01_000_010 || code[at + 1] != EngineText.ZERO) {
      at++;
    }
    byte[] shorter = new byte[code.length - 1];
    System.arraycopy(code, 0, shorter, 0, at + 1);
    System.arraycopy(code, at + 2, shorter, at + 1, shorter.length - at - 1);
    shorter[at] &= 0b00_111_111;
    return shorter;
  }

  private void addNeeded(int prefix) {
    if (prefixes.contradicts(prefix)) {
      throw instruction.location().error("rep or repne does not go with this instruction");
    }
    if (prefix != Prefixes.OPERAND_SIZE || !loadsOrStoresSegment()) {
      prefixes.set(prefix);
    }
  }

  private static boolean isSizeOrRepeat(int code) {
    return code == Prefixes.OPERAND_SIZE
        || code == Prefixes.ADDRESS_SIZE
        || code == Prefixes.REP
        || code == Prefixes.REPNE;
  }

  /** Their size is 16 bits in any case; only {@code mov %ds,%reg} differs with the prefix. */
  private boolean loadsOrStoresSegment() {
    List<Operand> operands = instruction.operands();
    return instruction.mnemonic().startsWith("mov")
        && operands.size() == 2
        && (isSegment(operands.getLast())
            || isSegment(operands.getFirst()) && operands.getLast() instanceof Memory);
  }

  private static boolean isSegment(Operand operand) {
    return operand instanceof Reg reg && reg.register().kind() == Kind.SEGMENT;
  }

  private List<Fixup> fixups(byte[] code) {
    List<Fixup> fixups = new ArrayList<>(2);
    Immediate immediate = text.unknownImmediate();
    if (immediate != null) {
      int width = text.immediateWidth();
      int at = code.length - width; // An immediate is the last field of an instruction.
      checkPattern(code, at, width);
      fixups.add(new Fixup(at, width, immediate.value(), immediate.text()));
    }
    Memory memory = text.unknownMemory();
    if (memory != null) {
      int width = text.displacementWidth();
      int at = 0;
      while (at + width < code.length && !isPattern(code, at, width)) {
        at++;
      }
      checkPattern(code, at, width);
      fixups.add(new Fixup(at, width, memory.displacement(), memory.text()));
    }
    return fixups;
  }

  private void checkPattern(byte[] code, int at, int width) {
    if (!isPattern(code, at, width)) {
      throw instruction
          .location()
          .error("a value of %d bits that is not known yet cannot stand here".formatted(8 * width));
    }
  }

  private static boolean isPattern(byte[] code, int at, int width) {
    if (at < 0 || at + width > code.length) {
      return false;
    }
    for (int i = 0; i < width; i++) {
      if (code[at + i] != (byte) (EngineText.PATTERN >> 8 * i)) {
        return false;
      }
    }
    return true;
  }

  /** Says what is wrong with an instruction that the engine gave this error for. */
  AssemblyException refused(int error) {
    return Refusals.refused(instruction, error == ERROR_MNEMONIC);
  }
}
