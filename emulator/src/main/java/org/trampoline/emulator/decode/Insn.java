package org.trampoline.emulator.decode;

/**
 * One decoded instruction, as the engines keep it: which {@link Form} of the table it is, and where
 * its operands are.
 *
 * <p>It holds no address: the same bytes may be executed at several linear addresses, so relative
 * branch targets are kept as displacements from the next instruction. Fields are plain and public
 * because the interpreter's hot loop reads them; after {@link Decoder} has filled them they do not
 * change.
 */
public final class Insn {
  /** The operand does not exist. */
  public static final int NONE = 0;

  /** A general register; its width is the operand's size (size 1: 0–3 al..bl, 4–7 ah..bh). */
  public static final int REG = 1;

  /** The memory operand that {@link #segment}, {@link #base}, {@link #index}… describe. */
  public static final int MEM = 2;

  /** {@link #imm}; sign- or zero-extended by the decoder as the form says. */
  public static final int IMM = 3;

  /** {@link #imm2}, the second immediate (enter's level, the selector of a far pointer). */
  public static final int IMM2 = 4;

  /**
   * A segment register, numbered as {@code sreg} in the SDM (0 es, 1 cs, 2 ss, 3 ds, 4 fs, 5 gs).
   */
  public static final int SEGMENT = 5;

  /** A control register. */
  public static final int CONTROL = 6;

  /** A debug register. */
  public static final int DEBUG = 7;

  /** An x87 stack register, st(index). */
  public static final int ST = 8;

  /** An MMX register. */
  public static final int MM = 9;

  /** An XMM register. */
  public static final int XMM = 10;

  /** A string instruction's memory at es:[edi] (di with 16-bit addresses). */
  public static final int STRING_DESTINATION = 11;

  /** A string instruction's memory at {@link #segment}:[esi] (si with 16-bit addresses). */
  public static final int STRING_SOURCE = 12;

  /** Index of the register file's constant zero, used for an absent base or index register. */
  public static final int NO_REGISTER = 8;

  /** The table's row. */
  public Form form;

  /** What it does: {@code form.operation()}, here so that the hot loop need not load the form. */
  public Operation operation;

  /** Length in bytes, 1–15. */
  public byte length;

  /** Effective operand size in bytes: 2 or 4, whatever the operands are. */
  public byte operandSize;

  /** Kinds of the operands in Intel order (destination first): one of the constants above. */
  public byte kind0, kind1, kind2;

  /** Register numbers of the operands that are registers. */
  public byte index0, index1, index2;

  /**
   * Widths of the operands in bytes: 1, 2, 4, 6, 8, 10, 14, 16, 28, 94, 108; of immediates as
   * encoded; 0 where it has none (lea) and for the 512 bytes of fxsave.
   */
  public byte size0, size1, size2;

  /** The condition of a conditional instruction, 0–15 as in the opcode; otherwise -1. */
  public byte condition;

  /**
   * Effective segment of the memory or string source operand, after a segment prefix (SDM
   * numbering); ds where there is no such operand and no prefix.
   */
  public byte segment;

  /** Base and index register of the memory operand, {@link #NO_REGISTER} if absent. */
  public byte base, index;

  /** Index shift, 0–3. */
  public byte scale;

  /** Whether effective addresses are 16 bits wide (also for string, loop and jcxz forms). */
  public boolean address16;

  /**
   * Prefixes that change what the instruction does: {@code rep} is set on string instructions with
   * F3, and with F2 on those that do not compare; {@code repne} on those that compare, with F2.
   */
  public boolean lock, rep, repne;

  /** Displacement of the memory operand. */
  public int displacement;

  /**
   * First immediate, branch displacement, or offset of a far pointer; for an x87 instruction the 11
   * bits that the FPU remembers as its opcode (SDM vol. 1, 8.1.9).
   */
  public int imm;

  /** Second immediate, or selector of a far pointer. */
  public int imm2;

  /** Offset of the next instruction from the start of its block; for the engines. */
  public int end;
}
