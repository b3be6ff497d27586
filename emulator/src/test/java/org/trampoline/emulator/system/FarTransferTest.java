package org.trampoline.emulator.system;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.SegmentRegister;

/** Far JMP and CALL: SDM vol. 3, 5.8 and 20.1; vol. 2, JMP and CALL. */
class FarTransferTest {
  private static final int TARGET = 0x5000;
  private static final int GATE = Processor.FREE;
  private final Processor p = new Processor();
  private final Cpu c = p.c;

  @AfterEach
  void close() {
    p.close();
  }

  private String jump(int selector) {
    return p.execute(0xea, 0x00, 0x50, 0, 0, selector, selector >> 8);
  }

  private String call(int selector) {
    return p.execute(0x9a, 0x00, 0x50, 0, 0, selector, selector >> 8);
  }

  private void gate(int target, int access, int dpl, int parameters) {
    p.gdt(GATE, Descriptors.gate(target, 0x6000, access, dpl, parameters));
  }

  @Test
  void jumpToTheSameLevel_5_8_1() {
    assertEquals("ok", jump(Processor.CODE0));
    assertEquals(TARGET, c.eip);
    assertEquals(Processor.CODE0, p.cs());
    assertEquals(0x9b, p.gdtAccess(Processor.CODE0));
  }

  @Test
  void jumpTakes16BitSegments_volume2() {
    p.gdt(GATE, Descriptors.segment(0x1000, 0xffff, Descriptors.CODE, 0, 0));
    assertEquals("ok", jump(GATE));
    assertEquals(false, c.code32);
    assertEquals(0x1000, c.segment[SegmentRegister.CS].base);
  }

  @Test
  void directTransfersKeepTheLevel_5_8_1_1() {
    assertEquals("#GP(0x18)", jump(Processor.CODE3), "outer");
    assertEquals("#GP(0x8)", jump(Processor.CODE0 | 3), "RPL above CPL");
    p.ring3();
    assertEquals("#GP(0x8)", jump(Processor.CODE0), "inner");
    assertEquals("ok", jump(Processor.CODE3 & ~3), "RPL below CPL");
    assertEquals(Processor.CODE3, p.cs(), "RPL of CS is CPL");
    assertEquals("#GP(0x8)", call(Processor.CODE0));
  }

  @Test
  void conformingSegmentsRunAtTheCallersLevel_5_8_1_2() {
    p.ring3();
    assertEquals("ok", jump(Processor.CONFORMING));
    assertEquals(3, c.cpl);
    assertEquals(Processor.CONFORMING | 3, p.cs());
    p.gdt(GATE, Descriptors.flat(Descriptors.CONFORMING, 3));
    p.ring0();
    assertEquals("#GP(0x58)", jump(GATE), "outer conforming");
  }

  @Test
  void errorsOfTheTarget_volume2() {
    assertEquals("#GP(0x0)", jump(0));
    assertEquals("#GP(0x0)", jump(3));
    assertEquals("#GP(0x100)", jump(0x100));
    assertEquals("#GP(0x10)", jump(Processor.DATA0));
    assertEquals("#GP(0x38)", jump(Processor.LDT), "LDT descriptor");
    p.gdt(GATE, Descriptors.absent(Descriptors.flat(Descriptors.CODE, 0)));
    assertEquals("#NP(0x58)", jump(GATE));
    p.gdt(GATE, Descriptors.segment(0, TARGET - 1, Descriptors.CODE, 0, 4));
    assertEquals("#GP(0x0)", jump(GATE), "target beyond the limit");
    assertEquals(0x9a, p.gdtAccess(GATE));
    assertEquals(Processor.CODE_AT, c.eip);
  }

  @Test
  void callPushesCsAndEip_5_8_1() {
    assertEquals("ok", call(Processor.CODE0));
    assertEquals(Processor.STACK0 - 8, p.esp());
    assertEquals(Processor.CODE_AT + 7, p.stack32(0));
    assertEquals(Processor.CODE0, p.stack32(1));
  }

  @Test
  void callWith16BitOperandsPushesWords_volume2() {
    assertEquals("ok", p.execute(0x66, 0x9a, 0x00, 0x50, Processor.CODE0, 0));
    assertEquals(TARGET, c.eip);
    assertEquals(Processor.STACK0 - 4, p.esp());
    assertEquals((Processor.CODE_AT + 6) & 0xffff, p.stack16(0));
    assertEquals(Processor.CODE0, p.stack16(1));
  }

  @Test
  void callThroughMemory_volume2() {
    p.write32(0x6000, TARGET);
    p.write32(0x6004, Processor.CODE0);
    assertEquals("ok", p.execute(0xff, 0x1d, 0x00, 0x60, 0, 0));
    assertEquals(TARGET, c.eip);
    assertEquals("ok", p.execute(0xff, 0x2d, 0x00, 0x60, 0, 0), "jump");
    assertEquals(Processor.STACK0 - 8, p.esp());
  }

  @Test
  void callThatFaultsPushesNothing_volume2() {
    p.gdt(GATE, Descriptors.segment(0, TARGET - 1, Descriptors.CODE, 0, 4));
    assertEquals("#GP(0x0)", call(GATE));
    assertEquals(Processor.STACK0, p.esp());
    c.segment[SegmentRegister.SS].set(Processor.DATA0, 0, Processor.STACK0 - 5, 0x4093);
    assertEquals("#SS(0x0)", call(Processor.CODE0));
    assertEquals(Processor.STACK0, p.esp());
  }

  @Test
  void callGateToAnInnerLevelCopiesParameters_5_8_5() {
    p.ring3();
    gate(Processor.CODE0, Descriptors.CALL_GATE32, 3, 3);
    p.onStack32(0x11, 0x22, 0x33);
    assertEquals("ok", call(GATE));
    assertEquals(0, c.cpl);
    assertEquals(0x6000, c.eip, "the gate's offset, not the instruction's");
    assertEquals(Processor.CODE0, p.cs());
    assertEquals(Processor.DATA0, p.ss());
    assertEquals(Processor.STACK0 - 28, p.esp());
    int[] expected = {
      Processor.CODE_AT + 7,
      Processor.CODE3,
      0x11,
      0x22,
      0x33,
      Processor.STACK3 - 12,
      Processor.DATA3
    };
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], p.stack32(i), "word " + i);
    }
  }

  @Test
  void sixteenBitCallGateCopiesWords_5_8_5() {
    p.ring3();
    p.gdt(GATE, Descriptors.gate(Processor.CODE0, 0xffff_6000, Descriptors.CALL_GATE16, 3, 2));
    p.onStack16(0x1111, 0x2222);
    assertEquals("ok", call(GATE));
    assertEquals(0x6000, c.eip);
    assertEquals(Processor.STACK0 - 12, p.esp());
    assertEquals(0x1111, p.stack16(2));
    assertEquals(0x2222, p.stack16(3));
    assertEquals((Processor.STACK3 - 4) & 0xffff, p.stack16(4));
    assertEquals(Processor.DATA3, p.stack16(5));
  }

  @Test
  void callGateToTheSameLevelKeepsTheStack_5_8_3() {
    gate(Processor.CODE0, Descriptors.CALL_GATE32, 0, 5);
    assertEquals("ok", call(GATE));
    assertEquals(Processor.STACK0 - 8, p.esp());
    assertEquals("ok", jump(GATE));
    assertEquals(0x6000, c.eip);
  }

  @Test
  void callGateToConformingCodeKeepsTheLevel_5_8_4() {
    p.ring3();
    gate(Processor.CONFORMING, Descriptors.CALL_GATE32, 3, 0);
    assertEquals("ok", call(GATE));
    assertEquals(3, c.cpl);
    assertEquals(Processor.STACK3 - 8, p.esp());
  }

  @Test
  void gatePrivilege_5_8_4() {
    gate(Processor.CODE0, Descriptors.CALL_GATE32, 2, 0);
    assertEquals("#GP(0x58)", call(GATE | 3), "RPL above the gate's DPL");
    p.ring3();
    assertEquals("#GP(0x58)", call(GATE), "CPL above the gate's DPL");
    gate(Processor.CODE0, Descriptors.CALL_GATE32, 3, 0);
    assertEquals("#GP(0x8)", jump(GATE), "JMP cannot go to an inner level");
  }

  @Test
  void errorsThroughTheGate_volume2() {
    p.gdt(GATE, Descriptors.absent(Descriptors.gate(8, 0x6000, Descriptors.CALL_GATE32, 3)));
    assertEquals("#NP(0x58)", call(GATE));
    gate(0, Descriptors.CALL_GATE32, 3, 0);
    assertEquals("#GP(0x0)", call(GATE));
    gate(0x100, Descriptors.CALL_GATE32, 3, 0);
    assertEquals("#GP(0x100)", call(GATE));
    gate(Processor.DATA0, Descriptors.CALL_GATE32, 3, 0);
    assertEquals("#GP(0x10)", call(GATE));
    gate(Processor.CODE3, Descriptors.CALL_GATE32, 3, 0);
    assertEquals("#GP(0x18)", call(GATE), "outer level");
  }

  @Test
  void errorsOfTheInnerStack_5_8_5() {
    p.ring3();
    gate(Processor.CODE0, Descriptors.CALL_GATE32, 3, 31);
    p.write32(Processor.TSS_AT + 8, Processor.DATA3);
    assertEquals("#TS(0x20)", call(GATE));
    p.write32(Processor.TSS_AT + 8, 0);
    assertEquals("#TS(0x0)", call(GATE));
    p.gdt(0x60, Descriptors.segment(0, Processor.STACK0 - 1, Descriptors.EXPAND_DOWN, 0, 4));
    p.write32(Processor.TSS_AT + 8, 0x60);
    p.write32(Processor.TSS_AT + 4, Processor.STACK0 + 4 * (31 + 4) - 1);
    assertEquals("#SS(0x60)", call(GATE), "one byte short for the parameters");
    assertEquals(3, c.cpl);
    assertEquals(Processor.STACK3, p.esp());
  }

  @Test
  void parametersFaultAsTheCallersReads_5_8_5() {
    p.paging();
    p.ring3();
    gate(Processor.CODE0, Descriptors.CALL_GATE32, 3, 2);
    p.mapPage(0x25000, 0);
    c.reg[Cpu.ESP] = 0x24ffc;
    assertEquals("#PF(0x4) at 0x25000", call(GATE));
    assertEquals(0x24ffc, p.esp());
    assertEquals(3, c.cpl);
  }

  @Test
  void realModeLoadsCsAsParagraph_20_1_1() {
    p.real();
    assertEquals("ok", p.execute(0xea, 0x34, 0x12, 0x00, 0x20));
    assertEquals(0x2000, p.cs());
    assertEquals(0x20000, c.segment[SegmentRegister.CS].base);
    assertEquals(0x1234, c.eip);
    assertEquals("ok", p.execute(0x9a, 0x78, 0x56, 0x00, 0x40));
    assertEquals(0x1239, p.stack16(0));
    assertEquals(0x2000, p.stack16(1));
    assertEquals("#GP(0x0)", p.execute(0x66, 0xea, 0, 0, 1, 0, 0, 0x20), "beyond 64 KB");
  }

  @Test
  void realModeCodeCanBeWritten_20_1_1() {
    p.real();
    p.execute(0xea, 0x34, 0x12, 0x00, 0x20);
    assertEquals("ok", p.execute(0x2e, 0xa2, 0x00, 0x10), "mov cs:[1000h], al");
  }

  @Test
  void virtual8086Jump_20_2_1() {
    p.virtual8086(0);
    assertEquals("ok", p.execute(0xea, 0x34, 0x12, 0x00, 0x20));
    assertEquals(0x20000, c.segment[SegmentRegister.CS].base);
    assertEquals(3, c.cpl);
    assertEquals(0xffff, c.segment[SegmentRegister.CS].limit);
  }
}
