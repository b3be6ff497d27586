package org.trampoline.asm.encode;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.trampoline.asm.AssemblyException;
import org.trampoline.asm.program.Fragment;
import org.trampoline.asm.program.Fragment.Fixup;
import org.trampoline.asm.program.Range;
import org.trampoline.asm.syntax.Expression.Known;
import org.trampoline.asm.syntax.Operand;
import org.trampoline.asm.syntax.Operand.Immediate;
import org.trampoline.asm.syntax.Operand.Indirect;
import org.trampoline.asm.syntax.Operand.Memory;
import org.trampoline.asm.syntax.Operand.Reg;
import org.trampoline.asm.syntax.Register;
import org.trampoline.asm.syntax.Register.Kind;

/**
 * An instruction on its way through the engine: written down without symbols, decimal numbers and
 * segment overrides, and put together from what comes back.
 *
 * <p>A value that is not known yet is given to the engine as a pattern that needs the field's whole
 * width. Its bytes are no opcode and no ModRM byte with a memory operand, and no two are equal, so
 * that it is found again without doubt.
 */
final class EngineInstruction {
  private static final int PATTERN = 0xc4e3d2f1;
  private static final int ERROR_MNEMONIC = 514;
  private static final byte WAIT = (byte) 0x9b;

  /** Stands for a displacement that is to be taken out again. */
  private static final byte ZERO = 0x11;

  private static final Set<String> SIZED_BY_SUFFIX =
      Set.of("fldenv", "fnstenv", "fstenv", "fnsave", "fsave", "frstor");

  private final Instruction instruction;
  private final Prefixes prefixes;
  private final Fragment.Bytes fragment;
  private final Substitution substitution;
  private final EncodingBatch batch;
  private final int index;
  private Immediate immediate;
  private int immediateWidth;
  private Memory memory;
  private int displacementWidth;
  private boolean zeroDisplacement;

  private EngineInstruction(Instruction instruction, EncodingBatch batch, Fragment.Bytes fragment) {
    this.instruction = instruction;
    this.prefixes = instruction.prefixes().copy();
    this.fragment = fragment;
    this.substitution = Substitution.of(instruction);
    this.batch = batch;
    this.index = batch.add(text());
  }

  /** Writes an instruction down for the engine and adds it to a batch. */
  static EngineInstruction prepare(
      Instruction instruction, EncodingBatch batch, Fragment.Bytes fragment) {
    return new EngineInstruction(instruction, batch, fragment);
  }

  boolean isIn(EncodingBatch other) {
    return batch == other;
  }

  int index() {
    return index;
  }

  private String text() {
    String mnemonic = instruction.mnemonic();
    if (mnemonic.startsWith("v") && !mnemonic.matches("ver[rw]|vm.*")) {
      throw instruction
          .location()
          .error("AVX instruction; expected one of SSE2 or older", mnemonic);
    }
    if (mnemonic.equals("swapgs")) {
      throw instruction.location().error("instruction of 64-bit code", mnemonic);
    }
    StringBuilder text =
        new StringBuilder(substitution == null ? unsized(mnemonic) : substitution.standIn());
    String separator = " ";
    for (Operand operand : instruction.operands()) {
      text.append(separator);
      append(text, operand);
      separator = ",";
    }
    return text.toString();
  }

  /** {@code fnsaves} and the like: the engine knows them only without suffix. */
  private String unsized(String mnemonic) {
    int last = mnemonic.length() - 1;
    char suffix = mnemonic.charAt(last);
    if (!SIZED_BY_SUFFIX.contains(mnemonic.substring(0, last)) || suffix != 's' && suffix != 'l') {
      return mnemonic;
    }
    if (instruction.differs(suffix == 's' ? 'w' : 'l')) {
      prefixes.set(Prefixes.OPERAND_SIZE);
    }
    return mnemonic.substring(0, last);
  }

  private void append(StringBuilder text, Operand operand) {
    switch (operand) {
      case Reg(Register register) -> text.append(engineName(register));
      case Indirect(Operand target) -> append(text.append('*'), target);
      case Immediate value -> append(text.append('$'), value);
      case Memory address -> append(text, address);
    }
  }

  private String engineName(Register register) {
    if (register.kind() == Kind.TEST) {
      return "%cr" + register.number(); // Substitution makes a test register of it.
    }
    if (register.size() == 2
        && register.kind() == Kind.GENERAL
        && instruction.mnemonic().startsWith("lsl")
        && operandSize(instruction.operands().getLast()) == 4) {
      return "%e" + register.name(); // The selector's size is of no account, but not to the engine.
    }
    return register.toString();
  }

  private static int operandSize(Operand operand) {
    return operand instanceof Reg(Register register) ? register.size() : 0;
  }

  private void append(StringBuilder text, Immediate value) {
    if (immediate != null) {
      throw instruction.location().error("second immediate; expected at most one", value.text());
    }
    int width = Immediates.width(instruction);
    long number;
    if (value.value() instanceof Known(long known)) {
      number = Range.check(known, width, instruction.location(), value.text());
    } else {
      immediate = value;
      immediateWidth = width;
      number = signed(PATTERN, width);
    }
    if (Immediates.isUnsigned(instruction, width)) {
      number &= (1L << 8 * width) - 1;
    }
    append(text, number);
  }

  private void append(StringBuilder text, Memory address) {
    if (memory != null) {
      throw instruction.location().error("second memory operand; expected at most one");
    }
    memory = address;
    if (isPort(address)) {
      text.append("%dx");
      return;
    }
    segment(address);
    int width = address.isAbsolute() ? instruction.bits() / 8 : address.addressSize();
    if (address.isAbsolute() && prefixes.has(Prefixes.ADDRESS_SIZE)) {
      throw instruction
          .location()
          .error("addr16 or addr32 needs a register in the address", address.text());
    }
    zeroDisplacement = width == 2 && isZeroBehindBase(address);
    if (zeroDisplacement) {
      append(text, ZERO);
    } else if (address.displacement() instanceof Known(long known)) {
      long number = Range.check(known, width, instruction.location(), address.text());
      append(text, address.isAbsolute() ? number & (1L << 8 * width) - 1 : number);
    } else if (address.displacement() != null) {
      displacementWidth = width;
      append(text, signed(PATTERN, width));
    }
    if (!address.isAbsolute()) {
      text.append('(');
      if (address.base() != null) {
        text.append(address.base());
      }
      if (address.index() != null) {
        text.append(',').append(address.index());
        if (width == 4) {
          text.append(',').append(address.scale());
        }
      }
      text.append(')');
    }
  }

  private static boolean isZeroBehindBase(Memory address) {
    return address.base() != null
        && address.base().name().equals("bp")
        && address.index() != null
        && (address.displacement() == null || address.displacement().equals(new Known(0)));
  }

  /** {@code (%dx)} for {@code %dx}, as {@code in} and {@code out} may have it. */
  private boolean isPort(Memory address) {
    if (address.base() == null || !address.base().name().equals("dx")) {
      return false;
    }
    if (!instruction.mnemonic().matches("(in|out)[bwl]?")) {
      throw instruction.location().error("register cannot address memory", "%dx");
    }
    return true;
  }

  /** As GNU as does, an override that names the default segment is left out. */
  private void segment(Memory address) {
    if (address.segment() != null) {
      String base = address.base() == null ? "" : address.base().name();
      boolean stack = base.equals("ebp") || base.equals("esp") || base.equals("bp");
      if (!address.segment().name().equals(stack ? "ss" : "ds")) {
        prefixes.addSegment(address.segment(), instruction.location());
      }
    }
  }

  private static void append(StringBuilder text, long number) {
    text.append(number < 0 ? "-0x" : "0x").append(Long.toHexString(Math.abs(number)));
  }

  private static long signed(long value, int width) {
    return value << (64 - 8 * width) >> (64 - 8 * width);
  }

  /** Fills the fragment from what the engine gave. */
  void finish() {
    byte[] encoding = batch.encoding(index);
    int start = 0;
    while (start < encoding.length - 1 && isSizeOrRepeat(encoding[start] & 0xff)) {
      addNeeded(encoding[start++] & 0xff);
    }
    byte[] rest = Arrays.copyOfRange(encoding, start, encoding.length);
    if (zeroDisplacement) {
      rest = withoutDisplacement(rest);
    }
    if (substitution != null) {
      substitution.apply(rest);
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
    while ((code[at] & 0b11_000_110) != 0b01_000_010 || code[at + 1] != ZERO) {
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
    int end = code.length;
    if (immediate != null) {
      int at = end - immediateWidth;
      checkPattern(code, at, immediateWidth);
      fixups.add(new Fixup(at, immediateWidth, immediate.value(), immediate.text()));
    }
    if (displacementWidth != 0) {
      int at = 0;
      while (at + displacementWidth < end && !isPattern(code, at, displacementWidth)) {
        at++;
      }
      checkPattern(code, at, displacementWidth);
      fixups.add(new Fixup(at, displacementWidth, memory.displacement(), memory.text()));
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
      if (code[at + i] != (byte) (PATTERN >> 8 * i)) {
        return false;
      }
    }
    return true;
  }

  /** Says what is wrong with an instruction that the engine gave this error for. */
  AssemblyException refused(int error) {
    String mnemonic = instruction.mnemonic();
    List<Operand> operands = instruction.operands();
    boolean sizeless =
        operands.stream().anyMatch(Memory.class::isInstance)
            && operands.stream().noneMatch(Reg.class::isInstance)
            && !mnemonic.matches(".*[bwl]");
    if (error != ERROR_MNEMONIC && sizeless) {
      return instruction.location().error("operand size unknown; expected a suffix b, w or l");
    }
    if (mnemonic.endsWith("q")) {
      return instruction
          .location()
          .error("not an instruction of 16- or 32-bit code (q is for 64-bit operands)");
    }
    return instruction
        .location()
        .error(
            error == ERROR_MNEMONIC
                ? "unknown instruction, or not with such operands"
                : "operands do not fit the instruction");
  }
}
