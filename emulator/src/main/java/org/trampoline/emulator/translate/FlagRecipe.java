package org.trampoline.emulator.translate;

import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.Eflags;
import org.trampoline.emulator.decode.Insn;
import org.trampoline.emulator.execute.Arithmetic;
import org.trampoline.emulator.execute.Logic;

/**
 * How the status flags after an instruction can be had later from its operands and its result, as
 * long as the registers that hold them are unchanged: where translated code is seldom left, nobody
 * has to evaluate them before it is.
 *
 * @param kind the instruction
 * @param size of its operands, in bytes
 * @param result guest register of the result, in {@code CMP} and {@code TEST} of the first operand
 * @param other guest register of the second operand; {@link #IMMEDIATE} if it is {@code imm}
 * @param imm the second operand, or the shift's count
 * @param carry the flags before INC or DEC, which leave CF alone; otherwise null
 */
record FlagRecipe(Kind kind, int size, int result, int other, int imm, FlagRecipe carry) {
  /** In place of a register. */
  static final int IMMEDIATE = -1;

  /** Recipes that one may stand on, one before the other. */
  private static final int DEPTH = 4;

  private static final int FIRST_HIGH_BYTE = 4;

  /** Kinds of instructions. */
  enum Kind {
    ADD,
    SUB,
    CMP,
    /** An addition to a register whose old value {@link TranslatorState#OLD_VALUE} has. */
    ADD_OLD,
    /** A subtraction from such a register. */
    SUB_OLD,
    /** AND, OR, XOR. */
    LOGIC,
    TEST,
    /** What has the result 0 whatever the operand, as XOR of a register with itself. */
    ZERO,
    NEG,
    INC,
    DEC,
    /** Shifts by a constant, whose CF {@link TranslatorState#SAVED_BIT} has. */
    SHL,
    SHR,
    SAR,
    /** The truncated multiplication, whose CF and OF are in {@link TranslatorState#SAVED_BIT}. */
    IMUL,
  }

  /**
   * The recipe for the flags after an instruction, or null.
   *
   * @param before that for the flags before it, or null
   */
  static FlagRecipe of(Insn i, FlagRecipe before) {
    if (i.kind0 != Insn.REG || i.lock) {
      return null;
    }
    return switch (i.operation) {
      case ADD -> binary(i, Kind.ADD, Kind.ADD_OLD, false);
      case SUB -> binary(i, Kind.SUB, Kind.SUB_OLD, true);
      case CMP -> binary(i, Kind.CMP, null, true);
      case XOR -> binary(i, Kind.LOGIC, Kind.LOGIC, true);
      case AND, OR -> binary(i, Kind.LOGIC, Kind.LOGIC, false);
      case TEST -> binary(i, Kind.TEST, null, false);
      case NEG -> unary(i, Kind.NEG, null);
      case INC -> before == null || before.depth() == DEPTH ? null : unary(i, Kind.INC, before);
      case DEC -> before == null || before.depth() == DEPTH ? null : unary(i, Kind.DEC, before);
      case SHL -> shift(i, Kind.SHL);
      case SHR -> shift(i, Kind.SHR);
      case SAR -> shift(i, Kind.SAR);
      case IMUL_TRUNCATED -> unary(i, Kind.IMUL, null);
      default -> null;
    };
  }

  private static FlagRecipe unary(Insn i, Kind kind, FlagRecipe carry) {
    return new FlagRecipe(kind, i.size0, i.index0, IMMEDIATE, 0, carry);
  }

  /**
   * @param withMemory the kind if the second operand is in memory; null if that has none
   * @param zero whether the result is 0 if both operands are the same register
   */
  private static FlagRecipe binary(Insn i, Kind kind, Kind withMemory, boolean zero) {
    int size = i.size0;
    switch (i.kind1) {
      case Insn.IMM -> {
        return new FlagRecipe(kind, size, i.index0, IMMEDIATE, i.imm, null);
      }
      case Insn.REG -> {
        boolean same = i.index1 == i.index0;
        if (same && zero) {
          return new FlagRecipe(Kind.ZERO, 4, IMMEDIATE, IMMEDIATE, 0, null);
        }
        return same && kind == Kind.ADD
            ? null
            : new FlagRecipe(kind, size, i.index0, i.index1, 0, null);
      }
      case Insn.MEM -> {
        return withMemory == null
            ? null
            : new FlagRecipe(withMemory, size, i.index0, IMMEDIATE, 0, null);
      }
      default -> {
        return null;
      }
    }
  }

  private static FlagRecipe shift(Insn i, Kind kind) {
    int count = i.imm & 31;
    return i.kind1 != Insn.IMM || count == 0 || count >= 8 * i.size0
        ? null
        : new FlagRecipe(kind, i.size0, i.index0, IMMEDIATE, count, null);
  }

  // Written out: what a record has of itself the JVM generates at first use, which takes some 5 ms.
  @Override
  public boolean equals(Object o) {
    return o instanceof FlagRecipe r
        && kind == r.kind
        && size == r.size
        && result == r.result
        && other == r.other
        && imm == r.imm
        && (carry == null ? r.carry == null : carry.equals(r.carry));
  }

  @Override
  public int hashCode() {
    int hash = ((kind.ordinal() * 5 + size) * 9 + result) * 9 + other;
    return 31 * (31 * hash + imm) + (carry == null ? 0 : carry.hashCode());
  }

  private int depth() {
    return carry == null ? 1 : carry.depth() + 1;
  }

  /** Whether the host's flags after the instruction are the guest's only in part. */
  boolean partial() {
    return kind == Kind.IMUL || shifts();
  }

  /** Whether it needs what only an instruction whose flags are deferred writes down. */
  boolean takesNote() {
    return partial() || kind == Kind.ADD_OLD || kind == Kind.SUB_OLD;
  }

  private boolean shifts() {
    return kind == Kind.SHL || kind == Kind.SHR || kind == Kind.SAR;
  }

  /** A bit for each guest register that must not change. */
  int registers() {
    int mask = register(result);
    if (kind != Kind.LOGIC && kind != Kind.NEG) {
      mask |= register(other);
    }
    return carry == null ? mask : mask | carry.registers();
  }

  private int register(int number) {
    return number == IMMEDIATE
        ? 0
        : 1 << (size == 1 && number >= FIRST_HIGH_BYTE ? number - FIRST_HIGH_BYTE : number);
  }

  // ---- evaluation

  /** What {@link #evaluate} reads of the state. */
  interface Values {
    /** A guest register. */
    int register(int number);

    int oldValue();

    boolean savedBit();
  }

  /** Sets a processor's status flags. */
  void evaluate(Cpu c, Values values) {
    int r = value(values, result);
    int b = other == IMMEDIATE ? imm : value(values, other);
    switch (kind) {
      case ADD -> Arithmetic.add(c, size, r - b, b);
      case SUB -> Arithmetic.sub(c, size, r + b, b);
      case CMP -> Arithmetic.sub(c, size, r, b);
      case ADD_OLD -> Arithmetic.add(c, size, values.oldValue(), r - values.oldValue());
      case SUB_OLD -> Arithmetic.sub(c, size, values.oldValue(), values.oldValue() - r);
      case LOGIC -> Logic.flags(c, size, r);
      case TEST -> Logic.flags(c, size, r & b);
      case ZERO -> Logic.flags(c, size, 0);
      case NEG -> Arithmetic.sub(c, size, 0, -r);
      case INC -> {
        carry.evaluate(c, new Before(values, this, r - 1));
        Arithmetic.inc(c, size, r - 1);
      }
      case DEC -> {
        carry.evaluate(c, new Before(values, this, r + 1));
        Arithmetic.dec(c, size, r + 1);
      }
      case IMUL -> {
        Logic.flags(c, size, r);
        set(c, values.savedBit(), values.savedBit());
      }
      case SHL -> {
        Logic.flags(c, size, r);
        set(c, values.savedBit(), values.savedBit() != c.sign < 0);
      }
      case SHR -> {
        Logic.flags(c, size, r);
        set(c, values.savedBit(), imm == 1 && (r >>> 8 * size - 2 & 1) != 0);
      }
      case SAR -> {
        Logic.flags(c, size, r);
        set(c, values.savedBit(), false);
      }
    }
  }

  private static void set(Cpu c, boolean carry, boolean overflow) {
    c.setStatus(c.getEflags() | (carry ? Eflags.CF : 0) | (overflow ? Eflags.OF : 0));
  }

  private int value(Values values, int number) {
    if (number == IMMEDIATE) {
      return 0;
    }
    boolean high = size == 1 && number >= FIRST_HIGH_BYTE;
    return high ? values.register(number - FIRST_HIGH_BYTE) >>> 8 : values.register(number);
  }

  /** The registers before an INC or DEC. */
  private record Before(Values after, FlagRecipe step, int old) implements Values {
    @Override
    public int register(int number) {
      int value = after.register(number);
      if (step.register(step.result) != 1 << number) {
        return value;
      }
      return switch (step.size) {
        case 1 -> {
          boolean high = step.result >= FIRST_HIGH_BYTE;
          yield high ? value & ~0xff00 | (old & 0xff) << 8 : value & ~0xff | old & 0xff;
        }
        case 2 -> value & ~0xffff | old & 0xffff;
        default -> old;
      };
    }

    @Override
    public int oldValue() {
      return after.oldValue();
    }

    @Override
    public boolean savedBit() {
      return after.savedBit();
    }
  }
}
