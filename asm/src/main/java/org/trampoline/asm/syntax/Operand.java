package org.trampoline.asm.syntax;

/** An operand of an instruction, as AT&amp;T syntax writes it. */
public sealed interface Operand {
  /** {@code %eax}. */
  record Reg(Register register) implements Operand {}

  /** {@code $value}; {@code text} as written. */
  record Immediate(Expression value, String text) implements Operand {}

  /**
   * {@code %segment:displacement(base,index,scale)}; also a direct branch's target, which is a
   * displacement alone.
   *
   * @param segment null without override
   * @param displacement null if there is none
   * @param base null if there is none
   * @param index null if there is none
   * @param scale 1, 2, 4 or 8
   * @param text the displacement as written
   */
  record Memory(
      Register segment,
      Expression displacement,
      Register base,
      Register index,
      int scale,
      String text)
      implements Operand {

    /** Whether it is an expression and nothing else. */
    public boolean isAbsolute() {
      return base == null && index == null;
    }

    /** Width of the address registers in bytes; 0 if there are none. */
    public int addressSize() {
      return base != null ? base.size() : index != null ? index.size() : 0;
    }
  }

  /** {@code *operand}: a branch through a register or memory. */
  record Indirect(Operand target) implements Operand {}
}
