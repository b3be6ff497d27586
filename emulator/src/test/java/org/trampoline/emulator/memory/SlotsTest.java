package org.trampoline.emulator.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** More address spaces than slots, and what slots may hold of the host's memory. */
class SlotsTest extends PagingFixture {
  private static final int DIRECTORIES = 0x50_0000;
  private static final int TABLES = 0x60_0000;
  private static final int FRAMES = 0x70_0000;

  /** Where each space has a page of its own, and where all have the same ones. */
  private static final int OWN = 0x5000;

  private static final int COMMON = 0xc000_0000;

  private void limit(int slots, long bytes) {
    memory.limitSlots(new SlotLimits(slots, bytes));
  }

  private static int directoryOf(int space) {
    return DIRECTORIES + (space << 12);
  }

  private static int frameOf(int space) {
    return FRAMES + (space << 12);
  }

  private void spaces(int count) {
    for (int i = 0; i < count; i++) {
      int table = TABLES + (i << 12);
      memory.write32(directoryOf(i), table | P | RW);
      memory.write32(directoryOf(i) + 4 * 768, TABLE | P | RW);
      memory.write32(table + 4 * 5, frameOf(i) | P | RW);
      memory.write32(frameOf(i), i);
    }
    mmu.setControl(PG | PE, directoryOf(0), 0);
  }

  /** Each space in turn, its own page read and written, and one that all have. */
  private void round(int count, int round) {
    table(5, 0x345000 | P | RW);
    for (int i = 0; i < count; i++) {
      mmu.loadCr3(directoryOf(i));
      assertEquals(i, mmu.read32(OWN));
      assertEquals(0x345, mmu.read32(COMMON + 0x5000));
      assertEquals(A, memory.read32(directoryOf(i) + 4 * 768) & A);
      mmu.write32(OWN + 4, i + round);
      assertEquals(i + round, memory.read32(frameOf(i) + 4));
    }
  }

  @ParameterizedTest
  @CsvSource({"16384, 1073741824", "200, 1073741824", "40, 1073741824", "16384, 1000000", "2, 0"})
  void manyAddressSpaces(int slots, long bytes) {
    int count = 150;
    limit(slots, bytes);
    spaces(count);
    for (int n = 0; n < 3; n++) {
      round(count, n);
      assertTrue(memory.spaces().slots().held() <= bytes + (1 << 17), "bytes held");
    }
    assertEquals(3 * count, mmu.statistics().cr3Loads());
    if (slots >= count && bytes == 1 << 30) {
      assertEquals(count + 1, mmu.statistics().slots()); // and one without paging
      assertEquals(0, mmu.statistics().recycled());
    } else if (bytes == 1 << 30) {
      assertEquals(slots, mmu.statistics().slots());
      assertTrue(mmu.statistics().recycled() > count, mmu.statistics().toString());
    }
  }

  @Test
  void spacesInTurnKeepTheirSlotsUnlessThereAreTooMany() {
    int count = 150;
    limit(120, 1 << 30);
    spaces(count);
    round(count, 0);
    long before = mmu.statistics().recycled();
    for (int n = 1; n <= 10; n++) {
      round(count, n);
    }
    long recycled = mmu.statistics().recycled() - before;
    // the least recently used one would be recycled each time
    assertTrue(recycled < 10 * count / 2, recycled + " recycled");
  }

  @Test
  void aSlotMayComeToAnySpaceInTime() {
    int count = 60;
    limit(30, 1 << 30);
    spaces(count);
    for (int n = 0; n < 20; n++) {
      round(count, n);
    }
    // from now on only the last ones are used
    for (int n = 0; n < 1000; n++) {
      for (int i = count - 20; i < count; i++) {
        mmu.loadCr3(directoryOf(i));
        assertEquals(i, mmu.read32(OWN));
      }
    }
    long before = mmu.statistics().recycled();
    for (int n = 0; n < 10; n++) {
      for (int i = count - 20; i < count; i++) {
        mmu.loadCr3(directoryOf(i));
      }
    }
    assertTrue(mmu.statistics().recycled() - before <= 80, mmu.statistics().toString());
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aGuestThatTouchesEverythingIsKeptWithinTheLimit(boolean pae) {
    long limit = 2 << 20;
    limit(64, limit);
    Random random = new Random(1);
    int count = pae ? 1 : 100;
    spaces(count);
    for (int i = 0; i < count; i++) {
      for (int r = 1; r < 768; r++) {
        if (!pae) {
          memory.write32(directoryOf(i) + 4 * r, 0xc00000 | PS | P | RW | US);
        }
      }
    }
    if (pae) {
      for (int d = 0; d < 4; d++) {
        memory.write64(0x3000 + 8 * d, directoryOf(d) | P);
        for (int r = 0; r < 512; r++) {
          memory.write64(directoryOf(d) + 8 * r, 0xc00000 | PS | P | RW | US);
        }
      }
    }
    mmu.setControl(PG | PE, pae ? 0x3000 : directoryOf(0), pae ? PAE : PSE);
    long most = 0;
    for (int n = 0; n < 100_000; n++) {
      if (n % 50 == 0 && !pae) {
        mmu.loadCr3(directoryOf(random.nextInt(count)));
      }
      int region = 1 + random.nextInt(700);
      mmu.setUser(random.nextBoolean());
      int linear = region << (pae ? 21 : 22) | random.nextInt(512) << 12 | 8;
      mmu.write32(linear, n);
      assertEquals(n, mmu.read32(linear));
      most = Math.max(most, memory.spaces().slots().held());
    }
    assertTrue(most > limit / 2, most + " bytes at most");
    assertTrue(most <= limit + (1 << 16), most + " bytes at most");
  }

  /** Pages that were written from many spaces, at the same address or not, become tables. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 30})
  void aFrameThatWasWrittenFromManySpacesBecomesATable(int writers) {
    limit(200, 1 << 30);
    int count = 150;
    spaces(count);
    if (writers % 2 == 0) {
      round(count, 0); // with so many, only the slot that is written from is given an entry
    }
    int frame = 0x34_5000;
    for (int aliases = 1; aliases <= 6; aliases++) {
      for (int a = 0; a < aliases; a++) {
        table(32 + a, frame | P | RW);
      }
      for (int i = 0; i < writers; i++) {
        mmu.loadCr3(directoryOf(i * 5 % count));
        for (int a = 0; a < aliases; a++) {
          mmu.write32(COMMON + 0x20000 + (a << 12) + 40, 0x111000 | P | RW);
        }
      }
      mmu.loadCr3(directoryOf(149));
      memory.write32(directoryOf(149) + 4, frame | P | RW);
      assertEquals(0x111, mmu.read32(0x40_a000));
      for (int i = 0; i < writers; i++) {
        for (int a = 0; a < aliases; a++) {
          mmu.loadCr3(directoryOf(i * 5 % count));
          int page = 0x112000 + (i + a << 12);
          mmu.write32(COMMON + 0x20000 + (a << 12) + 40, page | P | RW);
          mmu.loadCr3(directoryOf(149));
          assertEquals(page >>> 12, mmu.read32(0x40_a000), writers + " writers, from " + i);
        }
      }
      memory.write32(directoryOf(149) + 4, 0);
    }
  }

  /** More than {@code KEPT} slots use a table: what is changed is seen by all. */
  @Test
  void aChangeOfATableThatManySpacesHave() {
    limit(400, 1 << 30);
    int count = 250;
    for (int i = 0; i < count; i++) {
      memory.write32(directoryOf(i), TABLE | P | RW);
    }
    mmu.setControl(PG | PE, directoryOf(0), 0);
    for (int n = 0; n < 4; n++) {
      table(5, 0x345000 + (n << 12) | P | RW);
      table(6, 0x445000 + (n << 12) | P | RW);
      for (int i = 0; i < count; i++) {
        mmu.loadCr3(directoryOf(i));
        assertEquals(0x345 + n, mmu.read32(0x5000));
        assertEquals(0x445 + n, mmu.read32(0x6000));
      }
    }
    long before = mmu.statistics().walks();
    table(5, 0x355000 | P | RW);
    for (int i = 0; i < count; i++) {
      mmu.loadCr3(directoryOf(i));
      assertEquals(0x448, mmu.read32(0x6000));
    }
    long walks = mmu.statistics().walks() - before;
    assertTrue(Math.abs(walks - (count - 129)) <= 2, walks + " walks");
  }

  /** A directory whose slot was released is found no more, by whatever processor. */
  @Test
  void directoriesThatAreRetired() {
    limit(4, 1 << 30);
    Retirements retired = memory.retirements();
    spaces(40);
    long before = retired.count();
    round(40, 0);
    long retirements = retired.count() - before;
    assertTrue(Math.abs(retirements - 37) <= 2, retirements + " retirements");
    assertTrue(retired.knowsSince(before));
    int last = retired.frame(retired.count() - 1);
    assertTrue(last >= DIRECTORIES >>> 12 && last < directoryOf(40) >>> 12, last + " retired");
    for (int n = 0; n < 100; n++) {
      round(40, n);
    }
    assertTrue(!retired.knowsSince(before));
    memory.setA20(false);
    before = retired.count();
    mmu.loadCr3(directoryOf(0));
    mmu.loadCr3(directoryOf(1));
    mmu.loadCr3(directoryOf(2));
    mmu.loadCr3(directoryOf(3));
    mmu.loadCr3(directoryOf(4));
    assertEquals(0, retired.count() - before & 1, "both names of each");
    assertTrue(retired.count() > before);
  }

  @Test
  void limitsAreChecked() {
    assertThrows(IllegalArgumentException.class, () -> new SlotLimits(0, 1));
    assertThrows(IllegalArgumentException.class, () -> new SlotLimits(16385, 1));
    assertThrows(IllegalArgumentException.class, () -> new SlotLimits(1, -1));
  }
}
