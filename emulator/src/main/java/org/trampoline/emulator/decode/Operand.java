package org.trampoline.emulator.decode;

/**
 * What an operand of a {@link Form} may be, in SDM notation (the header of the instruction table
 * explains the symbols). Each says where in the encoding it comes from and how wide it is.
 */
public enum Operand {
  R8("r8", Place.REG, Insn.REG, 1),
  R16("r16", Place.REG, Insn.REG, 2),
  R32("r32", Place.REG, Insn.REG, 4),
  RM8("r/m8", Place.RM, Insn.REG, 1),
  RM16("r/m16", Place.RM, Insn.REG, 2),
  RM32("r/m32", Place.RM, Insn.REG, 4),
  R32_M16("r32/m16", Place.RM, Insn.REG, 4, 2),
  REGISTER_RM32("rm32", Place.RM_REGISTER, Insn.REG, 4),

  MEMORY("m", 0),
  M8("m8", 1),
  M32("m32", 4),
  M64("m64", 8),
  M128("m128", 16),
  M16_16("m16:16", 4),
  M16_32("m16:32", 6),
  M16_AND_16("m16&16", 4),
  M32_AND_32("m32&32", 8),
  M16_AND_32("m16&32", 6),
  M32FP("m32fp", 4),
  M64FP("m64fp", 8),
  M80FP("m80fp", 10),
  M16INT("m16int", 2),
  M32INT("m32int", 4),
  M64INT("m64int", 8),
  M80BCD("m80bcd", 10),
  M2BYTE("m2byte", 2),
  M14BYTE("m14byte", 14),
  M28BYTE("m28byte", 28),
  M94BYTE("m94byte", 94),
  M108BYTE("m108byte", 108),
  M512BYTE("m512byte", 512),

  MOFFS8("moffs8", Place.MOFFS, Insn.MEM, 1),
  MOFFS16("moffs16", Place.MOFFS, Insn.MEM, 2),
  MOFFS32("moffs32", Place.MOFFS, Insn.MEM, 4),
  XLAT8("xlat8", Place.XLAT, Insn.MEM, 1),
  ESI8("esi8", Place.FIXED, Insn.STRING_SOURCE, 1),
  ESI16("esi16", Place.FIXED, Insn.STRING_SOURCE, 2),
  ESI32("esi32", Place.FIXED, Insn.STRING_SOURCE, 4),
  EDI8("edi8", Place.FIXED, Insn.STRING_DESTINATION, 1),
  EDI16("edi16", Place.FIXED, Insn.STRING_DESTINATION, 2),
  EDI32("edi32", Place.FIXED, Insn.STRING_DESTINATION, 4),

  IMM8("imm8", Place.IMMEDIATE, Insn.IMM, 1),
  IMM16("imm16", Place.IMMEDIATE, Insn.IMM, 2),
  IMM32("imm32", Place.IMMEDIATE, Insn.IMM, 4),
  SIMM8("simm8", Place.SIGNED, Insn.IMM, 1),
  REL8("rel8", Place.SIGNED, Insn.IMM, 1),
  REL16("rel16", Place.SIGNED, Insn.IMM, 2),
  REL32("rel32", Place.SIGNED, Insn.IMM, 4),
  PTR16_16("ptr16:16", Place.POINTER, Insn.IMM, 4),
  PTR16_32("ptr16:32", Place.POINTER, Insn.IMM, 6),
  ONE("1", 1, Insn.IMM, 1),

  AL("al", 0, Insn.REG, 1),
  CL("cl", 1, Insn.REG, 1),
  AX("ax", 0, Insn.REG, 2),
  DX("dx", 2, Insn.REG, 2),
  EAX("eax", 0, Insn.REG, 4),
  ES("es", 0, Insn.SEGMENT, 2),
  CS("cs", 1, Insn.SEGMENT, 2),
  SS("ss", 2, Insn.SEGMENT, 2),
  DS("ds", 3, Insn.SEGMENT, 2),
  FS("fs", 4, Insn.SEGMENT, 2),
  GS("gs", 5, Insn.SEGMENT, 2),
  SREG("sreg", Place.REG, Insn.SEGMENT, 2),
  CR("cr", Place.REG, Insn.CONTROL, 4),
  DR("dr", Place.REG, Insn.DEBUG, 4),

  ST("st", 0, Insn.ST, 10),
  ST_I("st(i)", Place.RM, Insn.ST, 10),
  MM1("mm1", Place.REG, Insn.MM, 8),
  MM2("mm2", Place.RM, Insn.MM, 8, 0),
  MM2_M32("mm2/m32", Place.RM, Insn.MM, 8, 4),
  MM2_M64("mm2/m64", Place.RM, Insn.MM, 8),
  XMM1("xmm1", Place.REG, Insn.XMM, 16),
  XMM2("xmm2", Place.RM, Insn.XMM, 16, 0),
  XMM2_M32("xmm2/m32", Place.RM, Insn.XMM, 16, 4),
  XMM2_M64("xmm2/m64", Place.RM, Insn.XMM, 16, 8),
  XMM2_M128("xmm2/m128", Place.RM, Insn.XMM, 16);

  /** Where an operand is encoded. */
  public enum Place {
    /** modrm.reg, or the opcode's low three bits where the encoding has +rb, +rw or +rd. */
    REG,
    /** modrm.rm with mod and what follows it: a register or memory. */
    RM,
    /** modrm.rm as a register, mod ignored. */
    RM_REGISTER,
    /** The opcode's low three bits. */
    OPCODE,
    /** Nowhere: always the same register, number or string operand. */
    FIXED,
    /** An address of the address size. */
    MOFFS,
    /** The byte at ds:[ebx+al]. */
    XLAT,
    /** An immediate, zero-extended. */
    IMMEDIATE,
    /** An immediate or displacement, sign-extended. */
    SIGNED,
    /** The second immediate, zero-extended. */
    IMMEDIATE2,
    /** An offset and a selector. */
    POINTER
  }

  private final String notation;
  private final Place place;
  private final byte kind;
  private final byte value;
  private final short size;
  private final short memorySize;
  private final boolean memory;
  private final boolean register;

  /** Register or memory, equally wide. */
  Operand(String notation, Place place, int kind, int size) {
    this(notation, place, kind, size, size, 0);
  }

  /** Register or memory of another width; width 0: register only. */
  Operand(String notation, Place place, int kind, int size, int memorySize) {
    this(notation, place, kind, size, memorySize, 0);
  }

  /** Memory only. */
  Operand(String notation, int size) {
    this(notation, Place.RM, Insn.MEM, size, size, 0);
  }

  /** Fixed. */
  Operand(String notation, int value, int kind, int size) {
    this(notation, Place.FIXED, kind, size, size, value);
  }

  Operand(String notation, Place place, int kind, int size, int memorySize, int value) {
    this.notation = notation;
    this.place = place;
    this.kind = (byte) kind;
    this.size = (short) size;
    this.memorySize = (short) memorySize;
    this.value = (byte) value;
    this.register = kind != Insn.MEM;
    boolean registerOnly = kind == Insn.ST || memorySize == 0 && kind != Insn.MEM;
    this.memory = place == Place.RM && !registerOnly;
  }

  /** How the table writes it, for instance {@code r/m32}. */
  public String notation() {
    return notation;
  }

  /** Where it is encoded; {@code REG} may mean the opcode, see {@link Form#place}. */
  public Place place() {
    return place;
  }

  /** The kind ({@link Insn#REG} …) it has in an instruction when it is not memory. */
  public byte kind() {
    return kind;
  }

  /** The register number or immediate of a fixed operand. */
  public byte value() {
    return value;
  }

  /** Width in bytes as a register, immediate or memory-only operand; 0 if it has none. */
  public int size() {
    return size;
  }

  /** Width in bytes when it is memory. */
  public int memorySize() {
    return memorySize;
  }

  /** Whether modrm may make it memory. */
  public boolean allowsMemory() {
    return memory;
  }

  /** Whether modrm may make it a register, or it always is one (or an immediate). */
  public boolean allowsRegister() {
    return register;
  }
}
