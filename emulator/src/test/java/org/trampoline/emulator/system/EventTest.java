package org.trampoline.emulator.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.trampoline.emulator.cpu.Control;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.Eflags;
import org.trampoline.emulator.cpu.SegmentRegister;
import org.trampoline.emulator.fault.DebugTraps;
import org.trampoline.emulator.fault.Vector;

/** Instruction boundaries: SDM vol. 3, 6.7–6.9, table 6-2, and chapter 17 (debugging). */
class EventTest {
  private static final int NOP = 0x90;
  private static final int INTERRUPT = 0x1e;
  private final Processor p = new Processor();
  private final Cpu c = p.c;

  @BeforeEach
  void handlers() {
    p.handlers();
    c.interruptController =
        () -> {
          c.interruptLine = false;
          return INTERRUPT;
        };
    p.boundary();
  }

  @AfterEach
  void close() {
    p.close();
  }

  private void assertHandler(int vector, int returnsTo) {
    assertEquals(Processor.handler(vector), c.eip);
    assertEquals(returnsTo, p.stack32(0));
  }

  // ---- interrupts

  @Test
  void interruptsWaitForIf_6_8_1() {
    c.interruptLine = true;
    c.eventsPending = true;
    p.run(NOP);
    assertEquals(Processor.CODE_AT + 1, c.eip);
    p.run(0xfb); // sti
    p.run(NOP);
    assertHandler(INTERRUPT, Processor.CODE_AT + 3);
    assertEquals(0, c.eflags & Eflags.IF);
  }

  @Test
  void stiHoldsInterruptsOffForOneInstruction_6_8_1() {
    c.interruptLine = true;
    p.run(0xfb);
    assertEquals(Processor.CODE_AT + 1, c.eip, "not yet");
    p.run(0xfa); // cli
    assertEquals(Processor.CODE_AT + 2, c.eip, "sti; cli: never");
  }

  @Test
  void stiWithIfSetHasNoShadow_6_8_1() {
    c.setEflags(Eflags.IF);
    p.execute(0xfb);
    c.interruptLine = true;
    p.boundary();
    assertHandler(INTERRUPT, Processor.CODE_AT + 1);
  }

  @Test
  void movSsHoldsOffInterruptsNmisAndTraps_6_8_3() {
    c.setEflags(Eflags.IF | Eflags.TF);
    p.boundary();
    c.reg[Cpu.EAX] = Processor.DATA0;
    assertEquals("ok", p.execute(0x8e, 0xd0));
    c.interruptLine = true;
    c.nmiPending = true;
    p.boundary();
    assertEquals(Processor.CODE_AT + 2, c.eip);
    p.execute(NOP);
    p.boundary();
    // #DB first, then the NMI at the first instruction of its handler
    assertHandler(Vector.NMI, Processor.handler(Vector.DB));
    assertEquals(Processor.CODE_AT + 3, p.stack32(3));
  }

  @Test
  void secondMovSsInARowHasNoShadow_6_8_3() {
    c.setEflags(Eflags.IF);
    c.reg[Cpu.EAX] = Processor.DATA0;
    p.run(0x8e, 0xd0);
    p.execute(0x8e, 0xd0);
    c.interruptLine = true;
    p.boundary();
    assertHandler(INTERRUPT, Processor.CODE_AT + 4);
  }

  @Test
  void nmiBlocksItselfUntilIret_6_7_1() {
    c.nmiPending = true;
    p.boundary();
    assertHandler(Vector.NMI, Processor.CODE_AT);
    c.nmiPending = true;
    p.run(NOP);
    assertEquals(Processor.handler(Vector.NMI) + 1, c.eip);
    p.run(0xcf);
    assertHandler(Vector.NMI, Processor.CODE_AT);
  }

  @Test
  void nmiGoesBeforeIntr_table_6_2() {
    c.setEflags(Eflags.IF);
    c.interruptLine = true;
    c.nmiPending = true;
    p.boundary();
    assertHandler(Vector.NMI, Processor.CODE_AT);
    assertTrue(c.interruptLine, "its handler runs with IF clear");
  }

  @Test
  void haltIsLeftByAnInterrupt_volume2() {
    p.run(0xfb);
    p.run(0xf4);
    assertTrue(c.halted);
    p.boundary();
    assertTrue(c.halted);
    c.interruptLine = true;
    p.boundary();
    assertFalse(c.halted);
    assertHandler(INTERRUPT, Processor.CODE_AT + 2);
  }

  @Test
  void unfinishedStringSavesRf_17_3_1_1() {
    c.setEflags(Eflags.IF);
    c.repeating = true;
    c.interruptLine = true;
    p.boundary();
    assertEquals(Eflags.RF, p.stack32(2) & Eflags.RF);
  }

  // ---- single step

  @Test
  void trapFollowsTheInstructionThatBeganWithTf_17_3_1_4() {
    p.onStack32(Eflags.TF);
    p.run(0x9d); // popf
    assertEquals(Processor.CODE_AT + 1, c.eip, "not after the popf that set it");
    p.run(NOP);
    assertHandler(Vector.DB, Processor.CODE_AT + 2);
    assertEquals(DebugTraps.SINGLE_STEP, c.dr[6] & 0xe00f);
    assertEquals(Eflags.TF, p.stack32(2) & (Eflags.TF | Eflags.RF));
    assertEquals(0, c.eflags & Eflags.TF);
    p.run(NOP);
    assertEquals(Processor.handler(Vector.DB) + 1, c.eip, "the handler is not traced");
  }

  @Test
  void softwareInterruptsAreNotTraced_17_3_1_4() {
    c.setEflags(Eflags.TF);
    p.boundary();
    p.run(0xcd, INTERRUPT);
    assertHandler(INTERRUPT, Processor.CODE_AT + 2);
    assertEquals(Eflags.TF, p.stack32(2) & Eflags.TF);
  }

  @Test
  void faultingInstructionIsNotTraced_6_5() {
    c.setEflags(Eflags.TF);
    p.boundary();
    p.run(0x0f, 0x0b);
    assertHandler(Vector.UD, Processor.CODE_AT);
  }

  @Test
  void trapGoesBeforeInterrupts_table_6_2() {
    c.setEflags(Eflags.TF | Eflags.IF);
    p.boundary();
    p.execute(NOP);
    c.interruptLine = true;
    p.boundary();
    assertHandler(Vector.DB, Processor.CODE_AT + 1);
  }

  @Test
  void sysenterIsTracedIntoTheKernel_17_3_1_4() {
    c.msr.sysenterCs = Processor.CODE0;
    c.msr.sysenterEip = 0x5000;
    c.msr.sysenterEsp = Processor.STACK0;
    p.ring3();
    c.setEflags(Eflags.TF);
    p.boundary();
    p.run(0x0f, 0x34);
    assertHandler(Vector.DB, 0x5000);
  }

  // ---- breakpoints

  private void breakpoint(int n, int address, int condition, int length) {
    c.dr[n] = address;
    DebugTraps.setControl(c, c.dr[7] | 1 << 2 * n | condition << 16 + 4 * n | length << 18 + 4 * n);
  }

  @Test
  void instructionBreakpointIsAFault_17_3_1_1() {
    breakpoint(1, Processor.CODE_AT + 1, 0, 0);
    p.run(NOP);
    assertHandler(Vector.DB, Processor.CODE_AT + 1);
    assertEquals(2, c.dr[6] & 0xe00f);
    assertEquals(0, p.stack32(2) & Eflags.RF, "the handler has to set RF");
  }

  @Test
  void instructionBreakpointOfAStringIsMetOnce_17_3_1_1() {
    breakpoint(0, Processor.CODE_AT, 0, 0);
    c.reg[Cpu.ECX] = 2;
    c.reg[Cpu.EDI] = 0x6000;
    p.run(0xf3, 0xaa);
    assertEquals(Processor.CODE_AT, c.eip);
    assertEquals(1, c.reg[Cpu.ECX]);
  }

  @Test
  void iretOf16BitsLeavesNoResumeFlag_17_3_1_1() {
    c.setEflags(Eflags.RF);
    p.onStack16(0x5000, Processor.CODE0, 0);
    p.run(0x66, 0xcf);
    assertEquals(0x5000, c.eip);
    assertEquals(0, c.eflags & Eflags.RF);
  }

  @Test
  void rfHoldsForOneInstruction_17_3_1_1() {
    breakpoint(0, 0x5000, 0, 0);
    p.onStack32(0x5000, Processor.CODE0, Eflags.RF);
    p.run(0xcf);
    assertEquals(0x5000, c.eip);
    assertEquals(Eflags.RF, c.eflags & Eflags.RF);
    p.run(NOP);
    assertEquals(0, c.eflags & Eflags.RF);
    c.eip = 0x5000;
    p.boundary();
    assertHandler(Vector.DB, 0x5000);
  }

  @Test
  void dataBreakpointIsATrap_17_3_1_2() {
    breakpoint(2, 0x6000, 1, 3);
    p.run(0xa0, 0x02, 0x60, 0, 0); // a read: no hit
    assertEquals(Processor.CODE_AT + 5, c.eip);
    p.run(0xa2, 0x03, 0x60, 0, 0); // mov [6003h], al
    assertHandler(Vector.DB, Processor.CODE_AT + 10);
    assertEquals(4, c.dr[6] & 0xe00f);
  }

  @Test
  void readWriteBreakpointHitsBoth_17_2_4() {
    breakpoint(0, 0x6000, 3, 0);
    p.run(0xa1, 0xfd, 0x5f, 0, 0); // mov eax, [5ffdh]: covers 6000h
    assertHandler(Vector.DB, Processor.CODE_AT + 5);
  }

  @Test
  void neighboursDoNotHit_17_2_5() {
    breakpoint(0, 0x6004, 3, 3);
    p.run(0xa1, 0x00, 0x60, 0, 0);
    p.run(0xa0, 0x08, 0x60, 0, 0);
    assertEquals(Processor.CODE_AT + 10, c.eip);
  }

  @Test
  void ioBreakpointNeedsDe_17_2_4() {
    c.reg[Cpu.EDX] = 0x80;
    breakpoint(3, 0x80, 2, 0);
    p.run(0xec);
    assertEquals(Processor.CODE_AT + 1, c.eip);
    c.cr4 = Control.CR4_DE;
    p.run(0xec);
    assertHandler(Vector.DB, Processor.CODE_AT + 2);
    assertEquals(8, c.dr[6] & 0xe00f);
  }

  @Test
  void repeatedStringTrapsAfterEachElement_17_3_1_4() {
    c.reg[Cpu.ECX] = 3;
    c.reg[Cpu.EDI] = 0x6000;
    c.setEflags(Eflags.TF);
    p.boundary();
    p.run(0xf3, 0xaa); // rep stosb
    assertHandler(Vector.DB, Processor.CODE_AT);
    assertEquals(Eflags.RF | Eflags.TF | 2, p.stack32(2), "RF, for it is not finished");
    assertEquals(2, c.reg[Cpu.ECX]);
  }

  @Test
  void dataBreakpointInsideARepeatedString_17_3_1_2() {
    breakpoint(0, 0x6001, 1, 0);
    c.reg[Cpu.ECX] = 5;
    c.reg[Cpu.EDI] = 0x6000;
    p.run(0xf3, 0xaa);
    p.run(0xf3, 0xaa);
    assertHandler(Vector.DB, Processor.CODE_AT);
    assertEquals(3, c.reg[Cpu.ECX]);
  }

  // ---- alignment

  @Test
  void alignmentIsCheckedAtLevel3_6_15() {
    p.control(c.cr0 | Control.CR0_AM, 0, 0);
    p.onStack32(Eflags.AC);
    p.run(0x9d); // popf
    p.run(0xa1, 0x01, 0x60, 0, 0);
    assertEquals(Processor.CODE_AT + 6, c.eip, "not at level 0");
    p.ring3();
    p.onStack32(Eflags.AC);
    p.run(0x9d);
    assertEquals("#AC(0x0)", p.execute(0xa1, 0x01, 0x60, 0, 0));
    assertEquals("#AC(0x0)", p.execute(0x66, 0xa3, 0x01, 0x60, 0, 0));
    assertEquals("ok", p.execute(0xa2, 0x01, 0x60, 0, 0), "a byte");
    assertEquals("ok", p.execute(0xa1, 0x04, 0x60, 0, 0));
    p.onStack32(0);
    p.run(0x9d);
    assertEquals("ok", p.execute(0xa1, 0x01, 0x60, 0, 0));
  }

  // ---- the registers themselves

  private String movToDebug(int number, int value) {
    c.reg[Cpu.EAX] = value;
    return p.execute(0x0f, 0x23, 0xc0 | number << 3);
  }

  @Test
  void alignmentIsCheckedBeforeThePageIsLookedUp_table_6_2() {
    p.control(c.cr0 | Control.CR0_AM, 0, 0);
    p.paging();
    p.mapPage(0x6000, 0);
    p.ring3();
    p.onStack32(Eflags.AC);
    p.run(0x9d); // popf
    assertEquals("#AC(0x0)", p.execute(0xa1, 0x01, 0x60, 0, 0));
    assertEquals("#PF(0x4)", p.execute(0xa1, 0x04, 0x60, 0, 0).replaceAll(" .*", ""));
  }

  /** SDM vol. 3, 17.2.4: pushes on the handler's stack are data accesses, too. */
  @Test
  void dataBreakpointOnTheInnerStack_17_2_4() {
    p.ring3();
    p.idt(0x80, Descriptors.gate(Processor.CODE0, 0x5555, Descriptors.TRAP_GATE, 3));
    c.dr[0] = Processor.STACK0 - 4;
    DebugTraps.setControl(c, 1 | 0xd << 16); // 4 bytes, writes
    p.run(0xcd, 0x80);
    assertHandler(Vector.DB, 0x5555);
    assertEquals(1, c.dr[6] & 0xf);
  }

  @Test
  void fixedBits_17_2() {
    movToDebug(6, 0);
    assertEquals(0xffff_0ff0, c.dr[6]);
    movToDebug(6, -1);
    assertEquals(0xffff_efff, c.dr[6]);
    movToDebug(7, -1 & ~DebugTraps.GENERAL_DETECT);
    assertEquals(0xffff_07ff, c.dr[7]);
  }

  @Test
  void dr4AndDr5AreAliasesUnlessDe_17_2_2() {
    movToDebug(5, 0);
    p.execute(0x0f, 0x21, 0xeb);
    assertEquals(0x400, c.reg[Cpu.EBX]);
    c.cr4 = Control.CR4_DE;
    assertEquals("#UD", p.execute(0x0f, 0x21, 0xeb));
    assertEquals("#UD", movToDebug(4, 0));
  }

  @Test
  void generalDetectIsAFault_17_2_4() {
    movToDebug(7, DebugTraps.GENERAL_DETECT);
    p.run(0x0f, 0x21, 0xc0);
    assertHandler(Vector.DB, Processor.CODE_AT + 3);
    assertEquals(DebugTraps.ACCESS_DETECTED, c.dr[6] & 0xe00f);
    assertEquals(0x400, c.dr[7], "GD is cleared for the handler");
    assertEquals(Eflags.RF, p.stack32(2) & Eflags.RF);
  }

  @Test
  void exceptionsEndShadows_6_8_3() {
    c.reg[Cpu.EAX] = Processor.DATA0;
    c.setEflags(Eflags.IF);
    for (int vector = 0; vector < 32; vector++) {
      p.idt(
          vector,
          Descriptors.gate(Processor.CODE0, Processor.handler(vector), Descriptors.TRAP_GATE, 0));
    }
    p.run(0x8e, 0xd0);
    c.interruptLine = true;
    p.run(0x0f, 0x0b);
    assertHandler(INTERRUPT, Processor.handler(Vector.UD));
    assertTrue(c.segment[SegmentRegister.SS].usable());
  }
}
