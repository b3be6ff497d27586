package org.trampoline.emulator.memory;

import org.trampoline.emulator.fault.GuestFault;

/**
 * The accesses of an {@link Mmu} that its maps do not serve: first uses of a page, page crossings,
 * page tables, code, ROM, devices, and everything under a {@link TlbModel}.
 */
final class SlowAccess {
  private final PhysicalMemory memory;
  private final AddressSpaces spaces;
  private final GuestFault fault;

  /** The current address space. */
  AddressSpace space;

  /** The visible TLB, or null. */
  TlbModel tlb;

  /** Who sees every access, or null; with one, nothing is served by the maps. */
  AccessWatcher watcher;

  /** Page walks so far, those that ended in a fault included. */
  long walks;

  SlowAccess(PhysicalMemory memory, GuestFault fault) {
    this.memory = memory;
    this.fault = fault;
    spaces = memory.spaces();
  }

  /** Physical address for an access, which from here on cannot fault. */
  private long translate(int linear, int access, boolean user) {
    walks++;
    if (tlb != null && space.mode() != 0) {
      return tlb.translate(spaces, space, linear, access, user, fault);
    }
    return spaces.translate(space, linear, access, user, fault);
  }

  /** Throws the page fault that the access would cause. */
  private void check(int linear, int access, boolean user) {
    if (tlb != null && space.mode() != 0) {
      tlb.check(spaces, space, linear, access, user, fault);
    } else {
      spaces.check(space, linear, access, user, fault);
    }
  }

  /** First byte of the page after the one that {@code linear} is in. */
  private static int nextPage(int linear) {
    return (linear | 0xfff) + 1;
  }

  private static int room(int linear) {
    return 0x1000 - (linear & 0xfff);
  }

  /** Reads 1, 2, 4 or 8 bytes. */
  long read(int linear, int bytes, boolean user) {
    long value = readUnseen(linear, bytes, user);
    if (watcher != null) {
      watcher.read(linear, bytes, value);
    }
    return value;
  }

  private long readUnseen(int linear, int bytes, boolean user) {
    if (bytes <= room(linear)) {
      return memory.readWithin(translate(linear, PageWalk.READ, user), bytes);
    }
    check(linear, PageWalk.READ, user);
    check(nextPage(linear), PageWalk.READ, user);
    long first = translate(linear, PageWalk.READ, user);
    long second = translate(nextPage(linear), PageWalk.READ, user);
    return memory.readSplit(first, second, bytes, room(linear));
  }

  /** Writes 1, 2, 4 or 8 bytes. */
  void write(int linear, int bytes, long value, boolean user) {
    writeUnseen(linear, bytes, value, user);
    if (watcher != null) {
      watcher.written(linear, bytes, value);
    }
  }

  private void writeUnseen(int linear, int bytes, long value, boolean user) {
    if (bytes <= room(linear)) {
      memory.writeWithin(translate(linear, PageWalk.WRITE, user), bytes, value);
      return;
    }
    check(linear, PageWalk.WRITE, user);
    check(nextPage(linear), PageWalk.WRITE, user);
    long first = translate(linear, PageWalk.WRITE, user);
    long second = translate(nextPage(linear), PageWalk.WRITE, user);
    memory.writeSplit(first, second, bytes, room(linear), value);
  }

  /** Reads 10 or 16 bytes, the lower eight into {@code into[index]}, the others above them. */
  void readWide(int linear, int bytes, long[] into, int index, boolean user) {
    readWideUnseen(linear, bytes, into, index, user);
    if (watcher != null) {
      watcher.read(linear, 8, into[index]);
      watcher.read(linear + 8, bytes - 8, into[index + 1]);
    }
  }

  private void readWideUnseen(int linear, int bytes, long[] into, int index, boolean user) {
    int room = room(linear);
    if (bytes <= room) {
      long physical = translate(linear, PageWalk.READ, user);
      into[index] = memory.readWithin(physical, 8);
      into[index + 1] = memory.readWithin(physical + 8, bytes - 8);
      return;
    }
    check(linear, PageWalk.READ, user);
    check(nextPage(linear), PageWalk.READ, user);
    long first = translate(linear, PageWalk.READ, user);
    long second = translate(nextPage(linear), PageWalk.READ, user);
    into[index] = memory.readSplit(first, second, 8, room);
    into[index + 1] = memory.readSplit(first + 8, second, bytes - 8, room - 8);
  }

  /** Writes 10 or 16 bytes. */
  void writeWide(int linear, int bytes, long low, long high, boolean user) {
    writeWideUnseen(linear, bytes, low, high, user);
    if (watcher != null) {
      watcher.written(linear, 8, low);
      watcher.written(linear + 8, bytes - 8, high);
    }
  }

  private void writeWideUnseen(int linear, int bytes, long low, long high, boolean user) {
    int room = room(linear);
    if (bytes <= room) {
      long physical = translate(linear, PageWalk.WRITE, user);
      memory.writeWithin(physical, 8, low);
      memory.writeWithin(physical + 8, bytes - 8, high);
      return;
    }
    check(linear, PageWalk.WRITE, user);
    check(nextPage(linear), PageWalk.WRITE, user);
    long first = translate(linear, PageWalk.WRITE, user);
    long second = translate(nextPage(linear), PageWalk.WRITE, user);
    for (int i = 0; i < bytes; i++) {
      long value = i < 8 ? low >>> 8 * i : high >>> 8 * (i - 8);
      memory.writeWithin(i < room ? first + i : second + i - room, 1, value);
    }
  }

  /** Faults if an access of 1–4096 bytes would; changes nothing. */
  void probe(int linear, int bytes, int access, boolean user) {
    check(linear, access, user);
    if (bytes > room(linear)) {
      check(nextPage(linear), access, user);
    }
  }

  /** Lets the maps serve an access without a visible TLB, if they can. */
  Fill touch(int linear, int access, boolean user) {
    walks++;
    return spaces.touch(space, linear, access, user, fault);
  }

  /** See {@link AddressSpaces#announceTableStore}. */
  long announceTableStore(int linear, int bytes, boolean user) {
    return spaces.announceTableStore(space, linear, bytes, user);
  }

  /** See {@link AddressSpaces#isSelfContained}. */
  boolean isSelfContained(int linear) {
    return spaces.isSelfContained(space, linear);
  }

  /** Host address of data to read in RAM or ROM; 0 for a device or nothing. */
  long readableHost(int linear, boolean user) {
    return host(translate(linear, PageWalk.READ, user));
  }

  /** As {@link #readableHost} for writing, but 0 also for all that needs care when written. */
  long writableHost(int linear, boolean user) {
    long physical = translate(linear, PageWalk.WRITE, user);
    return memory.isPlain((int) (physical >>> 12)) ? host(physical) : 0;
  }

  private long host(long physical) {
    long page = memory.hostFrame((int) (physical >>> 12));
    return page == 0 ? 0 : page + (physical & 0xfff);
  }

  /** Physical address of an instruction byte. */
  private long fetch(int linear, boolean user) {
    if (tlb != null && space.mode() != 0) {
      return tlb.translateUncounted(spaces, space, linear, user, fault);
    }
    return translate(linear, PageWalk.FETCH, user);
  }

  /** Host address of an instruction byte in RAM or ROM; 0 for a device or nothing. */
  long codeHost(int linear, boolean user) {
    return host(fetch(linear, user));
  }

  int fetch8(int linear, boolean user) {
    return (int) memory.readWithin(fetch(linear, user), 1);
  }

  /** As {@link #codeHost}, counted by the TLB model. */
  long fetchReference(int linear, boolean user) {
    return host(translate(linear, PageWalk.FETCH, user));
  }

  /** Physical address without any side effect, whatever the rights; -1 where there is none. */
  long peek(int linear) {
    return tlb != null && space.mode() != 0
        ? tlb.peek(spaces, space, linear)
        : spaces.peek(space, linear);
  }
}
