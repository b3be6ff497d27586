package org.trampoline.emulator.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.trampoline.emulator.fault.GuestFault;
import org.trampoline.emulator.fault.Vector;

/** 32-bit paging (SDM vol. 3, 4.3), access rights (4.6), error codes (4.7), A and D bits (4.8). */
class PagingTest extends PagingFixture {
  @Test
  void withoutPagingLinearIsPhysical() {
    assertEquals(0x345, mmu.read32(0x345000));
    mmu.setUser(true);
    mmu.write32(0x345ffe, 0x11223344);
    assertEquals(0x1122, memory.read16(0x346000));
  }

  @Test
  void section43FourKilobytePages() {
    simple();
    table(5, 0x345000 | P | RW | US);
    assertEquals(0x345, mmu.read32(0x5000));
    mmu.write16(0x5ffe, 0xbeef);
    assertEquals(0xbeef, memory.read16(0x345ffe));
  }

  @Test
  void section43BitSevenOfADirectoryEntryIsIgnoredWithoutPse() {
    simple();
    directory(0, TABLE | P | PS);
    table(5, 0x345000 | P);
    assertEquals(0x345, mmu.read32(0x5000));
  }

  @Test
  void section43FourMegabytePages() {
    paging(0, PSE);
    directory(3, 0x400000 | P | RW | PS);
    assertEquals(0x456, mmu.read32(0xc56000));
    mmu.write32(0xfffffc, 7);
    assertEquals(7, memory.read32(0x7ffffc));
  }

  @Test
  void section43Bit21OfALargePageIsReserved() {
    paging(0, PSE);
    directory(3, 0x400000 | 1 << 21 | P | RW | PS);
    faults(Mmu.FAULT_PRESENT | Mmu.FAULT_RESERVED, 0xc00010, () -> mmu.read8(0xc00010));
    faults(
        Mmu.FAULT_PRESENT | Mmu.FAULT_RESERVED | Mmu.FAULT_WRITE,
        0xc00010,
        () -> mmu.write8(0xc00010, 0));
  }

  /** PSE-36 moves a large page above 4 GB; on processors without it the bits are reserved. */
  @Test
  void section43UpperAddressBitsOfALargePage() {
    memory.setAbsentMemory(AbsentMemory.OPEN_BUS);
    paging(0, PSE);
    directory(3, 0x400000 | 1 << 13 | P | PS);
    assertEquals(-1, mmu.read32(0xc56000));
    mmu = new Mmu(memory, fault, 32);
    paging(0, PSE);
    faults(Mmu.FAULT_PRESENT | Mmu.FAULT_RESERVED, 0xc56000, () -> mmu.read32(0xc56000));
  }

  /** Rights are those that both entries give. */
  @ParameterizedTest
  @CsvSource({
    // PDE, PTE, CR0.WP, CPL 3?, write?, error code or -1
    "7, 7, false, true, true, -1",
    "7, 5, false, true, true, 7",
    "5, 7, false, true, true, 7",
    "7, 3, false, true, false, 5",
    "3, 7, false, true, false, 5",
    "3, 7, false, true, true, 7",
    "7, 5, false, true, false, -1",
    "7, 5, false, false, true, -1",
    "7, 5, true, false, true, 3",
    "5, 3, true, false, true, 3",
    "5, 3, true, false, false, -1",
    "1, 1, true, false, false, -1",
    "1, 1, false, false, true, -1",
    "6, 7, true, false, false, 0",
    "7, 6, true, false, true, 2",
    "7, 6, true, true, false, 4",
    "0, 0, true, true, true, 6",
  })
  void section46And47(int pde, int pte, boolean wp, boolean user, boolean write, int error) {
    directory(0, TABLE | pde);
    table(9, 0x345000 | pte);
    paging(wp ? WP : 0, 0);
    mmu.setUser(user);
    for (int again = 0; again < 2; again++) {
      if (error < 0) {
        access(0x9004, write);
      } else {
        faults(error, 0x9004, () -> access(0x9004, write));
      }
    }
  }

  private void access(int linear, boolean write) {
    if (write) {
      mmu.write32(linear, 1);
    } else {
      mmu.read32(linear);
    }
  }

  @Test
  void section46SystemAccessesAreTheSupervisors() {
    simple();
    table(9, 0x345000 | P | RW);
    mmu.setUser(true);
    faults(Mmu.FAULT_PRESENT | Mmu.FAULT_USER, 0x9000, () -> mmu.read32(0x9000));
    assertEquals(0x345, mmu.read32System(0x9000));
    mmu.write32System(0x9000, 1);
    table(9, 0x345000 | P);
    faults(Mmu.FAULT_PRESENT | Mmu.FAULT_WRITE, 0x9000, () -> mmu.write32System(0x9000, 1));
    table(9, 0);
    faults(0, 0x9000, () -> mmu.read8System(0x9000));
  }

  @Test
  void section48AccessedAndDirty() {
    simple();
    table(5, 0x345000 | P | RW | US);
    mmu.probeWrite(0x5000, 4);
    assertEquals(0, (table(5) | directory(0)) & (A | D), "a probe is no access");
    mmu.read8(0x5000);
    assertEquals(A, table(5) & (A | D));
    assertEquals(A, directory(0) & (A | D));
    mmu.write8(0x5000, 1);
    assertEquals(A | D, table(5) & (A | D));
    assertEquals(A, directory(0) & (A | D), "D belongs to the entry that maps the page");
  }

  @Test
  void section48DirtyBitOfALargePage() {
    paging(0, PSE);
    directory(3, 0x400000 | P | RW | PS);
    mmu.read8(0xc00000);
    assertEquals(A, directory(3) & (A | D));
    mmu.write8(0xc01000, 1);
    assertEquals(A | D, directory(3) & (A | D));
  }

  @Test
  void section48ClearedBitsAreSetAgain() {
    simple();
    table(5, 0x345000 | P | RW | US);
    mmu.write8(0x5000, 1);
    directory(0, TABLE | P | RW | US);
    table(5, 0x345000 | P | RW | US | A);
    mmu.read8(0x5000);
    assertEquals(A, directory(0) & (A | D));
    assertEquals(A, table(5) & (A | D));
    mmu.write8(0x5000, 1);
    assertEquals(A | D, table(5) & (A | D));
  }

  @Test
  void section48AFaultSetsNothing() {
    simple();
    table(5, 0x345000 | P);
    faults(Mmu.FAULT_PRESENT | Mmu.FAULT_WRITE, 0x5000, () -> mmu.write8(0x5000, 1));
    assertEquals(0, (table(5) | directory(0)) & (A | D));
  }

  @Test
  void section411CrossingIntoAPageThatFaultsChangesNothing() {
    simple();
    table(5, 0x345000 | P | RW | US);
    memory.write32(0x345ffc, 0x11223344);
    faults(Mmu.FAULT_WRITE, 0x6000, () -> mmu.write32(0x5ffe, -1));
    faults(Mmu.FAULT_WRITE, 0x6000, () -> mmu.write64(0x5ff9, -1));
    faults(Mmu.FAULT_WRITE, 0x6000, () -> mmu.write128(0x5ff1, -1, -1));
    faults(Mmu.FAULT_WRITE, 0x6000, () -> mmu.write80(0x5ff8, -1, -1));
    faults(0, 0x6000, () -> mmu.read16(0x5fff));
    assertEquals(0x11223344, memory.read32(0x345ffc));
    assertEquals(0, table(5) & (A | D));
  }

  @Test
  void theLowerOfTwoFaultingPagesIsReported() {
    simple();
    faults(0, 0x5fff, () -> mmu.read32(0x5fff));
    table(6, 0x345000 | P);
    faults(Mmu.FAULT_WRITE, 0x5fff, () -> mmu.write32(0x5fff, 0));
    faults(Mmu.FAULT_WRITE, 0x5ff0, () -> mmu.probeWrite(0x5ff0, 4096));
  }

  @Test
  void accessesWrapAtFourGigabytes() {
    memory.setAbsentMemory(AbsentMemory.OPEN_BUS);
    simple();
    directory(1023, TABLE | P | RW | US);
    table(1023, 0x345000 | P | RW);
    table(0, 0x346000 | P | RW);
    mmu.write32(-2, 0x11223344);
    assertEquals(0x3344, memory.read16(0x345ffe));
    assertEquals(0x1122, memory.read16(0x346000));
    assertEquals(0x11223344, mmu.read32(-2));
  }

  @Test
  void wideAccessesAcrossPages() {
    simple();
    table(5, 0x345000 | P | RW);
    table(6, 0x789000 | P | RW);
    long[] x = new long[3];
    for (int at = 0x5ff0; at <= 0x6000; at++) {
      mmu.write128(at, 0x0123456789abcdefL, 0xfedcba9876543210L);
      mmu.read128(at, x, 1);
      assertEquals(0x0123456789abcdefL, x[1]);
      assertEquals(0xfedcba9876543210L, x[2]);
      mmu.write80(at, 0x1122334455667788L, 0x7fff);
      mmu.read80(at, x, 0);
      assertEquals(0x1122334455667788L, x[0]);
      assertEquals(0x7fff, x[1]);
    }
  }

  /** PAE paging: SDM vol. 3, 4.4. */
  private void pae(long pde, long pte) {
    memory.write64(0x3000, 0x4000 | P);
    memory.write64(0x3008, 0x5000 | P);
    memory.write64(0x5000 + 8 * 511, pde);
    memory.write64(0x6000 + 8 * 2, pte);
    mmu.setControl(PG | PE | WP, 0x3000, PAE);
  }

  private static final int PAE_LINEAR = 0x4000_0000 | 511 << 21 | 2 << 12;

  @Test
  void section44PaePages() {
    pae(0x6000 | P | RW | US, 0x345000 | P | RW | US);
    assertEquals(0x345, mmu.read32(PAE_LINEAR));
    faults(Mmu.FAULT_WRITE, 0, () -> mmu.write8(0, 1));
    faults(0, 0xc000_0000, () -> mmu.read8(0xc000_0000));
    pae(0x400000 | P | RW | PS, 0);
    assertEquals(0x402, mmu.read32(PAE_LINEAR));
  }

  @ParameterizedTest
  @CsvSource({
    "0x6001, 0x1000345001, 9", // above 36 bits
    "0x1000006001, 0x345001, 9",
    "0x4000000000006001, 0x345001, 9",
    "0x402081, 0x0, 9", // bit 13 of a 2 MB page
    "0x8000000000006001, 0x345001, 9", // bit 63 while NXE is clear
    "0x6000, 0x1000345001, 0", // not present: nothing else counts
  })
  void section44ReservedBits(String pde, String pte, int error) {
    pae(parse(pde), parse(pte));
    faults(error, PAE_LINEAR, () -> mmu.read8(PAE_LINEAR));
  }

  private static long parse(String hexadecimal) {
    return Long.parseUnsignedLong(hexadecimal.substring(2), 16);
  }

  @ParameterizedTest
  @CsvSource({"0x8000000000006001, 0x345001", "0x6001, 0x8000000000345001"})
  void section46ExecuteDisable(String pde, String pte) {
    pae(parse(pde), parse(pte));
    mmu.setNoExecute(true);
    assertEquals(0x345, mmu.read32(PAE_LINEAR));
    faults(Mmu.FAULT_PRESENT | Mmu.FAULT_FETCH, PAE_LINEAR, () -> mmu.codeHost(PAE_LINEAR));
    faults(Mmu.FAULT_PRESENT | Mmu.FAULT_FETCH, PAE_LINEAR, () -> mmu.fetch8(PAE_LINEAR));
    faults(Mmu.FAULT_FETCH, 0, () -> mmu.fetch8(0));
    mmu.setNoExecute(false);
    faults(Mmu.FAULT_PRESENT | Mmu.FAULT_RESERVED, PAE_LINEAR, () -> mmu.fetch8(PAE_LINEAR));
    faults(0, 0, () -> mmu.fetch8(0));
  }

  @Test
  void section441PdptesAreReadOnLoadsOnly() {
    pae(0x6000 | P | RW | US, 0x345000 | P | RW | US);
    memory.write64(0x3008, 0);
    assertEquals(0x345, mmu.read32(PAE_LINEAR));
    mmu.setControl(PG | PE, 0x3000, PAE);
    assertEquals(0x345, mmu.read32(PAE_LINEAR), "CR0.WP does not load them");
    mmu.loadCr3(0x3000);
    faults(0, PAE_LINEAR, () -> mmu.read32(PAE_LINEAR));
  }

  @ParameterizedTest
  @CsvSource({"1", "2", "5", "8", "36", "63"})
  void section441ReservedBitOfAPdpte(int bit) {
    pae(0x6000 | P | RW | US, 0x345000 | P | RW | US);
    memory.write64(0x3018, 1L << bit);
    mmu.loadCr3(0x3000);
    memory.write64(0x3018, 1L << bit | P);
    memory.write64(0x3008, 0);
    assertEquals(Vector.GP, assertThrows(GuestFault.class, () -> mmu.loadCr3(0x3000)).vector);
    assertEquals(0x345, mmu.read32(PAE_LINEAR), "nothing was loaded");
  }

  @Test
  void section443AfterAChangeOfModeNothingOldIsLeft() {
    simple();
    table(5, 0x345000 | P | RW);
    assertEquals(0x345, mmu.read32(0x5000));
    mmu.setControl(PE, DIRECTORY, 0);
    assertEquals(table(0), mmu.read32(TABLE));
    memory.write32(0x5000, 0x77);
    assertEquals(0x77, mmu.read32(0x5000));
    paging(0, 0);
    assertEquals(0x345, mmu.read32(0x5000));
  }
}
