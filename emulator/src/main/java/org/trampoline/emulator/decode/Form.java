package org.trampoline.emulator.decode;

import java.util.List;
import org.trampoline.emulator.cpu.CpuFeature;
import org.trampoline.emulator.cpu.Eflags;
import org.trampoline.emulator.decode.Operand.Place;

/** One line of the instruction table: an instruction with its kinds of operands. Immutable. */
public final class Form {
  private static final long MAY_FAULT =
      Attribute.FAULTS.mask()
          | Attribute.STACK.mask()
          | Attribute.STRING.mask()
          | Attribute.CPL0.mask()
          | Attribute.IOPL.mask()
          | Attribute.IO.mask()
          | Attribute.PROTECTED.mask()
          | Attribute.X87.mask()
          | Attribute.MMX.mask()
          | Attribute.SSE.mask();

  private final int id;
  private final Encoding encoding;
  private final String notation;
  private final String mnemonic;
  private final Operation operation;
  private final List<Operand> operands;
  private final byte read; // a bit for each operand
  private final byte written;
  private final FlagEffects flags;
  private final long attributes;
  private final CpuFeature feature;

  /** The condition of a conditional form, otherwise -1. */
  final byte condition;

  /** The operands and their places again, for the decoder's sake; null where there is none. */
  final Operand operand0, operand1, operand2;

  final Place place0, place1, place2;

  Form(
      int id,
      Encoding encoding,
      String notation,
      String mnemonic,
      Operation operation,
      List<Operand> operands,
      String access,
      FlagEffects flags,
      long attributes,
      CpuFeature feature,
      int condition) {
    this.id = id;
    this.encoding = encoding;
    this.notation = notation;
    this.mnemonic = mnemonic;
    this.operation = operation;
    this.operands = operands;
    int operand = 0;
    int read = 0;
    int written = 0;
    for (int i = 0; i < access.length(); i++) {
      switch (access.charAt(i)) {
        case ' ' -> operand++;
        case 'r' -> read |= 1 << operand;
        case 'w' -> written |= 1 << operand;
        default -> {} // n: not accessed
      }
    }
    this.read = (byte) read;
    this.written = (byte) written;
    this.flags = flags;
    this.attributes = attributes;
    this.feature = feature;
    this.condition = (byte) condition;
    int count = operands.size();
    operand0 = count > 0 ? operands.get(0) : null;
    operand1 = count > 1 ? operands.get(1) : null;
    operand2 = count > 2 ? operands.get(2) : null;
    place0 = operand0 == null ? null : placeOf(operand0);
    place1 = operand1 == null ? null : placeOf(operand1);
    place2 = operand2 == null ? null : placeOf(operand2);
  }

  private Place placeOf(Operand operand) {
    if (operand.place() == Place.REG && encoding.registerInOpcode()) {
      return Place.OPCODE;
    }
    // enter imm16, imm8 is the only one with two
    boolean second = operand == operand1 && operand0.place() == Place.IMMEDIATE;
    return second && operand.place() == Place.IMMEDIATE ? Place.IMMEDIATE2 : operand.place();
  }

  /**
   * Its index in {@link InstructionTable#forms()}. The two that are not in the table, {@link
   * InstructionTable#undefined()} and {@link InstructionTable#tooLong()}, have the next two
   * numbers.
   */
  public int id() {
    return id;
  }

  /** The bytes, prefixes and sizes that select it. */
  public Encoding encoding() {
    return encoding;
  }

  /** In SDM notation, for instance {@code add r/m32, simm8}. */
  public String notation() {
    return notation;
  }

  /** The first word of the notation. */
  public String mnemonic() {
    return mnemonic;
  }

  /** What it does. */
  public Operation operation() {
    return operation;
  }

  /** Its operands, destination first; at most three. */
  public List<Operand> operands() {
    return operands;
  }

  /** Where operand {@code i} is encoded. */
  public Place place(int i) {
    return i == 0 ? place0 : i == 1 ? place1 : place2;
  }

  /** Whether operand {@code i} is read. */
  public boolean reads(int i) {
    return (read & 1 << i) != 0;
  }

  /** Whether operand {@code i} is written. */
  public boolean writes(int i) {
    return (written & 1 << i) != 0;
  }

  /** What it does to EFLAGS. */
  public FlagEffects flags() {
    return flags;
  }

  /**
   * The flags that are certainly replaced, so that their old values are of no use to anything but
   * the instruction itself.
   *
   * @param insn an instruction of this form
   */
  public int flagsReplaced(Insn insn) {
    boolean maybeNone = has(Attribute.COUNT) || insn.rep || insn.repne;
    return maybeNone ? 0 : flags.changed();
  }

  /**
   * The flags that are undefined after the instruction (SDM volume 2).
   *
   * @param insn an instruction of this form
   * @param count the shift count, where the form shifts by one; otherwise ignored
   */
  public int undefinedFlags(Insn insn, int count) {
    if (!has(Attribute.COUNT)) {
      return flags.undefined();
    }
    int masked = count & 31;
    if (masked == 0) {
      return 0;
    }
    int undefined = flags.undefined() | (masked == 1 ? 0 : Eflags.OF);
    int width = insn.size0 * 8;
    return switch (operation) {
      case SHL, SHR -> masked >= width ? undefined | Eflags.CF : undefined;
      case SHLD, SHRD -> masked > width ? Eflags.STATUS : undefined;
      default -> undefined;
    };
  }

  /** Whether it leaves flags undefined, with some operands at least. */
  public boolean leavesFlagsUndefined() {
    return flags.undefined() != 0 || has(Attribute.COUNT);
  }

  /**
   * The flags that are undefined after the instruction.
   *
   * @param insn an instruction of this form
   * @param ecx before it: where the count of a shift by CL is
   */
  public int undefinedFlagsFrom(Insn insn, int ecx) {
    boolean immediate = insn.kind1 == Insn.IMM || insn.kind2 == Insn.IMM;
    return undefinedFlags(insn, immediate ? insn.imm : ecx);
  }

  /**
   * Whether executing it can fault once it has been fetched; without memory operand, that is where
   * an attribute says so.
   *
   * @param insn an instruction of this form
   */
  public boolean mayFault(Insn insn) {
    return (attributes & MAY_FAULT) != 0
        || accesses(insn.kind0, 0)
        || accesses(insn.kind1, 1)
        || accesses(insn.kind2, 2);
  }

  private boolean accesses(int kind, int operand) {
    return kind == Insn.MEM && (reads(operand) || writes(operand));
  }

  /** Whether it has the attribute. */
  public boolean has(Attribute attribute) {
    return (attributes & attribute.mask()) != 0;
  }

  /** The CPU feature it needs. */
  public CpuFeature feature() {
    return feature;
  }

  /** The condition (0–15, as in the opcode) of a conditional form, otherwise -1. */
  public int condition() {
    return condition;
  }

  /** The notation. */
  @Override
  public String toString() {
    return notation;
  }
}
