package org.trampoline.emulator.system;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.SegmentRegister;

/**
 * Operands of two parts at the end of a 64 KB segment: each part has an address of its own, which
 * wraps (SDM vol. 3, 5.3 and 20.1.1), as the host's processor and Bochs show; and ENTER on a 16-bit
 * stack.
 */
class SegmentEndTest {
  private static final int DATA_AT = 0x3_0000;
  private static final int END = DATA_AT + 0xfffe;

  private final Processor p = new Processor();
  private final Cpu c = p.c;

  @BeforeEach
  void real() {
    p.real();
    c.memory.write16(END, 0x1234);
    c.memory.write16(END + 2, 0x7777); // behind the segment
    c.memory.write16(DATA_AT, 0x4000);
  }

  @AfterEach
  void close() {
    p.close();
  }

  @Test
  void selectorOfAFarPointerIsFoundAtTheBeginning() {
    assertEquals("ok", p.execute(0xc4, 0x1e, 0xfe, 0xff)); // les bx,[0xfffe]
    assertEquals(0x1234, c.reg16(Cpu.EBX));
    assertEquals(0x4000, c.segment[SegmentRegister.ES].selector);
    assertEquals("ok", p.execute(0xff, 0x2e, 0xfe, 0xff)); // jmp far [0xfffe]
    assertEquals(0x4000, p.cs());
    assertEquals(0x1234, c.eip);
  }

  @Test
  void farCallTakesThemLikewise() {
    assertEquals("ok", p.execute(0xff, 0x1e, 0xfe, 0xff));
    assertEquals(0x4000, p.cs());
    assertEquals(0x1234, c.eip);
  }

  @Test
  void aPartThatDoesNotFitFaults() {
    assertEquals("#GP(0x0)", p.execute(0xc4, 0x1e, 0xff, 0xff));
  }

  @Test
  void upperBoundIsFoundAtTheBeginning() {
    c.reg16(Cpu.EBX, 0x3fff);
    assertEquals("ok", p.execute(0x62, 0x1e, 0xfe, 0xff));
    c.reg16(Cpu.EBX, 0x4001);
    assertEquals("#BR", p.execute(0x62, 0x1e, 0xfe, 0xff));
  }

  @Test
  void baseOfADescriptorTableIsFoundAtTheBeginning() {
    c.memory.write16(DATA_AT + 2, 0x0056);
    assertEquals("ok", p.execute(0x66, 0x0f, 0x01, 0x16, 0xfe, 0xff)); // lgdt
    assertEquals(0x1234, c.gdtLimit);
    assertEquals(0x0056_4000, c.gdtBase);
  }

  @Test
  void aDescriptorTableRegisterIsStoredThereToo() {
    c.idtLimit = 0x2211;
    c.idtBase = 0x6655_4433;
    assertEquals("ok", p.execute(0x0f, 0x01, 0x0e, 0xfe, 0xff)); // sidt
    assertEquals(0x2211, c.memory.read16(END));
    assertEquals(0x6655_4433, p.read32(DATA_AT));
    assertEquals(0x7777, c.memory.read16(END + 2));
  }

  @Test
  void enterWith32BitOperandsCopiesAllOfEspOnA16BitStack() {
    c.reg[Cpu.ESP] = 0xabcd_0100;
    c.reg[Cpu.EBP] = 0x5555_6666;
    assertEquals("ok", p.execute(0x66, 0xc8, 8, 0, 0)); // SDM vol. 2, ENTER
    assertEquals(0xabcd_00fc, c.reg[Cpu.EBP]);
    assertEquals(0xabcd_00f4, c.reg[Cpu.ESP]);
    assertEquals(0x5555_6666, p.read32(DATA_AT + 0xfc));
  }
}
