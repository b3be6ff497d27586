package org.trampoline.emulator.system;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.CpuModel;
import org.trampoline.emulator.cpu.Eflags;
import org.trampoline.emulator.device.Ports;

/** I/O protection: SDM vol. 1, 19.5; vol. 3, 20.2.8. */
class InputOutputTest {
  private final StringBuilder log = new StringBuilder();
  private final Processor p =
      new Processor(
          CpuModel.PENTIUM4,
          new Ports() {
            @Override
            public int in(int port, int size) {
              log.append("in ").append(port).append('/').append(size).append(' ');
              return 0xaabbccdd;
            }

            @Override
            public void out(int port, int size, int value) {
              log.append("out ").append(port).append('/').append(size).append(' ');
            }
          });
  private final Cpu c = p.c;

  @AfterEach
  void close() {
    p.close();
  }

  /** A bitmap at offset 68H that allows ports 0–15 but for 9. */
  private void bitmap(int limit) {
    p.write32(Processor.TSS_AT + 0x64, 0x68 << 16);
    p.write32(Processor.TSS_AT + 0x68, 0xffff_0200);
    c.tr.set(Processor.TSS, Processor.TSS_AT, limit, 0x8b);
  }

  private String in(int port, int... opcode) {
    c.reg[Cpu.EDX] = port;
    return p.execute(opcode);
  }

  @Test
  void widths_volume2() {
    c.reg[Cpu.EAX] = 0x1111_1111;
    in(0xffff, 0xec);
    assertEquals(0x1111_11dd, c.reg[Cpu.EAX]);
    in(5, 0x66, 0xed);
    assertEquals(0x1111_ccdd, c.reg[Cpu.EAX]);
    in(5, 0xed);
    assertEquals(0xaabbccdd, c.reg[Cpu.EAX]);
    p.execute(0xe4, 0xff);
    p.execute(0xe7, 0x80);
    assertEquals("in 65535/1 in 5/2 in 5/4 in 255/1 out 128/4 ", log.toString());
  }

  @Test
  void ioplDecides_19_5_1() {
    p.ring3();
    c.setEflags(2 << 12);
    assertEquals("#GP(0x0)", in(8, 0xec));
    c.setEflags(Eflags.IOPL);
    assertEquals("ok", in(8, 0xec));
  }

  @Test
  void bitmapDecidesAboveIopl_19_5_2() {
    bitmap(0x6b);
    p.ring3();
    assertEquals("ok", in(8, 0xec));
    assertEquals("#GP(0x0)", in(9, 0xec));
    assertEquals("#GP(0x0)", in(8, 0x66, 0xed), "a word at 8 covers 9");
    assertEquals("ok", in(10, 0xed), "10 to 13");
    assertEquals("#GP(0x0)", in(14, 0xed), "14 to 17");
    assertEquals("#GP(0x0)", in(32, 0xec), "beyond the limit");
    assertEquals("#GP(0x0)", in(9, 0xee), "out");
    assertEquals("in 8/1 in 10/4 ", log.toString());
  }

  @Test
  void bothBytesMustLieWithinTheLimit_19_5_2() {
    bitmap(0x68);
    p.ring3();
    assertEquals("#GP(0x0)", in(0, 0xec));
    bitmap(0x69);
    assertEquals("ok", in(0, 0xec));
  }

  @Test
  void sixteenBitTssHasNoBitmap_7_6() {
    bitmap(0x6b);
    c.tr.set(Processor.TSS, Processor.TSS_AT, 0x6b, 0x83);
    p.ring3();
    assertEquals("#GP(0x0)", in(0, 0xec));
  }

  @Test
  void virtual8086IgnoresIopl_20_2_8() {
    bitmap(0x6b);
    p.virtual8086(3);
    assertEquals("#GP(0x0)", in(9, 0xec));
    p.virtual8086(0);
    assertEquals("ok", in(8, 0xec));
  }

  @Test
  void stringsAreCheckedToo_19_5() {
    bitmap(0x6b);
    p.ring3();
    c.reg[Cpu.EDI] = 0x6000;
    c.reg[Cpu.ESI] = 0x6000;
    assertEquals("#GP(0x0)", in(9, 0x6c), "insb");
    assertEquals("#GP(0x0)", in(9, 0x6e), "outsb");
    assertEquals("", log.toString());
    assertEquals("ok", in(8, 0x6c));
    assertEquals(0x6001, c.reg[Cpu.EDI]);
  }
}
