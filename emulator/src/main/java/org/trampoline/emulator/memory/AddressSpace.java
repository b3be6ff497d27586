package org.trampoline.emulator.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * A slot for the translations of one set of page tables: two views of flat maps ({@link
 * TranslationMap}), the supervisor's and the user's, and the record of what they were derived from.
 *
 * <p>The linear space is divided into <em>regions</em>, what one page-directory entry covers: 4 MB,
 * with PAE 2 MB. A region is <em>joined</em> while {@link #pde} holds the entry that its
 * translations came from.
 */
final class AddressSpace {
  static final int REGIONS = 2048;

  /** Uses of frames, see {@link TableUses}: a node per region's table, then per directory. */
  static final int DIRECTORY_NODE = REGIONS;

  static final int NODES = REGIONS + 4;

  /** Read, write, execute, write beside code of the supervisor's view, then of the user's. */
  static final int MAPS = 8;

  static final int USER_VIEW = 4;
  static final int WRITE = 1;
  static final int EXECUTE = 2;
  static final int BESIDE_CODE = 3;

  private static final int CHUNK_SHIFT = 6;
  private static final int CHUNK_BYTES = 8 << CHUNK_SHIFT;

  /**
   * The maps of different slots lie differently within the host's pages and cache sets, of which
   * the entries of a page would else need the same in all slots.
   */
  private static final int STAGGER = 4096 + 64;

  private static final int STAGGERED = 1 << 20;

  final int id;

  /** Host address of the supervisor's view; the user's follows it. */
  final long maps;

  /** The slot stands for some page tables and can be found by them. */
  boolean live;

  /** Processors whose current address space this is. */
  int users;

  /** Links of the list that the frame of a node belongs to: node + 1 anywhere, 0 none. */
  final int[] next = new int[NODES];

  final int[] previous = new int[NODES];

  private final MemorySegment segment;
  private final long[] pde = new long[REGIONS];
  private final int[] table = new int[REGIONS];
  private final byte[] sharer = new byte[REGIONS];
  private final long[] joined = new long[REGIONS / 64];

  /** A bit for each chunk of 64 entries of a region's part of a map that may be non-zero. */
  private final short[] filled = new short[REGIONS * MAPS];

  /** As {@link #filled}, but for what has been touched since the memory was last given back. */
  private final boolean[] committed = new boolean[REGIONS * MAPS];

  private final int[] directory = {-1, -1, -1, -1};
  private int mode;
  private int regionShift;

  AddressSpace(Arena arena, int id) {
    this.id = id;
    segment = HostMemory.allocate(arena, 2 * TranslationMap.VIEW_BYTES + STAGGERED);
    maps = segment.address() + (long) id * STAGGER % STAGGERED;
  }

  /** Makes the slot stand for these tables; no region of another mode may be joined. */
  void set(int mode, int[] directory) {
    this.mode = mode;
    System.arraycopy(directory, 0, this.directory, 0, 4);
    regionShift = (mode & PagingMode.PAE) != 0 ? 9 : 10;
    live = true;
  }

  int mode() {
    return mode;
  }

  /** Frame of a page directory: element 0, with PAE 0–3; -1 where there is none. */
  int directory(int i) {
    return directory[i];
  }

  boolean matches(int mode, int[] directory) {
    return live && this.mode == mode && Arrays.equals(this.directory, directory);
  }

  /** Host address of the view of a privilege. */
  long view(boolean user) {
    return user ? maps + TranslationMap.VIEW_BYTES : maps;
  }

  /** Region of a linear page. */
  int region(int page) {
    return page >>> regionShift;
  }

  /** The linear page that entry {@code i} of a region's page table maps. */
  int page(int region, int i) {
    return region << regionShift | i;
  }

  /** The region that entry {@code i} of directory {@code d} covers. */
  int regionOf(int d, int i) {
    return d << 9 | i;
  }

  // ---- regions

  /** The directory entry that a region's translations came from; 0 if it is not joined. */
  long pde(int region) {
    return pde[region];
  }

  void pde(int region, long entry) {
    pde[region] = entry;
  }

  /** Frame of the joined region's page table; -1 for a large page and without paging. */
  int table(int region) {
    return table[region];
  }

  /** Slot that follows in the ring of those that have the region in common. */
  int sharer(int region) {
    return sharer[region];
  }

  void sharer(int region, int slot) {
    sharer[region] = (byte) slot;
  }

  void join(int region, long entry, int tableFrame) {
    pde[region] = entry;
    table[region] = tableFrame;
    sharer[region] = (byte) id;
    joined[region >>> 6] |= 1L << region;
  }

  /** Forgets a region: its entries and what they came from. */
  void leave(int region) {
    clear(region);
    pde[region] = 0;
    joined[region >>> 6] &= ~(1L << region);
  }

  /** The first joined region from {@code region} on, or -1. */
  int nextJoined(int region) {
    for (int i = region >>> 6; i < joined.length; i++) {
      long bits = i == region >>> 6 ? joined[i] & -1L << region : joined[i];
      if (bits != 0) {
        return (i << 6) + Long.numberOfTrailingZeros(bits);
      }
    }
    return -1;
  }

  // ---- entries

  /** Sets an entry; true if this has made the host commit memory. */
  boolean put(int map, int page, long addend) {
    int i = region(page) * MAPS + map;
    filled[i] |= (short) (1 << chunk(page));
    Host.put64(entry(map, page), addend);
    boolean commits = !committed[i];
    committed[i] = true;
    return commits;
  }

  /** The addend in a map, or 0; touches no memory that is not in use. */
  long get(int map, int page) {
    return holds(map, page) ? Host.get64(entry(map, page)) : 0;
  }

  /** Clears an entry of one map. */
  void drop(int map, int page) {
    if (holds(map, page)) {
      Host.put64(entry(map, page), 0);
    }
  }

  /** Clears a page's entries in all maps. */
  void drop(int page) {
    for (int map = 0; map < MAPS; map++) {
      drop(map, page);
    }
  }

  /** Clears all entries of a region. */
  void clear(int region) {
    for (int map = 0; map < MAPS; map++) {
      int chunks = filled[region * MAPS + map] & 0xffff;
      filled[region * MAPS + map] = 0;
      for (; chunks != 0; chunks &= chunks - 1) {
        int chunk = Integer.numberOfTrailingZeros(chunks);
        long start = entry(map, page(region, chunk << CHUNK_SHIFT));
        for (int i = 0; i < CHUNK_BYTES; i += 8) {
          Host.put64(start + i, 0);
        }
      }
    }
  }

  /** Gives the memory of the maps back to the host; no region may be joined. */
  void discard() {
    HostMemory.discard(segment);
    Arrays.fill(committed, false);
  }

  private boolean holds(int map, int page) {
    return (filled[region(page) * MAPS + map] >>> chunk(page) & 1) != 0;
  }

  private int chunk(int page) {
    return (page & (1 << regionShift) - 1) >>> CHUNK_SHIFT;
  }

  private long entry(int map, int page) {
    return maps + map * TranslationMap.BYTES + ((long) page << 3);
  }
}
