package org.trampoline.emulator.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.Eflags;
import org.trampoline.emulator.cpu.SegmentRegister;
import org.trampoline.emulator.fault.Delivery;
import org.trampoline.emulator.fault.Vector;

/** Transfers through the IDT: SDM vol. 3, 6.10–6.13 and 20.1.4, 20.3; vol. 2, INT n. */
class InterruptEntryTest {
  private static final int IF_TF = Eflags.IF | Eflags.TF;
  private final Processor p = new Processor();
  private final Cpu c = p.c;

  @AfterEach
  void close() {
    p.close();
  }

  @Test
  void sameLevelPushesFlagsCsEip_6_12_1() {
    p.idt(0x80, Descriptors.gate(Processor.CODE0, 0x5555, Descriptors.INTERRUPT_GATE, 0));
    c.setEflags(IF_TF | Eflags.NT | Eflags.CF | Eflags.DF);
    assertEquals("ok", p.execute(0xcd, 0x80));
    assertEquals(0x5555, c.eip);
    assertEquals(Processor.STACK0 - 12, p.esp());
    assertEquals(Processor.CODE_AT + 2, p.stack32(0));
    assertEquals(Processor.CODE0, p.stack32(1));
    assertEquals(IF_TF | Eflags.NT | Eflags.CF | Eflags.DF | 2, p.stack32(2));
    assertEquals(Eflags.CF | Eflags.DF | 2, c.getEflags());
  }

  @Test
  void trapGateLeavesIf_6_12_1_3() {
    p.idt(0x80, Descriptors.gate(Processor.CODE0, 0x5555, Descriptors.TRAP_GATE, 0));
    c.setEflags(IF_TF);
    p.execute(0xcd, 0x80);
    assertEquals(Eflags.IF | 2, c.getEflags());
  }

  @Test
  void innerLevelSwitchesToTheStackOfTheTss_6_12_1() {
    p.ring3();
    c.setEflags(Eflags.IF);
    p.idt(0x80, Descriptors.gate(Processor.CODE0, 0x1234_5678, Descriptors.INTERRUPT_GATE, 3));
    assertEquals("ok", p.execute(0xcd, 0x80));
    assertEquals(0, c.cpl);
    assertEquals(0x1234_5678, c.eip);
    assertEquals(Processor.CODE0, p.cs());
    assertEquals(Processor.DATA0, p.ss());
    assertEquals(Processor.STACK0 - 20, p.esp());
    assertEquals(Processor.CODE_AT + 2, p.stack32(0));
    assertEquals(Processor.CODE3, p.stack32(1));
    assertEquals(Eflags.IF | 2, p.stack32(2));
    assertEquals(Processor.STACK3, p.stack32(3));
    assertEquals(Processor.DATA3, p.stack32(4));
    assertEquals(0x93, p.gdtAccess(Processor.DATA0), "accessed bit of SS (3.4.5.1)");
    assertEquals(0x9b, p.gdtAccess(Processor.CODE0), "accessed bit of CS (3.4.5.1)");
  }

  @Test
  void gateToLevel1TakesThatLevelsStack_5_8_5() {
    p.ring3();
    p.idt(0x80, Descriptors.gate(Processor.CODE1, 0x5000, Descriptors.TRAP_GATE, 3));
    assertEquals("ok", p.execute(0xcd, 0x80));
    assertEquals(1, c.cpl);
    assertEquals(Processor.CODE1, p.cs());
    assertEquals(Processor.STACK1 - 20, p.esp());
  }

  @Test
  void gateSelectorsRplIsIgnored_6_12_1_1() {
    p.ring3();
    p.idt(0x80, Descriptors.gate(Processor.CODE0 | 3, 0x5000, Descriptors.TRAP_GATE, 3));
    assertEquals("ok", p.execute(0xcd, 0x80));
    assertEquals(Processor.CODE0, p.cs());
  }

  @Test
  void conformingHandlerStaysAtTheCallersLevel_6_12_1_1() {
    p.ring3();
    p.idt(0x80, Descriptors.gate(Processor.CONFORMING, 0x5000, Descriptors.TRAP_GATE, 3));
    assertEquals("ok", p.execute(0xcd, 0x80));
    assertEquals(3, c.cpl);
    assertEquals(Processor.CONFORMING | 3, p.cs());
    assertEquals(Processor.STACK3 - 12, p.esp());
  }

  @Test
  void sixteenBitGatePushesWords_6_12_1() {
    p.ring3();
    p.idt(0x80, Descriptors.gate(Processor.CODE0, 0x7777_5000, Descriptors.INTERRUPT_GATE16, 3));
    assertEquals("ok", p.execute(0xcd, 0x80));
    assertEquals(0x5000, c.eip);
    assertEquals(Processor.STACK0 - 10, p.esp());
    assertEquals((Processor.CODE_AT + 2) & 0xffff, p.stack16(0));
    assertEquals(Processor.CODE3, p.stack16(1));
    assertEquals(Processor.STACK3 & 0xffff, p.stack16(3));
    assertEquals(Processor.DATA3, p.stack16(4));
  }

  @Test
  void errorCodeLiesOnTop_6_13() {
    p.handlers();
    p.raise(Vector.GP, 0x1234);
    assertEquals(0x1234, p.stack32(0));
    assertEquals(Processor.CODE_AT, p.stack32(1));
    assertEquals(Processor.STACK0 - 16, p.esp());
    assertEquals(Processor.handler(Vector.GP), c.eip);
  }

  @Test
  void softwareInterruptPushesNoErrorCode_6_4_4() {
    p.handlers();
    assertEquals("ok", p.execute(0xcd, Vector.GP));
    assertEquals(Processor.CODE_AT + 2, p.stack32(0));
  }

  @Test
  void faultsSaveRfSet_17_3_1_1() {
    p.handlers();
    p.raise(Vector.UD, 0);
    assertEquals(Eflags.RF, p.stack32(2) & Eflags.RF);
    assertEquals(0, c.getEflags() & Eflags.RF);
  }

  @Test
  void trapsAndInterruptsSaveRfAsItIs_17_3_1_1() {
    p.handlers();
    p.execute(0xcc);
    assertEquals(0, p.stack32(2) & Eflags.RF);
    Delivery.interrupt(c, 0x1f);
    assertEquals(0, p.stack32(2) & Eflags.RF);
  }

  @Test
  void pageFaultSetsCr2_4_7() {
    p.handlers();
    Delivery.deliver(c, c.fault.pageFault(0xdead_beef, 7));
    assertEquals(0xdead_beef, c.cr2);
    assertEquals(7, p.stack32(0));
  }

  @Test
  void gateDplProtectsFromSoftwareInterruptsOnly_6_12_1_2() {
    p.handlers();
    p.ring3();
    assertEquals("#GP(0x82)", p.execute(0xcd, 0x10));
    assertEquals("#GP(0x1a)", p.execute(0xcc));
    assertEquals("#GP(0x22)", overflow(), "INTO");
    Delivery.interrupt(c, 0x10);
    assertEquals(Processor.handler(0x10), c.eip);
  }

  private String overflow() {
    c.setEflags(Eflags.OF);
    return p.execute(0xce);
  }

  @Test
  void int1IgnoresTheGatesDpl_volume2() {
    p.handlers();
    p.ring3();
    int dr6 = c.dr[6];
    assertEquals("ok", p.execute(0xf1));
    assertEquals(Processor.handler(Vector.DB), c.eip);
    assertEquals(Processor.CODE_AT + 1, p.stack32(0));
    assertEquals(dr6, c.dr[6]);
  }

  @Test
  void intoWithoutOverflowDoesNothing() {
    assertEquals("ok", p.execute(0xce));
    assertEquals(Processor.CODE_AT + 1, c.eip);
  }

  @Test
  void errorsOfTheGate_volume2() {
    c.idtLimit = 0x80 * 8 + 6;
    assertEquals("#GP(0x402)", p.execute(0xcd, 0x80), "beyond the limit");
    c.idtLimit = 0x7ff;
    assertEquals("#GP(0x402)", p.execute(0xcd, 0x80), "type 0");
    p.idt(0x80, Descriptors.gate(Processor.CODE0, 0, Descriptors.CALL_GATE32, 0));
    assertEquals("#GP(0x402)", p.execute(0xcd, 0x80), "call gate");
    long gate = Descriptors.gate(Processor.CODE0, 0, Descriptors.TRAP_GATE, 0);
    p.idt(0x80, Descriptors.absent(gate));
    assertEquals("#NP(0x402)", p.execute(0xcd, 0x80));
    assertEquals(Processor.STACK0, p.esp());
  }

  @Test
  void errorsOfTheHandlersSegment_volume2() {
    assertEquals("#GP(0x0)", through(0), "null");
    assertEquals("#GP(0x100)", through(0x100), "beyond the GDT");
    assertEquals("#GP(0x10)", through(Processor.DATA0), "data");
    p.gdt(Processor.FREE, Descriptors.absent(Descriptors.flat(Descriptors.CODE, 0)));
    assertEquals("#NP(0x58)", through(Processor.FREE));
    assertEquals("#GP(0x18)", through(Processor.CODE3), "outer level");
    p.gdt(Processor.FREE, Descriptors.segment(0, 0x4fff, Descriptors.CODE, 0, 4));
    assertEquals("#GP(0x0)", through(Processor.FREE), "entry point beyond its limit");
    assertEquals(Processor.STACK0, p.esp());
  }

  private String through(int selector) {
    p.idt(0x80, Descriptors.gate(selector, 0x5000, Descriptors.TRAP_GATE, 0));
    return p.execute(0xcd, 0x80);
  }

  @Test
  void errorsOfTheInnerStack_volume2() {
    assertEquals("#TS(0x0)", withInnerStack(0), "null");
    assertEquals("#TS(0x100)", withInnerStack(0x100), "beyond the GDT");
    assertEquals("#TS(0x10)", withInnerStack(Processor.DATA0 | 1), "RPL");
    assertEquals("#TS(0x20)", withInnerStack(Processor.DATA3 & ~3), "DPL");
    assertEquals("#TS(0x8)", withInnerStack(Processor.CODE0), "code");
    p.gdt(Processor.FREE, Descriptors.flat(Descriptors.READ_ONLY, 0));
    assertEquals("#TS(0x58)", withInnerStack(Processor.FREE), "not writable");
    p.gdt(Processor.FREE, Descriptors.absent(Descriptors.flat(Descriptors.DATA, 0)));
    assertEquals("#SS(0x58)", withInnerStack(Processor.FREE), "not present");
    p.gdt(Processor.FREE, Descriptors.segment(0, Processor.STACK0 - 20, Descriptors.DATA, 0, 4));
    assertEquals("#SS(0x58)", withInnerStack(Processor.FREE), "one byte short");
    c.tr.set(Processor.TSS, Processor.TSS_AT, 8, 0x8b);
    assertEquals("#TS(0x28)", withInnerStack(Processor.DATA0), "TSS too short");
  }

  private String withInnerStack(int selector) {
    p.ring3();
    p.write32(Processor.TSS_AT + 8, selector);
    p.idt(0x80, Descriptors.gate(Processor.CODE0, 0x5000, Descriptors.TRAP_GATE, 3));
    String result = p.execute(0xcd, 0x80);
    assertEquals(3, c.cpl);
    assertEquals(Processor.STACK3, p.esp());
    return result;
  }

  @Test
  void pageFaultOnTheInnerStackChangesNothing_6_12_1() {
    p.paging();
    p.ring3();
    p.write32(Processor.TSS_AT + 4, 0x28008);
    p.mapPage(0x27000, 0);
    p.write32(0x28000, 0x1111_1111);
    p.idt(0x80, Descriptors.gate(Processor.CODE0, 0x5000, Descriptors.TRAP_GATE, 3));
    assertEquals("#PF(0x2) at 0x27ffc", p.execute(0xcd, 0x80));
    assertEquals(Processor.STACK3, p.esp());
    assertEquals(Processor.DATA3, p.ss());
    assertEquals(0x1111_1111, p.read32(0x28000));
  }

  @Test
  void sameLevelStackOverflowIsSs0_volume2() {
    p.idt(0x80, Descriptors.gate(Processor.CODE0, 0x5000, Descriptors.TRAP_GATE, 0));
    c.segment[SegmentRegister.SS].set(Processor.DATA0, 0, 0x0fff, 0x4096); // expand-down
    c.reg[Cpu.ESP] = 0x100b;
    assertEquals("#SS(0x0)", p.execute(0xcd, 0x80));
  }

  @Test
  void sixteenBitSegmentSetForTheStackWrapsSp_6_2_1() {
    p.idt(0x80, Descriptors.gate(Processor.CODE0, 0x5000, Descriptors.TRAP_GATE, 0));
    c.segment[SegmentRegister.SS].set(Processor.DATA0, 0x50000, 0xffff, 0x93);
    c.segmentsChanged();
    c.reg[Cpu.ESP] = 0x1234_0004;
    assertEquals("ok", p.execute(0xcd, 0x80));
    assertEquals(0x1234_fff8, c.reg[Cpu.ESP]);
    assertEquals(2, p.read32(0x50000));
    assertEquals(Processor.CODE0, p.read32(0x5fffc));
    assertEquals(Processor.CODE_AT + 2, p.read32(0x5fff8));
  }

  @Test
  void virtual8086GoesToRing0WithNineWords_20_3_1_1() {
    p.virtual8086(3);
    p.idt(0x80, Descriptors.gate(Processor.CODE0, 0x5000, Descriptors.INTERRUPT_GATE, 3));
    assertEquals("ok", p.execute(0xcd, 0x80));
    assertEquals(0, c.cpl);
    assertFalse(c.virtual8086());
    assertEquals(Processor.STACK0 - 36, p.esp());
    assertEquals(2, p.stack32(0));
    assertEquals(Processor.CODE_AT >> 4, p.stack32(1));
    assertEquals(Eflags.VM | Eflags.IOPL | 2, p.stack32(2));
    assertEquals(0x100, p.stack32(3));
    for (int word = 4; word < 9; word++) {
      assertEquals(0x3000, p.stack32(word));
    }
    for (int s : new int[] {SegmentRegister.ES, SegmentRegister.DS, SegmentRegister.FS}) {
      assertEquals(0, c.segment[s].selector);
      assertFalse(c.segment[s].usable());
    }
  }

  @Test
  void virtual8086NeedsIopl3ForIntN_20_2_7() {
    p.virtual8086(2);
    p.idt(3, Descriptors.gate(Processor.CODE0, 0x5000, Descriptors.INTERRUPT_GATE, 3));
    assertEquals("#GP(0x0)", p.execute(0xcd, 3));
    assertEquals("ok", p.execute(0xcc), "INT3 does not");
  }

  @Test
  void virtual8086HandlerMustBeNonconformingLevel0_20_3_1() {
    p.virtual8086(3);
    p.idt(0x80, Descriptors.gate(Processor.CODE1, 0x5000, Descriptors.INTERRUPT_GATE, 3));
    assertEquals("#GP(0x48)", p.execute(0xcd, 0x80));
    p.idt(0x80, Descriptors.gate(Processor.CONFORMING, 0x5000, Descriptors.INTERRUPT_GATE, 3));
    assertEquals("#GP(0x40)", p.execute(0xcd, 0x80));
  }

  @Test
  void realModeUsesTheVectorTable_20_1_4() {
    p.real();
    p.write32(0x21 * 4, 0x4000_5678);
    c.setEflags(IF_TF | Eflags.AC | Eflags.CF);
    assertEquals("ok", p.execute(0xcd, 0x21));
    assertEquals(0x5678, c.eip);
    assertEquals(0x4000, p.cs());
    assertEquals(0x40000, c.segment[SegmentRegister.CS].base);
    assertEquals(0xfa, p.esp());
    assertEquals(2, p.stack16(0));
    assertEquals(Processor.CODE_AT >> 4, p.stack16(1));
    assertEquals(IF_TF | Eflags.CF | 2, p.stack16(2));
    assertEquals(Eflags.CF | 2, c.getEflags());
  }

  @Test
  void realModePushesNoErrorCode_20_1_4() {
    p.real();
    p.write32(Vector.GP * 4, 0x4000_5678);
    p.raise(Vector.GP, 0);
    assertEquals(0xfa, p.esp());
  }

  @Test
  void innerStackOf16BitsTakesSpOnly_6_12_1() {
    p.ring3();
    c.reg[Cpu.ESP] = 0x0002_4000;
    p.gdt(Processor.FREE, Descriptors.segment(0x2_0000, 0xffff, Descriptors.DATA, 0, 0));
    p.write32(Processor.TSS_AT + 4, 0x1000);
    p.write32(Processor.TSS_AT + 8, Processor.FREE);
    p.idt(0x80, Descriptors.gate(Processor.CODE0, 0x5555, Descriptors.INTERRUPT_GATE, 3));
    assertEquals("ok", p.execute(0xcd, 0x80));
    assertEquals(0x2_1000 - 20, p.esp(), "the upper half is the interrupted program's");
    assertEquals(0x2_4000, p.read32(0x2_1000 - 8));
    assertEquals(0x93, p.gdtAccess(Processor.FREE), "accessed");
  }

  @Test
  void innerStackTooSmallChangesNothing_6_12_1() {
    p.ring3();
    p.gdt(Processor.FREE, Descriptors.segment(0x2_0000, 0xffff, Descriptors.DATA, 0, 0));
    p.write32(Processor.TSS_AT + 4, 8);
    p.write32(Processor.TSS_AT + 8, Processor.FREE);
    p.idt(0x80, Descriptors.gate(Processor.CODE0, 0x5555, Descriptors.INTERRUPT_GATE, 3));
    p.gdt(Processor.FREE, Descriptors.segment(0x2_0000, 0xff, Descriptors.DATA, 0, 0));
    assertEquals("#SS(0x58)", p.execute(0xcd, 0x80));
    assertEquals(0x92, p.gdtAccess(Processor.FREE), "not accessed");
    assertEquals(0, p.read32(0x2_0004), "nothing pushed");
  }

  /** A fault on the way to the handler is the instruction's own: eip points at it (6.5). */
  @Test
  void int1ThatCannotBeDeliveredFaultsAtTheInstruction_6_5() {
    p.idt(1, Descriptors.absent(Descriptors.gate(Processor.CODE0, 1, Descriptors.TRAP_GATE, 0)));
    assertEquals("#NP(0xb)", p.execute(0xf1));
    assertEquals(Processor.CODE_AT, c.eip);
  }

  @Test
  void softwareInterruptSavesRfAs0_17_3_1_1() {
    p.idt(0x80, Descriptors.gate(Processor.CODE0, 0x5555, Descriptors.TRAP_GATE, 0));
    c.setEflags(Eflags.RF);
    assertEquals("ok", p.execute(0xcd, 0x80));
    assertEquals(2, p.stack32(2));
  }
}
