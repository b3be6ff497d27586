package org.trampoline.emulator.memory;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.trampoline.emulator.fault.GuestFault;

/**
 * The address-space slots of a machine: translations for several sets of page tables are kept at
 * once, true to the tables as these change, so a CR3 load only chooses among slots.
 *
 * <p>Two invariants hold between any two accesses:
 *
 * <ol>
 *   <li>A valid entry in any slot is what a walk of the present page tables would give, with the
 *       accessed bits set; for a write entry also the dirty bit.
 *   <li>No write entry anywhere leads to a frame with an attribute: page tables, code, ROM,
 *       devices.
 * </ol>
 *
 * So every store to a page table takes the slow path, where the entries that came from it are
 * dropped; INVLPG and CR3 loads have nothing left to do. Slots whose directory entries for a region
 * are equal share what is filled into it: the kernel's half is walked once for all.
 */
final class AddressSpaces {
  /** Slots at most; each takes 64 MB of the host's addresses, and of its memory what it uses. */
  private static final int SLOTS = 128;

  /** Map memory that may be in use, in units of a region's part of a map (8 KB); 256 MB. */
  private static final int COMMIT_LIMIT = 32768;

  private static final int RECENT = 1024;

  /** Slots that are given an entry at once; others of those that share it walk for themselves. */
  private static final int FILLED_AT_ONCE = 8;

  private final Arena arena;
  private final PhysicalMemory memory;
  private final FrameTable frames;
  private final PageWalk walk;
  private final TableUses uses;
  private final Writers writers;
  private final List<Mmu> processors = new ArrayList<>();
  private AddressSpace[] slots = new AddressSpace[SLOTS];
  private final AddressSpace[] recent = new AddressSpace[RECENT];

  /** Slots made so far, and to be made at most. */
  private int made;

  private int most = SLOTS;

  /** Times of the last switches to the slots; 0 of free ones. */
  private long[] lastUsed = new long[SLOTS];

  private long time;
  private int committed;
  private long emptyView;
  private long recycled;
  private long epoch;

  AddressSpaces(Arena arena, PhysicalMemory memory, FrameTable frames, CodePages code) {
    this.arena = arena;
    this.memory = memory;
    this.frames = frames;
    walk = new PageWalk(memory, code);
    uses = new TableUses(this, frames);
    writers = new Writers(frames);
  }

  void register(Mmu processor) {
    processors.add(processor);
    if (processors.size() > slots.length / 2) {
      slots = Arrays.copyOf(slots, 2 * slots.length);
      lastUsed = Arrays.copyOf(lastUsed, slots.length);
      most = slots.length;
    }
  }

  /** Sets a lower limit before there are slots, so that they are soon recycled. */
  void slotsAtMost(int slots) {
    most = slots;
  }

  AddressSpace slot(int id) {
    return slots[id];
  }

  PageWalk walk() {
    return walk;
  }

  /** Slots given to other page tables than they had. */
  long recycled() {
    return recycled;
  }

  /** Changes when a slot has ceased to stand for the page tables it stood for. */
  long epoch() {
    return epoch;
  }

  /** Slots in use. */
  int live() {
    return (int) Arrays.stream(slots).filter(s -> s != null && s.live).count();
  }

  TableUses uses() {
    return uses;
  }

  /** A view in which every access misses. */
  long emptyView() {
    if (emptyView == 0) {
      emptyView = HostMemory.allocate(arena, TranslationMap.VIEW_BYTES).address();
    }
    return emptyView;
  }

  // ---- choosing a slot

  /**
   * The slot of these page tables, which becomes current for one more processor.
   *
   * @param directory four frames of page directories, of which all modes but PAE use the first; -1
   *     for none
   */
  AddressSpace enter(int mode, int[] directory) {
    int hash = (directory[0] ^ directory[1] ^ directory[2] ^ directory[3]) & RECENT - 1;
    AddressSpace s = recent[hash];
    if (s == null || !s.matches(mode, directory)) {
      s = find(mode, directory);
      recent[hash] = s;
    }
    s.users++;
    lastUsed[s.id] = ++time;
    return s;
  }

  private AddressSpace find(int mode, int[] directory) {
    AddressSpace known = known(mode, directory);
    if (known != null) {
      return known;
    }
    AddressSpace free = slots[unused()];
    retarget(free, mode, directory);
    return free;
  }

  /** The slot that stands for these page tables, or null. */
  private AddressSpace known(int mode, int[] directory) {
    if (mode != 0 && directory[0] >= 0 && memory.isRam(directory[0])) {
      return uses.standingFor(mode, directory);
    }
    for (int i = 0; i < made; i++) {
      if (slots[i].matches(mode, directory)) {
        return slots[i];
      }
    }
    return null;
  }

  /** Number of a slot that is free, of a new one, or of the least recently used one. */
  private int unused() {
    int best = -1;
    for (int i = 0; i < made; i++) {
      if ((best < 0 || lastUsed[i] < lastUsed[best]) && slots[i].users == 0) {
        best = i;
      }
    }
    if (made < most && (best < 0 || slots[best].live)) {
      try {
        slots[made] = new AddressSpace(arena, made);
        return made++;
      } catch (NoHostMemoryException noRoom) {
        if (best < 0) {
          throw noRoom;
        }
        most = made;
      }
    }
    return best;
  }

  /** Gives a slot to other page tables; regions that both have in common stay. */
  private void retarget(AddressSpace s, int mode, int[] directory) {
    epoch++;
    if (s.live) {
      recycled++;
      boolean keep = s.mode() == mode && mode != 0;
      for (int r = s.nextJoined(0); r >= 0; r = s.nextJoined(r + 1)) {
        if (!keep || !inherits(s, r, directory)) {
          leave(s, r);
        }
      }
      unlinkDirectories(s);
    }
    s.set(mode, directory);
    for (int i = 0; i < 4 && mode != 0; i++) {
      if (directory[i] >= 0 && memory.isRam(directory[i])) {
        uses.link(s, AddressSpace.DIRECTORY_NODE + i, directory[i]);
      }
    }
  }

  /** Whether a joined region may stay when the slot gets these directories. */
  private boolean inherits(AddressSpace s, int region, int[] directory) {
    boolean pae = (s.mode() & PagingMode.PAE) != 0;
    int frame = pae ? directory[region >>> 9] : directory[0];
    if (frame < 0 || !memory.isRam(frame)) {
      return false;
    }
    long host = memory.hostFrame(frame);
    long entry =
        pae
            ? Host.get64(host + ((region & 0x1ff) << 3))
            : Host.get32(host + (region << 2)) & 0xffff_ffffL;
    long old = s.pde(region);
    return same(entry, old)
        && (entry & PageWalk.ACCESSED) != 0
        && (entry & PageWalk.DIRTY) >= (old & PageWalk.DIRTY);
  }

  /** Frees a slot that is nobody's current one. */
  void release(AddressSpace s) {
    epoch++;
    for (int r = s.nextJoined(0); r >= 0; r = s.nextJoined(r + 1)) {
      leave(s, r);
    }
    unlinkDirectories(s);
    s.live = false;
    lastUsed[s.id] = 0;
  }

  private void unlinkDirectories(AddressSpace s) {
    for (int i = 0; i < 4 && s.live && s.mode() != 0; i++) {
      int frame = s.directory(i);
      if (frame >= 0 && memory.isRam(frame)) {
        uses.unlink(s, AddressSpace.DIRECTORY_NODE + i, frame);
      }
    }
  }

  /** Forgets everything, before a change that no store announces; {@link #reenterAll} follows. */
  void forgetAll() {
    uses.replacements++;
    for (AddressSpace s : slots) {
      if (s != null && s.live) {
        release(s);
        s.users = 0;
      }
    }
  }

  void reenterAll() {
    for (Mmu processor : processors) {
      processor.reenter();
    }
  }

  // ---- translation

  /**
   * Walks the page tables for an access, sets accessed and dirty bits, and remembers the result.
   *
   * @return the physical address, up to 36 bits
   */
  long translate(AddressSpace s, int linear, int access, boolean user, GuestFault fault) {
    check(s, linear, access, user, fault);
    return found(s, linear, access, user);
  }

  /**
   * Lets the map serve an access if it can. What the map never serves is left to whoever does the
   * access: entries are then marked in the order of its reads and writes. So is what marks an entry
   * that is code, perhaps the one that is running.
   */
  Fill touch(AddressSpace s, int linear, int access, boolean user, GuestFault fault) {
    if (s.mode() != 0) {
      if (faults(s, linear, access, user, fault)) {
        return Fill.FAULT;
      }
      boolean write = access == PageWalk.WRITE;
      if (write && !(walk.cacheable && takesWrites(walk.frame)) || walk.marksCode(write)) {
        return Fill.REFUSED;
      }
    }
    found(s, linear, access, user);
    return Fill.DONE;
  }

  /** Whether a map may serve writes to a frame, if only beside code. */
  private boolean takesWrites(int frame) {
    return (frames.attributes(memory.throughA20(frame)) & ~PhysicalMemory.CODE) == 0;
  }

  /** Marks and remembers what the walk has found, if there was one. */
  private long found(AddressSpace s, int linear, int access, boolean user) {
    int frame;
    if (s.mode() == 0) {
      frame = memory.throughA20(linear >>> 12);
      if (s.pde(s.region(linear >>> 12)) == 0) {
        s.join(s.region(linear >>> 12), PageWalk.PRESENT, -1);
      }
      fill(s, linear, access, user, frame);
    } else {
      walk.mark(access == PageWalk.WRITE);
      frame = memory.throughA20(walk.frame);
      if (walk.cacheable) {
        remember(s, linear >>> 12);
        fill(s, linear, access, user, frame);
      }
    }
    return (long) frame << 12 | linear & 0xfff;
  }

  /** Throws the page fault that an access would cause; changes nothing. */
  void check(AddressSpace s, int linear, int access, boolean user, GuestFault fault) {
    if (s.mode() != 0 && faults(s, linear, access, user, fault)) {
      throw fault;
    }
  }

  /** Whether an access faults under paging; then {@code fault} is filled in. */
  private boolean faults(AddressSpace s, int linear, int access, boolean user, GuestFault fault) {
    boolean found = walk.find(s, linear);
    if (found && !walk.denied(access, user)) {
      return false;
    }
    int error = found ? Mmu.FAULT_PRESENT : walk.error;
    fault.pageFault(linear, error | PageWalk.accessBits(s.mode(), access, user));
    return true;
  }

  /** Joins the page's region with the directory entry that the walk found. */
  private void remember(AddressSpace s, int page) {
    int r = s.region(page);
    long known = s.pde(r);
    if (known != 0 && s.table(r) == walk.tableFrame && same(known, walk.directoryEntry)) {
      s.pde(r, known | walk.directoryEntry & PageWalk.DIRTY);
    } else {
      leave(s, r);
      s.join(r, walk.directoryEntry, walk.tableFrame);
      if (walk.tableFrame >= 0) {
        uses.link(s, r, walk.tableFrame);
      }
      AddressSpace other = walk.tableFrame >= 0 ? uses.sharer(s, r) : sharer(s, r);
      if (other != null) {
        s.sharer(r, other.sharer(r));
        other.sharer(r, s.id);
      }
    }
    if (walk.tableFrame >= 0) {
      frames.stores(walk.tableFrame, 0);
    }
  }

  /** A slot that has a region without a page table in common with another one, or null. */
  private AddressSpace sharer(AddressSpace s, int region) {
    for (int i = 0; i < made; i++) {
      if (slots[i] != s && shares(slots[i], s, region)) {
        return slots[i];
      }
    }
    return null;
  }

  /** Whether two slots have a region in common. */
  static boolean shares(AddressSpace a, AddressSpace b, int region) {
    return a.live
        && a.mode() == b.mode()
        && a.pde(region) != 0
        && a.table(region) == b.table(region)
        && same(a.pde(region), b.pde(region));
  }

  private static boolean same(long entry, long other) {
    return ((entry ^ other) & ~PageWalk.ACCESSED_DIRTY) == 0;
  }

  private void fill(AddressSpace first, int linear, int access, boolean user, int frame) {
    int attributes = frames.attributes(frame);
    if ((attributes & (PhysicalMemory.DEVICE | PhysicalMemory.ABSENT)) != 0) {
      return;
    }
    int page = linear >>> 12;
    long host = memory.hostFrame(frame);
    long addend = host - ((long) page << 12);
    boolean writable =
        access == PageWalk.WRITE && (attributes == 0 || attributes == PhysicalMemory.CODE);
    int map = attributes == 0 ? AddressSpace.WRITE : AddressSpace.BESIDE_CODE;
    boolean dirtyInDirectory = first.table(first.region(page)) < 0 && first.mode() != 0;
    int view = user ? AddressSpace.USER_VIEW : 0;
    int region = first.region(page);
    int plain = view + (access == PageWalk.FETCH ? AddressSpace.EXECUTE : 0);
    AddressSpace s = first;
    int left = FILLED_AT_ONCE;
    do {
      if (s.put(plain, page, addend)) {
        committed++;
      }
      if (writable && (!dirtyInDirectory || (s.pde(region) & PageWalk.DIRTY) != 0)) {
        if (s.put(view + map, page, addend)) {
          committed++;
        }
      }
      s = slots[s.sharer(region)];
    } while (s != first && --left > 0);
    if (writable) {
      writers.add(slots, frame, page, host);
    }
    if (committed > COMMIT_LIMIT) {
      trim();
    }
  }

  private void trim() {
    forgetAll();
    for (AddressSpace s : slots) {
      if (s != null) {
        s.discard();
      }
    }
    committed = 0;
    reenterAll();
  }

  /** Where a physical address leads through the A20 gate. */
  long throughA20(long physical) {
    return (long) memory.throughA20((int) (physical >>> 12)) << 12 | physical & 0xfff;
  }

  /** Physical address whatever the rights, without side effects; -1 where there is none. */
  long peek(AddressSpace s, int linear) {
    int frame = s.mode() == 0 ? linear >>> 12 : walk.peek(s, linear) ? walk.frame : -1;
    return frame < 0 ? -1 : throughA20((long) frame << 12 | linear & 0xfff);
  }

  // ---- dropping

  /** Forgets what a slot holds of a region, if anything. */
  void leave(AddressSpace s, int region) {
    if (s.pde(region) == 0) {
      return;
    }
    AddressSpace before = s;
    while (before.sharer(region) != s.id) {
      before = slots[before.sharer(region)];
    }
    before.sharer(region, s.sharer(region));
    if (s.table(region) >= 0) {
      uses.unlink(s, region, s.table(region));
    }
    s.leave(region);
  }

  /** Clears all write entries to a frame of RAM: it has become special. */
  void forbidWrites(int frame) {
    writers.purge(slots, frame, memory.hostFrame(frame));
  }

  /** A store of 1, 2, 4 or 8 bytes within a frame with the attribute TABLE. */
  void tableStore(int frame, int offset, int bytes, long value) {
    uses.store(frame, memory.hostFrame(frame), offset, bytes, value);
  }

  /**
   * As {@link #tableStore}, before a store that somebody else does, of which {@link #touch} has
   * just said that the map does not serve it.
   *
   * @return the addend to store with; 0, with nothing done, if the page is not just a table in RAM,
   *     or is one through which it is mapped itself and that is still to be marked
   */
  long announceTableStore(AddressSpace s, int linear, int bytes, boolean user) {
    int frame = memory.throughA20(s.mode() == 0 ? linear >>> 12 : walk.frame);
    if (frames.attributes(frame) != PhysicalMemory.TABLE
        || s.mode() != 0 && (!walk.cacheable || walk.marks(frame) || walk.marksCode(true))) {
      return 0;
    }
    found(s, linear, PageWalk.WRITE, user);
    long host = memory.hostFrame(frame);
    uses.announce(frame, host, linear & 0xfff, bytes);
    return host - (linear & 0xffff_f000L);
  }

  /** Whether the page that {@link #touch} was asked for last is a self-contained device's. */
  boolean isSelfContained(AddressSpace s, int linear) {
    return memory.isSelfContained(memory.throughA20(s.mode() == 0 ? linear >>> 12 : walk.frame));
  }

  /** The content of a frame with the attribute TABLE was replaced. */
  void tableReplaced(int frame) {
    uses.replaced(frame);
  }
}
