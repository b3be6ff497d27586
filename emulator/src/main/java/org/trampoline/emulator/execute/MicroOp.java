package org.trampoline.emulator.execute;

import org.trampoline.emulator.memory.TranslationMap;

/**
 * The interpreter's micro-operations and their layout. An instruction becomes one or a few of them
 * ({@link Lowering}); they work on the register file {@code Cpu.reg}, whose elements from {@link
 * #TEMP} on hold what passes between the micro-operations of one instruction.
 *
 * <p>A micro-operation is a {@code long}: in bits 7:0 the number of the <em>next</em> one, which
 * the loop so knows early; two register fields A (11:8) and B (15:12), for addresses an index
 * register X (19:16) shifted left by bits 21:20, flags from bit 22 on, an immediate in bits 63:32.
 * Jumps have further words, see {@link #JCC}.
 *
 * <p>Whatever may fault or needs care (a page that the translation maps do not serve, a division)
 * comes before the instruction has changed anything: the hot loop then leaves, and the whole
 * instruction goes through {@link Semantics}.
 */
final class MicroOp {
  /** Registers of the register file that no instruction names. */
  static final int NONE = 8;

  static final int TEMP = 9;
  static final int LINEAR = 10;
  static final int STACK = 11;
  static final int OTHER = 12;

  static final int A_SHIFT = 8;
  static final int B_SHIFT = 12;
  static final int X_SHIFT = 16;
  static final int SCALE_SHIFT = 20;

  /** Byte operand A or B is bits 15:8 of the register. */
  static final int HIGH_A = 1 << 22;

  static final int HIGH_B = 1 << 23;

  /** Bring {@link #HIGH_A} and {@link #HIGH_B} to 8, the bits to shift by. */
  static final int HIGH_A_SHIFT = 19;

  static final int HIGH_B_SHIFT = 20;

  /**
   * {@link #EA}: segment number and 16-bit addressing; with all memory operands: log2 of the size,
   * and whether it is written.
   */
  static final int SEGMENT_SHIFT = 24;

  static final int ADDRESS16 = 1 << 27;
  static final int SIZE_SHIFT = 28;
  static final int WRITE = 1 << 30;

  /** Brings {@link #WRITE} to {@link #WRITE_MAP}, the distance of the map for writes. */
  static final int WRITE_MAP_SHIFT = 7;

  static final int WRITE_MAP = (int) TranslationMap.WRITE;

  // ---- leaving

  /**
   * The instruction goes through {@link Semantics}: its number in {@link MicroCode#insn} in the
   * upper half, and from bit {@link #REST_SHIFT} on (8 bits) how many instructions of the block
   * begin here, itself included.
   */
  static final int INSN = 0;

  static final int REST_SHIFT = 8;

  /** Flag of an {@link #INSN}: {@link Semantics#unit} is to execute it. */
  static final int UNIT = 1 << 16;

  /**
   * Leaves unless the block's addresses lie in the segment, and the targets of its branches with
   * 16-bit operands in 64 KB: the block's length from bit {@link #LENGTH_SHIFT} on, the farthest
   * distances of such branches forward (17 bits) and backward (18 bits), and whether there are any.
   */
  static final int CHECK = 1;

  static final int LENGTH_SHIFT = 43;
  static final int FORWARD_SHIFT = 26;
  static final int BACKWARD_SHIFT = 8;
  static final long BRANCHES16 = 1L << 62;

  // ---- 32-bit registers: A and the source, which is B + immediate

  static final int MOV = 2;

  /** A = the source + (X << scale). */
  static final int LEA = 3;

  static final int ADD = 4;
  static final int SUB = 5;
  static final int AND = 6;
  static final int OR = 7;
  static final int XOR = 8;
  static final int CMP = 9;
  static final int TEST = 10;
  static final int ADC = 11;
  static final int SBB = 12;
  static final int INC = 13;
  static final int DEC = 14;
  static final int NEG = 15;
  static final int NOT = 16;
  static final int SHL = 17;
  static final int SHR = 18;
  static final int SAR = 19;
  static final int ROL = 20;
  static final int ROR = 21;
  static final int IMUL = 22;

  /** A = B × immediate. */
  static final int IMUL3 = 23;

  static final int MUL = 24;
  static final int MOVZX8 = 25;
  static final int MOVSX8 = 26;
  static final int MOVZX16 = 27;
  static final int MOVSX16 = 28;
  static final int XCHG = 29;

  /** A = the sign of the source in all bits. */
  static final int SIGN = 30;

  /** The immediate is the truth of the condition for each value of {@code flags()}, a bit each. */
  static final int SETCC = 31;

  static final int CMOV = 32;

  // ---- bytes

  static final int MOV8 = 33;
  static final int ADD8 = 34;
  static final int SUB8 = 35;
  static final int AND8 = 36;
  static final int OR8 = 37;
  static final int XOR8 = 38;
  static final int CMP8 = 39;
  static final int TEST8 = 40;
  static final int INC8 = 41;
  static final int DEC8 = 42;

  // ---- 16 bits

  static final int MOV16 = 43;
  static final int ADD16 = 44;
  static final int SUB16 = 45;
  static final int AND16 = 46;
  static final int OR16 = 47;
  static final int XOR16 = 48;
  static final int CMP16 = 49;
  static final int TEST16 = 50;
  static final int INC16 = 51;
  static final int DEC16 = 52;

  // ---- addresses

  /**
   * {@link #LINEAR} = the linear address of the offset that is the source + (X << scale), checked
   * against its segment.
   */
  static final int EA = 53;

  /**
   * As {@link #EA} for the stack pointer B: for a push of minus immediate bytes, or a pop of
   * immediate bytes; {@link #STACK} = ESP after it.
   */
  static final int EA_STACK = 54;

  /** A = (E)IP of the block + the source. */
  static final int EIP = 55;

  /** A += the source, or -= if DF is set; {@code ADVANCE16} its lower half. */
  static final int ADVANCE = 56;

  static final int ADVANCE16 = 57;

  // ---- jumps

  /** By the immediate from the block; the next word's lower half is a link. */
  static final int JMP = 58;

  /** To A. */
  static final int JMP_R = 59;

  /**
   * Its word: bits 15:0 the truth of the condition for each value of {@code flags()}, 31:16 the
   * distance from the block's start if not taken, 63:32 if taken. The next word: the links for
   * taken (lower half) and not taken (upper half).
   */
  static final int JCC = 60;

  /** The next words are those of {@link #JCC}. */
  static final int LOOP = 61;

  static final int LOOP16 = 62;
  static final int JECXZ = 63;
  static final int JCXZ = 64;

  // ---- others

  /**
   * Shifts and rotates A, of the size that the bits at {@link #SIZE_SHIFT} tell, by the source; X
   * is the kind as in bits 5:3 of the opcode's second byte.
   */
  static final int SHIFT = 65;

  // ---- memory that the last of the loads below was from, which has found it writable

  static final int BACK32 = 66;
  static final int BACK16 = 67;
  static final int BACK8 = 68;

  // ---- memory, at the linear address that is the source + (X << scale)

  /** The number of the first of those that access memory there. */
  static final int FIRST_MEMORY = 69;

  static final int LOAD32 = 69;
  static final int LOAD16 = 70;
  static final int LOAD16S = 71;
  static final int LOAD8 = 72;
  static final int LOAD8S = 73;
  static final int LOAD8_R8 = 74;
  static final int STORE32 = 75;
  static final int STORE16 = 76;
  static final int STORE8 = 77;

  // ---- the flat 32-bit stack: memory operands with the stack pointer as B

  static final int PUSH = 78;
  static final int POP = 79;

  /** As {@link #POP}, with EBP as B. */
  static final int LEAVE = 80;

  /**
   * The next word: the distance of the return address from the block in its upper half, the link in
   * the lower. The word after that: the distance to go.
   */
  static final int CALL = 81;

  /** To A; the next word as for {@link #CALL}, with a link of -1. */
  static final int CALL_R = 82;

  /** The next word: bytes to release. */
  static final int RET = 83;

  private MicroOp() {}
}
