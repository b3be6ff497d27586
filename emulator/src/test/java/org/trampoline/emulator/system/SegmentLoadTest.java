package org.trampoline.emulator.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.trampoline.emulator.cpu.Control;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.SegmentRegister;

/** Loads of segment registers: SDM vol. 3, 3.4, 5.2–5.7 and 20.1.1; vol. 2, MOV, POP, LDS. */
class SegmentLoadTest {
  private static final int DS = SegmentRegister.DS;
  private static final int SS = SegmentRegister.SS;
  private final Processor p = new Processor();
  private final Cpu c = p.c;

  @AfterEach
  void close() {
    p.close();
  }

  private String movDs(int selector) {
    c.reg[Cpu.EAX] = selector;
    return p.execute(0x8e, 0xd8);
  }

  private String movSs(int selector) {
    c.reg[Cpu.EAX] = selector;
    return p.execute(0x8e, 0xd0);
  }

  @Test
  void loadsTheHiddenPartAndMarksAccessed_3_4_3() {
    p.gdt(Processor.FREE, Descriptors.segment(0x12345678, 0x54321, Descriptors.DATA, 2, 0x4));
    assertEquals("ok", movDs(Processor.FREE | 2));
    SegmentRegister s = c.segment[DS];
    assertEquals(Processor.FREE | 2, s.selector);
    assertEquals(0x12345678, s.base);
    assertEquals(0x54321, s.limit);
    assertEquals(0x40d3, s.attributes);
    assertEquals(0xd3, p.gdtAccess(Processor.FREE));
  }

  @Test
  void granularityScalesTheLimit_3_4_5() {
    p.gdt(Processor.FREE, Descriptors.segment(0, 0x54321, Descriptors.DATA, 0, 0x8));
    movDs(Processor.FREE);
    assertEquals(0x54321fff, c.segment[DS].limit);
  }

  @Test
  void dataPrivilegeIsTheWeakerOfCplAndRpl_5_6() {
    assertEquals("ok", movDs(Processor.DATA0));
    assertEquals("#GP(0x10)", movDs(Processor.DATA0 | 1), "RPL 1 above DPL 0");
    assertEquals("ok", movDs(Processor.DATA3));
    p.ring3();
    assertEquals("#GP(0x10)", movDs(Processor.DATA0), "CPL 3");
    assertEquals(Processor.DATA3, c.segment[DS].selector, "kept after the fault");
  }

  @Test
  void codeSegmentsAsData_5_6_1() {
    p.ring3();
    assertEquals("ok", movDs(Processor.CODE3));
    assertFalse(c.segment[DS].writable);
    assertEquals("#GP(0x8)", movDs(Processor.CODE0));
    assertEquals("ok", movDs(Processor.CONFORMING | 3), "conforming: always allowed");
    p.gdt(Processor.FREE, Descriptors.flat(Descriptors.EXECUTE_ONLY, 3));
    assertEquals("#GP(0x58)", movDs(Processor.FREE | 3));
  }

  @Test
  void nullIsLoadedButNotUsed_3_4_2() {
    assertEquals("ok", movDs(3));
    assertEquals(3, c.segment[DS].selector);
    assertEquals("#GP(0x0)", p.execute(0xa0, 0, 0, 0, 0), "mov al, [0]");
    assertEquals("#GP(0x0)", movSs(0), "SS");
    p.ring3();
    assertEquals("#GP(0x0)", movSs(3), "SS at level 3");
  }

  @Test
  void tableLimitsAndTypes_volume2() {
    c.gdtLimit = Processor.FREE + 6;
    assertEquals("#GP(0x58)", movDs(Processor.FREE));
    c.gdtLimit = 0xff;
    assertEquals("#GP(0x28)", movDs(Processor.TSS), "system segment");
    assertEquals("#GP(0x14)", movDs(0x14), "no LDT");
    p.ldt(0x14, Descriptors.flat(Descriptors.DATA, 0));
    assertEquals("ok", movDs(0x14));
    assertEquals("#GP(0x104)", movDs(0x104), "beyond the LDT");
    p.gdt(Processor.FREE, Descriptors.absent(Descriptors.flat(Descriptors.DATA, 0)));
    assertEquals("#NP(0x58)", movDs(Processor.FREE));
    assertEquals(0x12, p.gdtAccess(Processor.FREE), "not marked accessed");
  }

  @Test
  void stackSegmentMustBeOfThisLevel_5_7() {
    assertEquals("ok", movSs(Processor.DATA0));
    assertEquals("#GP(0x20)", movSs(Processor.DATA3), "DPL and RPL");
    assertEquals("#GP(0x10)", movSs(Processor.DATA0 | 3), "RPL");
    assertEquals("#GP(0x8)", movSs(Processor.CODE0), "code");
    p.gdt(Processor.FREE, Descriptors.flat(Descriptors.READ_ONLY, 0));
    assertEquals("#GP(0x58)", movSs(Processor.FREE));
    p.gdt(Processor.FREE, Descriptors.absent(Descriptors.flat(Descriptors.DATA, 0)));
    assertEquals("#SS(0x58)", movSs(Processor.FREE));
    p.gdt(Processor.FREE, Descriptors.segment(0, 0xffff, Descriptors.DATA, 0, 0));
    assertEquals("ok", movSs(Processor.FREE));
    assertFalse(c.stack32);
  }

  @Test
  void csCannotBeLoaded_volume2() {
    assertEquals("#UD", p.execute(0x8e, 0xc8));
    assertEquals("#UD", p.execute(0x8e, 0xf0), "segment register 6");
    assertEquals("#UD", p.execute(0x8c, 0xf8), "segment register 7");
  }

  @Test
  void popMovesTheStackPointerOnlyIfItLoads_volume2() {
    p.onStack32(0xffff_0000 | Processor.DATA3);
    assertEquals("ok", p.execute(0x1f));
    assertEquals(Processor.STACK0, p.esp());
    assertEquals(Processor.DATA3, c.segment[DS].selector);
    p.onStack32(0x100);
    assertEquals("#GP(0x100)", p.execute(0x1f));
    assertEquals(Processor.STACK0 - 4, p.esp());
    p.onStack16(Processor.DATA0);
    assertEquals("ok", p.execute(0x66, 0x07));
    assertEquals(Processor.STACK0 - 4, p.esp());
  }

  @Test
  void ldsLoadsBothOrNothing_volume2() {
    p.write32(0x6000, 0x1122_3344);
    p.write32(0x6004, Processor.DATA3);
    assertEquals("ok", p.execute(0xc5, 0x35, 0x00, 0x60, 0, 0));
    assertEquals(0x1122_3344, c.reg[Cpu.ESI]);
    assertEquals(Processor.DATA3, c.segment[DS].selector);
    p.write32(0x6000, 0);
    p.write32(0x6004, 0x100);
    assertEquals("#GP(0x100)", p.execute(0xc5, 0x35, 0x00, 0x60, 0, 0));
    assertEquals(0x1122_3344, c.reg[Cpu.ESI]);
  }

  @Test
  void lssLoadsStackAndPointer_volume2() {
    p.write32(0x6000, 0x22000);
    p.write32(0x6004, Processor.DATA0);
    assertEquals("ok", p.execute(0x0f, 0xb2, 0x25, 0x00, 0x60, 0, 0));
    assertEquals(0x22000, p.esp());
    assertTrue(c.shadow != c.instructions, "no shadow after LSS");
  }

  @Test
  void movFromSegmentZeroExtendsToA32BitRegister_volume2() {
    c.reg[Cpu.EAX] = -1;
    p.execute(0x8c, 0xd8);
    assertEquals(Processor.DATA0, c.reg[Cpu.EAX]);
    c.reg[Cpu.EAX] = -1;
    p.execute(0x66, 0x8c, 0xd8);
    assertEquals(0xffff_0000 | Processor.DATA0, c.reg[Cpu.EAX]);
    p.write32(0x6000, -1);
    p.execute(0x8c, 0x1d, 0x00, 0x60, 0, 0);
    assertEquals(0xffff_0000 | Processor.DATA0, p.read32(0x6000), "always 16 bits in memory");
  }

  @Test
  void realModeLoadsBaseAndKeepsTheLimit_20_1_1() {
    p.real();
    c.segment[DS].set(0x10, 0, -1, 0xc093); // as protected mode left it
    assertEquals("ok", movDs(0x1234));
    assertEquals(0x12340, c.segment[DS].base);
    assertEquals(-1, c.segment[DS].limit);
  }

  @Test
  void realModeRevivesANullSegment_20_1_1() {
    movDs(0);
    p.control(Control.CR0_ET, 0, 0);
    assertEquals("ok", movDs(0x2000));
    assertTrue(c.segment[DS].writable);
    assertEquals(0xffff, c.segment[DS].limit);
  }

  @Test
  void virtual8086LoadsAreUnchecked_20_2_1() {
    p.virtual8086(0);
    assertEquals("ok", movDs(0x1234));
    assertEquals(0x12340, c.segment[DS].base);
    assertEquals(0xffff, c.segment[DS].limit);
    assertEquals(3, c.segment[DS].dpl());
    assertEquals("ok", movSs(0));
    assertEquals(0, c.segment[SS].base);
  }

  @Test
  void descriptorTableIsReadAsSupervisor_5_11() {
    p.paging();
    p.mapPage(Processor.GDT_AT, Processor.GDT_AT | 3);
    p.ring3();
    assertEquals("ok", movDs(Processor.DATA3));
    p.mapPage(Processor.GDT_AT, 0);
    assertEquals("#PF(0x0) at 0x1020", movDs(Processor.DATA3));
    assertEquals(Processor.DATA3, c.segment[DS].selector);
  }
}
