package org.trampoline.emulator.execute;

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

  /**
   * {@link #EA}: segment number and 16-bit addressing; with all memory operands: log2 of the size,
   * and whether it is written.
   */
  static final int SEGMENT_SHIFT = 24;

  static final int ADDRESS16 = 1 << 27;
  static final int SIZE_SHIFT = 28;
  static final int WRITE = 1 << 30;

  /** A computation with 8 or 16 bits: the immediate takes the place of B. */
  static final int IMMEDIATE = 1 << 27;

  // ---- leaving

  /** The instruction goes through {@link Semantics}. */
  static final int INSN = 0;

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

  // ---- 32-bit registers

  static final int MOV_RR = 2;
  static final int MOV_RI = 3;
  static final int LEA = 4;
  static final int ADD_RR = 5;
  static final int ADD_RI = 6;
  static final int SUB_RR = 7;
  static final int SUB_RI = 8;
  static final int AND_RR = 9;
  static final int AND_RI = 10;
  static final int OR_RR = 11;
  static final int OR_RI = 12;
  static final int XOR_RR = 13;
  static final int XOR_RI = 14;
  static final int CMP_RR = 15;
  static final int CMP_RI = 16;
  static final int TEST_RR = 17;
  static final int TEST_RI = 18;
  static final int ADC_RR = 19;
  static final int SBB_RR = 20;
  static final int INC = 21;
  static final int DEC = 22;
  static final int NEG = 23;
  static final int NOT = 24;
  static final int SHL_RI = 25;
  static final int SHR_RI = 26;
  static final int SAR_RI = 27;
  static final int ROL_RI = 28;
  static final int ROR_RI = 29;
  static final int SHL_RR = 30;
  static final int SHR_RR = 31;
  static final int SAR_RR = 32;
  static final int IMUL_RR = 33;
  static final int IMUL_RRI = 34;
  static final int MUL = 35;
  static final int MOVZX8 = 36;
  static final int MOVSX8 = 37;
  static final int MOVZX16 = 38;
  static final int MOVSX16 = 39;
  static final int XCHG = 40;

  /** A = the sign of B in all bits. */
  static final int SIGN = 41;

  static final int SETCC = 42;
  static final int CMOV = 43;

  // ---- bytes

  static final int MOV8_RR = 44;
  static final int MOV8_RI = 45;
  static final int ADD8_RR = 46;
  static final int ADD8_RI = 47;
  static final int SUB8_RR = 48;
  static final int SUB8_RI = 49;
  static final int AND8_RR = 50;
  static final int AND8_RI = 51;
  static final int OR8_RR = 52;
  static final int OR8_RI = 53;
  static final int XOR8_RR = 54;
  static final int XOR8_RI = 55;
  static final int CMP8_RR = 56;
  static final int CMP8_RI = 57;
  static final int TEST8_RR = 58;
  static final int TEST8_RI = 59;
  static final int INC8 = 60;
  static final int DEC8 = 61;
  static final int SHIFT8 = 62;

  // ---- 16 bits

  static final int MOV16_RR = 63;
  static final int MOV16_RI = 64;
  static final int ADD16_RR = 65;
  static final int ADD16_RI = 66;
  static final int SUB16_RR = 67;
  static final int SUB16_RI = 68;
  static final int AND16_RR = 69;
  static final int AND16_RI = 70;
  static final int OR16_RR = 71;
  static final int OR16_RI = 72;
  static final int XOR16_RR = 73;
  static final int XOR16_RI = 74;
  static final int CMP16_RR = 75;
  static final int CMP16_RI = 76;
  static final int TEST16_RR = 77;
  static final int TEST16_RI = 78;
  static final int INC16 = 79;
  static final int DEC16 = 80;
  static final int SHIFT16 = 81;

  // ---- memory, at B + (X << scale) + immediate, a linear address

  static final int LOAD32 = 82;
  static final int LOAD16 = 83;
  static final int LOAD16S = 84;
  static final int LOAD8 = 85;
  static final int LOAD8S = 86;
  static final int LOAD8_R8 = 87;
  static final int STORE32 = 88;
  static final int STORE16 = 89;
  static final int STORE8 = 90;

  /** As the loads, from memory that must be writable, for a {@code BACK} that follows. */
  static final int MODIFY32 = 91;

  static final int MODIFY16 = 92;
  static final int MODIFY8 = 93;

  /** Stores A where the last {@code MODIFY} has loaded from. */
  static final int BACK32 = 94;

  static final int BACK16 = 95;
  static final int BACK8 = 96;

  /** {@link #LINEAR} = the linear address of an offset, checked against its segment. */
  static final int EA = 97;

  /**
   * As {@link #EA} for the stack pointer B: for a push of minus immediate bytes, or a pop of
   * immediate bytes; {@link #STACK} = ESP after it.
   */
  static final int EA_STACK = 98;

  /** A = (E)IP of the block + immediate. */
  static final int EIP = 100;

  /** A += immediate, or -= if DF is set; {@code ADVANCE16} its lower half. */
  static final int ADVANCE = 101;

  static final int ADVANCE16 = 102;

  // ---- the flat 32-bit stack: memory operands with the stack pointer as B

  static final int PUSH_R = 103;

  /** The value is in the next word's upper half. */
  static final int PUSH_I = 104;

  static final int POP_R = 105;
  static final int LEAVE = 106;

  // ---- jumps

  /**
   * The next word: the distance of the return address from the block in its upper half, the link in
   * the lower. The word after that: the distance to go.
   */
  static final int CALL = 107;

  /** To A; the next word as for {@link #CALL}. */
  static final int CALL_R = 108;

  /** The next word: bytes to release. */
  static final int RET = 109;

  /** By the immediate from the block; the next word's lower half is a link. */
  static final int JMP = 110;

  /** To A. */
  static final int JMP_R = 111;

  /**
   * The next word: bits 15:0 the truth of the condition for each value of {@code flags()}, 31:16
   * the distance from the block's start if not taken, 63:32 if taken. The word after that: the
   * links for taken (lower half) and not taken (upper half).
   */
  static final int JCC = 112;

  static final int LOOP = 113;
  static final int LOOP16 = 114;
  static final int JECXZ = 115;
  static final int JCXZ = 116;

  // the comparison or computation of the first register's micro-operation, then as JCC

  static final int CMP_RR_JCC = 117;
  static final int CMP_RI_JCC = 118;
  static final int TEST_RR_JCC = 119;
  static final int TEST_RI_JCC = 120;
  static final int CMP8_RR_JCC = 121;
  static final int CMP8_RI_JCC = 122;
  static final int TEST8_RR_JCC = 123;
  static final int TEST8_RI_JCC = 124;
  static final int CMP16_RR_JCC = 125;
  static final int CMP16_RI_JCC = 126;
  static final int INC_JCC = 127;
  static final int DEC_JCC = 128;
  static final int SUB_RI_JCC = 129;
  static final int AND_RI_JCC = 130;

  private MicroOp() {}

  /** The fused form of a computation before a conditional jump, or 0. */
  static int fused(int op) {
    return switch (op) {
      case CMP_RR -> CMP_RR_JCC;
      case CMP_RI -> CMP_RI_JCC;
      case TEST_RR -> TEST_RR_JCC;
      case TEST_RI -> TEST_RI_JCC;
      case CMP8_RR -> CMP8_RR_JCC;
      case CMP8_RI -> CMP8_RI_JCC;
      case TEST8_RR -> TEST8_RR_JCC;
      case TEST8_RI -> TEST8_RI_JCC;
      case CMP16_RR -> CMP16_RR_JCC;
      case CMP16_RI -> CMP16_RI_JCC;
      case INC -> INC_JCC;
      case DEC -> DEC_JCC;
      case SUB_RI -> SUB_RI_JCC;
      case AND_RI -> AND_RI_JCC;
      default -> 0;
    };
  }
}
