package org.trampoline.emulator.oracle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.trampoline.emulator.oracle.PagedMachine.CODE;
import static org.trampoline.emulator.oracle.PagedMachine.DIRECTORY;
import static org.trampoline.emulator.oracle.UnicornRegister.CR0;
import static org.trampoline.emulator.oracle.UnicornRegister.CR2;
import static org.trampoline.emulator.oracle.UnicornRegister.CR3;
import static org.trampoline.emulator.oracle.UnicornRegister.CR4;
import static org.trampoline.emulator.oracle.UnicornRegister.EBX;
import static org.trampoline.emulator.oracle.UnicornRegister.ECX;
import static org.trampoline.emulator.oracle.UnicornRegister.EIP;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.trampoline.emulator.oracle.PagedMachine.Raised;

/** Unicorn's paging unit against SDM vol. 3, chapter 4 (4.6 access rights, 4.7 faults, 4.8 A/D). */
class UnicornPagingTest {
  private static final int PRESENT = 1;
  private static final int WRITABLE = 2;
  private static final int USER = 4;
  private static final int ACCESSED = 0x20;
  private static final int DIRTY = 0x40;
  private static final int ALL = PRESENT | WRITABLE | USER;

  private static final String ENTER_RING_3 =
      """
      6a 23 # pushl $0x23
      68 f0 8f 00 00 # pushl $0x8ff0
      6a 02 # pushl $0x2
      6a 1b # pushl $0x1b
      68 11 10 00 00 # pushl $0x1011
      cf # iretl
      """;
  private static final int RING_3_CODE = 0x1011;
  private static final String LOAD = "a1 00 30 00 00 # movl 0x3000,%eax\nf4 # hlt";
  private static final String STORE = "a3 00 30 00 00 # movl %eax,0x3000\nf4 # hlt";

  @BeforeEach
  void need() {
    Oracles.requireUnicorn();
  }

  private static Raised faultWith(String listing, int entryOfPage3) {
    try (var machine = new PagedMachine(listing)) {
      machine.pageEntry(3, entryOfPage3);
      return machine.onlyFault();
    }
  }

  private static Raised pageFault(int errorCode, int eip) {
    return new Raised(14, errorCode, false, eip, 0x3000);
  }

  @Test
  void errorCodesOfPageFaults() {
    assertEquals(pageFault(0, CODE), faultWith(LOAD, 0x3000 | WRITABLE));
    assertEquals(pageFault(2, CODE), faultWith(STORE, 0x3000 | WRITABLE));
    assertEquals(pageFault(3, CODE), faultWith(STORE, 0x3000 | PRESENT), "CR0.WP");
    assertEquals(pageFault(4, RING_3_CODE), faultWith(ENTER_RING_3 + LOAD, 0));
    assertEquals(pageFault(5, RING_3_CODE), faultWith(ENTER_RING_3 + LOAD, 0x3000 | PRESENT));
    assertEquals(
        pageFault(7, RING_3_CODE), faultWith(ENTER_RING_3 + STORE, 0x3000 | PRESENT | USER));
  }

  @Test
  void aFetchFromAnAbsentPageFaultsAtItsTarget() {
    // Without NX enabled the I/D bit of the error code is 0.
    assertEquals(pageFault(0, 0x3000), faultWith("e9 fb 1f 00 00 # jmp 3000", 0x3000));
  }

  @Test
  void withoutWriteProtectTheSupervisorWritesReadOnlyPages() {
    try (var machine = new PagedMachine(STORE)) {
      machine.engine.set(CR0, 0x8000_0011L);
      machine.pageEntry(3, 0x3000 | PRESENT);
      machine.run();
      assertEquals(List.of(), machine.raised);
      assertEquals(0x3000 | PRESENT | ACCESSED | DIRTY, machine.pageEntry(3));
    }
  }

  @Test
  void accessedAndDirtyBitsAreSetInTheTables() {
    String listing =
        """
        a1 00 20 00 00 # movl 0x2000,%eax
        a3 00 30 00 00 # movl %eax,0x3000
        a1 00 40 00 00 # movl 0x4000,%eax
        a3 00 40 00 00 # movl %eax,0x4000
        f4 # hlt\
        """;
    try (var machine = new PagedMachine(listing)) {
      machine.run();
      assertEquals(0x1000 | ALL | ACCESSED, machine.pageEntry(1), "code");
      assertEquals(0x2000 | ALL | ACCESSED, machine.pageEntry(2), "read");
      assertEquals(0x3000 | ALL | ACCESSED | DIRTY, machine.pageEntry(3), "written");
      assertEquals(0x4000 | ALL | ACCESSED | DIRTY, machine.pageEntry(4), "read, then written");
      assertEquals(0x5000 | ALL, machine.pageEntry(5), "untouched");
      assertEquals(ACCESSED, machine.engine.readInt(DIRECTORY) & (ACCESSED | DIRTY));
      assertEquals(0, machine.engine.readInt(DIRECTORY + 0xc00) & ACCESSED);
    }
  }

  @Test
  void clearedAccessedBitsStayClearUntilTheTlbForgets() {
    try (var machine = new PagedMachine(LOAD)) {
      machine.run();
      machine.pageEntry(3, 0x3000 | ALL);
      machine.run();
      assertEquals(0x3000 | ALL, machine.pageEntry(3), "SDM vol. 3, 4.10.4.2 allows this");
      machine.engine.flushTlb();
      machine.run();
      assertEquals(0x3000 | ALL | ACCESSED, machine.pageEntry(3));
    }
  }

  @Test
  void aStoreThatFaultsOnItsSecondPageLeavesMemoryButDirtiesTheFirst() {
    try (var machine = new PagedMachine("a3 fe 2f 00 00 # movl %eax,0x2ffe\nf4 # hlt")) {
      machine.engine.set(UnicornRegister.EAX, -1);
      machine.pageEntry(3, 0);
      assertEquals(pageFault(2, CODE), machine.onlyFault());
      assertEquals(0, machine.engine.readInt(0x2ffc));
      assertEquals(0x2000 | ALL | ACCESSED | DIRTY, machine.pageEntry(2));
    }
  }

  @Test
  void pageTableStoresAreSeenAfterInvlpg() {
    String listing =
        """
        a1 00 30 00 00 # movl 0x3000,%eax
        c7 05 0c 20 10 00 07 40 00 00 # movl $0x4007,0x10200c
        8b 1d 00 30 00 00 # movl 0x3000,%ebx
        0f 01 3d 00 30 00 00 # invlpg 0x3000
        8b 0d 00 30 00 00 # movl 0x3000,%ecx
        f4 # hlt\
        """;
    try (var machine = new PagedMachine(listing)) {
      machine.engine.writeInt(0x3000, 0x33);
      machine.engine.writeInt(0x4000, 0x44);
      machine.run();
      assertEquals(0x33, machine.get(EBX), "stale, as a TLB may be");
      assertEquals(0x44, machine.get(ECX));
    }
  }

  @Test
  void noExecuteFaultsOnFetchOnly() {
    int pointers = 0x103000;
    int directory = 0x104000;
    int table = 0x105000;
    int efer = 0xc000_0080;
    try (var machine =
        new PagedMachine("a1 00 30 00 00 # movl 0x3000,%eax\ne9 f6 1f 00 00 # jmp 3000")) {
      Unicorn engine = machine.engine;
      engine.set(CR0, 0x11);
      engine.setMsr(efer, 1 << 11); // NXE
      engine.writeInt(pointers, directory | PRESENT);
      engine.writeInt(directory, table | ALL);
      for (int page = 0; page < 512; page++) {
        engine.writeInt(table + 8 * page, page << 12 | ALL);
      }
      engine.writeInt(table + 8 * 3 + 4, 1 << 31); // XD
      engine.set(CR4, 1 << 5); // PAE
      engine.set(CR3, pointers);
      engine.set(CR0, 0x8001_0011L);
      assertEquals(pageFault(0x11, 0x3000), machine.onlyFault());
    }
  }

  @Test
  void otherExceptionsGiveVectorAndErrorCode() {
    assertEquals(
        new Raised(13, 0x50, false, 0x1005, 0),
        faultWith("b8 50 00 00 00 # movl $0x50,%eax\n8e d8 # movl %eax,%ds", 0));
    assertEquals(
        new Raised(0, 0, false, 0x1002, 0), faultWith("31 c9 # xorl %ecx,%ecx\nf7 f1 # divl", 0));
    assertEquals(new Raised(128, 0, true, 0x1002, 0), faultWith("cd 80 # int $0x80", 0));
    assertEquals(new Raised(3, 0, true, 0x1001, 0), faultWith("cc # int3", 0));
    Raised trap = faultWith("68 02 01 00 00 # pushl $0x102\n9d # popfl\n90 # nop\nf4 # hlt", 0);
    assertEquals(new Raised(1, 0, false, 0x1007, 0), trap, "TF: after the next instruction");
    assertEquals(13, faultWith(ENTER_RING_3 + "f4 # hlt in ring 3", 0).vector());
  }

  @Test
  void faultsGoOnBeingReportedAsWhatTheyAre() {
    // Left alone, Unicorn makes the second one #DF and the third a shutdown: UnicornFaultState.
    try (var machine = new PagedMachine(LOAD)) {
      machine.pageEntry(3, 0);
      for (int i = 0; i < 5; i++) {
        machine.run();
      }
      assertEquals(5, machine.raised.size());
      assertTrue(machine.raised.stream().allMatch(pageFault(0, CODE)::equals));
    }
  }

  @Test
  void aHookMayMendTheFaultAndGoOn() {
    try (var machine = new PagedMachine(LOAD)) {
      machine.pageEntry(3, 0);
      machine.engine.writeInt(0x3000, 7);
      machine.engine.onInterrupt(_ -> machine.pageEntry(3, 0x3000 | ALL));
      machine.run(); // PagedMachine's own hook comes first and stops
      machine.run();
      assertEquals(7, machine.get(UnicornRegister.EAX));
    }
  }

  @Test
  void cr2KeepsItsValueWhenTheRunEnds() {
    try (var machine = new PagedMachine(LOAD)) {
      machine.engine.set(CR2, 0x1234);
      machine.run();
      assertEquals(0x1234, machine.get(CR2));
      assertEquals(CODE + 6, machine.get(EIP));
    }
  }
}
