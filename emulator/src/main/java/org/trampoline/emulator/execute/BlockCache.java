package org.trampoline.emulator.execute;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;

/** The decoded blocks, by key and by page of memory; bounded. */
final class BlockCache {
  /** Blocks kept at most; beyond it all are dropped. {@link MicroCode} has a limit, too. */
  private static final int LIMIT = 1 << 20;

  private final MicroCode code;
  private Block[] table = new Block[1 << 12];
  private int used;
  private final HashMap<Long, List<Block>> pages = new HashMap<>();

  BlockCache(MicroCode code) {
    this.code = code;
  }

  Block find(long key) {
    Block[] blocks = table;
    int mask = blocks.length - 1;
    for (int slot = slot(key, mask); ; slot = slot + 1 & mask) {
      Block block = blocks[slot];
      if (block == null || block.key == key) {
        return block;
      }
    }
  }

  private static int slot(long key, int mask) {
    return (int) (key * 0x9e37_79b9_7f4a_7c15L >>> 40) & mask;
  }

  void add(Block block) {
    if (used >= LIMIT) {
      clear();
    } else if (used * 2 >= table.length) {
      grow();
    }
    insert(block);
    pages.computeIfAbsent(block.host >>> 12, page -> new ArrayList<>()).add(block);
    if (block.secondPage != 0) {
      pages.computeIfAbsent(block.secondPage >>> 12, page -> new ArrayList<>()).add(block);
    }
  }

  private void insert(Block block) {
    int mask = table.length - 1;
    int slot = slot(block.key, mask);
    while (table[slot] != null && table[slot].key != 0) {
      slot = slot + 1 & mask;
    }
    if (table[slot] == null) {
      used++;
    }
    table[slot] = block;
  }

  private void grow() {
    Block[] old = table;
    table = new Block[old.length * 2];
    used = 0;
    for (Block block : old) {
      if (block != null && block.key != 0) {
        insert(block);
      }
    }
  }

  /** Drops every block. */
  void clear() {
    for (Block block : table) {
      if (block != null) {
        drop(block);
      }
    }
    table = new Block[1 << 12];
    used = 0;
    pages.clear();
    code.clear();
  }

  /**
   * Drops the blocks that have a byte in the {@code size} bytes from host address {@code from};
   * says whether other blocks remain in the page.
   */
  boolean drop(long from, int size) {
    List<Block> blocks = pages.get(from >>> 12);
    if (blocks == null) {
      return false;
    }
    for (int k = blocks.size() - 1; k >= 0; k--) {
      Block block = blocks.get(k);
      if (block.key == 0 || overlaps(block, from, size)) {
        drop(block);
        blocks.set(k, blocks.getLast());
        blocks.removeLast();
      }
    }
    if (blocks.isEmpty()) {
      pages.remove(from >>> 12);
      return false;
    }
    return true;
  }

  private static boolean overlaps(Block block, long from, int size) {
    long host = block.host;
    if (block.secondPage == 0) {
      return from < host + block.length && from + size > host;
    }
    long inFirst = 0x1000 - (host & 0xfff);
    return from < host + inFirst && from + size > host
        || from < block.secondPage + block.length - inFirst && from + size > block.secondPage;
  }

  /** Makes a block unreachable. */
  private void drop(Block block) {
    block.key = 0;
    code.drop(block);
  }
}
