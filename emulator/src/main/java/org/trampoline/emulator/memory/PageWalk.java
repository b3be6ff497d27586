package org.trampoline.emulator.memory;

/**
 * The page walk (SDM vol. 3, 4.3 and 4.4) in three steps that a caller takes as far as it needs:
 * {@link #find} reads the entries, {@link #denied} checks the access, {@link #mark} sets accessed
 * and dirty bits. The first two change nothing. Results are in fields, valid until the next walk.
 */
final class PageWalk {
  static final int READ = 0;
  static final int WRITE = 1;
  static final int FETCH = 2;

  static final int PRESENT = 1;
  static final int WRITABLE = 2;
  static final int USER = 4;
  static final int ACCESSED = 0x20;
  static final int DIRTY = 0x40;
  static final int LARGE = 0x80;
  static final int GLOBAL = 0x100;
  static final long NO_EXECUTE = 1L << 63;

  /** What a walk itself changes in an entry. */
  static final int ACCESSED_DIRTY = ACCESSED | DIRTY;

  private static final long FRAME = 0x000f_ffff_ffff_f000L;

  /** Bits 51:36, above the physical addresses of this processor, and the reserved 62:52. */
  private static final long PAE_RESERVED = 0x7fff_fff0_0000_0000L;

  private final PhysicalMemory memory;
  private final CodePages code;
  private int mode;
  private boolean memoryOnly;
  private long directoryAddress;
  private long tableAddress;
  private long tableEntry;
  private long rights;

  /** The entry of the page directory, with the bits that {@link #mark} set. */
  long directoryEntry;

  /** Frame of the page table; -1 for a large page. */
  int tableFrame;

  /** Frame that the address translates to, before the A20 gate. */
  int frame;

  /** Both entries lie in RAM, where stores to them are noticed. */
  boolean cacheable;

  /** Error code without the bits of the access, after {@link #find} returned false. */
  int error;

  PageWalk(PhysicalMemory memory, CodePages code) {
    this.memory = memory;
    this.code = code;
  }

  /** Finds the translation; false where an entry is not present or has a reserved bit set. */
  boolean find(AddressSpace space, int linear) {
    mode = space.mode();
    cacheable = true;
    return (mode & PagingMode.PAE) != 0 ? findPae(space, linear) : findLegacy(space, linear);
  }

  /** As {@link #find}, but entries that do not lie in memory count as not present. */
  boolean peek(AddressSpace space, int linear) {
    memoryOnly = true;
    boolean found = find(space, linear);
    memoryOnly = false;
    return found;
  }

  private boolean findLegacy(AddressSpace space, int linear) {
    directoryAddress = address(space.directory(0), linear >>> 20 & 0xffc);
    long pde = entry(directoryAddress, 4);
    directoryEntry = pde;
    if ((pde & PRESENT) == 0) {
      return fail(0);
    }
    if ((pde & LARGE) != 0 && (mode & PagingMode.LARGE_PAGES) != 0) {
      boolean wide = (mode & PagingMode.WIDE) != 0;
      if ((pde & (wide ? 0x003e_0000 : 0x003f_e000)) != 0) {
        return fail(Mmu.FAULT_PRESENT | Mmu.FAULT_RESERVED);
      }
      int high = wide ? (int) (pde >>> 13) & 0xf : 0;
      rights = pde;
      tableFrame = -1;
      frame = high << 20 | (int) (pde >>> 22) << 10 | linear >>> 12 & 0x3ff;
      return true;
    }
    tableFrame = memory.throughA20((int) (pde >>> 12));
    tableAddress = address(tableFrame, linear >>> 10 & 0xffc);
    tableEntry = entry(tableAddress, 4);
    if ((tableEntry & PRESENT) == 0) {
      return fail(0);
    }
    rights = pde & tableEntry;
    frame = (int) (tableEntry >>> 12);
    return true;
  }

  private boolean findPae(AddressSpace space, int linear) {
    int directory = space.directory(linear >>> 30);
    if (directory < 0) {
      directoryEntry = 0;
      return fail(0);
    }
    directoryAddress = address(directory, linear >>> 18 & 0xff8);
    long pde = entry(directoryAddress, 8);
    directoryEntry = pde;
    if ((pde & PRESENT) == 0) {
      return fail(0);
    }
    long reserved = (mode & PagingMode.NO_EXECUTE) != 0 ? PAE_RESERVED : PAE_RESERVED | NO_EXECUTE;
    if ((pde & LARGE) != 0) {
      if ((pde & (reserved | 0x1f_e000)) != 0) {
        return fail(Mmu.FAULT_PRESENT | Mmu.FAULT_RESERVED);
      }
      rights = pde ^ NO_EXECUTE;
      tableFrame = -1;
      frame = (int) ((pde & FRAME) >>> 12) & ~0x1ff | linear >>> 12 & 0x1ff;
      return true;
    }
    if ((pde & reserved) != 0) {
      return fail(Mmu.FAULT_PRESENT | Mmu.FAULT_RESERVED);
    }
    tableFrame = memory.throughA20((int) ((pde & FRAME) >>> 12));
    tableAddress = address(tableFrame, linear >>> 9 & 0xff8);
    tableEntry = entry(tableAddress, 8);
    if ((tableEntry & PRESENT) == 0) {
      return fail(0);
    }
    if ((tableEntry & reserved) != 0) {
      return fail(Mmu.FAULT_PRESENT | Mmu.FAULT_RESERVED);
    }
    rights = (pde ^ NO_EXECUTE) & (tableEntry ^ NO_EXECUTE);
    frame = (int) ((tableEntry & FRAME) >>> 12);
    return true;
  }

  private boolean fail(int error) {
    this.error = error;
    return false;
  }

  /** {@link #USER} and {@link #WRITABLE} of the translation found. */
  int rights() {
    return (int) rights & (USER | WRITABLE);
  }

  /** Whether instructions may be fetched from the page found. */
  boolean executable() {
    // In legacy mode bit 63 of an entry never was; in PAE mode it is inverted above.
    return (mode & PagingMode.NO_EXECUTE) == 0 || rights < 0;
  }

  /** The global bit of the entry that maps the page. */
  boolean global() {
    return ((tableFrame < 0 ? directoryEntry : tableEntry) & GLOBAL) != 0;
  }

  /** The dirty bit of the entry that maps the page. */
  boolean dirty() {
    return ((tableFrame < 0 ? directoryEntry : tableEntry) & DIRTY) != 0;
  }

  /** Whether the translation found forbids an access (SDM vol. 3, 4.6). */
  boolean denied(int access, boolean user) {
    return denied(mode, rights(), executable(), access, user);
  }

  /** The rule of {@link #denied(int, boolean)} for rights that were found earlier. */
  static boolean denied(int mode, int rights, boolean executable, int access, boolean user) {
    if (user && (rights & USER) == 0) {
      return true;
    }
    return switch (access) {
      case WRITE -> (rights & WRITABLE) == 0 && (user || (mode & PagingMode.WRITE_PROTECT) != 0);
      case FETCH -> !executable;
      default -> false;
    };
  }

  /** The bits of a page-fault error code that tell what was tried (SDM vol. 3, 4.7). */
  static int accessBits(int mode, int access, boolean user) {
    return (access == WRITE ? Mmu.FAULT_WRITE : 0)
        | (user ? Mmu.FAULT_USER : 0)
        | (access == FETCH && (mode & PagingMode.NO_EXECUTE) != 0 ? Mmu.FAULT_FETCH : 0);
  }

  /** Sets the accessed bits, and for a write the dirty bit (SDM vol. 3, 4.8). */
  void mark(boolean write) {
    int last = write ? ACCESSED_DIRTY : ACCESSED;
    if (tableFrame < 0) {
      directoryEntry = set(directoryAddress, directoryEntry, last);
    } else {
      directoryEntry = set(directoryAddress, directoryEntry, ACCESSED);
      tableEntry = set(tableAddress, tableEntry, last);
    }
  }

  /** Whether {@link #mark} for a write has anything to set in this frame. */
  boolean marks(int inFrame) {
    boolean large = tableFrame < 0;
    int first = large ? ACCESSED_DIRTY : ACCESSED;
    return directoryAddress >>> 12 == inFrame && (directoryEntry & first) != first
        || !large
            && tableAddress >>> 12 == inFrame
            && (tableEntry & ACCESSED_DIRTY) != ACCESSED_DIRTY;
  }

  /** Whether {@link #mark} has anything to set where code lies. */
  boolean marksCode(boolean write) {
    int last = write ? ACCESSED_DIRTY : ACCESSED;
    boolean large = tableFrame < 0;
    return isCode(directoryAddress, directoryEntry, large ? last : ACCESSED)
        || !large && isCode(tableAddress, tableEntry, last);
  }

  private boolean isCode(long address, long entry, int bits) {
    return (entry & bits) != bits && code.holds((int) (address >>> 12), (int) address & 0xfff, 1);
  }

  /** A raw store: it changes nothing that anyone has derived from the entry. */
  private long set(long address, long entry, int bits) {
    if ((entry & bits) == bits) {
      return entry;
    }
    int tables = (int) (address >>> 12);
    int low = (int) entry & 0xff | bits;
    if (memory.isRam(tables)) {
      Host.put8(memory.hostFrame(tables) + (address & 0xfff), low);
      code.written(tables, (int) address & 0xfff, 1);
    } else {
      memory.writeWithin(address, 1, low);
    }
    return entry | bits;
  }

  private static long address(int frame, int offset) {
    return (long) frame << 12 | offset;
  }

  private long entry(long address, int bytes) {
    int tables = (int) (address >>> 12);
    if (!memory.isRam(tables)) {
      cacheable = false;
      if (memoryOnly && memory.hostFrame(tables) == 0) {
        return 0;
      }
    }
    return memory.readWithin(address, bytes);
  }
}
