package org.trampoline.emulator.translate;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import org.trampoline.emulator.execute.HeapShare;
import org.trampoline.emulator.memory.TranslationMap;

/**
 * The translated blocks: where their code is, how they are found and how they are linked. When the
 * memory for code is full, everything is forgotten; code still in use is soon translated again.
 */
final class CodeCache {
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
  private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;
  private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
  private static final int ALIGNMENT = 16;

  /** Of an unconditional jump, and its opcode. */
  private static final int JUMP_BYTES = 5;

  private static final int JUMP = 0xe9;

  /** Blocks that are of use at most, and bytes that one takes of the Java heap. */
  private static final int MOST_BLOCKS = 1 << 20;

  private static final int BLOCK_BYTES = 512;

  private final MemorySegment code;
  private final long executable;
  private final TranslatorState state;
  private final int hotStart;
  private final int coldStart;
  private final int blockLimit;

  private TranslatedBlock[] table = new TranslatedBlock[1 << 12];
  private int used;
  private final HashMap<Long, List<TranslatedBlock>> pages = new HashMap<>();
  private int hot;
  private int cold;

  /** The block added last, and where its hot code ends. */
  private TranslatedBlock last;

  private int end;

  /** Record of the link that the next block's code follows at once; 0: none. */
  private int behind;

  /** Where it goes then. */
  private int follow;

  /** What is executed in between. */
  private final HostAssembler gap = new HostAssembler();

  private int blocks;
  private final TranslatorStatistics statistics;
  private final Churn churn;

  /**
   * @param first the first byte that is free for blocks
   * @param processor whose code it is
   */
  CodeCache(
      CodeMemory memory,
      TranslatorState state,
      int first,
      TranslatorStatistics statistics,
      Churn churn,
      int processor) {
    blockLimit = HeapShare.of(MOST_BLOCKS, BLOCK_BYTES, processor);
    code = memory.writable();
    executable = memory.executable();
    this.state = state;
    this.statistics = statistics;
    this.churn = churn;
    hotStart = align(first);
    coldStart = align((int) (code.byteSize() / 20 * 9));
    hot = hotStart;
    cold = coldStart;
  }

  private static int align(int offset) {
    return offset + ALIGNMENT - 1 & -ALIGNMENT;
  }

  int hot() {
    return behind == 0 ? hot : follow;
  }

  int cold() {
    return cold;
  }

  /** Bytes of the code memory in use. */
  int bytes() {
    return hot - hotStart + cold - coldStart;
  }

  /** Host address of an offset in the code memory. */
  long address(int offset) {
    return executable + offset;
  }

  /** A field of an exit's record. */
  int field(int record, int field) {
    return code.get(INT, record + field);
  }

  /** Bytes that the store of a {@link Exit#WRITE} has. */
  int bytesToStore(int record) {
    return code.get(BYTE, record + Exit.BYTES);
  }

  // ---- blocks

  /** The block of these guest bytes at this eip, or null. */
  TranslatedBlock find(long host, int eip, CodeMode mode) {
    TranslatedBlock[] all = table;
    int mask = all.length - 1;
    for (int slot = slot(host, eip, mask); ; slot = slot + 1 & mask) {
      TranslatedBlock b = all[slot];
      if (b == null || b.host == host && b.eip == eip && b.mode == mode && !b.dropped) {
        return b;
      }
    }
  }

  private static int slot(long host, int eip, int mask) {
    return (int) ((host ^ (long) eip << 20) * 0x9e37_79b9_7f4a_7c15L >>> 40) & mask;
  }

  /** Whether there is room for another block; if not, {@link #clear} makes it. */
  boolean hasRoom(int hotBytes, int coldBytes) {
    return hot + hotBytes + ALIGNMENT < coldStart
        && cold + coldBytes + ALIGNMENT < code.byteSize()
        && blocks < blockLimit;
  }

  /**
   * Chooses where the next block goes: if it is what a link at the end of the last block leads
   * forward to, there, so that no jump is needed. A loop's start is worth its alignment, and so is
   * what jumps lead to or past, as others lead there, too, maybe in a loop.
   *
   * @param link the link's record, or 0
   */
  void place(int link) {
    behind = 0;
    if (link == 0
        || last == null
        || Integer.compareUnsigned(field(link, Exit.EIP), last.eip) <= 0
        || code.get(LONG, link + Exit.ADDEND) != 0
        || code.get(BYTE, end - JUMP_BYTES) != (byte) JUMP) {
      return;
    }
    int beyond = field(link, Exit.JUMP_FIELD) + 4;
    int jump = end - JUMP_BYTES;
    boolean opposite =
        beyond == jump
            && (code.get(SHORT, jump - 6) & 0xf0ff) == 0x800f
            && otherStub() >= last.cold
            && otherStub() < last.cold + last.coldBytes;
    if (beyond == end || opposite) {
      behind = link;
      follow = last.runsOn ? jump : align(jump);
    }
  }

  /** Where the jump at the end of the last block leads: its stub, if it is not linked. */
  private int otherStub() {
    return end + code.get(INT, end - 4);
  }

  /** Makes the block that is added what follows the last one without a jump. */
  private void followOn(TranslatedBlock block) {
    block.behind = behind;
    if (field(behind, Exit.JUMP_FIELD) + 4 != end) {
      // the other way is jumped to, on the opposite condition
      int stub = otherStub();
      int other = field(stub + 2, 0);
      int condition = end - JUMP_BYTES - 5;
      code.set(BYTE, condition, (byte) (code.get(BYTE, condition) ^ 1));
      code.set(INT, other + Exit.JUMP_FIELD, condition + 1);
      aim(condition + 1, stub);
    }
    int from = end - JUMP_BYTES;
    gap.clear();
    gap.pad(follow - from);
    copy(gap, from);
  }

  /** Adds a block whose code was emitted for {@link #hot} and {@link #cold}. */
  void add(TranslatedBlock block, HostAssembler hotCode, HostAssembler coldCode) {
    hot = hot();
    if (behind != 0) {
      followOn(block);
    }
    block.entry = hot;
    block.again += hot;
    block.hotBytes = hotCode.length();
    block.cold = cold;
    block.coldBytes = coldCode.length();
    copy(hotCode, hot);
    copy(coldCode, cold);
    end = hot + hotCode.length();
    last = block;
    behind = 0;
    hot = align(end);
    cold = align(cold + coldCode.length());
    if (2 * used >= table.length) {
      grow();
    }
    insert(block);
    blocks++;
    page(block.host).add(block);
    if (block.secondPage != 0) {
      page(block.secondPage).add(block);
    }
  }

  private void copy(HostAssembler from, int to) {
    MemorySegment.copy(from.bytes(), 0, code, BYTE, to, from.length());
  }

  private List<TranslatedBlock> page(long host) {
    return pages.computeIfAbsent(host >>> 12, page -> new ArrayList<>());
  }

  private void insert(TranslatedBlock block) {
    int mask = table.length - 1;
    int slot = slot(block.host, block.eip, mask);
    while (table[slot] != null && !table[slot].dropped) {
      slot = slot + 1 & mask;
    }
    if (table[slot] == null) {
      used++;
    }
    table[slot] = block;
  }

  private void grow() {
    TranslatedBlock[] old = table;
    int live = 0;
    for (TranslatedBlock block : old) {
      live += block != null && !block.dropped ? 1 : 0;
    }
    table = new TranslatedBlock[4 * live >= old.length ? old.length * 2 : old.length];
    used = 0;
    for (TranslatedBlock block : old) {
      if (block != null && !block.dropped) {
        insert(block);
      }
    }
  }

  /** Blocks that are kept, and those dropped since all were forgotten. */
  int blocks() {
    return blocks;
  }

  /** Forgets all blocks. None of their code may be on its way. */
  void clear() {
    table = new TranslatedBlock[1 << 12];
    used = 0;
    blocks = 0;
    pages.clear();
    hot = hotStart;
    cold = coldStart;
    last = null;
    behind = 0;
    state.forgetJumps();
    statistics.flushes++;
  }

  /** Drops the blocks that have a byte in the {@code size} bytes from host address {@code from}. */
  void drop(long from, int size) {
    List<TranslatedBlock> inPage = pages.get(from >>> 12);
    if (inPage == null) {
      return;
    }
    for (int i = inPage.size() - 1; i >= 0; i--) {
      TranslatedBlock block = inPage.get(i);
      if (block.dropped || overlaps(block, from, size)) {
        drop(block);
        inPage.set(i, inPage.getLast());
        inPage.removeLast();
      }
    }
    if (inPage.isEmpty()) {
      pages.remove(from >>> 12);
    }
  }

  private static boolean overlaps(TranslatedBlock b, long from, int size) {
    for (int i = 0; i < b.watchedRanges(); i++) {
      long watched = b.watchedFrom(i);
      if (from < watched + b.watchedBytes(i) && from + size > watched) {
        return true;
      }
    }
    if (b.secondPage == 0) {
      return from < b.host + b.bytes && from + size > b.host;
    }
    long inFirst = 0x1000 - (b.host & 0xfff);
    return from < b.host + inFirst && from + size > b.host
        || from < b.secondPage + b.bytes - inFirst && from + size > b.secondPage;
  }

  /** Makes a block unreachable. */
  void drop(TranslatedBlock block) {
    if (block.dropped) {
      return;
    }
    block.dropped = true;
    statistics.dropped++;
    churn.lost(1);
    for (int i = 0; i < block.linkCount(); i++) {
      unlink(block.link(i));
    }
    if (block.behind != 0) {
      // what ran into it jumps from there from now on
      code.set(BYTE, block.entry, (byte) JUMP);
      code.set(INT, block.behind + Exit.JUMP_FIELD, block.entry + 1);
      unlink(block.behind);
      block.behind = 0;
    }
    state.forgetJump(block.eip);
  }

  // ---- links

  /** Lets a link lead to a block, directly from now on. */
  void link(int record, TranslatedBlock to) {
    if (to.behind == record) {
      return;
    }
    if (code.get(LONG, record + Exit.ADDEND) != 0) {
      code.set(LONG, record + Exit.ADDEND, to.addend);
    }
    boolean own = record >= to.cold && record < to.cold + to.coldBytes;
    patch(record, own ? to.again : to.entry);
    to.addLink(record);
    statistics.links++;
  }

  /**
   * Lets an indirect jump lead to a block, directly from now on if it knows few others.
   *
   * @return false if it looks in the table instead
   */
  boolean learn(int record, TranslatedBlock to) {
    int first = field(record, JumpSite.FIRST);
    int known = field(record, JumpSite.KNOWN);
    int lookUp = field(record, JumpSite.LOOK_UP);
    for (int way = 0; way < known; way++) {
      int immediate = first + way * JumpSite.COMPARISON_BYTES;
      int link = JumpSite.link(record, way);
      if (code.get(INT, immediate) == to.eip) {
        long addend = code.get(LONG, link + Exit.ADDEND);
        if (addend != 0 && addend != Exit.NO_ADDEND) {
          aim(immediate + JumpSite.JUMP_FIELD, lookUp); // elsewhere in each address space
          return false;
        }
        link(link, to);
        return true;
      }
    }
    if (known == JumpSite.WAYS) {
      aim(first + known * JumpSite.COMPARISON_BYTES + JumpSite.OTHER_FIELD, lookUp);
      return false;
    }
    int immediate = first + known * JumpSite.COMPARISON_BYTES;
    int jump = immediate + JumpSite.JUMP_FIELD;
    int link = JumpSite.link(record, known);
    int page = to.mode.codeBase + to.eip;
    boolean remote = (page ^ to.mode.codeBase + field(record, Exit.EIP)) >>> 12 != 0;
    if (remote) {
      int way = JumpSite.remote(record, known);
      code.set(INT, way + JumpSite.ENTRY_FIELD, executeEntry(page));
      aim(jump, way);
      jump = way + JumpSite.REMOTE_FIELD;
    }
    code.set(INT, immediate, to.eip);
    code.set(INT, link + Exit.JUMP_FIELD, jump);
    code.set(LONG, link + Exit.ADDEND, remote ? Exit.NO_ADDEND : 0);
    code.set(INT, record + JumpSite.KNOWN, known + 1);
    link(link, to);
    return true;
  }

  private void unlink(int record) {
    if (code.get(LONG, record + Exit.ADDEND) != 0) {
      code.set(LONG, record + Exit.ADDEND, Exit.NO_ADDEND);
    }
    patch(record, field(record, Exit.STUB));
  }

  private void patch(int record, int target) {
    aim(field(record, Exit.JUMP_FIELD), target);
  }

  /** Sets a jump's displacement. */
  private void aim(int at, int target) {
    code.set(INT, at, target - (at + 4));
  }

  /** Offset of a map's entry for a linear page, for checks in emitted code. */
  static int executeEntry(int linear) {
    return (int) (TranslationMap.EXECUTE + ((long) (linear >>> 12) << 3));
  }
}
