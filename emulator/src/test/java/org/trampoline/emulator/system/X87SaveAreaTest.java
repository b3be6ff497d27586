package org.trampoline.emulator.system;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.trampoline.emulator.cpu.Cpu;

/** The x87 state in memory with its pointers, which no oracle shows: SDM vol. 1, 8.1.10, 10.5. */
class X87SaveAreaTest {
  private static final int AREA = 0x6000;
  private final Processor p = new Processor();
  private final Cpu c = p.c;
  private int last;

  @BeforeEach
  void oneAndPi() {
    ok(0xdb, 0xe3); // fninit
    ok(0xd9, 0xe8); // fld1
    last = c.eip;
    ok(0xd9, 0xeb); // fldpi
  }

  @AfterEach
  void close() {
    p.close();
  }

  private void ok(int... bytes) {
    assertEquals("ok", p.execute(bytes));
  }

  private int word(int offset) {
    return p.read32(AREA + offset) & 0xffff;
  }

  @Test
  void fnsaveAndFrstorOf16Bits_figure_8_11() {
    ok(0x66, 0xdd, 0x35, 0x00, 0x60, 0, 0);
    assertEquals(0x37f, word(0));
    assertEquals(6 << 11, word(2), "TOP is 6");
    assertEquals(0x0fff, word(4));
    assertEquals(last & 0xffff, word(6));
    assertEquals(Processor.CODE0, word(8));
    assertEquals(0x2168_c235, p.read32(AREA + 14));
    assertEquals(0xc90f_daa2, p.read32(AREA + 18));
    assertEquals(0x4000, word(22));
    assertEquals(0x3fff, word(32), "ST(1)");
    assertEquals(0xffff, c.fpu.tagWord(), "initialized afterwards");
    assertEquals(0, c.fpu.statusWord());
    ok(0x66, 0xdd, 0x25, 0x00, 0x60, 0, 0);
    assertEquals(0x0fff, c.fpu.tagWord());
    assertEquals(6 << 11, c.fpu.statusWord());
  }

  @Test
  void fxsaveAndFxrstor_10_5() {
    ok(0x0f, 0xae, 0x05, 0x00, 0x60, 0, 0);
    assertEquals(0x37f, word(0));
    assertEquals(6 << 11, word(2));
    assertEquals(0xc0, word(4), "a bit for each register that is not empty");
    assertEquals(last, p.read32(AREA + 8));
    assertEquals(Processor.CODE0, word(12));
    assertEquals(0x2168_c235, p.read32(AREA + 32));
    assertEquals(0x4000, word(40));
    assertEquals(0x0fff, c.fpu.tagWord(), "unchanged");
    p.c.memory.write16(AREA, 0x27f);
    ok(0xdb, 0xe3);
    ok(0x0f, 0xae, 0x0d, 0x00, 0x60, 0, 0);
    assertEquals(0x27f, c.fpu.controlWord());
    assertEquals(0x0fff, c.fpu.tagWord());
    assertEquals("#GP(0x0)", p.execute(0x0f, 0xae, 0x05, 0x08, 0x60, 0, 0), "not aligned");
  }
}
