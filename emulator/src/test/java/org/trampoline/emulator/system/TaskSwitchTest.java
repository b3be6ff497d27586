package org.trampoline.emulator.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.trampoline.emulator.cpu.Control;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.Eflags;
import org.trampoline.emulator.cpu.SegmentRegister;
import org.trampoline.emulator.fault.DebugTraps;
import org.trampoline.emulator.fault.Vector;

/** Hardware task switches: SDM vol. 3, chapter 7. */
class TaskSwitchTest {
  private static final int TSS2 = Processor.TSS2_AT;
  private static final int ENTRY = 0x7000;
  private final Processor p = new Processor();
  private final Cpu c = p.c;

  /** A 32-bit task at CPL 0 whose general registers hold 100H plus their number. */
  @BeforeEach
  void newTask() {
    p.write32(TSS2 + 0x1c, 0x70000);
    p.write32(TSS2 + 0x20, ENTRY);
    p.write32(TSS2 + 0x24, Eflags.CF | 2);
    for (int r = 0; r < 8; r++) {
      p.write32(TSS2 + 0x28 + 4 * r, 0x100 + r);
    }
    p.write32(TSS2 + 0x38, Processor.STACK1);
    for (int s = 0; s < 6; s++) {
      p.write32(TSS2 + 0x48 + 4 * s, s == SegmentRegister.CS ? Processor.CODE0 : Processor.DATA0);
    }
    p.write32(TSS2 + 0x60, 0);
    p.write32(TSS2 + 0x64, 0);
    p.handlers();
  }

  @AfterEach
  void close() {
    p.close();
  }

  private String jump(int selector) {
    return p.execute(0xea, 0, 0, 0, 0, selector, 0);
  }

  private String call(int selector) {
    return p.execute(0x9a, 0, 0, 0, 0, selector, 0);
  }

  /** SDM vol. 3, 2.3: RF is cleared by every instruction but IRET and POPF. */
  @Test
  void resumeFlagOfTheOldTaskIsNotSaved_2_3() {
    c.setEflags(Eflags.RF | Eflags.ZF);
    assertEquals("ok", jump(Processor.TSS2));
    assertEquals(Eflags.ZF | 2, p.read32(Processor.TSS_AT + 0x24));
  }

  /** The new task has no stack yet, so the one for level 0 in its TSS serves (vol. 3, 7.3). */
  @Test
  void faultBeforeThereIsAStack_7_3() {
    p.write32(TSS2 + 4, Processor.STACK0 - 0x100);
    p.write32(TSS2 + 8, Processor.DATA0);
    p.write32(TSS2 + 0x60, 0x68); // not an LDT
    assertEquals("ok", jump(Processor.TSS2));
    assertEquals(Processor.handler(Vector.TS), c.eip);
    assertEquals(Processor.STACK0 - 0x100 - 6 * 4, p.esp());
    assertEquals(0x68, p.stack32(0), "error code");
    assertEquals(ENTRY, p.stack32(1));
    assertEquals(Processor.STACK1, p.stack32(4), "ESP of the new task");
  }

  @Test
  void jumpSavesAndLoadsEverything_7_3() {
    for (int r = 0; r < 8; r++) {
      c.reg[r] = r == Cpu.ESP ? Processor.STACK0 : 0x200 + r;
    }
    c.setEflags(Eflags.DF | Eflags.ZF);
    assertEquals("ok", jump(Processor.TSS2));
    assertEquals(Processor.CODE_AT + 7, p.read32(Processor.TSS_AT + 0x20));
    assertEquals(Eflags.DF | Eflags.ZF | 2, p.read32(Processor.TSS_AT + 0x24));
    for (int r = 0; r < 8; r++) {
      int saved = p.read32(Processor.TSS_AT + 0x28 + 4 * r);
      assertEquals(r == Cpu.ESP ? Processor.STACK0 : 0x200 + r, saved);
      assertEquals(r == Cpu.ESP ? Processor.STACK1 : 0x100 + r, c.reg[r]);
    }
    assertEquals(Processor.CODE0, p.read32(Processor.TSS_AT + 0x4c) & 0xffff);
    assertEquals(ENTRY, c.eip);
    assertEquals(Eflags.CF | 2, c.getEflags());
    assertEquals(Processor.TSS2, c.tr.selector);
    assertEquals(TSS2, c.tr.base);
    assertEquals(0x89, p.gdtAccess(Processor.TSS), "no longer busy");
    assertEquals(0x8b, p.gdtAccess(Processor.TSS2), "busy");
    assertEquals(0x8b, c.tr.attributes);
    assertEquals(Control.CR0_TS, c.cr0 & Control.CR0_TS);
    assertEquals(0, c.cr3, "CR3 is not loaded without paging");
  }

  @Test
  void callLinksAndIretReturns_7_4() {
    assertEquals("ok", call(Processor.TSS2));
    assertEquals(Processor.TSS, p.read32(TSS2) & 0xffff);
    assertEquals(Eflags.NT | Eflags.CF | 2, c.getEflags());
    assertEquals(0x8b, p.gdtAccess(Processor.TSS), "stays busy");
    assertEquals(0x8b, p.gdtAccess(Processor.TSS2));
    assertEquals("ok", p.execute(0xcf));
    assertEquals(Processor.TSS, c.tr.selector);
    assertEquals(Processor.CODE_AT + 7, c.eip);
    assertEquals(Processor.STACK0, p.esp());
    assertEquals(2, c.getEflags());
    assertEquals(0x8b, p.gdtAccess(Processor.TSS));
    assertEquals(0x89, p.gdtAccess(Processor.TSS2));
    assertEquals(Eflags.CF | 2, p.read32(TSS2 + 0x24), "NT is cleared in the saved image");
    assertEquals(ENTRY + 1, p.read32(TSS2 + 0x20));
  }

  @Test
  void taskGateInTheGdtHasItsOwnPrivilege_7_2_5() {
    p.gdt(Processor.FREE, Descriptors.gate(Processor.TSS2, 0, Descriptors.TASK_GATE, 3));
    p.ring3();
    assertEquals("#GP(0x30)", jump(Processor.TSS2), "the TSS has DPL 0");
    assertEquals("ok", call(Processor.FREE));
    assertEquals(0, c.cpl);
    assertEquals(Processor.STACK3, p.read32(Processor.TSS_AT + 0x38));
    assertEquals("ok", p.execute(0xcf));
    assertEquals(3, c.cpl);
    assertEquals(Processor.CODE3, p.cs());
  }

  @Test
  void exceptionThroughATaskGatePushesItsErrorCode_6_12_2() {
    p.idt(Vector.GP, Descriptors.gate(Processor.TSS2, 0, Descriptors.TASK_GATE, 0));
    p.raise(Vector.GP, 0x58);
    assertEquals(Processor.STACK1 - 4, p.esp());
    assertEquals(0x58, p.stack32(0));
    assertEquals(Processor.TSS, p.read32(TSS2) & 0xffff);
    assertEquals(Processor.CODE_AT, p.read32(Processor.TSS_AT + 0x20), "the faulting eip");
    assertEquals(Eflags.RF | 2, p.read32(Processor.TSS_AT + 0x24));
    assertTrue((c.getEflags() & Eflags.NT) != 0);
  }

  @Test
  void pagingLoadsCr3_7_3() {
    p.paging();
    p.write32(TSS2 + 0x1c, 0x70000);
    p.write32(0x70000, p.read32(Processor.PAGES_AT));
    assertEquals("ok", jump(Processor.TSS2));
    assertEquals(0x70000, c.cr3);
  }

  @Test
  void localDescriptorTableIsLoaded_7_3() {
    p.ldt(0x14, Descriptors.flat(Descriptors.DATA, 0));
    c.ldtr.setNull(0);
    p.write32(TSS2 + 0x60, Processor.LDT);
    p.write32(TSS2 + 0x48, 0x14);
    assertEquals("ok", jump(Processor.TSS2));
    assertEquals(Processor.LDT, c.ldtr.selector);
    assertEquals(0x14, c.segment[SegmentRegister.ES].selector);
  }

  @ParameterizedTest
  @CsvSource({"0x28, #GP(0x28)", "0x100, #GP(0x100)", "0x34, #GP(0x34)"})
  void gateToAnUnavailableTask_table_7_1(String tss, String fault) {
    long gate = Descriptors.gate(Integer.decode(tss), 0, Descriptors.TASK_GATE, 3);
    p.gdt(Processor.FREE, gate);
    assertEquals(fault, jump(Processor.FREE));
    assertEquals(Processor.CODE_AT, c.eip);
  }

  @Test
  void errorsOfTheTss_table_7_1() {
    p.gdt(Processor.TSS2, Descriptors.segment(TSS2, 0x66, Descriptors.TSS32, 0, 0));
    assertEquals("#TS(0x30)", jump(Processor.TSS2), "too short");
    long tss = Descriptors.segment(TSS2, 0x67, Descriptors.TSS32, 0, 0);
    p.gdt(Processor.TSS2, Descriptors.absent(tss));
    assertEquals("#NP(0x30)", jump(Processor.TSS2));
    p.gdt(Processor.TSS2, tss | 2L << 40);
    assertEquals("#GP(0x30)", jump(Processor.TSS2), "busy");
    c.setEflags(Eflags.NT);
    p.gdt(Processor.TSS2, tss);
    p.write32(Processor.TSS_AT, Processor.TSS2);
    assertEquals("#TS(0x30)", p.execute(0xcf), "IRET to a task that is not busy");
    p.write32(Processor.TSS_AT, 0x104);
    assertEquals("#TS(0x104)", p.execute(0xcf));
    assertEquals(Processor.TSS, c.tr.selector);
    assertEquals(0x8b, p.gdtAccess(Processor.TSS));
  }

  /** Errors of the new task's segments are raised in its own context (7.3, step 13). */
  @ParameterizedTest
  @CsvSource({
    "0x60, 0x100, 10, 0x100", // LDT beyond the GDT
    "0x60, 0x10, 10, 0x10", // LDT is data
    "0x4c, 0x10, 10, 0x10", // CS is data
    "0x4c, 0x00, 10, 0x00", // CS is null
    "0x50, 0x00, 10, 0x00", // SS is null
    "0x50, 0x20, 10, 0x20", // SS has another DPL
    "0x50, 0x11, 10, 0x10", // SS has another RPL
    "0x54, 0x08, 0, 0", // DS may be readable code
    "0x54, 0x11, 10, 0x10", // DS's RPL is weaker than its DPL
    "0x58, 0x28, 10, 0x28", // FS is a system segment
    "0x5c, 0x58, 11, 0x58", // GS is not present
    "0x4c, 0x60, 11, 0x60", // CS is not present
    "0x50, 0x58, 12, 0x58", // SS is not present
  })
  void errorsOfTheNewTask_table_7_1(String offset, String selector, int vector, String code) {
    p.gdt(0x58, Descriptors.absent(Descriptors.flat(Descriptors.DATA, 0)));
    p.gdt(0x60, Descriptors.absent(Descriptors.flat(Descriptors.CODE, 0)));
    p.write32(TSS2 + Integer.decode(offset), Integer.decode(selector));
    // a third task handles what the second cannot
    int tss3 = 0x3c00;
    int entry3 = 0x9000;
    p.gdt(0x68, Descriptors.segment(tss3, 0x67, Descriptors.TSS32, 0, 0));
    for (int at = 0x48; at < 0x60; at += 4) {
      p.write32(tss3 + at, at == 0x4c ? Processor.CODE0 : Processor.DATA0);
    }
    p.write32(tss3 + 0x20, entry3);
    p.write32(tss3 + 0x24, 2);
    p.write32(tss3 + 0x38, 0x28000);
    for (int v = 10; v <= 13; v++) {
      p.idt(v, Descriptors.gate(0x68, 0, Descriptors.TASK_GATE, 0));
    }
    assertEquals("ok", jump(Processor.TSS2), "the instruction itself is done");
    if (vector == 0) {
      assertEquals(ENTRY, c.eip);
      return;
    }
    assertEquals(0x68, c.tr.selector);
    assertEquals(entry3, c.eip);
    assertEquals(Integer.decode(code), p.stack32(0));
    assertEquals(Processor.TSS2, p.read32(tss3) & 0xffff);
    assertEquals(ENTRY, p.read32(TSS2 + 0x20), "the new task's first instruction");
    assertEquals(vector, vectorOf(Integer.decode(code)), "as Table 7-1 says");
  }

  private int vectorOf(int code) {
    assertEquals(code, c.fault.errorCode);
    return c.fault.vector;
  }

  @Test
  void virtual8086Task_20_2_5() {
    p.write32(TSS2 + 0x24, Eflags.VM | 2);
    p.write32(TSS2 + 0x4c, 0x2000);
    p.write32(TSS2 + 0x48, 0x3000);
    assertEquals("ok", jump(Processor.TSS2));
    assertTrue(c.virtual8086());
    assertEquals(3, c.cpl);
    assertEquals(0x20000, c.segment[SegmentRegister.CS].base);
    assertEquals(0x30000, c.segment[SegmentRegister.ES].base);
  }

  @Test
  void sixteenBitTasks_7_6() {
    p.gdt(Processor.TSS2, Descriptors.segment(TSS2, 0x2b, Descriptors.TSS16, 0, 0));
    int[] words = {
      0, 0, 0, 0, 0, 0, 0, ENTRY, 2, 0x100, 0x101, 0x102, 0x103, 0x2000, 0x105, 0x106, 0x107
    };
    for (int i = 0; i < words.length; i++) {
      c.memory.write16(TSS2 + 2 * i, words[i]);
    }
    int[] selectors = {Processor.DATA0, Processor.CODE0, Processor.DATA0, Processor.DATA0, 0};
    for (int i = 0; i < selectors.length; i++) {
      c.memory.write16(TSS2 + 0x22 + 2 * i, selectors[i]);
    }
    assertEquals("ok", call(Processor.TSS2));
    assertEquals(ENTRY, c.eip);
    assertEquals(0x101, c.reg16(Cpu.ECX));
    assertFalse(c.segment[SegmentRegister.FS].usable());
    assertEquals(0x83, p.gdtAccess(Processor.TSS2));
    c.reg[Cpu.ECX] = 0x7777_8888;
    assertEquals("ok", p.execute(0xcf));
    assertEquals(0x8888, c.memory.read16(TSS2 + 0x14));
    assertEquals(Processor.CODE_AT + 7, c.eip);
  }

  @Test
  void trapBitIsADebugTrapOfTheNewTask_17_3_1_5() {
    p.write32(TSS2 + 0x64, 1);
    p.run(0xea, 0, 0, 0, 0, Processor.TSS2, 0);
    assertEquals(Processor.handler(Vector.DB), c.eip);
    assertEquals(ENTRY, p.stack32(0));
    assertEquals(DebugTraps.TASK_SWITCH, c.dr[6] & 0xe000);
  }

  @Test
  void localBreakpointsAreDisarmed_17_2_4() {
    DebugTraps.setControl(c, 0x3ff);
    jump(Processor.TSS2);
    assertEquals(0x6aa, c.dr[7]);
  }

  @Test
  void pageFaultOnTheNewTssLeavesTheOldTask_7_3() {
    p.paging();
    p.gdt(Processor.TSS2, Descriptors.segment(0x80fb8, 0xff, Descriptors.TSS32, 0, 0));
    p.mapPage(0x81000, 0);
    p.write32(Processor.TSS_AT + 0x20, 0x1111);
    assertEquals("#PF(0x0) at 0x81000", jump(Processor.TSS2));
    assertEquals(0x1111, p.read32(Processor.TSS_AT + 0x20));
    assertEquals(0x89, p.gdtAccess(Processor.TSS2));
    assertEquals(Processor.TSS, c.tr.selector);
    assertEquals(0, c.cr0 & Control.CR0_TS);
  }

  /** The old task's state is in its TSS before the new task's is read: 7.3, steps 8 and 12. */
  @Test
  void returnToTheTaskItselfGoesOnWhereItWas_7_3() {
    c.setEflags(Eflags.NT | Eflags.DF);
    c.reg[Cpu.EAX] = 0x1234;
    p.write32(Processor.TSS_AT, Processor.TSS);
    assertEquals("ok", p.execute(0xcf));
    assertEquals(Processor.CODE_AT + 1, c.eip);
    assertEquals(0x1234, c.reg[Cpu.EAX]);
    assertEquals(Eflags.DF | 2, c.getEflags(), "NT is clear in the image saved by IRET");
  }
}
