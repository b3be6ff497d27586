package org.trampoline.emulator.memory;

import org.trampoline.emulator.fault.GuestFault;

/**
 * The translation lookaside buffers of a processor as software sees them (SDM vol. 3, 4.10): a
 * stated geometry, entries that live until they are flushed or replaced, exact counts. For watching
 * what an operating system does with them, and for tests; the machine is much slower with one.
 *
 * <ul>
 *   <li>{@link Mode#COUNTING}: tags and counts are the TLB's, but every access is translated by the
 *       page tables as they are, so a guest that forgets to invalidate an entry does not notice;
 *   <li>{@link Mode#AUTHORITATIVE}: accesses use the entries. A stale entry translates to the old
 *       page, and one with fewer rights than the page table faults (a spurious fault, 4.10.4.3)
 *       until it has been invalidated; the fault itself does so.
 * </ul>
 *
 * <p>There are no paging-structure caches: a walk starts at CR3. A model belongs to one {@link Mmu}
 * ({@link Mmu#setTlb}).
 */
public final class TlbModel {
  /** Where translations come from. */
  public enum Mode {
    /** The page tables. */
    COUNTING,
    /** The TLB's entries. */
    AUTHORITATIVE
  }

  private final TlbGeometry geometry;
  private final Mode mode;
  private final TlbArray instruction;
  private final TlbArray instructionLarge;
  private final TlbArray data;
  private final TlbArray dataLarge;
  private final TlbArray second;

  private long instructionReferences;
  private long instructionHits;
  private long dataReferences;
  private long dataHits;
  private long secondHits;
  private long walks;
  private long dirtyWalks;
  private long evictions;
  private long flushes;
  private long fullFlushes;
  private long invlpgs;
  private long pageFaults;

  private boolean globalPages;

  // the entry that find() found
  private TlbArray foundIn;
  private int found;

  public TlbModel(TlbGeometry geometry, Mode mode) {
    this.geometry = geometry;
    this.mode = mode;
    instruction = new TlbArray(geometry.instruction());
    instructionLarge = another(geometry.instructionLarge(), instruction);
    data = new TlbArray(geometry.data());
    dataLarge = another(geometry.dataLarge(), data);
    second = another(geometry.second(), null);
  }

  private static TlbArray another(TlbGeometry.Shape shape, TlbArray otherwise) {
    return shape == null ? otherwise : new TlbArray(shape);
  }

  public TlbGeometry geometry() {
    return geometry;
  }

  public Mode mode() {
    return mode;
  }

  /** The counts since the model was made. */
  public TlbStatistics statistics() {
    return new TlbStatistics(
        instructionReferences,
        instructionHits,
        dataReferences,
        dataHits,
        secondHits,
        walks,
        dirtyWalks,
        evictions,
        flushes,
        fullFlushes,
        invlpgs,
        pageFaults);
  }

  // ---- invalidation

  /** Empties the TLBs without counting it. */
  void reset(boolean globalPages) {
    this.globalPages = globalPages;
    flush(true);
  }

  /** Whether CR4.PGE is set: entries made from now on may be global. */
  void globalPages(boolean enabled) {
    globalPages = enabled;
  }

  /** A CR3 load. */
  void flush() {
    flushes++;
    flush(false);
  }

  /** A change that invalidates global entries, too. */
  void flushAll() {
    fullFlushes++;
    flush(true);
  }

  private void flush(boolean globalToo) {
    instruction.flush(globalToo);
    instructionLarge.flush(globalToo);
    data.flush(globalToo);
    dataLarge.flush(globalToo);
    if (second != null) {
      second.flush(globalToo);
    }
  }

  /** INVLPG. */
  void invlpg(AddressSpace space, int linear) {
    invlpgs++;
    drop(space, linear);
  }

  private void drop(AddressSpace space, int linear) {
    int small = smallTag(linear);
    int large = largeTag(space, linear);
    instruction.drop(small);
    instructionLarge.drop(large);
    dropData(space, linear);
  }

  /** A write has walked: what it found replaces what was known, also in pages of another size. */
  private void dropData(AddressSpace space, int linear) {
    data.drop(smallTag(linear));
    dataLarge.drop(largeTag(space, linear));
    if (second != null) {
      second.drop(smallTag(linear));
      second.drop(largeTag(space, linear));
    }
  }

  private static int smallTag(int linear) {
    return TlbArray.tag(linear >>> 12, false);
  }

  private static int largeTag(AddressSpace space, int linear) {
    return TlbArray.tag(linear >>> largeShift(space), true);
  }

  private static int largeShift(AddressSpace space) {
    return (space.mode() & PagingMode.PAE) != 0 ? 21 : 22;
  }

  // ---- translation, with paging on

  /** Translates and counts one reference; see {@link AddressSpaces#translate}. */
  long translate(
      AddressSpaces spaces,
      AddressSpace space,
      int linear,
      int access,
      boolean user,
      GuestFault fault) {
    boolean inFirst = findInFirst(space, linear, access == PageWalk.FETCH);
    boolean hit = inFirst || findIn(second, smallTag(linear), largeTag(space, linear));
    long physical;
    boolean dirtyWalk = false;
    try {
      if (hit && mode == Mode.AUTHORITATIVE) {
        checkEntry(space, linear, access, user, fault);
      }
      dirtyWalk = hit && access == PageWalk.WRITE && (foundIn.flags(found) & TlbArray.DIRTY) == 0;
      if (hit && !dirtyWalk && mode == Mode.AUTHORITATIVE) {
        physical = spaces.throughA20(physical(linear, space));
      } else {
        physical = spaces.translate(space, linear, access, user, fault);
      }
    } catch (GuestFault pageFault) {
      pageFaults++;
      drop(space, linear);
      throw pageFault;
    }
    count(access, inFirst);
    if (hit && !inFirst) {
      secondHits++;
    }
    if (dirtyWalk) {
      dirtyWalks++;
    }
    if (!hit || dirtyWalk) {
      walks++;
      if (hit) {
        dropData(space, linear);
      }
      remember(spaces, space, linear, access);
    } else {
      foundIn.use(found);
      if (!inFirst) {
        put(firstLevel(access, foundIn.isLarge(found)), tagFound(space, linear));
      }
    }
    return physical;
  }

  /** As {@link AddressSpaces#check}: changes nothing but, with the fault, what it invalidates. */
  void check(
      AddressSpaces spaces,
      AddressSpace space,
      int linear,
      int access,
      boolean user,
      GuestFault fault) {
    try {
      if (mode == Mode.AUTHORITATIVE && find(space, linear, access == PageWalk.FETCH)) {
        checkEntry(space, linear, access, user, fault);
        if (access != PageWalk.WRITE || (foundIn.flags(found) & TlbArray.DIRTY) != 0) {
          return;
        }
      }
      spaces.check(space, linear, access, user, fault);
    } catch (GuestFault pageFault) {
      pageFaults++;
      drop(space, linear);
      throw pageFault;
    }
  }

  /** Translates a fetch that has been counted, or will be, by another call. */
  long translateUncounted(
      AddressSpaces spaces, AddressSpace space, int linear, boolean user, GuestFault fault) {
    check(spaces, space, linear, PageWalk.FETCH, user, fault);
    return mode == Mode.AUTHORITATIVE && find(space, linear, true)
        ? spaces.throughA20(physical(linear, space))
        : spaces.translate(space, linear, PageWalk.FETCH, user, fault);
  }

  /** The physical address by which data at {@code linear} would be read, or -1. */
  long peek(AddressSpaces spaces, AddressSpace space, int linear) {
    return mode == Mode.AUTHORITATIVE && find(space, linear, false)
        ? spaces.throughA20(physical(linear, space))
        : spaces.peek(space, linear);
  }

  private boolean find(AddressSpace space, int linear, boolean fetch) {
    return findInFirst(space, linear, fetch)
        || findIn(second, smallTag(linear), largeTag(space, linear));
  }

  private boolean findInFirst(AddressSpace space, int linear, boolean fetch) {
    found = (fetch ? instruction : data).find(smallTag(linear));
    foundIn = fetch ? instruction : data;
    if (found < 0) {
      foundIn = fetch ? instructionLarge : dataLarge;
      found = foundIn.find(largeTag(space, linear));
    }
    return found >= 0;
  }

  private boolean findIn(TlbArray array, int small, int large) {
    if (array == null) {
      return false;
    }
    foundIn = array;
    found = array.find(small);
    if (found < 0) {
      found = array.find(large);
    }
    return found >= 0;
  }

  private void checkEntry(
      AddressSpace space, int linear, int access, boolean user, GuestFault fault) {
    int flags = foundIn.flags(found);
    if (PageWalk.denied(space.mode(), flags, (flags & TlbArray.EXECUTABLE) != 0, access, user)) {
      throw fault.pageFault(
          linear, Mmu.FAULT_PRESENT | PageWalk.accessBits(space.mode(), access, user));
    }
  }

  /** The address that the entry found translates to. */
  private long physical(int linear, AddressSpace space) {
    int mask = foundIn.isLarge(found) ? (1 << largeShift(space)) - 1 : 0xfff;
    return (long) foundIn.frame(found) << 12 | linear & mask;
  }

  private void count(int access, boolean hit) {
    if (access == PageWalk.FETCH) {
      instructionReferences++;
      instructionHits += hit ? 1 : 0;
    } else {
      dataReferences++;
      dataHits += hit ? 1 : 0;
    }
  }

  private TlbArray firstLevel(int access, boolean large) {
    if (access == PageWalk.FETCH) {
      return large ? instructionLarge : instruction;
    }
    return large ? dataLarge : data;
  }

  private int tagFound(AddressSpace space, int linear) {
    return foundIn.isLarge(found) ? largeTag(space, linear) : smallTag(linear);
  }

  /** Copies the entry found in the second level. */
  private void put(TlbArray array, int tag) {
    if (array.put(tag, foundIn.frame(found), foundIn.flags(found))) {
      evictions++;
    }
  }

  /** Enters what the walk just done has found. */
  private void remember(AddressSpaces spaces, AddressSpace space, int linear, int access) {
    PageWalk walk = spaces.walk();
    boolean large = walk.tableFrame < 0;
    int tag = large ? largeTag(space, linear) : smallTag(linear);
    int frame = large ? walk.frame & -1 << largeShift(space) - 12 : walk.frame;
    int flags =
        walk.rights()
            | (walk.dirty() ? TlbArray.DIRTY : 0)
            | (walk.executable() ? TlbArray.EXECUTABLE : 0)
            | (globalPages && walk.global() ? TlbArray.GLOBAL : 0);
    if (second != null && second.put(tag, frame, flags)) {
      evictions++;
    }
    if (firstLevel(access, large).put(tag, frame, flags)) {
      evictions++;
    }
  }
}
