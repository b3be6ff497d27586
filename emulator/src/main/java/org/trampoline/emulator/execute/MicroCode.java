package org.trampoline.emulator.execute;

import java.util.Arrays;
import org.trampoline.emulator.decode.Insn;

/**
 * The micro-operations of all blocks, in one array so that blocks lead to each other by position. A
 * block lies at its <em>head</em>:
 *
 * <pre>
 * head - 1   key: host address of the first byte and {@link Mode}; 0 once the block is dropped
 * head       number of the first micro-operation in bits 7:0; in 31:8 the number of instructions,
 *            {@link #HELD} if the hot loop must not enter; in 63:32 the number of the block
 * head + 1 … micro-operations
 * </pre>
 */
final class MicroCode {
  /** An instruction count that no run has left: whoever comes to the block leaves the hot loop. */
  static final int HELD = 1 << 22;

  static final int COUNT_SHIFT = 8;

  /** Instructions that are of use at most, and bytes that one takes with its block. */
  private static final int MOST = 1 << 22;

  private static final int BYTES = 160;

  static final int TARGETS = 1 << 12;

  long[] code = new long[1 << 14];

  /** For each position the instruction within its block. */
  byte[] index = new byte[1 << 14];

  /** Heads of the blocks that dynamic jumps have led to, by {@link #hash}; 1 where none is. */
  final int[] targets = new int[TARGETS];

  private Block[] blocks = new Block[1 << 10];
  private int count;
  private Insn[] insns = new Insn[1 << 10];
  private int insnCount;
  private int used;
  private int instructions;
  private int generation;

  /** Instructions at most, those of dropped blocks among them. */
  private final int limit;

  /**
   * @param processor whose code it is
   */
  MicroCode(int processor) {
    limit = HeapShare.of(MOST, BYTES, processor);
    clear();
  }

  static long key(long host, int mode) {
    return host << Mode.BITS | mode;
  }

  static int hash(int linear) {
    return (linear ^ linear >>> 12) & TARGETS - 1;
  }

  /** The block at a head. */
  Block block(int head) {
    return blocks[(int) (code[head] >>> 32)];
  }

  /** Changes when all positions have become invalid. */
  int generation() {
    return generation;
  }

  /** Whether a block of {@code words} words finds room; otherwise {@link #clear} makes it. */
  boolean hasRoom(Block block, int words) {
    return used + words + 2 <= 4 * limit && instructions + block.insns.length <= limit;
  }

  /** Puts a block into the array, lowered as {@code from} has it, and gives it its head. */
  void add(Block block, long key, boolean held, Lowering from) {
    int length = from.length;
    int head = used + 1;
    int end = head + 1 + length;
    if (end > code.length) {
      code = Arrays.copyOf(code, Math.max(end, 2 * code.length));
      index = Arrays.copyOf(index, code.length);
    }
    if (count == blocks.length) {
      blocks = Arrays.copyOf(blocks, 2 * count);
    }
    code[head - 1] = key;
    code[head] =
        (long) count << 32 | (held ? HELD : block.insns.length) << COUNT_SHIFT | from.first();
    System.arraycopy(from.words, 0, code, head + 1, length);
    System.arraycopy(from.indexes, 0, index, head + 1, length);
    addInsns(from, head + 1);
    blocks[count++] = block;
    instructions += block.insns.length;
    block.head = head;
    used = end;
  }

  /** Takes in the instructions of a block's {@link MicroOp#INSN}s, and numbers them anew. */
  private void addInsns(Lowering from, int at) {
    if (insnCount + from.insnCount > insns.length) {
      insns = Arrays.copyOf(insns, 2 * insns.length);
    }
    for (int k = 0; k < from.length; k++) {
      if (from.isInsn(k)) {
        code[at + k] += (long) insnCount << 32;
      }
    }
    System.arraycopy(from.insns, 0, insns, insnCount, from.insnCount);
    insnCount += from.insnCount;
  }

  /** The instruction of the {@link MicroOp#INSN} that is this word. */
  Insn insn(long word) {
    return insns[(int) (word >>> 32)];
  }

  /** Whether a block has been dropped, or all have. */
  boolean isDropped(int head) {
    return code[head - 1] == 0;
  }

  /** Sees to it that nobody enters the block any more. */
  void drop(Block block) {
    code[block.head - 1] = 0;
    code[block.head] |= HELD << COUNT_SHIFT;
  }

  /** Lets a jump lead to a block; {@code slot} is its position × 2, + 1 for the upper half. */
  void link(int slot, Block to) {
    int at = slot >> 1;
    code[at] =
        (slot & 1) == 0
            ? code[at] & 0xffff_ffff_0000_0000L | to.head
            : code[at] & 0xffff_ffffL | (long) to.head << 32;
  }

  /** Forgets all blocks. */
  void clear() {
    Arrays.fill(targets, 1);
    Arrays.fill(blocks, null);
    Arrays.fill(insns, null);
    Arrays.fill(code, 0, Math.max(2, used), 0);
    count = 0;
    instructions = 0;
    insnCount = 0;
    used = 2;
    generation++;
  }
}
