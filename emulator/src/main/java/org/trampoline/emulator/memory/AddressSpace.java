package org.trampoline.emulator.memory;

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

  /**
   * The maps of different slots lie differently within the host's pages and cache sets, of which
   * the entries of a page would else need the same in all slots.
   */
  private static final int STAGGER = 4096 + 64;

  private static final int STAGGERED = 1 << 20;

  /** Bytes of the host's addresses that a slot takes. */
  static final long BYTES = 2 * TranslationMap.VIEW_BYTES + STAGGERED;

  /** What a slot takes of the Java heap at least, in bytes, roughly. */
  private static final int HEAP = 1024;

  private static final int CHUNK_SHIFT = 6;
  private static final int CHUNK_BYTES = 8 << CHUNK_SHIFT;
  private static final int PAGE_SHIFT = 12;

  /** Nodes come into being as they are needed, in groups. */
  private static final int GROUP_SHIFT = 5;

  private static final int GROUP = 1 << GROUP_SHIFT;

  /**
   * What a slot knows of a region, or of a page directory: then only the links count. It stays when
   * the region is left, for the next one.
   */
  private static final class Node {
    /** On the Java heap, in bytes, roughly; a group with it, as there may be one node in each. */
    static final int HEAP = 128 + 4 * GROUP;

    int next;
    int previous;
    long pde;
    int table;
    int sharer;
    int sharerBefore;

    /** For each map a bit per chunk of 64 entries of the region's part that may be non-zero. */
    final short[] filled = new short[MAPS];

    /** For each map a bit per page of the host's, of the three at most, that is in use. */
    final byte[] committed = new byte[MAPS];
  }

  /** What all slots hold, see {@link #discard}. */
  static final class Total {
    long bytes;
  }

  final int id;

  /** Host address of the supervisor's view; the user's follows it. */
  final long maps;

  /** The slot stands for some page tables and can be found by them. */
  boolean live;

  /** Its place among the slots that are live. */
  int place;

  /** Processors whose current address space this is. */
  int users;

  private final MemorySegment memory;
  private final Node[][] nodes = new Node[(NODES >>> GROUP_SHIFT) + 1][];
  private final long[] joined = new long[REGIONS / 64];
  private final int[] directory = {-1, -1, -1, -1};
  private int mode;
  private int regionShift = 10;

  private final Total total;

  /** Pages of the host's memory in use, their page tables, nodes. */
  private long held;

  /**
   * @param memory {@link #BYTES} zeroed bytes from the start of a page on
   */
  AddressSpace(MemorySegment memory, int id, Total total) {
    this.total = total;
    hold(HEAP);
    this.id = id;
    this.memory = memory;
    maps = memory.address() + (long) id * STAGGER % STAGGERED;
  }

  /** Makes the slot stand for these tables; no region of another mode may be joined. */
  void set(int mode, int[] directory) {
    int shift = (mode & PagingMode.PAE) != 0 ? 9 : 10;
    if (shift != regionShift) {
      discard(); // what is in use is known by regions
    }
    this.mode = mode;
    System.arraycopy(directory, 0, this.directory, 0, 4);
    regionShift = shift;
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

  /** The node of a region or directory if it has ever been needed, or null. */
  private Node known(int node) {
    Node[] group = nodes[node >>> GROUP_SHIFT];
    return group == null ? null : group[node & GROUP - 1];
  }

  private Node node(int node) {
    Node known = known(node);
    if (known != null) {
      return known;
    }
    int g = node >>> GROUP_SHIFT;
    if (nodes[g] == null) {
      nodes[g] = new Node[GROUP];
    }
    hold(Node.HEAP);
    Node made = new Node();
    nodes[g][node & GROUP - 1] = made;
    return made;
  }

  // ---- links of the list that the frame of a node belongs to: use + 1 anywhere, 0 none

  int next(int node) {
    return node(node).next;
  }

  void next(int node, int use) {
    node(node).next = use;
  }

  int previous(int node) {
    return node(node).previous;
  }

  void previous(int node, int use) {
    node(node).previous = use;
  }

  // ---- regions

  /** The directory entry that a region's translations came from; 0 if it is not joined. */
  long pde(int region) {
    Node n = known(region);
    return n == null ? 0 : n.pde;
  }

  void pde(int region, long entry) {
    node(region).pde = entry;
  }

  /** Frame of the joined region's page table; -1 for a large page and without paging. */
  int table(int region) {
    return node(region).table;
  }

  /** Slot that follows in the ring of those that have the joined region in common. */
  int sharer(int region) {
    return node(region).sharer;
  }

  /** Puts this slot behind another one in the ring of those that have the region in common. */
  void share(int region, AddressSpace before, AddressSpace after) {
    Node n = node(region);
    n.sharer = after.id;
    n.sharerBefore = before.id;
    before.node(region).sharer = id;
    after.node(region).sharerBefore = id;
  }

  /** Slot before this one in that ring. */
  int sharerBefore(int region) {
    return node(region).sharerBefore;
  }

  /** Takes a slot that lies between these two out of their ring. */
  static void unshare(int region, AddressSpace before, AddressSpace after) {
    before.node(region).sharer = after.id;
    after.node(region).sharerBefore = before.id;
  }

  void join(int region, long entry, int tableFrame) {
    Node n = node(region);
    n.pde = entry;
    n.table = tableFrame;
    n.sharer = id;
    n.sharerBefore = id;
    joined[region >>> 6] |= 1L << region;
  }

  /** Forgets a region: its entries and what they came from. */
  void leave(int region) {
    clear(region);
    node(region).pde = 0;
    joined[region >>> 6] &= ~(1L << region);
  }

  /** The first joined region from {@code region} on, or -1; there is none from 2048 on. */
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

  /** Sets an entry. */
  void put(int map, int page, long addend) {
    Node n = node(region(page));
    n.filled[map] |= (short) (1 << chunk(page));
    int bit = committedBit(map, page);
    if ((n.committed[map] & bit) == 0) {
      hold(n.committed[map] == 0 ? 2 << PAGE_SHIFT : 1 << PAGE_SHIFT); // 2: with a page table
      n.committed[map] |= (byte) bit;
    }
    Host.put64(entry(map, page), addend);
  }

  /** As {@link #put}, where that needs no more of the host's memory. */
  void putFreely(int map, int page, long addend) {
    Node n = known(region(page));
    if (n != null && (n.committed[map] & committedBit(map, page)) != 0) {
      n.filled[map] |= (short) (1 << chunk(page));
      Host.put64(entry(map, page), addend);
    }
  }

  private int committedBit(int map, int page) {
    long first = entry(map, page(region(page), 0));
    return 1 << (int) ((entry(map, page) >>> PAGE_SHIFT) - (first >>> PAGE_SHIFT));
  }

  /** The addend in a map, or 0; touches no memory that is not in use. */
  long get(int map, int page) {
    Node n = known(region(page));
    return n != null && holds(n, map, page) ? Host.get64(entry(map, page)) : 0;
  }

  /** Clears an entry of one map. */
  void drop(int map, int page) {
    Node n = known(region(page));
    if (n != null && holds(n, map, page)) {
      Host.put64(entry(map, page), 0);
    }
  }

  /** Clears a page's entries in all maps. */
  void drop(int page) {
    Node n = known(region(page));
    for (int map = 0; map < MAPS && n != null; map++) {
      if (holds(n, map, page)) {
        Host.put64(entry(map, page), 0);
      }
    }
  }

  /** Clears the entries of a map, within a region, that lead to the page at a host address. */
  void dropTo(long host, int map, int region) {
    int chunks = node(region).filled[map] & 0xffff;
    for (; chunks != 0; chunks &= chunks - 1) {
      int page = page(region, Integer.numberOfTrailingZeros(chunks) << CHUNK_SHIFT);
      for (int end = page + (1 << CHUNK_SHIFT); page < end; page++) {
        if (Host.get64(entry(map, page)) == host - ((long) page << PAGE_SHIFT)) {
          Host.put64(entry(map, page), 0);
        }
      }
    }
  }

  /** Clears all entries of a region. */
  private void clear(int region) {
    Node n = node(region);
    for (int map = 0; map < MAPS; map++) {
      int chunks = n.filled[map] & 0xffff;
      n.filled[map] = 0;
      for (; chunks != 0; chunks &= chunks - 1) {
        int chunk = Integer.numberOfTrailingZeros(chunks);
        long first = entry(map, page(region, chunk << CHUNK_SHIFT));
        for (int i = 0; i < CHUNK_BYTES; i += 8) {
          Host.put64(first + i, 0);
        }
      }
    }
  }

  private void hold(long bytes) {
    held += bytes;
    total.bytes += bytes;
  }

  /** Bytes of the host's memory that the slot holds; no less than there are. */
  long held() {
    return held;
  }

  /** Whether there is anything to {@link #discard}. */
  boolean isWarm() {
    return held > HEAP;
  }

  /** Gives them back to the host; the slot may not be live. */
  void discard() {
    if (isWarm()) {
      HostMemory.discard(memory);
      Arrays.fill(nodes, null);
      hold(HEAP - held);
    }
  }

  private boolean holds(Node n, int map, int page) {
    return (n.filled[map] >>> chunk(page) & 1) != 0;
  }

  private int chunk(int page) {
    return (page & (1 << regionShift) - 1) >>> CHUNK_SHIFT;
  }

  private long entry(int map, int page) {
    return maps + map * TranslationMap.BYTES + ((long) page << 3);
  }
}
