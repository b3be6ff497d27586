package org.trampoline.emulator.system;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.trampoline.emulator.cpu.Control;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.CpuModel;
import org.trampoline.emulator.device.Ports;

/** Control registers: SDM vol. 3, 2.5, 2.8.3, 4.1.1 and 4.4.1; vol. 2, MOV, LMSW, SMSW, CLTS. */
class ControlRegisterTest {
  private static final int PE_ET = Control.CR0_PE | Control.CR0_ET;

  private static String mov(Processor p, int control, int value) {
    p.c.reg[Cpu.EAX] = value;
    return p.execute(0x0f, 0x22, 0xc0 | control << 3);
  }

  @Test
  void reservedBitsOfCr0AreIgnored_2_5() {
    try (Processor p = new Processor()) {
      assertEquals("ok", mov(p, 0, 0x1ff8_ffc0 | Control.CR0_PE));
      assertEquals(PE_ET, p.c.cr0 & ~Control.CR0_AM, "ET is hardwired");
      p.execute(0x0f, 0x20, 0xc3);
      assertEquals(p.c.cr0, p.c.reg[Cpu.EBX]);
    }
  }

  @Test
  void forbiddenCombinationsOfCr0_volume2() {
    try (Processor p = new Processor()) {
      assertEquals("#GP(0x0)", mov(p, 0, Control.CR0_PG), "PG without PE");
      assertEquals("#GP(0x0)", mov(p, 0, Control.CR0_NW | Control.CR0_PE), "NW without CD");
      assertEquals("ok", mov(p, 0, Control.CR0_NW | Control.CR0_CD | Control.CR0_PE));
    }
  }

  @Test
  void absentRegistersAreUd_2_5() {
    try (Processor p = new Processor()) {
      for (int number : new int[] {1, 5, 6, 7}) {
        assertEquals("#UD", mov(p, number, 0));
        assertEquals("#UD", p.execute(0x0f, 0x20, 0xc0 | number << 3));
      }
    }
  }

  @Test
  void onlyLevel0_2_8() {
    try (Processor p = new Processor()) {
      p.ring3();
      assertEquals("#GP(0x0)", mov(p, 0, PE_ET));
      assertEquals("#GP(0x0)", p.execute(0x0f, 0x20, 0xc0), "mov eax, cr0");
      assertEquals("#GP(0x0)", p.execute(0x0f, 0x06), "clts");
      assertEquals("#GP(0x0)", p.execute(0x0f, 0x01, 0xf0), "lmsw");
      assertEquals("ok", p.execute(0x0f, 0x01, 0xe0), "smsw");
      p.virtual8086(3);
      assertEquals("#GP(0x0)", p.execute(0x0f, 0x20, 0xc0), "in virtual-8086 mode");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "I486, 0",
    "PENTIUM, 0x5c",
    "PENTIUM3, 0x7fc",
    "PENTIUM4, 0x7fc",
  })
  void cr4BitsAreThoseOfTheModel_2_5(CpuModel model, String defined) {
    try (Processor p = new Processor(model, Ports.NONE)) {
      for (int bit = 1; bit != 0; bit <<= 1) {
        boolean exists = (Integer.decode(defined) & bit) != 0;
        assertEquals(exists ? "ok" : "#GP(0x0)", mov(p, 4, bit), "bit " + Integer.toHexString(bit));
      }
    }
  }

  @Test
  void paeChecksTheDirectoryPointers_4_4_1() {
    try (Processor p = new Processor()) {
      mov(p, 4, Control.CR4_PAE);
      mov(p, 3, 0x60000);
      p.write32(0x60008, 0x61003); // R/W is reserved there
      assertEquals("#GP(0x0)", mov(p, 0, PE_ET | Control.CR0_PG));
      assertEquals(PE_ET, p.c.cr0);
      p.write32(0x60008, 0x61000);
      p.write32(0x60000, 0x61001);
      p.write32(0x61000, 0x83);
      assertEquals("ok", mov(p, 0, PE_ET | Control.CR0_PG));
      p.write32(0x70000, 0x61101);
      assertEquals("#GP(0x0)", mov(p, 3, 0x70000));
      assertEquals(0x60000, p.c.cr3);
    }
  }

  @Test
  void lmswSetsButNeverClearsPe_volume2() {
    try (Processor p = new Processor()) {
      p.c.reg[Cpu.EAX] = 0xfff0 | Control.CR0_TS;
      assertEquals("ok", p.execute(0x0f, 0x01, 0xf0));
      assertEquals(PE_ET | Control.CR0_TS, p.c.cr0);
      assertEquals("ok", p.execute(0x0f, 0x06), "clts");
      assertEquals(PE_ET, p.c.cr0);
      p.real();
      p.c.reg[Cpu.EAX] = 1;
      assertEquals("ok", p.execute(0x0f, 0x01, 0xf0));
      assertEquals(PE_ET, p.c.cr0);
    }
  }

  @Test
  void smswWidths_volume2() {
    try (Processor p = new Processor()) {
      p.paging();
      p.c.reg[Cpu.EAX] = 0;
      p.execute(0x0f, 0x01, 0xe0);
      assertEquals(p.c.cr0, p.c.reg[Cpu.EAX]);
      p.write32(0x6000, -1);
      p.execute(0x0f, 0x01, 0x25, 0, 0x60, 0, 0);
      assertEquals(0xffff_0000 | p.c.cr0 & 0xffff, p.read32(0x6000));
    }
  }
}
