package org.trampoline.emulator.execute;

import static org.trampoline.emulator.execute.MicroOp.*;

import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.SegmentRegister;
import org.trampoline.emulator.decode.Insn;

/**
 * Where the micro-operations of a block are written, and how accesses to memory and to the stack
 * become such.
 */
abstract class MicroWriter {
  /** Words that an instruction needs at most. */
  private static final int LONGEST = 12;

  final long[] words = new long[(BlockBuilder.LIMIT + 1) * LONGEST];
  final byte[] indexes = new byte[words.length];
  int length;

  /** The instructions of the {@link MicroOp#INSN}s, which have their numbers here. */
  final Insn[] insns = new Insn[BlockBuilder.LIMIT];

  int insnCount;

  /** A further word of a jump. */
  private static final int MORE = -1;

  /** Number of the micro-operation at each position, or what else is there. */
  final int[] ops = new int[words.length];

  int mode;
  int index;

  /** Offset of the block's first byte in its page, and its length. */
  int pageOffset;

  int blockLength;

  /** Begins a block of {@code bytes} bytes at {@code offset} of its page. */
  void begin(int mode, int offset, int bytes) {
    this.mode = mode;
    length = 0;
    insnCount = 0;
    pageOffset = offset;
    blockLength = bytes;
  }

  /** Puts into each micro-operation the number of the next one. */
  final void tellNext() {
    int next = INSN;
    for (int k = length - 1; k >= 0; k--) {
      if (ops[k] >= 0) {
        words[k] |= next;
        next = ops[k];
      }
    }
  }

  /** Whether there is an {@link MicroOp#INSN} at a position. */
  boolean isInsn(int position) {
    return ops[position] == INSN;
  }

  /** Number of the first micro-operation. */
  int first() {
    return ops[0];
  }

  boolean has(int bits) {
    return (mode & bits) == bits;
  }

  // ---- emitting

  void word(long word) {
    indexes[length] = (byte) index;
    ops[length] = MORE;
    words[length++] = word;
  }

  /** {@code fields} beside the operation's number. */
  void emit(int op, int fields, int immediate) {
    word((long) immediate << 32 | fields & 0xffff_ffffL);
    ops[length - 1] = op;
  }

  void emit(int op, int a, int b, int immediate) {
    emit(op, a << A_SHIFT | b << B_SHIFT, immediate);
  }

  /** A general register, or one of the others, as field A; of one byte if size is 1. */
  static int a(int register, int size) {
    return size == 1 && register < NONE
        ? (register & 3) << A_SHIFT | ((register & 4) != 0 ? HIGH_A : 0)
        : register << A_SHIFT;
  }

  static int b(int register, int size) {
    return size == 1 && register < NONE
        ? (register & 3) << B_SHIFT | ((register & 4) != 0 ? HIGH_B : 0)
        : register << B_SHIFT;
  }

  /** The link of a jump whose target is not known. */
  static final long NOWHERE = 0xffff_ffffL;

  /** The link for a distance from the block's start: to be made, or never. */
  int link(int distance) {
    int target = pageOffset + distance;
    return target >= 0 && target < 0x1000 ? 0 : -1;
  }

  // ---- memory

  boolean flat(Insn i, int segment) {
    return has(Mode.FLAT_DATA)
        && !i.address16
        && segment <= SegmentRegister.DS
        && segment != SegmentRegister.CS;
  }

  static int log2(int size) {
    return size >> 1;
  }

  /** What a memory micro-operation says of its operand beside the address. */
  static int access(int size, boolean write) {
    return log2(size) << SIZE_SHIFT | (write ? WRITE : 0);
  }

  /** What says that the source is an immediate. */
  static final int SOURCE_IMMEDIATE = NONE << B_SHIFT;

  /** An access to the memory operand. */
  void memory(Insn i, int op, int aField, int size, boolean write) {
    int fields = i.base << B_SHIFT | i.index << X_SHIFT | i.scale << SCALE_SHIFT;
    if (flat(i, i.segment)) {
      emit(op, aField | fields | access(size, write), i.displacement);
    } else {
      effectiveAddress(i, i.segment, fields, i.displacement, size, write);
      atLinear(op, aField, size, write);
    }
  }

  /** An access where an effective address has been computed. */
  void atLinear(int op, int aField, int size, boolean write) {
    emit(op, aField | LINEAR << B_SHIFT | NONE << X_SHIFT | access(size, write), 0);
  }

  void effectiveAddress(
      Insn i, int segment, int fields, int displacement, int size, boolean write) {
    emit(
        EA,
        fields | segment << SEGMENT_SHIFT | (i.address16 ? ADDRESS16 : 0) | access(size, write),
        displacement);
  }

  /** An access at a string register. */
  void string(Insn i, int segment, int register, int op, int aField, int size, boolean write) {
    int fields = register << B_SHIFT | NONE << X_SHIFT;
    if (flat(i, segment)) {
      emit(op, aField | fields | access(size, write), 0);
    } else {
      effectiveAddress(i, segment, fields, 0, size, write);
      atLinear(op, aField, size, write);
    }
  }

  static int load(int size) {
    return size == 4 ? LOAD32 : size == 2 ? LOAD16 : LOAD8;
  }

  static int store(int size) {
    return size == 4 ? STORE32 : size == 2 ? STORE16 : STORE8;
  }

  static int move(int size) {
    return size == 4 ? MOV : size == 2 ? MOV16 : MOV8;
  }

  /** Loads the memory operand into a register of the loop's own. */
  void loadInto(Insn i, int register, int size) {
    memory(i, load(size), register << A_SHIFT, size, false);
  }

  /** Loads the memory operand, which must be writable, for a {@link #back} that follows. */
  void modify(Insn i, int size) {
    memory(i, load(size), TEMP << A_SHIFT, size, true);
  }

  void back(int register, int size) {
    int op = size == 4 ? BACK32 : size == 2 ? BACK16 : BACK8;
    emit(op, a(register, size), 0);
  }

  static boolean isSize(int size) {
    return size == 1 || size == 2 || size == 4;
  }

  boolean one(int op, int fields) {
    emit(op, fields, 0);
    return true;
  }

  // ---- the stack

  boolean flatStack(int size) {
    return size == 4 && has(Mode.FLAT_DATA | Mode.STACK32);
  }

  void flatStackAccess(int op, int register, int displacement) {
    int fields = register << A_SHIFT | Cpu.ESP << B_SHIFT | NONE << X_SHIFT;
    emit(op, fields | access(4, displacement < 0), displacement);
  }

  void pushRegister(int source, int size) {
    if (flatStack(size)) {
      flatStackAccess(PUSH, source, -4);
    } else {
      emit(EA_STACK, 0, Cpu.ESP, -size);
      atLinear(store(size), source << A_SHIFT, size, true);
      emit(MOV, Cpu.ESP, STACK, 0);
    }
  }

  void popTemp(int size) {
    emit(EA_STACK, 0, Cpu.ESP, size);
    atLinear(load(size), TEMP << A_SHIFT, size, false);
    emit(MOV, Cpu.ESP, STACK, 0);
  }
}
