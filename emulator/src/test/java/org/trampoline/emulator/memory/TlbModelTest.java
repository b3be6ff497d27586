package org.trampoline.emulator.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

/** SDM vol. 3, 4.10: what a TLB keeps, what invalidates it, what it counts. */
class TlbModelTest extends PagingFixture {
  private TlbModel tlb;

  private void start(TlbModel.Mode mode, int cr4) {
    directory(0, TABLE | P | RW | US);
    table(5, 0x345000 | P | RW | US);
    table(6, 0x346000 | P | RW | US | G);
    paging(WP, cr4);
    tlb = new TlbModel(TlbGeometry.PENTIUM3, mode);
    mmu.setTlb(tlb);
  }

  private void authoritative(int cr4) {
    start(TlbModel.Mode.AUTHORITATIVE, cr4);
  }

  @Test
  void section4104AStaleEntryLivesUntilInvlpg() {
    authoritative(0);
    assertEquals(0x345, mmu.read32(0x5000));
    table(5, 0x347000 | P | RW | US);
    assertEquals(0x345, mmu.read32(0x5000));
    assertEquals(0x45, mmu.peek8(0x5000));
    mmu.invlpg(0x6000);
    assertEquals(0x345, mmu.read32(0x5000));
    mmu.invlpg(0x5ffc);
    assertEquals(0x347, mmu.read32(0x5000));
    assertEquals(2, tlb.statistics().invlpgs());
  }

  @Test
  void section4104AStaleEntryOfAnUnmappedPage() {
    authoritative(0);
    mmu.write32(0x5000, 1);
    table(5, 0);
    mmu.write32(0x5000, 2);
    assertEquals(2, memory.read32(0x345000));
    assertEquals(0, table(5), "the dirty bit was set before");
    mmu.loadCr3(DIRECTORY);
    faults(Mmu.FAULT_WRITE, 0x5000, () -> mmu.write32(0x5000, 3));
  }

  @Test
  void section4103ACr3LoadSparesGlobalPagesOnly() {
    authoritative(PGE);
    mmu.read32(0x5000);
    mmu.read32(0x6000);
    table(5, 0x347000 | P);
    table(6, 0x347000 | P);
    mmu.loadCr3(DIRECTORY);
    assertEquals(0x347, mmu.read32(0x5000));
    assertEquals(0x346, mmu.read32(0x6000));
    paging(WP, 0);
    assertEquals(0x347, mmu.read32(0x6000), "a change of CR4.PGE drops them");
    assertEquals(1, tlb.statistics().fullFlushes());
    assertEquals(1, tlb.statistics().flushes());
  }

  @Test
  void section4103TheGlobalBitNeedsPge() {
    authoritative(0);
    mmu.read32(0x6000);
    table(6, 0x347000 | P);
    mmu.loadCr3(DIRECTORY);
    assertEquals(0x347, mmu.read32(0x6000));
  }

  @Test
  void section41043ASpuriousFaultHappensOnce() {
    authoritative(0);
    table(5, 0x345000 | P);
    mmu.read32(0x5000);
    table(5, 0x345000 | P | RW);
    faults(Mmu.FAULT_PRESENT | Mmu.FAULT_WRITE, 0x5000, () -> mmu.write32(0x5000, 1));
    mmu.write32(0x5000, 1);
    assertEquals(1, memory.read32(0x345000));
    assertEquals(1, tlb.statistics().pageFaults());
  }

  @Test
  void section48AWriteThroughACleanEntryWalksAgain() {
    authoritative(0);
    mmu.read32(0x5000);
    assertEquals(A, table(5) & (A | D));
    mmu.write32(0x5000, 1);
    assertEquals(A | D, table(5) & (A | D));
    mmu.write32(0x5000, 2);
    TlbStatistics s = tlb.statistics();
    assertEquals(1, s.dirtyWalks());
    assertEquals(2, s.walks());
    assertEquals(3, s.dataReferences());
    assertEquals(2, s.dataHits());
  }

  @Test
  void instructionsHaveTheirOwn() {
    authoritative(0);
    mmu.read32(0x5000);
    long host = mmu.fetchReference(0x5000);
    assertEquals(0x45, Host.get8(host));
    table(5, 0x347000 | P);
    mmu.invlpg(0x9000);
    assertEquals(host, mmu.codeHost(0x5000));
    assertEquals(0x45, mmu.fetch8(0x5000));
    assertEquals(host + 4, mmu.fetchReference(0x5004));
    mmu.invlpg(0x5000);
    assertEquals(0x47, Host.get8(mmu.fetchReference(0x5000)));
    TlbStatistics s = tlb.statistics();
    assertEquals(3, s.instructionReferences());
    assertEquals(1, s.instructionHits());
    assertEquals(1, s.dataReferences());
  }

  @Test
  void aLargePageTakesOneEntry() {
    directory(3, 0x400000 | P | RW | PS);
    authoritative(PSE);
    for (int page = 0; page < 1024; page++) {
      assertEquals(0x400 + page, mmu.read32(0xc00000 + (page << 12)));
    }
    assertEquals(1, tlb.statistics().dataMisses());
    directory(3, 0x800000 | P | RW | PS);
    mmu.invlpg(0xfff000);
    assertEquals(0x800, mmu.read32(0xc00000));
  }

  @Test
  void associativityAndReplacement() {
    start(TlbModel.Mode.COUNTING, 0);
    for (int page = 0; page < 1024; page++) {
      table(page, 0x345000 | P | RW);
    }
    // Pages 16 apart fall into one set of 4: 5 of them in turn never hit, 4 always do.
    for (int i = 0; i < 50; i++) {
      mmu.read32(i % 5 * 16 << 12);
    }
    assertEquals(0, tlb.statistics().dataHits());
    assertEquals(46, tlb.statistics().evictions());
    for (int i = 0; i < 44; i++) {
      mmu.read32(i % 4 * 16 << 12);
    }
    assertEquals(94, tlb.statistics().dataReferences());
    assertEquals(40, tlb.statistics().dataHits());
  }

  @Test
  void countingLeavesDataCurrent() {
    start(TlbModel.Mode.COUNTING, 0);
    mmu.read32(0x5000);
    table(5, 0x347000 | P);
    assertEquals(0x347, mmu.read32(0x5000));
    table(5, 0);
    faults(0, 0x5000, () -> mmu.read32(0x5000));
    TlbStatistics s = tlb.statistics();
    assertEquals(2, s.dataReferences());
    assertEquals(1, s.dataHits());
    assertEquals(1, s.pageFaults());
  }

  @Test
  void anAccessAcrossPagesIsTwoReferences() {
    start(TlbModel.Mode.COUNTING, 0);
    mmu.read32(0x5ffe);
    long[] x = new long[2];
    mmu.read128(0x5000, x, 0);
    mmu.write80(0x6000, 1, 1);
    mmu.probeWrite(0x5000, 4);
    assertEquals(4, tlb.statistics().dataReferences());
  }

  @Test
  void withoutPagingNothingIsCounted() {
    tlb = new TlbModel(TlbGeometry.TWO_LEVEL, TlbModel.Mode.AUTHORITATIVE);
    mmu.setTlb(tlb);
    mmu.read32(0x5000);
    mmu.fetchReference(0x5000);
    assertEquals(0, tlb.statistics().dataReferences());
    assertEquals(0, tlb.statistics().instructionReferences());
  }

  @Test
  void takenAwayItLeavesTheTablesToDecide() {
    authoritative(0);
    mmu.read32(0x5000);
    table(5, 0x347000 | P);
    mmu.setTlb(null);
    assertEquals(0x347, mmu.read32(0x5000));
  }

  @Test
  void shapesThatCannotBe() {
    assertThrows(IllegalArgumentException.class, () -> new TlbGeometry.Shape(48, 4));
    assertThrows(IllegalArgumentException.class, () -> new TlbGeometry.Shape(4, 8));
    assertThrows(IllegalArgumentException.class, () -> new TlbGeometry.Shape(0, 1));
  }
}
