package org.trampoline.emulator.system;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.trampoline.emulator.StopReason;
import org.trampoline.emulator.cpu.Control;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.Eflags;
import org.trampoline.emulator.fault.Delivery;
import org.trampoline.emulator.fault.Vector;

/** Faults in the delivery of others: SDM vol. 3, 6.15 (vector 8), tables 6-4 and 6-5. */
class DoubleFaultTest {
  private static final int ABSENT_STACK = 0x26000;
  private final Processor p = new Processor();
  private final Cpu c = p.c;

  @AfterEach
  void close() {
    p.close();
  }

  /** The second fault: its gate is absent, so #NP; or its stack page is, so #PF. */
  @ParameterizedTest
  @CsvSource({
    "0, 8, 0", // #DE then #NP: contributory twice
    "10, 8, 0",
    "11, 8, 0",
    "12, 8, 0",
    "13, 8, 0",
    "14, 8, 0", // page fault, then contributory
    "1, 11, 0xb", // benign first: serially, the #NP names vector 1 with IDT and EXT
    "5, 11, 0x2b",
    "6, 11, 0x33",
    "7, 11, 0x3b",
    "17, 11, 0x8b",
  })
  void contributorySecond(int first, int delivered, String code) {
    p.handlers();
    long gate =
        Descriptors.gate(Processor.CODE0, Processor.handler(first), Descriptors.INTERRUPT_GATE, 0);
    p.idt(first, Descriptors.absent(gate));
    p.raise(first, 0);
    assertEquals(Processor.handler(delivered), c.eip);
    assertEquals(Integer.decode(code), p.stack32(0));
  }

  /** The handler of the first runs on a stack that is not there; those of #PF and #DF do not. */
  @ParameterizedTest
  @CsvSource({"13, 14", "0, 14", "14, 8", "6, 14"})
  void pageFaultSecond(int first, int delivered) {
    pageFaultWhileDelivering(first, 0x111000);
    assertEquals(Processor.handler(delivered), c.eip);
    assertEquals(delivered == 8 ? 0 : 2, p.stack32(0));
    assertEquals(ABSENT_STACK - 4, c.cr2);
  }

  private void pageFaultWhileDelivering(int first, int address) {
    p.handlers();
    p.paging();
    p.ring3();
    p.mapPage(ABSENT_STACK - 0x1000, 0);
    p.write32(Processor.TSS_AT + 4, ABSENT_STACK);
    p.write32(Processor.TSS_AT + 12, Processor.STACK1);
    // #PF and #DF are handled at level 1, whose stack is good, unless the #PF is the first
    for (int vector : first == Vector.PF ? new int[] {8} : new int[] {8, 14}) {
      p.idt(
          vector,
          Descriptors.gate(
              Processor.CODE1, Processor.handler(vector), Descriptors.INTERRUPT_GATE, 0));
    }
    c.fault.pageFault(address, 4);
    p.raise(first, 0);
  }

  @Test
  void interruptsFaultIsDeliveredWithExt_6_13() {
    p.handlers();
    p.idt(0x50, 0);
    Delivery.interrupt(c, 0x50);
    assertEquals(Processor.handler(Vector.GP), c.eip);
    assertEquals(0x50 << 3 | 3, p.stack32(0));
  }

  @Test
  void thirdFaultShutsDown_6_15() {
    c.idtLimit = 0;
    assertEquals(new StopReason.TripleFault("#DE"), Processor.stopOf(() -> p.raise(Vector.DE, 0)));
  }

  @Test
  void benignFirstNeedsTwoMoreSteps() {
    c.idtLimit = 0;
    assertEquals(new StopReason.TripleFault("#BR"), Processor.stopOf(() -> p.raise(Vector.BR, 0)));
  }

  @Test
  void pageFaultInsideDoubleFaultShutsDown() {
    p.handlers();
    p.paging();
    p.ring3();
    p.mapPage(ABSENT_STACK - 0x1000, 0);
    p.write32(Processor.TSS_AT + 4, ABSENT_STACK);
    assertEquals(
        new StopReason.TripleFault("#GP(0x58)"), Processor.stopOf(() -> p.raise(Vector.GP, 0x58)));
  }

  @Test
  void realModeShutsDownWithoutVectorTable_20_1_4() {
    p.real();
    c.idtLimit = 0;
    assertEquals(new StopReason.TripleFault("#GP(0x1a)"), Processor.stopOf(() -> p.run(0xcc)));
  }

  /**
   * Handlers at level 3 whose stack is not aligned: #AC is benign, so each makes the next, alone or
   * in turn with #GP.
   */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void alignmentFaultsForEverStop(boolean alone) {
    p.handlers();
    p.ring3();
    p.control(c.cr0 | Control.CR0_AM, 0, 0);
    p.onStack32(Eflags.AC);
    p.run(0x9d); // popf
    c.reg[Cpu.ESP] = Processor.STACK3 - 1;
    for (int vector : new int[] {Vector.AC, Vector.GP}) {
      long gate =
          Descriptors.gate(
              Processor.CODE3 | 3, Processor.handler(vector), Descriptors.INTERRUPT_GATE, 3);
      p.idt(vector, gate);
    }
    if (!alone) {
      p.idt(Vector.AC, 0);
    }
    assertEquals(
        new StopReason.TripleFault("#AC(0x0)"), Processor.stopOf(() -> p.raise(Vector.AC, 0)));
  }
}
