package org.trampoline.emulator.system;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.CpuModel;
import org.trampoline.emulator.cpu.Eflags;
import org.trampoline.emulator.cpu.SegmentRegister;
import org.trampoline.emulator.device.Ports;

/** System instructions in the operand size that other tests do not use (SDM vol. 2). */
class OperandSizeTest {
  private static final int DATA_AT = 0x6000;
  private static final int O16 = 0x66;
  private final StringBuilder log = new StringBuilder();
  private final Processor p =
      new Processor(
          CpuModel.PENTIUM4,
          new Ports() {
            @Override
            public int in(int port, int size) {
              return 0xaabb_ccdd;
            }

            @Override
            public void out(int port, int size, int value) {
              log.append(port).append('/').append(size).append('=');
              log.append(Integer.toHexString(value & -1 >>> 32 - 8 * size)).append(' ');
            }
          });
  private final Cpu c = p.c;

  @AfterEach
  void close() {
    p.close();
  }

  private void ok(int... bytes) {
    assertEquals("ok", p.execute(bytes));
  }

  @Test
  void farPointerInMemoryOf16Bits_jmp_call() {
    p.write32(DATA_AT, Processor.CODE0 << 16 | 0x1234);
    ok(O16, 0xff, 0x2d, 0x00, 0x60, 0, 0);
    assertEquals(0x1234, c.eip);
    ok(O16, 0xff, 0x1d, 0x00, 0x60, 0, 0);
    assertEquals(0x1234, c.eip);
    assertEquals(Processor.STACK0 - 4, p.esp());
    assertEquals(0x1234 + 7, p.stack16(0));
    assertEquals(Processor.CODE0, p.stack16(1));
  }

  @Test
  void farReturnsOf16Bits_ret_iret() {
    p.onStack16(0x1234, Processor.CODE0);
    ok(O16, 0xcb);
    assertEquals(0x1234, c.eip);
    assertEquals(Processor.STACK0, p.esp());
    p.onStack16(0x4321, Processor.CODE0, 0x7777, 0x7777);
    ok(O16, 0xca, 4, 0);
    assertEquals(0x4321, c.eip);
    assertEquals(Processor.STACK0, p.esp());
    c.setEflags(Eflags.AC | Eflags.ID);
    p.onStack16(0x1111, Processor.CODE0, Eflags.CF | Eflags.IF);
    ok(O16, 0xcf);
    assertEquals(0x1111, c.eip);
    assertEquals(
        Eflags.AC | Eflags.ID | Eflags.CF | Eflags.IF | 2, c.getEflags(), "upper half kept");
  }

  @Test
  void stringsOfPorts_ins_outs() {
    c.reg[Cpu.EDX] = 0x300;
    c.reg[Cpu.EDI] = DATA_AT;
    ok(O16, 0x6d);
    ok(0x6d);
    assertEquals(DATA_AT + 6, c.reg[Cpu.EDI]);
    assertEquals(0xccdd_ccdd, p.read32(DATA_AT));
    assertEquals(0xaabb, p.read32(DATA_AT + 4));
    c.reg[Cpu.ESI] = DATA_AT;
    c.setEflags(Eflags.DF);
    ok(O16, 0x6f);
    assertEquals(DATA_AT - 2, c.reg[Cpu.ESI]);
    c.reg[Cpu.ESI] = DATA_AT + 2;
    ok(0x6f);
    assertEquals(DATA_AT - 2, c.reg[Cpu.ESI]);
    assertEquals("768/2=ccdd 768/4=aabbccdd ", log.toString());
  }

  @Test
  void ports_in_out() {
    c.reg[Cpu.EAX] = 0x1122_3344;
    c.reg[Cpu.EDX] = 0x2_0301;
    ok(0xe6, 0x80);
    ok(O16, 0xe7, 0xff);
    ok(0xee);
    ok(O16, 0xef);
    ok(0xef);
    assertEquals("128/1=44 255/2=3344 769/1=44 769/2=3344 769/4=11223344 ", log.toString());
    ok(O16, 0xe5, 0x10);
    assertEquals(0x1122_ccdd, c.reg[Cpu.EAX]);
    ok(0xe5, 0x10);
    assertEquals(0xaabb_ccdd, c.reg[Cpu.EAX]);
  }

  /**
   * A 32-bit register is zero-extended into, a 16-bit one leaves the upper half; 2 bytes stored.
   */
  @Test
  void selectorsAndStatusWord_sldt_str_smsw() {
    c.ldtr.set(Processor.LDT, Processor.LDT_AT, 0xff, Descriptors.LDT);
    c.reg[Cpu.EAX] = -1;
    ok(O16, 0x0f, 0x00, 0xc0);
    assertEquals(0xffff_0000 | Processor.LDT, c.reg[Cpu.EAX]);
    ok(0x0f, 0x00, 0xc0);
    assertEquals(Processor.LDT, c.reg[Cpu.EAX]);
    c.reg[Cpu.EAX] = -1;
    ok(O16, 0x0f, 0x00, 0xc8);
    assertEquals(0xffff_0000 | Processor.TSS, c.reg[Cpu.EAX]);
    p.write32(DATA_AT, -1);
    ok(0x0f, 0x00, 0x0d, 0x00, 0x60, 0, 0);
    assertEquals(0xffff_0000 | Processor.TSS, p.read32(DATA_AT));
    c.reg[Cpu.EAX] = -1;
    ok(O16, 0x0f, 0x01, 0xe0);
    assertEquals(0xffff_0000 | c.cr0, c.reg[Cpu.EAX]);
  }

  /** With 16-bit operands the base has 24 bits. */
  @Test
  void tables_lgdt_lidt() {
    p.write32(DATA_AT, 0x5678_00ff);
    p.write32(DATA_AT + 4, 0x1234);
    ok(O16, 0x0f, 0x01, 0x15, 0x00, 0x60, 0, 0);
    assertEquals(0xff, c.gdtLimit);
    assertEquals(0x0034_5678, c.gdtBase);
    ok(0x0f, 0x01, 0x1d, 0x00, 0x60, 0, 0);
    assertEquals(0xff, c.idtLimit);
    assertEquals(0x1234_5678, c.idtBase);
  }

  @Test
  void limitInAWord_lsl() {
    c.reg[Cpu.EAX] = 0x1111_1111;
    c.reg[Cpu.ECX] = Processor.DATA0;
    ok(O16, 0x0f, 0x03, 0xc1);
    assertEquals(0x1111_ffff, c.reg[Cpu.EAX]);
    c.reg[Cpu.ECX] = Processor.TSS;
    ok(O16, 0x0f, 0x03, 0xc1);
    assertEquals(0x1111_0067, c.reg[Cpu.EAX]);
    assertEquals(Eflags.ZF, c.getEflags() & Eflags.ZF);
  }

  /** Allowed at CPL 0 or with CR4.PCE; a counter that is not there is #GP(0). */
  @Test
  void performanceCounters_rdpmc() {
    c.reg[Cpu.ECX] = 1;
    c.reg[Cpu.EDX] = -1;
    ok(0x0f, 0x33);
    assertEquals(0, c.reg[Cpu.EDX]);
    c.reg[Cpu.ECX] = 0x4000;
    assertEquals("#GP(0x0)", p.execute(0x0f, 0x33));
    c.reg[Cpu.ECX] = 0;
    p.ring3();
    assertEquals("#GP(0x0)", p.execute(0x0f, 0x33));
    p.control(c.cr0, 0, org.trampoline.emulator.cpu.Control.CR4_PCE);
    ok(0x0f, 0x33);
    assertEquals(3, c.segment[SegmentRegister.CS].selector & 3);
  }
}
