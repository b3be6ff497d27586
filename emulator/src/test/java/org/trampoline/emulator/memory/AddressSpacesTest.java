package org.trampoline.emulator.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Translations are kept, yet always those of the page tables as they are in memory. */
class AddressSpacesTest extends PagingFixture {
  @Test
  void anEditIsSeenWithoutInvlpg() {
    simple();
    table(5, 0x345000 | P | RW);
    assertEquals(0x345, mmu.read32(0x5000));
    mmu.write32(0x5004, 1);
    table(5, 0x346000 | P | RW);
    assertEquals(0x346, mmu.read32(0x5000));
    mmu.write32(0x5004, 2);
    assertEquals(1, memory.read32(0x345004));
    assertEquals(2, memory.read32(0x346004));
    table(5, 0);
    faults(0, 0x5000, () -> mmu.read32(0x5000));
    faults(Mmu.FAULT_WRITE, 0x5000, () -> mmu.write32(0x5000, 1));
  }

  @Test
  void anEditThroughThePageTablesThemselves() {
    simple();
    table(5, 0x345000 | P | RW);
    table(6, TABLE | P | RW);
    assertEquals(0x345, mmu.read32(0x5000));
    for (int width = 1; width <= 8; width *= 2) {
      table(5, 0x345000 | P | RW);
      assertEquals(0x345, mmu.read32(0x5000));
      // from 0x345… to 0x346…: byte 1 of the entry changes from 0x50 to 0x60
      switch (width) {
        case 1 -> mmu.write8(0x6000 + 5 * 4 + 1, 0x60);
        case 2 -> mmu.write16(0x6000 + 5 * 4 + 1, 0x3460);
        case 4 -> mmu.write32(0x6000 + 5 * 4 - 2, 0x60030000);
        default -> mmu.write64(0x6000 + 5 * 4 - 4, 0x0034600300000000L);
      }
      int expected = new int[] {0, 0x346, 0x346, 0, 0x346, 0, 0, 0, 0x346}[width];
      assertEquals(expected, mmu.read32(0x5000), width + " bytes");
    }
  }

  @Test
  void aDirectoryThatMapsItself() {
    simple();
    directory(1023, DIRECTORY | P | RW);
    table(5, 0x345000 | P | RW);
    assertEquals(0x345, mmu.read32(0x5000));
    mmu.write32(0xffc00000 + 5 * 4, 0x346000 | P | RW);
    assertEquals(0x346, mmu.read32(0x5000));
    assertEquals(directory(0), mmu.read32(0xfffff000));
    mmu.write32(0xfffff000, 0);
    faults(0, 0x5000, () -> mmu.read32(0x5000));
    mmu.write32(0xfffffffc, 0);
    faults(0, 0xfffffffc, () -> mmu.read32(0xfffffffc));
  }

  @Test
  void aWritablePageThatBecomesAPageTable() {
    simple();
    table(5, 0x7000 | P | RW);
    mmu.write32(0x5000, 0x345000 | P | RW);
    directory(1, 0x7000 | P | RW);
    assertEquals(0x345, mmu.read32(0x400000));
    mmu.write32(0x5000, 0x346000 | P | RW);
    assertEquals(0x346, mmu.read32(0x400000));
  }

  @Test
  void aCopyByADeviceOverAPageTable() {
    simple();
    table(5, 0x345000 | P | RW);
    assertEquals(0x345, mmu.read32(0x5000));
    byte[] page = new byte[4096];
    MemorySegment.ofArray(page).set(ValueLayout.JAVA_INT_UNALIGNED, 20, 0x346000 | P);
    memory.write(TABLE, MemorySegment.ofArray(page));
    assertEquals(0x346, mmu.read32(0x5000));
    memory.ram().set(ValueLayout.JAVA_INT, DIRECTORY, 0);
    memory.written(DIRECTORY, 4);
    faults(0, 0x5000, () -> mmu.read32(0x5000));
  }

  /**
   * Directory {@code i} at 0x10000 + i pages: its own table for the first 4 MB, one for all at 3
   * GB.
   */
  private void spaces(int count) {
    for (int i = 0; i < count; i++) {
      memory.write32(0x10000 + (i << 12), 0x40000 + (i << 12) | P | RW);
      memory.write32(0x10000 + (i << 12) + 4 * 768, TABLE | P | RW);
      memory.write32(0x40000 + (i << 12) + 4 * 5, 0x345000 + (i << 12) | P | RW);
    }
    table(5, 0x345000 | P | RW);
    mmu.setControl(PG | PE, 0x10000, 0);
  }

  @Test
  void switchingBetweenAFewWalksNothing() {
    spaces(8);
    for (int i = 0; i < 8; i++) {
      mmu.loadCr3(0x10000 + (i << 12));
      mmu.read32(0x5000);
      mmu.read32(0xc0005000);
    }
    long before = mmu.statistics().walks();
    for (int i = 0; i < 100; i++) {
      mmu.loadCr3(0x10000 + (i % 8 << 12));
      assertEquals(0x345 + i % 8, mmu.read32(0x5000));
      assertEquals(0x345, mmu.read32(0xc0005000));
    }
    assertEquals(before, mmu.statistics().walks());
  }

  @Test
  void theKernelsHalfIsWalkedOnceForAll() {
    spaces(8);
    for (int i = 0; i < 8; i++) {
      mmu.loadCr3(0x10000 + (i << 12));
      mmu.read32(0xc0005000);
    }
    table(6, 0x400000 | P | RW);
    mmu.read32(0xc0006000);
    long before = mmu.statistics().walks();
    for (int i = 0; i < 8; i++) {
      mmu.loadCr3(0x10000 + (i << 12));
      assertEquals(0x400, mmu.read32(0xc0006000));
    }
    assertEquals(before, mmu.statistics().walks());
    table(6, 0x401000 | P | RW);
    for (int i = 0; i < 8; i++) {
      mmu.loadCr3(0x10000 + (i << 12));
      assertEquals(0x401, mmu.read32(0xc0006000));
    }
  }

  @Test
  void aPageTableThatIsReusedForDataIsFastAgain() {
    spaces(2);
    assertEquals(0x345, mmu.read32(0x5000));
    mmu.loadCr3(0x11000);
    // 0x10000, the other directory, has been freed: now it is data
    memory.write32(0x41000 + 4 * 7, 0x10000 | P | RW);
    for (int i = 0; i < 1000; i++) {
      mmu.write32(0x7000 + 4 * (i & 1023), i << 12 | P);
    }
    assertEquals(1, mmu.statistics().demotions());
    long before = mmu.statistics().walks();
    mmu.write32(0x7000, 1);
    mmu.write32(0x7004, 1);
    assertTrue(mmu.statistics().walks() - before <= 1);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4, 5, 9})
  void aPageTableThatWasWrittenAtManyAddresses(int aliases) {
    simple();
    for (int i = 0; i < aliases; i++) {
      table(16 + i, 0x7000 | P | RW);
      mmu.write32(0x10000 + (i << 12), 0x345000 | P | RW);
    }
    directory(1, 0x7000 | P | RW);
    for (int i = 0; i < aliases; i++) {
      mmu.write32(0x10000 + (i << 12), 0x345000 + (i << 12) | P | RW);
      assertEquals(0x345 + i, mmu.read32(0x400000));
    }
  }

  /** A and D belong to each directory, even if the slots share what they map. */
  @Test
  void accessedAndDirtyBitsInEqualDirectoryEntries() {
    for (int i = 0; i < 40; i++) {
      int accessed = i < 20 ? 0 : A;
      memory.write32(0x10000 + (i << 12) + 4 * 3, 0x400000 | P | RW | PS | accessed);
    }
    mmu.setControl(PG | PE, 0x10000, PSE);
    for (int i = 0; i < 40; i++) {
      int entry = 0x10000 + (i << 12) + 4 * 3;
      mmu.loadCr3(0x10000 + (i << 12));
      if (i % 3 != 0) {
        mmu.read32(0xc00000);
        assertEquals(A, memory.read32(entry) & (A | D), "space " + i);
      }
      if (i % 3 != 1) {
        mmu.write32(0xc00000, i);
        assertEquals(A | D, memory.read32(entry) & (A | D), "space " + i);
      }
    }
    for (int i = 30; i < 40; i++) {
      int entry = 0x10000 + (i << 12) + 4 * 3;
      mmu.loadCr3(0x10000 + (i << 12));
      mmu.write32(0xc00000, i);
      assertEquals(A | D, memory.read32(entry) & (A | D), "space " + i);
    }
  }

  @Test
  void writeProtectIsPartOfTheAddressSpace() {
    simple();
    table(5, 0x345000 | P);
    paging(0, 0);
    mmu.write32(0x5000, 1);
    paging(WP, 0);
    faults(Mmu.FAULT_PRESENT | Mmu.FAULT_WRITE, 0x5000, () -> mmu.write32(0x5000, 2));
    paging(0, 0);
    mmu.write32(0x5000, 3);
    assertEquals(3, memory.read32(0x345000));
  }

  @Test
  void severalProcessorsShareOneMemory() {
    simple();
    table(5, 0x345000 | P | RW);
    Mmu other = new Mmu(memory, fault);
    other.setControl(PG | PE, DIRECTORY, 0);
    assertEquals(0x345, mmu.read32(0x5000));
    assertEquals(0x345, other.read32(0x5000));
    mmu.write32(0x5000, 9);
    assertEquals(9, other.read32(0x5000));
    table(6, TABLE | P | RW);
    other.write32(0x6000 + 20, 0x346000 | P | RW);
    assertEquals(0x346, mmu.read32(0x5000));
    memory.setA20(false);
    memory.setA20(true);
    assertEquals(0x346, mmu.read32(0x5000));
    assertEquals(0x346, other.read32(0x5000));
    Mmu[] many = new Mmu[40];
    for (int i = 0; i < many.length; i++) {
      many[i] = new Mmu(memory, fault);
      memory.write32(0x20000 + (i << 12), TABLE | P | RW);
      many[i].setControl(PG | PE, 0x20000 + (i << 12), 0);
    }
    table(5, 0x347000 | P);
    for (Mmu m : many) {
      assertEquals(0x347, m.read32(0x5000));
    }
  }

  @Test
  void pageTablesInRomAndNowhere() {
    memory.setAbsentMemory(AbsentMemory.OPEN_BUS);
    byte[] rom = new byte[4096];
    MemorySegment.ofArray(rom).set(ValueLayout.JAVA_INT_UNALIGNED, 20, 0x345000 | P | RW);
    memory.mapRom(0xffffe000, rom);
    directory(0, 0xffffe000 | P | RW);
    directory(1, 0xf0000000 | P | RW);
    paging(0, 0);
    for (int i = 0; i < 3; i++) {
      assertEquals(0x345, mmu.read32(0x5000));
    }
    assertEquals(-1, mmu.read32(0x400000), "all ones are a present entry for the last page");
    mmu.loadCr3(0xf0000000);
    assertEquals(-1, mmu.read32(0x400000));
    assertEquals(0x345003, memory.read32(0xffffe014), "no accessed bit in ROM");
  }

  @Test
  void debuggersChangeNothing() {
    simple();
    table(5, 0x345000 | P | RW);
    assertEquals(0x345004, mmu.translateForDebug(0x5004));
    assertEquals(-1, mmu.translateForDebug(0x6000));
    assertEquals(0x45, mmu.peek8(0x5000));
    assertEquals(-1, mmu.peek8(0x6000));
    table(6, 0xf0000000 | P);
    assertEquals(-1, mmu.peek8(0x6000));
    assertEquals(0, table(5) & A);
    mmu.setUser(true);
    assertEquals(0x45, mmu.peek8(0x5000));
    mmu.loadCr3(0xf0000000);
    assertEquals(-1, mmu.translateForDebug(0x5004));
  }
}
