package org.trampoline.emulator.memory;

import java.util.ArrayList;
import java.util.List;

/** {@link ReferenceMachine} with the TLBs of SDM vol. 3, 4.10, as lists in order of use. */
final class ReferenceTlb extends ReferenceMachine {
  private static final class Entry {
    int page;
    boolean large;
    long base;
    boolean writable;
    boolean user;
    boolean executable;
    boolean dirty;
    boolean global;
  }

  /** The most recently used entry is last. */
  private final class Cache {
    private final List<Entry> entries = new ArrayList<>();
    private final int ways;
    private final int sets;

    Cache(TlbGeometry.Shape shape) {
      ways = shape.ways();
      sets = shape.entries() / ways;
    }

    Entry find(int linear) {
      Entry found = null;
      for (Entry e : entries) {
        if (e.page == linear >>> (e.large ? largeShift() : 12) && (found == null || !e.large)) {
          found = e;
        }
      }
      return found;
    }

    void touch(Entry e) {
      entries.remove(e);
      entries.add(e);
    }

    void add(Entry e) {
      entries.removeIf(o -> o.page == e.page && o.large == e.large);
      List<Entry> set = entries.stream().filter(o -> o.page % sets == e.page % sets).toList();
      if (set.size() == ways) {
        entries.remove(set.getFirst());
        evictions++;
      }
      entries.add(e);
    }
  }

  private final boolean authoritative;
  private final Cache instruction;
  private final Cache instructionLarge;
  private final Cache data;
  private final Cache dataLarge;
  private final Cache second;
  private final List<Cache> all;
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

  ReferenceTlb(int bytes, TlbGeometry geometry, boolean authoritative) {
    super(bytes);
    this.authoritative = authoritative;
    instruction = new Cache(geometry.instruction());
    data = new Cache(geometry.data());
    instructionLarge =
        geometry.instructionLarge() == null ? instruction : new Cache(geometry.instructionLarge());
    dataLarge = geometry.dataLarge() == null ? data : new Cache(geometry.dataLarge());
    second = geometry.second() == null ? null : new Cache(geometry.second());
    all = new ArrayList<>(List.of(instruction, instructionLarge, data, dataLarge));
    if (second != null) {
      all.add(second);
    }
  }

  TlbStatistics statistics() {
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

  private int largeShift() {
    return (cr4 & 0x20) != 0 ? 21 : 22;
  }

  @Override
  void invlpg(int linear) {
    invlpgs++;
    drop(linear);
  }

  private void drop(int linear) {
    for (Cache c : all) {
      c.entries.removeIf(e -> e.page == linear >>> (e.large ? largeShift() : 12));
    }
  }

  @Override
  void flushed(boolean everything) {
    flushes += everything ? 0 : 1;
    fullFlushes += everything ? 1 : 0;
    for (Cache c : all) {
      c.entries.removeIf(e -> everything || !e.global);
    }
  }

  private Entry findFirst(int linear, boolean fetch) {
    Entry e = (fetch ? instruction : data).find(linear);
    return e != null ? e : (fetch ? instructionLarge : dataLarge).find(linear);
  }

  private Entry find(int linear, boolean fetch) {
    Entry e = findFirst(linear, fetch);
    return e == null && second != null ? second.find(linear) : e;
  }

  @Override
  long permitted(int linear, boolean write, boolean fetch, boolean asUser) {
    Entry e = cr0 < 0 && authoritative ? find(linear, fetch) : null;
    long physical;
    if (e != null) {
      writable = e.writable;
      user = e.user;
      executable = e.executable;
      int mask = e.large ? (1 << largeShift()) - 1 : 0xfff;
      physical = judge(linear, gate(e.base + (linear & mask)), write, fetch, asUser);
      if (physical >= 0 && write && !e.dirty) {
        physical = super.permitted(linear, write, fetch, asUser);
      }
    } else {
      physical = super.permitted(linear, write, fetch, asUser);
    }
    if (physical < 0) {
      pageFaults++;
      drop(linear);
    }
    return physical;
  }

  @Override
  long reference(int linear, boolean write, boolean fetch, boolean asUser) {
    if (cr0 >= 0) {
      return super.reference(linear, write, fetch, asUser);
    }
    long physical = permitted(linear, write, fetch, asUser);
    if (physical < 0) {
      return -1;
    }
    Entry e = find(linear, fetch);
    boolean first = findFirst(linear, fetch) != null;
    instructionReferences += fetch ? 1 : 0;
    instructionHits += fetch && first ? 1 : 0;
    dataReferences += fetch ? 0 : 1;
    dataHits += !fetch && first ? 1 : 0;
    secondHits += e != null && !first ? 1 : 0;
    boolean dirtyWalk = e != null && write && !e.dirty;
    dirtyWalks += dirtyWalk ? 1 : 0;
    if (e == null || dirtyWalk) {
      walks++;
      if (dirtyWalk) {
        for (Cache c : all) {
          if (c == data || c == dataLarge || c == second) {
            c.entries.removeIf(o -> o.page == linear >>> (o.large ? largeShift() : 12));
          }
        }
      }
      physical = super.reference(linear, write, fetch, asUser);
      e = entry(linear);
      if (second != null) {
        second.add(e);
      }
      cache(fetch, e.large).add(e);
    } else {
      if (!authoritative) {
        super.reference(linear, write, fetch, asUser);
      }
      if (first) {
        cache(fetch, e.large).touch(e);
      } else {
        second.touch(e);
        cache(fetch, e.large).add(e);
      }
    }
    return physical;
  }

  private Cache cache(boolean fetch, boolean large) {
    if (fetch) {
      return large ? instructionLarge : instruction;
    }
    return large ? dataLarge : data;
  }

  /** What the walk just done has found. */
  private Entry entry(int linear) {
    Entry e = new Entry();
    e.large = leafLarge;
    e.page = linear >>> (e.large ? largeShift() : 12);
    e.base = leafBase;
    e.writable = writable;
    e.user = user;
    e.executable = executable;
    e.dirty = (bus(leafAddress, 1) & 0x40) != 0;
    e.global = (bus(leafAddress, 2) & 0x100) != 0 && (cr4 & 0x80) != 0;
    return e;
  }
}
