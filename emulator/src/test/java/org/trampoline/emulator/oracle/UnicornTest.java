package org.trampoline.emulator.oracle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.trampoline.emulator.oracle.UnicornRegister.CR0;
import static org.trampoline.emulator.oracle.UnicornRegister.CS;
import static org.trampoline.emulator.oracle.UnicornRegister.EAX;
import static org.trampoline.emulator.oracle.UnicornRegister.ECX;
import static org.trampoline.emulator.oracle.UnicornRegister.EDX;
import static org.trampoline.emulator.oracle.UnicornRegister.EFLAGS;
import static org.trampoline.emulator.oracle.UnicornRegister.EIP;
import static org.trampoline.emulator.oracle.UnicornRegister.ST0;
import static org.trampoline.emulator.oracle.UnicornRegister.XMM3;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The binding itself: memory, registers, runs, and that misuse is an exception and not a crash. */
class UnicornTest {
  private static final int CODE = 0x1000;

  private Unicorn engine;

  @BeforeEach
  void open() {
    Oracles.requireUnicorn();
    engine = new Unicorn();
  }

  @AfterEach
  void close() {
    if (engine != null) {
      engine.close();
    }
  }

  private void program(String listing) {
    engine.map(0, 0x10000, Unicorn.ALL);
    engine.write(CODE, Listing.code(listing));
  }

  @Test
  void theLibraryIsRecentEnough() {
    assertTrue(Unicorn.version().matches("2\\.[1-9]\\d*\\.\\d+"), Unicorn.version());
  }

  @Test
  void runsToHlt() {
    program(
        """
        b8 2a 00 00 00 # movl $42,%eax
        40 # incl %eax
        f4 # hlt\
        """);
    assertEquals(UnicornError.OK, engine.run(CODE, 0));
    assertEquals(43, engine.get(EAX));
    assertEquals(CODE + 7, engine.get(EIP));
  }

  @Test
  void runsACountOfInstructions() {
    program("40 40 40 40 # incl %eax, four times");
    engine.run(CODE, 3);
    assertEquals(3, engine.get(EAX));
    assertEquals(CODE + 3, engine.get(EIP));
  }

  @Test
  void anExitEndsTheRunBeforeItsInstructionAndAlsoARunThatStartsThere() {
    program("40 40 40 f4 # incl %eax, three times; hlt");
    engine.setExits(CODE + 2);
    engine.run(CODE, 0);
    assertEquals(2, engine.get(EAX));
    engine.run(CODE + 2, 0);
    assertEquals(2, engine.get(EAX));
    engine.setExits();
    engine.run(CODE + 2, 0);
    assertEquals(3, engine.get(EAX));
  }

  @Test
  void codeWrittenBetweenRunsIsSeen() {
    program("b8 01 00 00 00 f4 # movl $1,%eax; hlt");
    engine.run(CODE, 0);
    engine.write(CODE + 1, (byte) 2);
    engine.run(CODE, 0);
    assertEquals(2, engine.get(EAX));
    engine.writeInt(CODE + 1, 3);
    engine.run(CODE, 0);
    assertEquals(3, engine.get(EAX));
  }

  @Test
  void codeThatChangesItselfIsSeen() {
    program(
        """
        c6 05 08 10 00 00 05 # movb $5,0x1008
        b8 01 00 00 00 # movl $1,%eax
        f4 # hlt\
        """);
    engine.run(CODE, 0);
    assertEquals(5, engine.get(EAX));
  }

  @Test
  void sharedMemoryIsSeenFromBothSides() {
    try (Arena arena = Arena.ofConfined();
        Unicorn shared = new Unicorn()) {
      MemorySegment ram = arena.allocate(0x10000, Unicorn.PAGE_SIZE);
      shared.map(0, ram, Unicorn.ALL);
      MemorySegment.copy(
          MemorySegment.ofArray(
              Listing.code(
                  """
                  a1 00 20 00 00 # movl 0x2000,%eax
                  40 # incl %eax
                  a3 04 20 00 00 # movl %eax,0x2004
                  f4 # hlt\
                  """)),
          0,
          ram,
          CODE,
          12);
      ram.set(ValueLayout.JAVA_INT, 0x2000, 41);
      shared.run(CODE, 0);
      assertEquals(42, ram.get(ValueLayout.JAVA_INT, 0x2004));
      ram.set(ValueLayout.JAVA_BYTE, CODE + 5, (byte) 0x48); // decl %eax
      shared.flushTranslations();
      shared.run(CODE, 0);
      assertEquals(40, ram.get(ValueLayout.JAVA_INT, 0x2004));
    }
  }

  @Test
  void heapMemoryCannotBeShared() {
    MemorySegment heap = MemorySegment.ofArray(new byte[Unicorn.PAGE_SIZE]);
    assertThrows(IllegalArgumentException.class, () -> engine.map(0, heap, Unicorn.ALL));
  }

  @Test
  void wideRegistersHaveTwoHalves() {
    engine.set(XMM3, 0x1122_3344_5566_7788L, 0x99aa_bbcc_ddee_ff00L);
    assertEquals(0x1122_3344_5566_7788L, engine.get(XMM3));
    assertEquals(0x99aa_bbcc_ddee_ff00L, engine.getHigh(XMM3));
    engine.set(ST0, 0xc90f_daa2_2168_c235L, 0x4000);
    assertEquals(0xc90f_daa2_2168_c235L, engine.get(ST0));
    assertEquals(0x4000, engine.getHigh(ST0));
  }

  @Test
  void aBatchReadsAndWritesItsRegisters() {
    UnicornRegisterBatch batch = engine.batch(EAX, ECX, EFLAGS);
    batch.set(0, 0xffff_fffe);
    batch.set(1, 7);
    batch.set(2, 0x8d7);
    batch.write();
    assertEquals(0xffff_fffeL, engine.get(EAX));
    assertEquals(7, engine.get(ECX));
    engine.set(ECX, 8);
    batch.read();
    assertEquals(0xffff_fffe, batch.get(0));
    assertEquals(8, batch.get(1));
    assertEquals(0x8d7, batch.get(2));
  }

  @Test
  void systemRegistersAreReadAndWritten() {
    var gdt = DescriptorRegister.table(0xc000_1000, 0x7f);
    engine.gdtr(gdt);
    assertEquals(gdt, engine.gdtr());
    var task = new DescriptorRegister(0x80, 0xc000_2000, 0x206b, 0x8900);
    engine.tr(task);
    assertEquals(task, engine.tr());
    int sysenterCs = 0x174;
    engine.setMsr(sysenterCs, 0x60);
    assertEquals(0x60, engine.getMsr(sysenterCs));
  }

  @Test
  void theCpuModelDecidesWhatCpuidReports() {
    try (Unicorn pentium = new Unicorn(UnicornCpuModel.PENTIUM)) {
      pentium.map(0, 0x10000, Unicorn.ALL);
      pentium.write(CODE, Listing.code("0f a2 # cpuid\nf4 # hlt"));
      pentium.set(EAX, 1);
      pentium.run(CODE, 0);
      assertEquals(5, pentium.get(EAX) >> 8 & 15, "family");
    }
  }

  @Test
  void aContextRestoresRegistersButNotMemory() {
    engine.map(0, 0x10000, Unicorn.ALL);
    engine.set(EAX, 1);
    UnicornContext context = engine.saveContext();
    engine.set(EAX, 2);
    engine.writeInt(0, 2);
    context.restore();
    assertEquals(1, engine.get(EAX));
    assertEquals(2, engine.readInt(0));
    context.close();
    context.close();
    assertThrows(IllegalStateException.class, context::restore);
  }

  @Test
  void resetMakesTheStateOfTheManual() {
    engine.map(0, 0x10000, Unicorn.ALL);
    engine.writeInt(0, 0x12345678);
    assertNotEquals(0x6000_0010L, engine.get(CR0), "a new engine is not in the reset state");
    UnicornReset.reset(engine, 0x673);
    assertEquals(0x6000_0010L, engine.get(CR0));
    assertEquals(0xfff0, engine.get(EIP));
    assertEquals(0xf000, engine.get(CS));
    assertEquals(0x673, engine.get(EDX));
    assertEquals(0x12345678, engine.readInt(0));
  }

  @Test
  void mappingErrorsAreExceptionsThatSayWhatWasAsked() {
    var e = assertThrows(UnicornException.class, () -> engine.map(0x123, 0x1000, Unicorn.ALL));
    assertEquals("Unicorn: map of 0x1000 bytes at 0x00000123: invalid argument", e.getMessage());
    assertEquals(UnicornError.ARG, e.error());
    assertThrows(UnicornException.class, () -> engine.read(0x9000_0000, 4));
    assertThrows(UnicornException.class, () -> engine.writeInt(0x9000_0000, 4));
    engine.map(0, 0x1000, Unicorn.ALL);
    assertThrows(UnicornException.class, () -> engine.map(0, 0x1000, Unicorn.ALL));
    engine.unmap(0, 0x1000);
    engine.map(0, 0x1000, Unicorn.ALL);
  }

  @Test
  void runningIntoNowhereIsAnError() {
    engine.map(0, 0x10000, Unicorn.ALL);
    assertEquals(UnicornError.FETCH_UNMAPPED, engine.run(0x7000_0000, 0));
    program2("a1 00 00 00 50 # movl 0x50000000,%eax");
    assertEquals(UnicornError.READ_UNMAPPED, engine.run(CODE, 0));
    program2("a3 00 00 00 50 # movl %eax,0x50000000");
    assertEquals(UnicornError.WRITE_UNMAPPED, engine.run(CODE, 0));
    program2("0f 0b # ud2");
    assertEquals(UnicornError.INSN_INVALID, engine.run(CODE, 0));
    program2("cd 80 # int $0x80, with no hook");
    assertEquals(UnicornError.EXCEPTION, engine.run(CODE, 0));
  }

  private void program2(String listing) {
    engine.write(CODE, Listing.code(listing));
  }

  @Test
  void anExceptionOfAHookComesOutOfTheRun() {
    program("40 40 40 f4 # incl %eax, three times; hlt");
    engine.onCode(
        (address, _) -> {
          if (address == CODE + 2) {
            throw new IllegalStateException("seen");
          }
        });
    var e = assertThrows(IllegalStateException.class, () -> engine.run(CODE, 0));
    assertEquals("seen", e.getMessage());
    assertEquals(2, engine.get(EAX));
    assertEquals(CODE + 2, engine.get(EIP));
  }

  @Test
  void aRunInARunAndACloseInARunAreRefused() {
    program("90 f4 # nop; hlt");
    engine.onCode((_, _) -> engine.run(CODE, 0));
    assertThrows(IllegalStateException.class, () -> engine.run(CODE, 0));
    Unicorn other = new Unicorn();
    other.map(0, 0x10000, Unicorn.ALL);
    other.write(CODE, (byte) 0xf4);
    other.onCode((_, _) -> other.close());
    assertThrows(IllegalStateException.class, () -> other.run(CODE, 0));
    other.close();
  }

  @Test
  void aClosedEngineRefusesEverything() {
    UnicornRegisterBatch batch = engine.batch(EAX);
    engine.close();
    engine.close();
    engine.stop();
    assertThrows(IllegalStateException.class, () -> engine.get(EAX));
    assertThrows(IllegalStateException.class, () -> engine.run(0, 0));
    assertThrows(IllegalStateException.class, () -> engine.read(0, 1));
    assertThrows(IllegalStateException.class, () -> engine.map(0, 0x1000, Unicorn.ALL));
    assertThrows(IllegalStateException.class, batch::read);
  }

  @Test
  void anotherThreadCanStopAnEndlessLoop() throws InterruptedException {
    program("eb fe # jmp .");
    Thread stopper =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    Thread.sleep(50);
                  } catch (InterruptedException e) {
                    throw new AssertionError(e);
                  }
                  engine.stop();
                });
    assertEquals(UnicornError.OK, engine.run(CODE, 0));
    stopper.join();
    assertEquals(CODE, engine.get(EIP));
  }

  @Test
  void readingAndWritingLargeBlocks() {
    engine.map(0, 0x10000, Unicorn.ALL);
    byte[] bytes = new byte[0x9001];
    new java.util.Random(1).nextBytes(bytes);
    engine.write(0x123, bytes);
    assertArrayEquals(bytes, engine.read(0x123, bytes.length));
  }
}
