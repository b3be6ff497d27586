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

  /** Frames 256–319 are those that a shut A20 gate folds onto the first. */
  private static final int BYTES = 320 << 12;

  private static final int PG = 1 << 31;
  private static final int WP = 1 << 16;
  private static final int PSE = 0x10;
  private static final int PAE = 0x20;
  private static final int PGE = 0x80;

  private final Random random;
  private final ReferenceMachine reference;
  private final PhysicalMemory memory;
  private final GuestFault fault = new GuestFault();
  private final Mmu mmu;
  private final boolean pae;
  private final int[] regions;
  private final int restlessness;
  private boolean user;
  private long codeWrites;

  /** What a translator would have: a copy of the marked lines, refreshed when it is told to. */
  private final byte[] code = new byte[BYTES];

  private final boolean[] codeLines = new boolean[BYTES >>> PhysicalMemory.CODE_LINE_SHIFT];
  private long done;

  /**
   * @param restlessness share of steps that are not plain accesses: 220 of 1000 to 220 of 10,000
   */
  RandomPaging(Arena arena, long seed, int cr4, int restlessness) {
    this(arena, seed, cr4, restlessness, new ReferenceMachine(BYTES), null);
  }

  /** With a visible TLB. */
  RandomPaging(Arena arena, long seed, int cr4, TlbGeometry geometry, TlbModel.Mode mode) {
    this(
        arena,
        seed,
        cr4,
        10_000,
        new ReferenceTlb(BYTES, geometry, mode == TlbModel.Mode.AUTHORITATIVE),
        new TlbModel(geometry, mode));
  }

  private RandomPaging(
      Arena arena, long seed, int cr4, int restlessness, ReferenceMachine reference, TlbModel tlb) {
    this.restlessness = restlessness;
    this.reference = reference;
    random = new Random(seed);
    memory = new PhysicalMemory(arena, BYTES);
    memory.setAbsentMemory(AbsentMemory.OPEN_BUS);
    memory.limitSlots(new SlotLimits(16, seed % 4 == 0 ? 1 << 20 : 1 << 30));
    memory.addCodeListener(this::codeWritten);
    mmu = new Mmu(memory, fault);
    mmu.setTlb(tlb);
    pae = (cr4 & PAE) != 0;
    regions = pae ? new int[] {0, 1, 511, 512, 1536, 2047} : new int[] {0, 1, 2, 768, 1022, 1023};
    control(PG, cr4);
  }

  void run(int operations) {
    for (int table = 0; table < 16; table++) {
      for (int i = 0; i < 200; i++) {
        editTable();
      }
    }
    switchTables();
    control(reference.cr0 ^ WP, reference.cr4);
    for (int i = 0; i < operations; i++) {
      step();
      if (i % 100 == 0) {
        checkCode();
      }
      if (i % 20_000 == 0) {
        assertArrayEquals(
            reference.ram.array(), memory.ram().toArray(ValueLayout.JAVA_BYTE), "RAM after " + i);
      }
    }
    checkCoverage(operations);
  }

  /** That the run has been where mistakes are possible. */
  private void checkCoverage(int operations) {
    if (mmu.tlb() != null) {
      checkTlb(operations);
      return;
    }
    MmuStatistics s = mmu.statistics();
    String what = done + " done, " + codeWrites + " code writes, " + s;
    assertTrue(done > operations / 8, what);
    assertTrue(s.walks() < 3L * operations, what);
    assertTrue(s.recycled() > 10, what);
    assertTrue(s.tableStores() > operations / 100, what);
    assertTrue(s.demotions() > 0, what);
    assertTrue(codeWrites > 0, what);
  }

  private void checkTlb(int operations) {
    TlbStatistics s = mmu.tlb().statistics();
    assertEquals(((ReferenceTlb) reference).statistics(), s);
    String what = s.toString();
    assertTrue(s.instructionHits() > 100, what);
    assertTrue(s.instructionMisses() > 100, what);
    assertTrue(s.dataHits() > operations / 20, what);
    assertTrue(s.dataMisses() > operations / 50, what);
    assertTrue(s.dirtyWalks() > 100, what);
    assertTrue(s.pageFaults() > operations / 20, what);
  }

  private void step() {
    int kind = random.nextInt(restlessness);
    if (reference.cr0 >= 0 && random.nextInt(50) == 0) {
      control(reference.cr0 | PG, reference.cr4);
    }
    if (kind < 780 || kind >= 1000) {
      access();
    } else if (kind < 900) {
      editTable();
    } else if (kind < 940) {
      switchTables();
    } else if (kind < 970) {
      user = !user;
      mmu.setUser(user);
    } else if (kind < 975) {
      control(reference.cr0 ^ WP, reference.cr4);
    } else if (kind < 978) {
      control(reference.cr0, reference.cr4 ^ (random.nextBoolean() ? PSE : PGE));
    } else if (kind < 980) {
      control(reference.cr0 ^ PG, reference.cr4);
    } else if (kind < 982) {
      reference.noExecute ^= true;
      mmu.setNoExecute(reference.noExecute);
    } else if (kind < 990) {
      int linear = linear();
      reference.invlpg(linear);
      mmu.invlpg(linear);
    } else if (kind < 993) {
      markCode();
    } else if (kind < 996) {
      copyIn();
    } else if (kind < 998) {
      overwriteRaw();
    } else if (kind == 998) {
      if (random.nextInt(8) == 0) {
        reference.a20 ^= true;
        memory.setA20(reference.a20);
      }
    } else if (random.nextInt(8) == 0 || restlessness > 1000) {
      storm();
    }
  }

  private void control(int cr0, int cr4) {
    if (pae) {
      writePdptes(reference.cr3);
      assertTrue(reference.loadPdptes(reference.cr3));
    }
    if (((cr0 ^ reference.cr0) & PG) != 0 || cr4 != reference.cr4) {
      reference.flushed(true);
    }
    reference.cr0 = cr0;
    reference.cr4 = cr4;
    mmu.setControl(cr0, reference.cr3, cr4);
    if (pae) {
      reference.flushed(false);
      mmu.loadCr3(reference.cr3);
    }
  }

  /** Of 20 sets of page tables, more than there are slots. */
  private void switchTables() {
    int cr3 =
        pae ? random.nextInt(20) << 5 : random.nextInt(random.nextInt(9) == 0 ? 20 : 10) << 12;
    if (pae && random.nextInt(8) != 0) {
      writePdptes(cr3);
    }
    boolean fine = !pae || reference.cr0 >= 0 || reference.loadPdptes(cr3);
    try {
      mmu.loadCr3(cr3);
      assertTrue(fine, "#GP expected");
      reference.cr3 = cr3;
      reference.flushed(false);
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
        MemorySegment m = MemorySegment.ofArray(actual);
        if (pae && size >= 8) {
          m.set(ValueLayout.JAVA_LONG_UNALIGNED, 0, entry());
        } else {
          m.set(ValueLayout.JAVA_INT_UNALIGNED, 0, (int) entry());
        }
      }
      System.arraycopy(actual, 0, expected, 0, size);
    }
    boolean probe = random.nextInt(8) == 0 && !fetch;
    boolean fine = reference.access(linear, expected, write, fetch, user && !system);
    String what =
        (write ? "write " : fetch ? "fetch " : "read ")
            + size
            + " at "
            + Integer.toHexString(linear);
    try {
      if (probe && !fine) {
        probe(linear, size, write, system);
      }
      run(linear, actual, write, fetch, system);
      assertEquals(-1, fine ? -1 : reference.error, what + " should fault");
    } catch (GuestFault f) {
      assertEquals(fine ? -1 : reference.error, f.errorCode, what);
      assertEquals(reference.faultAddress, f.linear, what);
      return;
    }
    if (!Arrays.equals(expected, actual)) {
      assertArrayEquals(expected, actual, what);
    }
    done++;
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
      long counted = mmu.tlb() != null ? mmu.fetchReference(linear) : 0;
      long host = random.nextBoolean() ? mmu.codeHost(linear) : counted;
      data[0] = (byte) (host != 0 ? Host.get8(host) : mmu.fetch8(linear));
    } else if (write) {
      write(linear, m, data.length, system);
    } else {
      read(linear, m, data.length, system);
    }
  }

  private void write(int linear, MemorySegment m, int size, boolean system) {
    if (size == 1 && !system && random.nextBoolean()) {
      long host = mmu.writeHost(linear);
      if (host != 0) {
        Host.put8(host, m.get(ValueLayout.JAVA_BYTE, 0));
        return;
      }
    }
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
    if (size == 1 && !system && random.nextBoolean()) {
      long host = mmu.readHost(linear);
      if (host != 0) {
        m.set(ValueLayout.JAVA_BYTE, 0, (byte) Host.get8(host));
        return;
      }
    }
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
    long frame = random.nextInt(12) == 0 ? random.nextInt(350) : random.nextInt(FRAMES);
    if (random.nextInt(8) == 0) {
      frame |= 0x100;
    }
    long entry = frame << 12 | random.nextInt(0x80) | (random.nextInt(20) == 0 ? 0 : 1);
    entry |= random.nextInt(3) == 0 ? 0 : 6;
    entry |= random.nextInt(4) == 0 ? 0x100 : 0;
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
    int frame = random.nextInt(20);
    int index = random.nextInt(6);
    int entries = pae ? 512 : 1024;
    if (frame < 10 != (random.nextInt(10) == 0)) {
      index = regions[random.nextInt(regions.length)] % entries;
    } else if (random.nextInt(3) == 0) {
      index = entries - 1 - index;
    }
    long entry = entry();
    if (frame == 0 && pae) {
      return;
    }
    if (frame < 10 && random.nextInt(10) != 0) {
      // A directory: mostly tables, or the directories themselves.
      entry = entry & ~0xff080L | (long) random.nextInt(20) << 12 | 6;
    }
    int address = frame << 12 | index * (pae ? 8 : 4);
    if (frame < 10 && random.nextInt(3) == 0) {
      // As fork and vmalloc do: the same region in several address spaces.
      int other = (pae ? 1 + random.nextInt(9) : random.nextInt(10)) << 12;
      entry = read(other | address & 0xfff) ^ (long) random.nextInt(4) << 5;
    }
    if (random.nextInt(6) == 0) {
      entry = random.nextInt(3) == 0 ? 0 : read(address) ^ 0x20L << random.nextInt(2);
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
    int physical = random.nextInt(FRAMES << 12);
    if (random.nextInt(3) != 0) {
      int size = 1 + random.nextInt(100);
      memory.markCode(physical, size);
      int last = physical + size - 1 >>> PhysicalMemory.CODE_LINE_SHIFT;
      for (int line = physical >>> PhysicalMemory.CODE_LINE_SHIFT; line <= last; line++) {
        codeLines[line] = true;
        codeWritten(line << PhysicalMemory.CODE_LINE_SHIFT, PhysicalMemory.CODE_LINE);
      }
    } else {
      memory.unmarkCode(physical);
      int first = (physical & ~0xfff) >>> PhysicalMemory.CODE_LINE_SHIFT;
      Arrays.fill(codeLines, first, first + 0x1000 / PhysicalMemory.CODE_LINE, false);
    }
  }

  /** DMA, often over page tables. */
  private void copyIn() {
    int from = random.nextInt((FRAMES << 12) - 5000);
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
  private void codeWritten(int physical, int size) {
    codeWrites++;
    MemorySegment.copy(memory.ram(), physical, MemorySegment.ofArray(code), physical, size);
  }

  /** Whoever keeps what was made of code, and heeds the listener, has it right. */
  private void checkCode() {
    for (int line = 0; line < codeLines.length; line++) {
      if (codeLines[line]) {
        int from = line << PhysicalMemory.CODE_LINE_SHIFT;
        int to = from + PhysicalMemory.CODE_LINE;
        assertEquals(-1, Arrays.mismatch(code, from, to, reference.ram.array(), from, to), "code");
      }
    }
  }

  private void storm() {
    int frame = random.nextInt(1, 20);
    for (int i = 0; i < 600; i++) {
      int address = frame << 12 | random.nextInt(32) * 8;
      write64(address, entry());
    }
  }
}
