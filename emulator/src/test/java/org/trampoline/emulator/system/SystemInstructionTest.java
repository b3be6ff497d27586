package org.trampoline.emulator.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.trampoline.emulator.cpu.Control;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.CpuModel;
import org.trampoline.emulator.cpu.Eflags;
import org.trampoline.emulator.cpu.SegmentRegister;
import org.trampoline.emulator.device.Ports;

/** The instructions of SDM vol. 3, 2.8, 5.8.7 and 5.10, and the flags' of vol. 1, 3.4.3. */
class SystemInstructionTest {
  private final Processor p = new Processor();
  private final Cpu c = p.c;

  @AfterEach
  void close() {
    p.close();
  }

  private boolean zf(int... bytes) {
    c.setEflags(c.getEflags() ^ Eflags.ZF);
    assertEquals("ok", p.execute(bytes));
    return c.zf();
  }

  // ---- descriptor-table registers

  @Test
  void lgdtAndSgdt_2_4_1() {
    p.write32(0x6000, 0x5678_1234);
    p.write32(0x6004, 0x9abc);
    assertEquals("ok", p.execute(0x0f, 0x01, 0x15, 0, 0x60, 0, 0));
    assertEquals(0x1234, c.gdtLimit);
    assertEquals(0x9abc_5678, c.gdtBase);
    assertEquals("ok", p.execute(0x66, 0x0f, 0x01, 0x1d, 0, 0x60, 0, 0), "lidt");
    assertEquals(0xbc_5678, c.idtBase, "24 bits with 16-bit operands");
    assertEquals("ok", p.execute(0x66, 0x0f, 0x01, 0x05, 0x10, 0x60, 0, 0), "sgdt");
    assertEquals(0x5678_1234, p.read32(0x6010));
    assertEquals(0x9abc, p.read32(0x6014), "all 32 bits are stored");
    p.ring3();
    assertEquals("#GP(0x0)", p.execute(0x0f, 0x01, 0x15, 0, 0x60, 0, 0));
    assertEquals("ok", p.execute(0x0f, 0x01, 0x0d, 0x10, 0x60, 0, 0), "sidt");
  }

  @Test
  void lldt_volume2() {
    assertEquals("ok", lldt(Processor.LDT));
    assertEquals(Processor.LDT_AT, c.ldtr.base);
    assertEquals("#GP(0x10)", lldt(Processor.DATA0));
    assertEquals("#GP(0x3c)", lldt(Processor.LDT | 4));
    assertEquals("#GP(0x100)", lldt(0x100));
    p.gdt(0x58, Descriptors.absent(Descriptors.segment(0, 7, Descriptors.LDT, 0, 0)));
    assertEquals("#NP(0x58)", lldt(0x58));
    assertEquals(Processor.LDT, c.ldtr.selector);
    assertEquals("ok", lldt(0));
    assertFalse(c.ldtr.usable());
    p.ring3();
    assertEquals("#GP(0x0)", lldt(0));
    p.real();
    assertEquals("#UD", lldt(0));
  }

  private String lldt(int selector) {
    c.reg[Cpu.EAX] = selector;
    return p.execute(0x0f, 0x00, 0xd0);
  }

  @Test
  void ltrMarksTheTaskBusy_7_2_4() {
    assertEquals("#GP(0x28)", ltr(Processor.TSS), "busy already");
    assertEquals("ok", ltr(Processor.TSS2));
    assertEquals(0x8b, p.gdtAccess(Processor.TSS2));
    assertEquals(Processor.TSS2_AT, c.tr.base);
    assertEquals(0x8b, c.tr.attributes);
    assertEquals("#GP(0x0)", ltr(0));
    assertEquals("#GP(0x38)", ltr(Processor.LDT));
    p.gdt(0x58, Descriptors.absent(Descriptors.segment(0, 0x67, Descriptors.TSS32, 0, 0)));
    assertEquals("#NP(0x58)", ltr(0x58));
    c.reg[Cpu.EAX] = -1;
    assertEquals("ok", p.execute(0x0f, 0x00, 0xc8), "str");
    assertEquals(Processor.TSS2, c.reg[Cpu.EAX]);
    p.virtual8086(3);
    assertEquals("#UD", ltr(0));
    assertEquals("#UD", p.execute(0x0f, 0x00, 0xc8), "str in virtual-8086 mode");
  }

  private String ltr(int selector) {
    c.reg[Cpu.EAX] = selector;
    return p.execute(0x0f, 0x00, 0xd8);
  }

  // ---- pointer validation

  @Test
  void lar_5_10_1() {
    assertTrue(lar(Processor.DATA3));
    assertEquals(0xc0_f200, c.reg[Cpu.EBX]);
    assertTrue(lar(Processor.TSS));
    assertEquals(0x8b00, c.reg[Cpu.EBX]);
    assertFalse(lar(0));
    assertFalse(lar(0x100));
    assertFalse(lar(Processor.DATA0 | 1), "RPL");
    p.gdt(0x58, Descriptors.gate(8, 0, Descriptors.TRAP_GATE, 3));
    assertFalse(lar(0x58), "trap gate");
    p.gdt(0x58, Descriptors.absent(Descriptors.gate(8, 0, Descriptors.CALL_GATE32, 3)));
    assertTrue(lar(0x58), "call gate, though absent");
    p.ring3();
    assertFalse(lar(Processor.CODE0));
    assertTrue(lar(Processor.CONFORMING));
    p.virtual8086(3);
    assertEquals("#UD", p.execute(0x0f, 0x02, 0xd8));
  }

  private boolean lar(int selector) {
    c.reg[Cpu.EAX] = selector;
    return zf(0x0f, 0x02, 0xd8);
  }

  @Test
  void lsl_5_10_3() {
    assertTrue(lsl(Processor.DATA3));
    assertEquals(-1, c.reg[Cpu.EBX]);
    assertTrue(lsl(Processor.TSS));
    assertEquals(0x67, c.reg[Cpu.EBX]);
    p.gdt(0x58, Descriptors.gate(8, 0, Descriptors.CALL_GATE32, 3));
    assertFalse(lsl(0x58), "a gate has no limit");
    assertEquals(0x67, c.reg[Cpu.EBX]);
  }

  private boolean lsl(int selector) {
    c.reg[Cpu.EAX] = selector;
    return zf(0x0f, 0x03, 0xd8);
  }

  @Test
  void verrAndVerw_5_10_2() {
    p.ring3();
    assertTrue(verify(0xe0, Processor.DATA3));
    assertTrue(verify(0xe8, Processor.DATA3));
    assertFalse(verify(0xe0, Processor.DATA0));
    assertTrue(verify(0xe0, Processor.CODE3));
    assertFalse(verify(0xe8, Processor.CODE3));
    assertTrue(verify(0xe0, Processor.CONFORMING));
    assertFalse(verify(0xe0, Processor.TSS));
    assertFalse(verify(0xe0, 0));
    p.gdt(0x58, Descriptors.flat(Descriptors.EXECUTE_ONLY, 3));
    assertFalse(verify(0xe0, 0x58));
    p.gdt(0x58, Descriptors.flat(Descriptors.READ_ONLY, 3));
    assertTrue(verify(0xe0, 0x58));
    assertFalse(verify(0xe8, 0x58));
  }

  private boolean verify(int modrm, int selector) {
    c.reg[Cpu.EAX] = selector;
    return zf(0x0f, 0x00, modrm);
  }

  @Test
  void arpl_5_10_4() {
    c.reg[Cpu.EAX] = 0x7777_1230;
    c.reg[Cpu.EBX] = 3;
    assertTrue(zf(0x63, 0xd8));
    assertEquals(0x7777_1233, c.reg[Cpu.EAX]);
    assertFalse(zf(0x63, 0xd8));
    p.real();
    assertEquals("#UD", p.execute(0x63, 0xd8));
  }

  // ---- flags

  @Test
  void cliAndStiNeedIopl_6_8_1() {
    assertEquals("ok", p.execute(0xfb));
    assertTrue((c.eflags & Eflags.IF) != 0);
    p.ring3();
    c.setEflags(2 << 12);
    assertEquals("#GP(0x0)", p.execute(0xfa));
    assertEquals("#GP(0x0)", p.execute(0xfb));
    c.setEflags(Eflags.IOPL | Eflags.IF);
    assertEquals("ok", p.execute(0xfa));
    assertEquals(0, c.eflags & Eflags.IF);
    p.virtual8086(2);
    assertEquals("#GP(0x0)", p.execute(0xfa));
    p.virtual8086(3);
    assertEquals("ok", p.execute(0xfa));
  }

  @Test
  void popfByLevel_volume2() {
    assertEquals(0x24_7fd7, popf(0, 0, -1), "all but VM, RF, VIF, VIP");
    assertEquals(0x24_4dd7, popf(3, 0, -1), "neither IOPL nor IF");
    assertEquals(0x24_7fd7, popf(3, 3, -1), "IF with IOPL");
    assertEquals(Eflags.IF | 2, popf(3, 0, 0, Eflags.IF), "IF stays set");
  }

  private int popf(int cpl, int iopl, int value, int... before) {
    if (cpl == 0) {
      p.ring0();
    } else {
      p.ring3();
    }
    c.setEflags(iopl << 12 | (before.length > 0 ? before[0] : 0));
    p.onStack32(value);
    assertEquals("ok", p.execute(0x9d));
    return c.getEflags();
  }

  @Test
  void pushfAndPopfInVirtual8086NeedIopl3_20_2_7() {
    p.virtual8086(2);
    assertEquals("#GP(0x0)", p.execute(0x9c));
    assertEquals("#GP(0x0)", p.execute(0x9d));
    p.virtual8086(3);
    assertEquals("ok", p.execute(0x66, 0x9c));
    assertEquals(Eflags.IOPL | 2, p.stack16(0) | p.stack16(1) << 16, "VM is pushed as 0");
    p.onStack16(Eflags.CF);
    assertEquals("ok", p.execute(0x9d));
    assertEquals(Eflags.VM | Eflags.IOPL | Eflags.CF | 2, c.getEflags(), "IOPL stays");
  }

  // ---- model-specific registers, time, CPUID

  @Test
  void timeStampCounts_17_17() {
    assertEquals("ok", p.execute(0x0f, 0x31));
    int first = c.reg[Cpu.EAX];
    p.execute(0x90);
    p.execute(0x0f, 0x31);
    assertEquals(first + 2, c.reg[Cpu.EAX]);
    c.reg[Cpu.ECX] = 0x10;
    c.reg[Cpu.EAX] = 5;
    c.reg[Cpu.EDX] = 6;
    assertEquals("ok", p.execute(0x0f, 0x30), "wrmsr");
    p.execute(0x0f, 0x31);
    assertEquals(6, c.reg[Cpu.EAX]);
    assertEquals(6, c.reg[Cpu.EDX]);
    c.cr4 = Control.CR4_TSD;
    assertEquals("ok", p.execute(0x0f, 0x31));
    p.ring3();
    assertEquals("#GP(0x0)", p.execute(0x0f, 0x31));
  }

  @Test
  void unknownRegistersAreGp_volume4() {
    c.reg[Cpu.ECX] = 0x1234_5678;
    assertEquals("#GP(0x0)", p.execute(0x0f, 0x32));
    assertEquals("#GP(0x0)", p.execute(0x0f, 0x30));
    c.reg[Cpu.ECX] = 0xc000_0080;
    c.reg[Cpu.EAX] = 1;
    c.reg[Cpu.EDX] = 0;
    assertEquals("#GP(0x0)", p.execute(0x0f, 0x30), "EFER.SCE");
    c.reg[Cpu.EAX] = 0x800;
    assertEquals("ok", p.execute(0x0f, 0x30), "EFER.NXE");
    p.ring3();
    assertEquals("#GP(0x0)", p.execute(0x0f, 0x32));
  }

  @Test
  void miscEnable_volume4() {
    c.reg[Cpu.ECX] = 0x1a0;
    assertEquals("ok", p.execute(0x0f, 0x32), "rdmsr");
    assertEquals(0x1801, c.reg[Cpu.EAX], "fast strings, neither BTS nor PEBS");
    c.reg[Cpu.EAX] = 0;
    assertEquals("ok", p.execute(0x0f, 0x30), "wrmsr");
    assertEquals("ok", p.execute(0x0f, 0x32), "rdmsr");
    assertEquals(0x1800, c.reg[Cpu.EAX]);
  }

  @Test
  void msrsOfAbsentFeatures_volume4() {
    try (Processor pentium = new Processor(CpuModel.PENTIUM, Ports.NONE)) {
      pentium.c.reg[Cpu.ECX] = 0x174;
      assertEquals("#GP(0x0)", pentium.execute(0x0f, 0x32));
      pentium.c.reg[Cpu.ECX] = 0x10;
      assertEquals("ok", pentium.execute(0x0f, 0x32));
    }
  }

  @Test
  void cpuidNamesTheVendor_volume2() {
    c.reg[Cpu.EAX] = 0;
    assertEquals("ok", p.execute(0x0f, 0xa2));
    assertEquals(0x756e6547, c.reg[Cpu.EBX]);
    assertEquals(0x49656e69, c.reg[Cpu.EDX]);
    assertEquals(0x6c65746e, c.reg[Cpu.ECX]);
  }

  // ---- fast system calls

  @Test
  void sysenterAndSysexit_5_8_7() {
    assertEquals("#GP(0x0)", p.execute(0x0f, 0x34), "IA32_SYSENTER_CS is null");
    c.msr.sysenterCs = 0x60;
    c.msr.sysenterEip = 0x5000;
    c.msr.sysenterEsp = 0x6000;
    p.ring3();
    c.setEflags(Eflags.IF | Eflags.RF | Eflags.TF);
    assertEquals("ok", p.execute(0x0f, 0x34));
    assertEquals(0, c.cpl);
    assertEquals(0x60, p.cs());
    assertEquals(0x68, p.ss());
    assertEquals(0x5000, c.eip);
    assertEquals(0x6000, p.esp());
    assertEquals(Eflags.TF | 2, c.getEflags());
    c.reg[Cpu.EDX] = 0x7000;
    c.reg[Cpu.ECX] = 0x8000;
    assertEquals("ok", p.execute(0x0f, 0x35));
    assertEquals(3, c.cpl);
    assertEquals(0x73, p.cs());
    assertEquals(0x7b, p.ss());
    assertEquals(0x7000, c.eip);
    assertEquals(0x8000, p.esp());
    assertEquals("#GP(0x0)", p.execute(0x0f, 0x35), "sysexit at level 3");
    assertTrue(c.segment[SegmentRegister.SS].flat);
  }

  @Test
  void privilegedOnes_5_9() {
    p.ring3();
    assertEquals("#GP(0x0)", p.execute(0xf4), "hlt");
    assertEquals("#GP(0x0)", p.execute(0x0f, 0x08), "invd");
    assertEquals("#GP(0x0)", p.execute(0x0f, 0x09), "wbinvd");
    assertEquals("#GP(0x0)", p.execute(0x0f, 0x01, 0x38), "invlpg");
    assertEquals("#GP(0x0)", p.execute(0x0f, 0x21, 0xc0), "mov eax, dr0");
  }
}
