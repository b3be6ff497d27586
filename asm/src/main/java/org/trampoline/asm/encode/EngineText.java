package org.trampoline.asm.encode;

import java.util.List;
import java.util.Set;
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
 * An instruction written down for the engine: without symbols, decimal numbers and segment
 * overrides, of which the engine makes something else than it should.
 *
 * <p>A value that is not known yet is given as a pattern that needs the field's whole width. Its
 * bytes are no opcode and no ModRM byte with a memory operand, and no two are equal, so that it is
 * found again without doubt.
 */
final class EngineText {
  /** What stands for an unknown value, cut to the field's width; little-endian f1 d2 e3 c4. */
  static final int PATTERN = 0xc4e3d2f1;

  /** Stands for a displacement that is to be taken out again. */
  static final byte ZERO = 0x11;

  private static final Set<String> SIZED_BY_SUFFIX =
      Set.of("fldenv", "fnstenv", "fstenv", "fnsave", "fsave", "frstor");

  private static final Set<String> BIT_TESTS = Set.of("bt", "btc", "btr", "bts");

  private final Instruction instruction;
  private final Prefixes prefixes;
  private final String text;
  private Immediate immediate;
  private int immediateWidth;
  private Memory memory;
  private int displacementWidth;
  private boolean zeroDisplacement;

  /**
   * Writes an instruction down.
   *
   * @param prefixes those that the instruction has; gets those that operands and suffix ask for and
   *     the engine is not told
   * @param substitution what the engine is given in its stead, or null
   */
  EngineText(Instruction instruction, Prefixes prefixes, Substitution substitution) {
    this.instruction = instruction;
    this.prefixes = prefixes;
    String mnemonic = instruction.mnemonic();
    StringBuilder written =
        new StringBuilder(substitution == null ? engineMnemonic(mnemonic) : substitution.standIn());
    String separator = " ";
    for (Operand operand : instruction.operands()) {
      append(written.append(separator), operand);
      separator = ",";
    }
    text = written.toString();
  }

  /** What the engine is given. */
  String text() {
    return text;
  }

  /** The immediate whose value is not known yet, or null. */
  Immediate unknownImmediate() {
    return immediate;
  }

  /** Width of that immediate in bytes. */
  int immediateWidth() {
    return immediateWidth;
  }

  /** The memory operand whose displacement is not known yet, or null. */
  Memory unknownMemory() {
    return displacementWidth == 0 ? null : memory;
  }

  /** Width of that displacement in bytes. */
  int displacementWidth() {
    return displacementWidth;
  }

  /** Whether the displacement is {@link #ZERO} and is to be taken out. */
  boolean hasZeroDisplacement() {
    return zeroDisplacement;
  }

  /**
   * The mnemonic as the engine knows it: {@code fnsaves} and the like without suffix, a bit test of
   * memory in 16-bit code, which it would make 32 bits wide, with one.
   */
  private String engineMnemonic(String mnemonic) {
    List<Operand> operands = instruction.operands();
    if (instruction.bits() == 16
        && BIT_TESTS.contains(mnemonic)
        && operands.size() == 2
        && operands.getFirst() instanceof Immediate
        && operands.getLast() instanceof Memory) {
      return mnemonic + "w";
    }
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
}
