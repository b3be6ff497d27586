package org.trampoline.emulator.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * The slots of {@link AddressSpaces}: they are made as they are needed, until their number or the
 * memory that they hold has reached {@link SlotLimits}, and from then on recycled.
 */
final class Slots {
  /** Slots for which memory is allocated at once. */
  private static final int ALLOCATED_AT_ONCE = 64;

  /** Slots that are given from one to the other of those page tables that have no place. */
  private static final int PASSING = 8;

  /** One in so many of these page tables gets a place, another one's. */
  private static final int ONE_STAYS = 256;

  private final Arena arena;
  private final PhysicalMemory memory;
  private final AddressSpaces spaces;

  /** By number those that were made. */
  private AddressSpace[] slots = new AddressSpace[16];

  /** The same, those that are live before the others. */
  private AddressSpace[] order = new AddressSpace[16];

  private int made;
  private int live;

  /** Slots to be made at most, and two for each processor. */
  private int most;

  private int least;

  /** Bytes that may be held. */
  private long limit;

  private final AddressSpace.Total held = new AddressSpace.Total();

  /** Memory for the slots that are made next. */
  private MemorySegment room = MemorySegment.NULL;

  private final AddressSpace[] passing = new AddressSpace[PASSING];

  /** State of the draws of slots to recycle. */
  private int draw;

  private long recycled;

  private final Retirements retirements = new Retirements();

  Slots(Arena arena, PhysicalMemory memory, AddressSpaces spaces) {
    this.arena = arena;
    this.memory = memory;
    this.spaces = spaces;
    limit(SlotLimits.USUAL);
  }

  /** Sets other limits. */
  void limit(SlotLimits limits) {
    most = Math.max(limits.slots(), least);
    limit = limits.bytes();
  }

  void processors(int count) {
    least = 2 * count;
    most = Math.max(most, least);
  }

  /** The slot with a number below {@link #made}. */
  AddressSpace get(int id) {
    return slots[id];
  }

  int made() {
    return made;
  }

  /** How many are live. */
  int live() {
    return live;
  }

  /** One that is live, by a number that another one may have later. */
  AddressSpace live(int i) {
    return order[i];
  }

  /** Slots given to other page tables than they had. */
  long recycled() {
    return recycled;
  }

  /** Bytes of the host's memory that they hold; no less than there are. */
  long held() {
    return held.bytes;
  }

  /** Whether to make and fill slots: they hold less than three quarters of what they may. */
  private boolean isGrowing() {
    return held.bytes <= limit / 4 * 3;
  }

  /** Whether they hold more than they may. */
  boolean isFull() {
    return held.bytes > limit;
  }

  // ---- slots for other page tables

  /** A slot that is not live, a new one, or one that nobody is in. */
  AddressSpace unused() {
    boolean grows = isGrowing() || live < least;
    if (grows && live == made && made < most) {
      make();
    }
    if (live < made && (grows || order[live].isWarm())) {
      return order[live];
    }
    AddressSpace s = passing();
    recycled++;
    return s;
  }

  /** Makes a slot if the host has room for it. */
  private void make() {
    try {
      if (room.byteSize() == 0) {
        int more = Math.clamp(made, 1, Math.min(ALLOCATED_AT_ONCE, most - made));
        room = HostMemory.allocate(arena, more * AddressSpace.BYTES);
      }
    } catch (NoHostMemoryException noRoom) {
      if (made < least) {
        throw noRoom;
      }
      most = made;
      return;
    }
    if (made == slots.length) {
      slots = Arrays.copyOf(slots, 2 * made);
      order = Arrays.copyOf(order, 2 * made);
    }
    AddressSpace s = new AddressSpace(room.asSlice(0, AddressSpace.BYTES), made, held);
    room = room.asSlice(AddressSpace.BYTES);
    s.place = made;
    slots[made] = s;
    order[made++] = s;
  }

  /**
   * A live slot that nobody is in. If many more address spaces are used in turn than there are
   * slots, it does not pay to recycle all of these: most keep their slots, and the others use a
   * few, which then are in the host's caches and know the kernel's half.
   */
  private AddressSpace passing() {
    int turn = (int) recycled & PASSING - 1;
    AddressSpace s = passing[turn];
    boolean passes = s != null && s.live;
    if (passes && s.users == 0 && draw(ONE_STAYS) != 0) {
      return s;
    }
    int i = draw(live);
    while (order[i].users != 0) {
      i = i + 1 == live ? 0 : i + 1;
    }
    s = order[i];
    if (!passes) {
      passing[turn] = s;
    } else if (!isGrowing() && s.held() > limit / made) {
      spaces.release(s);
      s.discard();
    }
    return s;
  }

  private int draw(int below) {
    draw = draw * 1_664_525 + 1_013_904_223;
    return (int) ((draw & 0xffff_ffffL) * below >>> 32);
  }

  /** A slot stands for page tables from now on. */
  void live(AddressSpace s) {
    place(s, live++);
  }

  /** A slot stands for no page tables any more. */
  void free(AddressSpace s) {
    s.live = false;
    place(s, --live);
  }

  private void place(AddressSpace s, int place) {
    AddressSpace other = order[place];
    order[s.place] = other;
    other.place = s.place;
    order[place] = s;
    s.place = place;
  }

  /** Frees slots that nobody is in, and gives their memory back, until there is some room. */
  void trim() {
    int first = draw(made);
    for (int i = 0; i < made && !isGrowing(); i++) {
      AddressSpace s = slots[(first + i) % made];
      if (s.users == 0) {
        spaces.release(s);
        s.discard();
      }
    }
  }

  /** Gives all memory back; no slot may be live. */
  void discard() {
    for (int i = 0; i < made; i++) {
      slots[i].discard();
    }
  }

  /** Takes note that a slot ceases to stand for its page tables. */
  void retire(AddressSpace s) {
    int frame = s.directory(0);
    retirements.add(frame);
    if (!memory.a20()) {
      retirements.add(frame | 0x100); // CR3 may name either
    }
  }

  Retirements retirements() {
    return retirements;
  }
}
