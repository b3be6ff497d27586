package org.trampoline.emulator.memory;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Paging as SDM vol. 3, chapter 4 describes it, with no memory of anything: every byte of every
 * access is translated anew from the tables. The yardstick of the randomized tests.
 */
class ReferenceMachine {
  private static final long NO_EXECUTE = 1L << 63;

  final ByteBuffer ram;
  int cr0;
  int cr3;
  int cr4;
  boolean noExecute;
  boolean a20 = true;
  final long[] pdpte = new long[4];

  /** After an access: the page-fault error code, or -1. */
  int error;

  /** After a fault: the linear address. */
  int faultAddress;

  // what the last walk found
  boolean writable;
  boolean user;
  boolean executable;
  boolean leafLarge;
  long leafBase;
  long leafAddress;
  private final long[] entryAddress = new long[2];
  private int entries;

  ReferenceMachine(int bytes) {
    ram = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** False, and nothing changed, if an entry has a reserved bit set (4.4.1). */
  boolean loadPdptes(int cr3) {
    long table = gate(cr3 & 0xffff_ffe0L);
    for (int i = 0; i < 4; i++) {
      long entry = bus(table + 8L * i, 8);
      if ((entry & 1) != 0 && (entry & 0xffff_fff0_0000_01e6L) != 0) {
        return false;
      }
    }
    for (int i = 0; i < 4; i++) {
      pdpte[i] = bus(table + 8L * i, 8);
    }
    return true;
  }

  /** Physical address, or -1 after setting {@link #error}. */
  private long walk(int linear) {
    entries = 0;
    if (cr0 >= 0) {
      writable = user = executable = true;
      return gate(linear & 0xffff_ffffL);
    }
    boolean pae = (cr4 & 0x20) != 0;
    boolean nx = pae && noExecute;
    long reserved = pae ? 0x7fff_fff0_0000_0000L | (nx ? 0 : NO_EXECUTE) : 0;
    int width = pae ? 8 : 4;
    int indexBits = pae ? 9 : 10;
    int largeShift = 12 + indexBits;
    long table = cr3 & 0xffff_f000L;
    if (pae) {
      long pointer = pdpte[linear >>> 30];
      if ((pointer & 1) == 0) {
        error = 0;
        return -1;
      }
      table = pointer & 0xf_ffff_f000L;
    }
    writable = user = executable = true;
    for (int level = 1; ; level--) {
      int index = linear >>> 12 + level * indexBits & (1 << indexBits) - 1;
      long address = gate(table) + (long) index * width;
      long entry = bus(address, width);
      entryAddress[entries++] = address;
      if ((entry & 1) == 0) {
        error = 0;
        return -1;
      }
      boolean large = level == 1 && (entry & 0x80) != 0 && (pae || (cr4 & 0x10) != 0);
      long forbidden = reserved;
      if (large) {
        forbidden |= pae ? 0x1f_e000 : 0x3e_0000;
      }
      if ((entry & forbidden) != 0) {
        error = 9;
        return -1;
      }
      writable &= (entry & 2) != 0;
      user &= (entry & 4) != 0;
      executable &= !nx || (entry & NO_EXECUTE) == 0;
      long frame = pae ? entry & 0x7fff_ffff_ffff_f000L : entry & 0xffff_f000L;
      if (large) {
        long base = frame >>> largeShift << largeShift;
        if (!pae) {
          base |= (entry >>> 13 & 0xf) << 32;
        }
        leaf(true, base, address);
        return gate(base | linear & (1 << largeShift) - 1);
      }
      if (level == 0) {
        leaf(false, frame, address);
        return gate(frame | linear & 0xfff);
      }
      table = frame;
    }
  }

  private void leaf(boolean large, long base, long address) {
    leafLarge = large;
    leafBase = base;
    leafAddress = address;
  }

  long gate(long physical) {
    return a20 ? physical : physical & ~(1L << 20);
  }

  /** Physical address, or -1 with the fault recorded. */
  long permitted(int linear, boolean write, boolean fetch, boolean asUser) {
    return judge(linear, walk(linear), write, fetch, asUser);
  }

  /** Applies the rights found to an address found, which is -1 if there was none. */
  long judge(int linear, long physical, boolean write, boolean fetch, boolean asUser) {
    int bits =
        (write ? 2 : 0) | (asUser ? 4 : 0) | (fetch && noExecute && (cr4 & 0x20) != 0 ? 16 : 0);
    boolean protect = (cr0 & 1 << 16) != 0;
    if (physical >= 0) {
      boolean denied =
          asUser && !user || write && !writable && (asUser || protect) || fetch && !executable;
      error = denied ? 1 : -1;
      if (denied) {
        physical = -1;
      }
    }
    if (physical < 0) {
      error |= bits;
      faultAddress = linear;
    }
    return physical;
  }

  private void mark(boolean write) {
    for (int i = 0; i < entries; i++) {
      int bits = i == entries - 1 && write ? 0x60 : 0x20;
      store(entryAddress[i], (int) bus(entryAddress[i], 1) | bits);
    }
  }

  /** Whether an access would succeed; changes nothing. */
  boolean probe(int linear, int size, boolean write, boolean asUser) {
    int last = linear + size - 1;
    return permitted(linear, write, false, asUser) >= 0
        && (linear >>> 12 == last >>> 12 || permitted(last & ~0xfff, write, false, asUser) >= 0);
  }

  /** Translates an access to one page, with accessed and dirty bits; -1 if it faults. */
  long reference(int linear, boolean write, boolean fetch, boolean asUser) {
    long physical = permitted(linear, write, fetch, asUser);
    if (physical >= 0) {
      mark(write);
    }
    return physical;
  }

  void invlpg(int linear) {}

  /** TLBs were invalidated, with or without global entries. */
  void flushed(boolean everything) {}

  /** An access of up to 16 bytes; writes {@code data} or fills it. False if it faulted. */
  boolean access(int linear, byte[] data, boolean write, boolean fetch, boolean asUser) {
    int last = linear + data.length - 1;
    boolean crosses = linear >>> 12 != last >>> 12;
    if (crosses
        && (permitted(linear, write, fetch, asUser) < 0
            || permitted(last & ~0xfff, write, fetch, asUser) < 0)) {
      return false;
    }
    long first = reference(linear, write, fetch, asUser);
    if (first < 0) {
      return false;
    }
    long second = crosses ? reference(last & ~0xfff, write, fetch, asUser) : 0;
    int room = 0x1000 - (linear & 0xfff);
    for (int i = 0; i < data.length; i++) {
      long physical = i < room ? first + i : second + i - room;
      if (write) {
        store(physical, data[i]);
      } else {
        data[i] = (byte) bus(physical, 1);
      }
    }
    return true;
  }

  private void store(long physical, int value) {
    if (physical < ram.capacity()) {
      ram.put((int) physical, (byte) value);
    }
  }

  long bus(long physical, int bytes) {
    long value = 0;
    for (int i = 0; i < bytes; i++) {
      long b = physical + i < ram.capacity() ? ram.get((int) physical + i) & 0xff : 0xff;
      value |= b << 8 * i;
    }
    return value;
  }
}
