package org.trampoline.emulator.memory;

import java.lang.foreign.Arena;
import java.util.ArrayList;
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
  private static final int RECENT_SHIFT = 12;

  /** Spreads numbers of frames over 32 bits. */
  private static final int SPREAD = 0x9e37_79b1;

  /** Slots that are given an entry at once; others of those that share it walk for themselves. */
  private static final int FILLED_AT_ONCE = 8;

  /** With more slots in use most are not in the host's caches, and are left alone. */
  private static final int FEW = 128;

  /** Slots that are looked at for a region without a page table in common with a new one. */
  private static final int LOOKED_AT = 128;

  private final Arena arena;
  private final PhysicalMemory memory;
  private final FrameTable frames;
  private final PageWalk walk;
  private final TableUses uses;
  private final Writers writers;
  private final List<Mmu> processors = new ArrayList<>();
  private final Slots slots;
  private final AddressSpace[] recent = new AddressSpace[1 << RECENT_SHIFT];
  private long emptyView;
  private long epoch;

  AddressSpaces(Arena arena, PhysicalMemory memory, FrameTable frames, CodePages code) {
    this.arena = arena;
    this.memory = memory;
    this.frames = frames;
    walk = new PageWalk(memory, code);
    slots = new Slots(arena, memory, this);
    uses = new TableUses(this, slots, frames);
    writers = new Writers(frames, slots);
  }

  void register(Mmu processor) {
    processors.add(processor);
    slots.processors(processors.size());
  }

  Slots slots() {
    return slots;
  }

  PageWalk walk() {
    return walk;
  }

  /** Changes when all slots have ceased to stand for the page tables they stood for. */
  long epoch() {
    return epoch;
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
    int frames = directory[0] ^ directory[1] ^ directory[2] ^ directory[3];
    int hash = frames * SPREAD >>> 32 - RECENT_SHIFT;
    AddressSpace s = recent[hash];
    if (s == null || !s.matches(mode, directory)) {
      s = find(mode, directory);
      recent[hash] = s;
    }
    s.users++;
    return s;
  }

  private AddressSpace find(int mode, int[] directory) {
    AddressSpace known = known(mode, directory);
    if (known != null) {
      return known;
    }
    AddressSpace unused = slots.unused();
    retarget(unused, mode, directory);
    return unused;
  }

  /** The slot that stands for these page tables, or null. */
  private AddressSpace known(int mode, int[] directory) {
    if (mode != 0 && directory[0] >= 0 && memory.isRam(directory[0])) {
      return uses.standingFor(mode, directory);
    }
    for (int i = 0; i < slots.live(); i++) {
      if (slots.live(i).matches(mode, directory)) {
        return slots.live(i);
      }
    }
    return null;
  }

  /** Gives a slot to other page tables; regions that both have in common stay. */
  private void retarget(AddressSpace s, int mode, int[] directory) {
    if (s.live) {
      slots.retire(s);
      boolean keep = s.mode() == mode && mode != 0;
      for (int r = s.nextJoined(0); r >= 0; r = s.nextJoined(r + 1)) {
        if (!keep || !inherits(s, r, directory)) {
          leave(s, r);
        }
      }
      unlinkDirectories(s);
    } else {
      slots.live(s);
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

  /** Frees a slot that is nobody's current one, if it is live. */
  void release(AddressSpace s) {
    if (!s.live) {
      return;
    }
    slots.retire(s);
    for (int r = s.nextJoined(0); r >= 0; r = s.nextJoined(r + 1)) {
      leave(s, r);
    }
    unlinkDirectories(s);
    slots.free(s);
  }

  private void unlinkDirectories(AddressSpace s) {
    for (int i = 0; i < 4 && s.mode() != 0; i++) {
      int frame = s.directory(i);
      if (frame >= 0 && memory.isRam(frame)) {
        uses.unlink(s, AddressSpace.DIRECTORY_NODE + i, frame);
      }
    }
  }

  /** Forgets everything, before a change that no store announces; {@link #reenterAll} follows. */
  void forgetAll() {
    uses.replacements++;
    epoch++;
    while (slots.live() > 0) {
      AddressSpace last = slots.live(slots.live() - 1);
      last.users = 0;
      release(last);
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
        s.share(r, other, slots.get(other.sharer(r)));
      }
    }
    if (walk.tableFrame >= 0) {
      frames.stores(walk.tableFrame, 0);
    }
  }

  /** A slot that has a region without a page table in common with a new one; null if not soon. */
  private AddressSpace sharer(AddressSpace s, int region) {
    for (int i = 0; i < Math.min(slots.live(), LOOKED_AT); i++) {
      AddressSpace other = slots.live(i);
      if (other != s && shares(other, s, region)) {
        return other;
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
    first.put(plain, page, addend);
    boolean writes = writable && !isClean(first, region, dirtyInDirectory);
    if (writes) {
      first.put(view + map, page, addend);
      writers.add(first, frame, page, host);
      // else there would be writers everywhere of each page that anybody writes to
      writes = writers.isAny(frame, page);
    }
    AddressSpace s = slots.get(first.sharer(region));
    int others = slots.live() > FEW ? 0 : FILLED_AT_ONCE - 1;
    for (; s != first && others > 0; others--) {
      s.putFreely(plain, page, addend);
      if (writes && !isClean(s, region, dirtyInDirectory)) {
        s.putFreely(view + map, page, addend);
        writers.add(s, frame, page, host);
      }
      s = slots.get(s.sharer(region));
    }
    if (slots.isFull()) {
      trim();
    }
  }

  /** Whether the dirty bit of a page is the directory entry's, and still to be set. */
  private static boolean isClean(AddressSpace s, int region, boolean dirtyInDirectory) {
    return dirtyInDirectory && (s.pde(region) & PageWalk.DIRTY) == 0;
  }

  /** Gives memory back: that of slots that nobody is in, and if it is not those, of all. */
  private void trim() {
    slots.trim();
    if (slots.isFull()) {
      forgetAll();
      slots.discard();
      reenterAll();
    }
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
    AddressSpace.unshare(region, slots.get(s.sharerBefore(region)), slots.get(s.sharer(region)));
    if (s.table(region) >= 0) {
      uses.unlink(s, region, s.table(region));
    }
    s.leave(region);
  }

  /** Clears all write entries to a frame of RAM: it has become special. */
  void forbidWrites(int frame) {
    writers.purge(frame, memory.hostFrame(frame));
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
