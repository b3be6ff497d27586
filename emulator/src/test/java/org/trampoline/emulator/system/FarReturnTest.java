package org.trampoline.emulator.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.Eflags;
import org.trampoline.emulator.cpu.SegmentRegister;

/** Far RET and IRET: SDM vol. 3, 5.8.6, 6.12.1, 6.7.1, 20.1 and 20.2; vol. 2, RET and IRET. */
class FarReturnTest {
  private static final int ALL = -1 & ~(Eflags.VM | Eflags.NT);
  private static final int NOT_NT_VM = Eflags.ID | Eflags.AC | 0x3fd5 & ~Eflags.IOPL;
  private final Processor p = new Processor();
  private final Cpu c = p.c;

  @AfterEach
  void close() {
    p.close();
  }

  private String iret() {
    return p.execute(0xcf);
  }

  @Test
  void retfToTheSameLevel_5_8_6() {
    p.onStack32(0x5000, Processor.CODE0, 0x77, 0x88);
    assertEquals("ok", p.execute(0xca, 4, 0));
    assertEquals(0x5000, c.eip);
    assertEquals(0x88, p.stack32(0));
  }

  @Test
  void retfToAnOuterLevelReleasesBothStacks_5_8_6() {
    p.onStack32(0x5000, Processor.CODE3, 0x77, Processor.STACK3 - 4, Processor.DATA3);
    assertEquals("ok", p.execute(0xca, 4, 0));
    assertEquals(3, c.cpl);
    assertEquals(Processor.CODE3, p.cs());
    assertEquals(Processor.DATA3, p.ss());
    assertEquals(Processor.STACK3, p.esp());
  }

  @Test
  void outerReturnNullsInnerDataSegments_5_8_6() {
    c.segment[SegmentRegister.ES].set(Processor.DATA3, 0, -1, 0xc0f3);
    c.segment[SegmentRegister.FS].set(Processor.CONFORMING, 0, -1, 0xc09f);
    c.segment[SegmentRegister.GS].setNull(3);
    p.onStack32(0x5000, Processor.CODE3, Processor.STACK3, Processor.DATA3);
    assertEquals("ok", p.execute(0xcb));
    assertEquals(0, c.segment[SegmentRegister.DS].selector, "ring 0 data");
    assertFalse(c.segment[SegmentRegister.DS].usable());
    assertEquals(Processor.DATA3, c.segment[SegmentRegister.ES].selector);
    assertEquals(Processor.CONFORMING, c.segment[SegmentRegister.FS].selector);
    assertEquals(0, c.segment[SegmentRegister.GS].selector);
  }

  @Test
  void errorsOfTheReturnSegment_volume2() {
    assertEquals("#GP(0x0)", retf(0));
    assertEquals("#GP(0x100)", retf(0x100));
    assertEquals("#GP(0x10)", retf(Processor.DATA0));
    assertEquals("#GP(0x8)", retf(Processor.CODE0 | 1), "DPL is not RPL");
    p.gdt(Processor.FREE, Descriptors.flat(Descriptors.CONFORMING, 2));
    assertEquals("#GP(0x58)", retf(Processor.FREE | 1), "conforming DPL above RPL");
    p.gdt(Processor.FREE, Descriptors.absent(Descriptors.flat(Descriptors.CODE, 0)));
    assertEquals("#NP(0x58)", retf(Processor.FREE));
    p.gdt(Processor.FREE, Descriptors.segment(0, 0x4fff, Descriptors.CODE, 0, 4));
    assertEquals("#GP(0x0)", retf(Processor.FREE), "limit");
    p.ring3();
    assertEquals("#GP(0x8)", retf(Processor.CODE0), "inner level");
  }

  private String retf(int selector) {
    int esp = p.esp();
    p.onStack32(0x5000, selector, Processor.STACK3, Processor.DATA3);
    String result = p.execute(0xcb);
    assertEquals(esp - 16, p.esp());
    assertEquals(Processor.CODE_AT, c.eip);
    c.reg[Cpu.ESP] = esp;
    return result;
  }

  @Test
  void errorsOfTheOuterStack_volume2() {
    assertEquals("#GP(0x0)", retfWithStack(0));
    assertEquals("#GP(0x100)", retfWithStack(0x103));
    assertEquals("#GP(0x20)", retfWithStack(Processor.DATA3 & ~3), "RPL");
    assertEquals("#GP(0x10)", retfWithStack(Processor.DATA0 | 3), "DPL");
    p.gdt(Processor.FREE, Descriptors.absent(Descriptors.flat(Descriptors.DATA, 3)));
    assertEquals("#SS(0x58)", retfWithStack(Processor.FREE | 3));
    assertEquals(Processor.DATA0, c.segment[SegmentRegister.DS].selector);
  }

  private String retfWithStack(int selector) {
    int esp = p.esp();
    p.onStack32(0x5000, Processor.CODE3, Processor.STACK3, selector);
    String result = p.execute(0xcb);
    assertEquals(0, c.cpl);
    c.reg[Cpu.ESP] = esp;
    return result;
  }

  @Test
  void poppingBeyondTheStackIsSs0_volume2() {
    c.segment[SegmentRegister.SS].set(Processor.DATA0, 0, Processor.STACK0 + 6, 0x4093);
    assertEquals("#SS(0x0)", p.execute(0xcb));
    assertEquals("#SS(0x0)", iret());
  }

  @Test
  void iretLoadsAllFlagsAtLevel0_volume2() {
    p.onStack32(0x5000, Processor.CODE0, ALL);
    assertEquals("ok", iret());
    assertEquals(
        NOT_NT_VM & ~Eflags.NT | Eflags.IOPL | Eflags.RF | Eflags.VIF | Eflags.VIP | 2,
        c.getEflags());
    assertEquals(Processor.STACK0, p.esp());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 3})
  void iretAtLevel3LeavesIoplAndMaybeIf_volume2(int iopl) {
    p.ring3();
    c.setEflags(iopl << 12);
    p.onStack32(0x5000, Processor.CODE3, ALL | Eflags.NT);
    assertEquals("ok", iret());
    int expected = NOT_NT_VM | Eflags.NT | Eflags.RF | iopl << 12 | 2;
    assertEquals(iopl == 3 ? expected : expected & ~Eflags.IF, c.getEflags());
  }

  @Test
  void iretAtLevel3IgnoresVm_20_2_5() {
    p.ring3();
    p.onStack32(0x5000, Processor.CODE3, Eflags.VM | 2);
    assertEquals("ok", iret());
    assertFalse(c.virtual8086());
  }

  @Test
  void iretToAnOuterLevelUsesTheInnerLevelsRights_volume2() {
    p.onStack32(
        0x5000,
        Processor.CODE3,
        Eflags.IF | Eflags.IOPL | 2,
        Processor.STACK3 - 4,
        Processor.DATA3);
    assertEquals("ok", iret());
    assertEquals(3, c.cpl);
    assertEquals(Processor.STACK3 - 4, p.esp());
    assertEquals(Eflags.IF | Eflags.IOPL | 2, c.getEflags());
  }

  @Test
  void iretWith16BitOperands_volume2() {
    c.setEflags(Eflags.AC);
    p.onStack16(0x5000, Processor.CODE0, Eflags.CF | Eflags.IF);
    assertEquals("ok", p.execute(0x66, 0xcf));
    assertEquals(0x5000, c.eip);
    assertEquals(Processor.STACK0, p.esp());
    assertEquals(Eflags.AC | Eflags.CF | Eflags.IF | 2, c.getEflags());
  }

  @Test
  void iretToA16BitStackLeavesTheUpperHalfOfEsp_volume2() {
    p.gdt(Processor.FREE, Descriptors.segment(0, 0xffff, Descriptors.DATA, 3, 0));
    p.onStack32(0x5000, Processor.CODE3, 2, 0x7777_1234, Processor.FREE | 3);
    assertEquals("ok", iret());
    assertEquals(0x1_1234, c.reg[Cpu.ESP], "the inner stack's upper half shows through");
  }

  @Test
  void iretToVirtual8086_20_2_5() {
    p.onStack32(
        0x1234, 0x2000, Eflags.VM | Eflags.IF | 2, 0xfff0, 0x3000, 0x4000, 0x5000, 0x6000, 0x7000);
    assertEquals("ok", iret());
    assertTrue(c.virtual8086());
    assertEquals(3, c.cpl);
    assertEquals(0x1234, c.eip);
    assertEquals(0xfff0, p.esp());
    int[] selectors = {0x4000, 0x2000, 0x3000, 0x5000, 0x6000, 0x7000};
    for (int i = 0; i < 6; i++) {
      assertEquals(selectors[i], c.segment[i].selector);
      assertEquals(selectors[i] << 4, c.segment[i].base);
      assertEquals(0xffff, c.segment[i].limit);
    }
    assertFalse(c.code32);
    assertFalse(c.stack32);
  }

  @Test
  void iretToVirtual8086ChecksEip_volume2() {
    p.onStack32(0x10000, 0x2000, Eflags.VM | 2, 0, 0, 0, 0, 0, 0);
    assertEquals("#GP(0x0)", iret());
    assertFalse(c.virtual8086());
  }

  @Test
  void iretInVirtual8086NeedsIopl3_20_2_7() {
    p.virtual8086(2);
    assertEquals("#GP(0x0)", iret());
    p.virtual8086(3);
    p.onStack16(0x1234, 0x2000, Eflags.IF | Eflags.NT);
    assertEquals("ok", iret());
    assertEquals(0x20000, c.segment[SegmentRegister.CS].base);
    assertEquals(Eflags.VM | Eflags.IOPL | Eflags.IF | Eflags.NT | 2, c.getEflags());
  }

  @Test
  void iretInRealMode_20_1() {
    p.real();
    p.onStack16(0x1234, 0x2000, 0xffff);
    assertEquals("ok", iret());
    assertEquals(0x1234, c.eip);
    assertEquals(0x20000, c.segment[SegmentRegister.CS].base);
    assertEquals(0x7fd7, c.getEflags());
    p.real();
    p.onStack32(0x1234, 0x2000, -1);
    assertEquals("ok", p.execute(0x66, 0xcf));
    assertEquals(0x25_7fd7, c.getEflags(), "not VM, VIF, VIP");
    p.real();
    p.onStack32(0x1_0000, 0x2000, 2);
    assertEquals("#GP(0x0)", p.execute(0x66, 0xcf));
  }

  @Test
  void iretEndsNmiBlocking_6_7_1() {
    c.nmiBlocked = true;
    p.onStack32(0x5000, Processor.CODE0, 2);
    iret();
    assertFalse(c.nmiBlocked);
  }
}
