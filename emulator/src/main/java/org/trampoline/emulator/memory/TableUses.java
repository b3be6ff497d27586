package org.trampoline.emulator.memory;

import java.util.Arrays;

/**
 * What address spaces use which frames as page tables and directories, and what a store to such a
 * frame makes untrue. A frame has the attribute {@link PhysicalMemory#TABLE} exactly while it has a
 * use; it may have several, and be directory and table at once (a directory that maps itself).
 *
 * <p>The uses of a frame form a doubly linked list of nodes, numbered over all slots: {@code slot *
 * NODES + node}.
 */
final class TableUses {
  /** This many stores without a walk between, and the frame is taken for data. */
  private static final int DEMOTION = 256;

  /**
   * Slots that keep the other entries of a table when one is changed, and those that are current.
   * The rest have to walk for that region again, so a change costs no more than the walks since the
   * last one.
   */
  private static final int KEPT = 128;

  private final AddressSpaces spaces;
  private final Slots slots;
  private final FrameTable frames;
  private int[] found = new int[64];

  /** Stores to page tables since the machine was made. */
  long stores;

  /** Tables that were written to otherwise, as by a device, and new memory maps. */
  long replacements;

  /** Frames that were taken for data again. */
  long demotions;

  TableUses(AddressSpaces spaces, Slots slots, FrameTable frames) {
    this.spaces = spaces;
    this.slots = slots;
    this.frames = frames;
  }

  void link(AddressSpace s, int node, int frame) {
    int head = frames.uses(frame);
    int self = s.id * AddressSpace.NODES + node + 1;
    s.next(node, head);
    s.previous(node, 0);
    frames.uses(frame, self);
    if (head != 0) {
      slotOf(head).previous(nodeOf(head), self);
      return;
    }
    frames.stores(frame, 0);
    frames.attributes(frame, frames.attributes(frame) | PhysicalMemory.TABLE);
    spaces.forbidWrites(frame);
  }

  void unlink(AddressSpace s, int node, int frame) {
    int next = s.next(node);
    int previous = s.previous(node);
    if (next != 0) {
      slotOf(next).previous(nodeOf(next), previous);
    }
    if (previous != 0) {
      slotOf(previous).next(nodeOf(previous), next);
      return;
    }
    frames.uses(frame, next);
    if (next == 0) {
      frames.attributes(frame, frames.attributes(frame) & ~PhysicalMemory.TABLE);
    }
  }

  /** Stores 1, 2, 4 or 8 bytes within a page that is a table; {@code host} is its address. */
  void store(int frame, long host, int offset, int bytes, long value) {
    stores++;
    int unit = offset & ~7;
    boolean two = (offset & 7) + bytes > 8;
    long old = Host.get64(host + unit);
    long old2 = two ? Host.get64(host + unit + 8) : 0;
    PhysicalMemory.store(host + offset, bytes, value);
    int count = frames.stores(frame) + 1;
    frames.stores(frame, count);
    if (count >= DEMOTION && demote(frame)) {
      return;
    }
    changed(frame, unit, old, Host.get64(host + unit));
    if (two) {
      changed(frame, unit + 8, old2, Host.get64(host + unit + 8));
    }
  }

  /**
   * A store to {@code bytes} bytes within a page that is a table is about to be done, behind this
   * class's back: forgets what it could make untrue.
   */
  void announce(int frame, long host, int offset, int bytes) {
    stores++;
    int count = frames.stores(frame) + 1;
    frames.stores(frame, count);
    if (count >= DEMOTION && demote(frame)) {
      return;
    }
    for (int unit = offset & ~7; unit < offset + bytes; unit += 8) {
      long old = Host.get64(host + unit);
      boolean first = (old & 1) != 0;
      boolean second = (old >>> 32 & 1) != 0;
      drop(frame, unit, first && offset < unit + 4, second && offset + bytes > unit + 4, first);
    }
  }

  /** Eight aligned bytes of a table have changed: two entries, or with PAE one. */
  private void changed(int frame, int offset, long old, long now) {
    boolean low = (old & 1) != 0 && (int) old != (int) now;
    boolean high = (old >>> 32 & 1) != 0 && old >>> 32 != now >>> 32;
    boolean wide = (old & 1) != 0 && old != now;
    drop(frame, offset, low, high, wide);
  }

  /**
   * Forgets what was derived from entries in eight aligned bytes of a table.
   *
   * @param low the lower entry of four bytes, without PAE
   * @param high the upper one
   * @param wide the entry of eight bytes, with PAE
   */
  private void drop(int frame, int offset, boolean low, boolean high, boolean wide) {
    if (!low && !high && !wide) {
      return;
    }
    int later = 0;
    int tables = 0;
    for (int use = frames.uses(frame); use != 0; use = after(use)) {
      AddressSpace s = slotOf(use);
      int node = nodeOf(use);
      if (isDirectory(use) || ++tables > KEPT && s.users == 0) {
        // Later: leaving a region changes lists, perhaps this one.
        later = note(later, use);
      } else if ((s.mode() & PagingMode.PAE) != 0) {
        if (wide) {
          s.drop(s.page(node, offset >>> 3));
        }
      } else {
        if (low) {
          s.drop(s.page(node, offset >>> 2));
        }
        if (high) {
          s.drop(s.page(node, (offset >>> 2) + 1));
        }
      }
    }
    for (int i = 0; i < later; i++) {
      AddressSpace s = slotOf(found[i]);
      int d = nodeOf(found[i]) - AddressSpace.DIRECTORY_NODE;
      if (d < 0) {
        leaveIfStill(s, nodeOf(found[i]), frame);
      } else if ((s.mode() & PagingMode.PAE) != 0) {
        if (wide) {
          spaces.leave(s, s.regionOf(d, offset >>> 3));
        }
      } else {
        if (low) {
          spaces.leave(s, offset >>> 2);
        }
        if (high) {
          spaces.leave(s, (offset >>> 2) + 1);
        }
      }
    }
  }

  /** Anything in a table may have changed. */
  void replaced(int frame) {
    replacements++;
    int uses = collect(frame);
    for (int i = 0; i < uses; i++) {
      AddressSpace s = slotOf(found[i]);
      int node = nodeOf(found[i]);
      if (node < AddressSpace.DIRECTORY_NODE) {
        leaveIfStill(s, node, frame);
      } else {
        int count = (s.mode() & PagingMode.PAE) != 0 ? 512 : 1024;
        for (int k = 0; k < count; k++) {
          spaces.leave(s, s.regionOf(node - AddressSpace.DIRECTORY_NODE, k));
        }
      }
    }
  }

  /** Stops tracking a frame that nobody walks through; false if it is a current directory. */
  private boolean demote(int frame) {
    int uses = collect(frame);
    for (int i = 0; i < uses; i++) {
      if (isDirectory(found[i]) && slotOf(found[i]).users > 0) {
        frames.stores(frame, 0);
        return false;
      }
    }
    demotions++;
    for (int i = 0; i < uses; i++) {
      if (isDirectory(found[i])) {
        spaces.release(slotOf(found[i]));
      } else {
        leaveIfStill(slotOf(found[i]), nodeOf(found[i]), frame);
      }
    }
    return true;
  }

  private void leaveIfStill(AddressSpace s, int region, int frame) {
    if (s.pde(region) != 0 && s.table(region) == frame) {
      spaces.leave(s, region);
    }
  }

  /** The slot that stands for these page directories, the first one being in RAM; or null. */
  AddressSpace standingFor(int mode, int[] directory) {
    for (int use = frames.uses(directory[0]); use != 0; use = after(use)) {
      AddressSpace s = slotOf(use);
      if (isDirectory(use) && s.matches(mode, directory)) {
        return s;
      }
    }
    return null;
  }

  /** Another slot that has a region in common with this one, by way of a page table; or null. */
  AddressSpace sharer(AddressSpace s, int region) {
    for (int use = frames.uses(s.table(region)); use != 0; use = after(use)) {
      AddressSpace other = slotOf(use);
      if (other != s && AddressSpaces.shares(other, s, region)) {
        return other;
      }
    }
    return null;
  }

  private int after(int use) {
    return slotOf(use).next(nodeOf(use));
  }

  private AddressSpace slotOf(int use) {
    return slots.get((use - 1) / AddressSpace.NODES);
  }

  private static int nodeOf(int use) {
    return (use - 1) % AddressSpace.NODES;
  }

  private static boolean isDirectory(int use) {
    return nodeOf(use) >= AddressSpace.DIRECTORY_NODE;
  }

  private int collect(int frame) {
    int count = 0;
    for (int use = frames.uses(frame); use != 0; ) {
      count = note(count, use);
      use = after(use);
    }
    return count;
  }

  private int note(int count, int use) {
    if (count == found.length) {
      found = Arrays.copyOf(found, 2 * count);
    }
    found[count] = use;
    return count + 1;
  }
}
