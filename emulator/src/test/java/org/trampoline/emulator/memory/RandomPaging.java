package org.trampoline.emulator.memory;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Random;
import org.trampoline.emulator.fault.GuestFault;
import org.trampoline.emulator.fault.Vector;

/**
 * Random accesses, page-table edits by every route, and changes of everything that decides about
 * translation, against {@link ReferenceMachine}: values, faults, accessed and dirty bits.
 */
final class RandomPaging {
  private static final int FRAMES = 64;
  private static final int BYTES = FRAMES << 12;
  private static final int PG = 1 << 31;
  private static final int WP = 1 << 16;
  private static final int PSE = 0x10;
  private static final int PAE = 0x20;

  private final Random random;
  private final ReferenceMachine reference = new ReferenceMachine(BYTES);
  private final PhysicalMemory memory;
  private final GuestFault fault = new GuestFault();
  private final Mmu mmu;
  private final boolean pae;
  private final int[] regions;
  private boolean user;
  private long codeWrites;

  RandomPaging(Arena arena, long seed, int cr4) {
    random = new Random(seed);
    memory = new PhysicalMemory(arena, BYTES);
    memory.setAbsentMemory(AbsentMemory.OPEN_BUS);
    memory.addCodeListener((physical, size) -> codeWrites++);
    mmu = new Mmu(memory, fault);
    pae = (cr4 & PAE) != 0;
    regions = pae ? new int[] {0, 1, 511, 512, 1536, 2047} : new int[] {0, 1, 2, 768, 1022, 1023};
    reference.cr0 = PG;
    reference.cr4 = cr4;
  }

  void run(int operations) {
    for (int table = 0; table < 16; table++) {
      for (int i = 0; i < 200; i++) {
        editTable();
      }
    }
    switchTables();
    control();
    for (int i = 0; i < operations; i++) {
      step();
      if (i % 20_000 == 0) {
        assertArrayEquals(
            reference.ram.array(), memory.ram().toArray(ValueLayout.JAVA_BYTE), "RAM after " + i);
      }
    }
  }

  private void step() {
    int kind = random.nextInt(1000);
    if (kind < 780) {
      access();
    } else if (kind < 900) {
      editTable();
    } else if (kind < 940) {
      switchTables();
    } else if (kind < 970) {
      user = !user;
      mmu.setUser(user);
    } else if (kind < 975) {
      reference.cr0 ^= WP;
      control();
    } else if (kind < 978) {
      reference.cr4 ^= PSE;
      control();
    } else if (kind < 980) {
      reference.cr0 ^= PG;
      control();
    } else if (kind < 982) {
      reference.noExecute ^= true;
      mmu.setNoExecute(reference.noExecute);
    } else if (kind < 990) {
      mmu.invlpg(linear());
    } else if (kind < 993) {
      markCode();
    } else if (kind < 996) {
      copyIn();
    } else if (kind < 998) {
      overwriteRaw();
    } else if (kind == 998 && random.nextInt(20) == 0) {
      storm();
    }
  }

  private void control() {
    if (pae) {
      writePdptes(reference.cr3);
      assertTrue(reference.loadPdptes(reference.cr3));
    }
    mmu.setControl(reference.cr0, reference.cr3, reference.cr4);
    if (pae) {
      mmu.loadCr3(reference.cr3);
    }
  }

  /** Of 20 sets of page tables, more than there are slots. */
  private void switchTables() {
    int cr3 = pae ? random.nextInt(20) << 5 : random.nextInt(20) << 12;
    if (pae && random.nextInt(8) != 0) {
      writePdptes(cr3);
    }
    boolean fine = !pae || reference.cr0 >= 0 || reference.loadPdptes(cr3);
    try {
      mmu.loadCr3(cr3);
      assertTrue(fine, "#GP expected");
      reference.cr3 = cr3;
    } catch (GuestFault f) {
      assertEquals(Vector.GP, f.vector);
      assertEquals(fine, false, "#GP");
    }
  }

  private void writePdptes(int cr3) {
    for (int i = 0; i < 4; i++) {
      long entry = (long) random.nextInt(10) << 12 | (random.nextInt(9) == 0 ? 0x1e6 : 1);
      write64(cr3 + 8 * i, entry);
    }
  }

  private int linear() {
    int shift = pae ? 21 : 22;
    int page = random.nextInt(6);
    int offset =
        switch (random.nextInt(4)) {
          case 0 -> random.nextInt(20);
          case 1 -> 0x1000 - 1 - random.nextInt(20);
          default -> random.nextInt(0x1000);
        };
    if (random.nextInt(3) == 0) {
      page = (1 << shift - 12) - 1 - page;
    }
    return regions[random.nextInt(regions.length)] << shift | page << 12 | offset;
  }

  private void access() {
    int linear = linear();
    int kind = random.nextInt(20);
    boolean fetch = kind == 19;
    boolean write = kind < 8;
    boolean system = !fetch && random.nextInt(4) == 0;
    int size = fetch ? 1 : new int[] {1, 2, 4, 4, 8, 10, 16}[random.nextInt(system ? 5 : 7)];
    byte[] expected = new byte[size];
    byte[] actual = new byte[size];
    if (write) {
      random.nextBytes(actual);
      if (size >= 4 && random.nextInt(8) != 0) {
        // Stores often hit page tables: keep these sensible.
        MemorySegment.ofArray(actual).set(ValueLayout.JAVA_INT_UNALIGNED, 0, (int) entry());
      }
      System.arraycopy(actual, 0, expected, 0, size);
    }
    boolean probe = random.nextInt(8) == 0 && !fetch;
    boolean done = reference.access(linear, expected, write, fetch, user && !system);
    String what =
        (write ? "write " : fetch ? "fetch " : "read ")
            + size
            + " at "
            + Integer.toHexString(linear);
    try {
      if (probe && !done) {
        probe(linear, size, write, system);
      }
      run(linear, actual, write, fetch, system);
      assertEquals(-1, done ? -1 : reference.error, what + " should fault");
    } catch (GuestFault f) {
      assertEquals(done ? -1 : reference.error, f.errorCode, what);
      assertEquals(reference.faultAddress, f.linear, what);
      return;
    }
    if (!Arrays.equals(expected, actual)) {
      assertArrayEquals(expected, actual, what);
    }
    probeAgain(linear, size, write, user && !system, system);
  }

  /** The access may have changed its own translation. */
  private void probeAgain(int linear, int size, boolean write, boolean asUser, boolean system) {
    boolean fine = reference.probe(linear, size, write, asUser);
    try {
      probe(linear, size, write, system);
      assertTrue(fine, "probe should fault");
    } catch (GuestFault f) {
      assertEquals(fine ? -1 : reference.error, f.errorCode, "probe");
      assertEquals(reference.faultAddress, f.linear, "probe");
    }
  }

  private void probe(int linear, int size, boolean write, boolean system) {
    if (write && system) {
      mmu.probeWriteSystem(linear, size);
    } else if (write) {
      mmu.probeWrite(linear, size);
    } else if (system) {
      mmu.probeReadSystem(linear, size);
    } else {
      mmu.probeRead(linear, size);
    }
  }

  private void run(int linear, byte[] data, boolean write, boolean fetch, boolean system) {
    MemorySegment m = MemorySegment.ofArray(data);
    long[] wide = new long[2];
    if (write && data.length > 8) {
      wide[0] = m.get(ValueLayout.JAVA_LONG_UNALIGNED, 0);
      if (data.length == 16) {
        mmu.write128(linear, wide[0], m.get(ValueLayout.JAVA_LONG_UNALIGNED, 8));
      } else {
        mmu.write80(linear, wide[0], m.get(ValueLayout.JAVA_SHORT_UNALIGNED, 8));
      }
    } else if (data.length > 8) {
      if (data.length == 16) {
        mmu.read128(linear, wide, 0);
        m.set(ValueLayout.JAVA_LONG_UNALIGNED, 8, wide[1]);
      } else {
        mmu.read80(linear, wide, 0);
        m.set(ValueLayout.JAVA_SHORT_UNALIGNED, 8, (short) wide[1]);
      }
      m.set(ValueLayout.JAVA_LONG_UNALIGNED, 0, wide[0]);
    } else if (fetch) {
      long host = random.nextBoolean() ? mmu.codeHost(linear) : 0;
      data[0] = (byte) (host != 0 ? Host.get8(host) : mmu.fetch8(linear));
    } else if (write) {
      write(linear, m, data.length, system);
    } else {
      read(linear, m, data.length, system);
    }
  }

  private void write(int linear, MemorySegment m, int size, boolean system) {
    switch (size) {
      case 1 -> {
        byte value = m.get(ValueLayout.JAVA_BYTE, 0);
        if (system) {
          mmu.write8System(linear, value);
        } else {
          mmu.write8(linear, value);
        }
      }
      case 2 -> {
        short value = m.get(ValueLayout.JAVA_SHORT_UNALIGNED, 0);
        if (system) {
          mmu.write16System(linear, value);
        } else {
          mmu.write16(linear, value);
        }
      }
      case 4 -> {
        int value = m.get(ValueLayout.JAVA_INT_UNALIGNED, 0);
        if (system) {
          mmu.write32System(linear, value);
        } else {
          mmu.write32(linear, value);
        }
      }
      default -> {
        long value = m.get(ValueLayout.JAVA_LONG_UNALIGNED, 0);
        if (system) {
          mmu.write64System(linear, value);
        } else {
          mmu.write64(linear, value);
        }
      }
    }
  }

  private void read(int linear, MemorySegment m, int size, boolean system) {
    switch (size) {
      case 1 ->
          m.set(
              ValueLayout.JAVA_BYTE,
              0,
              (byte) (system ? mmu.read8System(linear) : mmu.read8(linear)));
      case 2 ->
          m.set(
              ValueLayout.JAVA_SHORT_UNALIGNED,
              0,
              (short) (system ? mmu.read16System(linear) : mmu.read16(linear)));
      case 4 ->
          m.set(
              ValueLayout.JAVA_INT_UNALIGNED,
              0,
              system ? mmu.read32System(linear) : mmu.read32(linear));
      default ->
          m.set(
              ValueLayout.JAVA_LONG_UNALIGNED,
              0,
              system ? mmu.read64System(linear) : mmu.read64(linear));
    }
  }

  /** A page-table entry as random software would write it. */
  private long entry() {
    long frame = random.nextInt(12) == 0 ? random.nextInt(300) : random.nextInt(FRAMES);
    long entry = frame << 12 | random.nextInt(0x80) | (random.nextInt(10) == 0 ? 0 : 1);
    if (random.nextInt(5) == 0) {
      entry = entry & 0xfff | 0x80;
    }
    if (random.nextInt(40) == 0) {
      entry |= 1L << 12 + random.nextInt(10);
    }
    if (pae && random.nextInt(12) == 0) {
      entry |= 1L << 63;
    }
    if (pae && random.nextInt(60) == 0) {
      entry |= 1L << 32 + random.nextInt(31);
    }
    return entry;
  }

  /** A store by a device, or by another processor's bus, into one of the tables. */
  private void editTable() {
    int index = random.nextInt(6);
    int entries = pae ? 512 : 1024;
    if (random.nextInt(2) == 0) {
      index = regions[random.nextInt(regions.length)] % entries;
    } else if (random.nextInt(3) == 0) {
      index = entries - 1 - index;
    }
    int frame = random.nextInt(20);
    long entry = entry();
    if (frame == 0 && pae) {
      return;
    }
    if (frame < 10 && random.nextInt(10) != 0) {
      // A directory: mostly tables, or the directories themselves.
      entry = entry & ~0xff080L | (long) random.nextInt(20) << 12 | 6;
    }
    int address = frame << 12 | index * (pae ? 8 : 4);
    if (random.nextInt(6) == 0) {
      entry = random.nextBoolean() ? 0 : read(address) ^ 0x20L << random.nextInt(2);
    }
    if (pae) {
      write64(address, entry);
    } else {
      reference.ram.putInt(address, (int) entry);
      memory.write32(address, (int) entry);
    }
  }

  private long read(int address) {
    return pae ? memory.read64(address) : memory.read32(address);
  }

  private void write64(int address, long value) {
    reference.ram.putLong(address, value);
    memory.write64(address, value);
  }

  private void markCode() {
    int physical = random.nextInt(BYTES);
    if (random.nextBoolean()) {
      memory.markCode(physical, random.nextInt(100) + 1);
    } else {
      memory.unmarkCode(physical);
    }
  }

  /** DMA, often over page tables. */
  private void copyIn() {
    int from = random.nextInt(BYTES - 5000);
    int to = (1 + random.nextInt(19)) << 12;
    int size = 1 + random.nextInt(4096);
    byte[] data = new byte[size];
    reference.ram.get(from, data);
    byte[] read = new byte[size];
    memory.read(from, MemorySegment.ofArray(read));
    assertArrayEquals(data, read);
    reference.ram.put(to, data);
    memory.write(to, MemorySegment.ofArray(data));
  }

  private void overwriteRaw() {
    int to = (1 + random.nextInt(19)) << 12 | random.nextInt(0x1000 / 8) << 3;
    long value = entry();
    reference.ram.putLong(to, value);
    memory.ram().set(ValueLayout.JAVA_LONG_UNALIGNED, to, value);
    memory.written(to, 8);
  }

  /** So many stores to one table that it is taken for data. */
  private void storm() {
    int frame = random.nextInt(1, 20);
    for (int i = 0; i < 600; i++) {
      int address = frame << 12 | random.nextInt(32) * 8;
      write64(address, entry());
    }
  }
}
