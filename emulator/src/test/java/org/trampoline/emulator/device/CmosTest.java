package org.trampoline.emulator.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Sections are those of the MC146818A's data sheet (Motorola). */
class CmosTest {
  private static final long SECOND = Clock.DEFAULT_FREQUENCY;

  private final TestClock time = new TestClock();
  private final TestLine irq = new TestLine();
  private final Cmos cmos = new Cmos(time.clock, irq);

  private int read(int register) {
    cmos.out(0x70, register);
    return cmos.in(0x71);
  }

  private void write(int register, int value) {
    cmos.out(0x70, register);
    cmos.out(0x71, value);
  }

  private String now() {
    return "%02x%02x-%02x-%02x %02x:%02x:%02x"
        .formatted(read(0x32), read(9), read(8), read(7), read(4), read(2), read(0));
  }

  @Test
  void startsAtAFixedTimeAndRuns() {
    assertEquals("2005-03-02 00:00:00", now());
    assertEquals(4, read(6), "a Wednesday");
    time.pass(SECOND - 1);
    assertEquals("2005-03-02 00:00:00", now());
    time.pass(1);
    assertEquals("2005-03-02 00:00:01", now());
    time.pass(86_400 * SECOND * 30);
    assertEquals("2005-04-01 00:00:01", now());
  }

  @Test
  void binaryAndTwelveHourModes() {
    time.pass(13 * 3600 * SECOND);
    assertEquals(0x13, read(4));
    write(11, 0x00);
    assertEquals(0x81, read(4), "1 PM");
    write(11, 0x06);
    assertEquals(13, read(4));
    write(11, 0x04);
    time.pass(11 * 3600 * SECOND);
    assertEquals(12, read(4), "midnight is 12 AM");
  }

  @Test
  void setStopsTheUpdate() {
    write(11, 0x82);
    write(9, 0x26);
    write(8, 0x11);
    write(7, 0x25);
    write(4, 0x23);
    write(2, 0x59);
    write(0, 0x58);
    time.pass(10 * SECOND);
    assertEquals(0x58, read(0));
    write(11, 0x02);
    assertEquals("2026-11-25 23:59:58", now());
    time.pass(2 * SECOND);
    assertEquals("2026-11-26 00:00:00", now());
  }

  @Test
  void whatIsNoTimeIsNotTaken() {
    write(8, 0x13);
    assertEquals("2005-03-02 00:00:00", now());
    write(0, 0xff);
    assertEquals("2005-03-02 00:00:00", now());
  }

  @Test
  void updateInProgress() {
    assertEquals(0x26, read(10));
    time.pass(SECOND - 24_400);
    assertEquals(0xa6, read(10), "244 us before the update");
    time.pass(24_400);
    assertEquals(0x26, read(10));
  }

  @Test
  void updateEndedInterrupt() {
    write(11, 0x12);
    time.pass(SECOND - 1);
    assertFalse(irq.high);
    time.pass(1);
    assertTrue(irq.high);
    assertEquals(0x90, read(12) & 0x90);
    assertFalse(irq.high, "reading C releases IRQ");
    assertEquals(0, read(12));
    time.pass(SECOND);
    assertTrue(irq.high);
  }

  @Test
  void periodicInterrupt() {
    write(11, 0x42); // at 1024 Hz
    for (int i = 1; i <= 1024; i++) {
      time.pass(time.clock.cyclesAt(i, 1024) - time.clock.now());
      assertTrue(irq.high);
      assertEquals(0xc0, read(12) & 0xc0);
    }
    assertEquals(SECOND, time.clock.now());
    write(10, 0x2f); // 2 Hz
    time.pass(SECOND / 2 - 1);
    assertFalse(irq.high);
    time.pass(1);
    assertTrue(irq.high);
  }

  @Test
  void flagsAreSetWithoutInterruptsToo() {
    time.pass(SECOND);
    assertEquals(0x50, read(12), "PF and UF, not IRQF");
    assertFalse(irq.high);
    assertEquals(0, read(12));
  }

  @Test
  void alarmInterrupt() {
    write(5, 0x01);
    write(3, 0x02);
    write(1, 0x03);
    write(11, 0x22);
    time.pass(3722 * SECOND);
    assertFalse(irq.high);
    time.pass(SECOND);
    assertTrue(irq.high);
    assertEquals(0xa0, read(12) & 0xa0);
  }

  @Test
  void alarmWithDoNotCareCodes() {
    write(5, 0xff);
    write(3, 0xc0);
    write(1, 0x10);
    write(11, 0x22);
    time.pass(10 * SECOND);
    assertEquals(0xa0, read(12) & 0xa0);
    time.pass(59 * SECOND);
    assertFalse(irq.high);
    time.pass(SECOND);
    assertTrue(irq.high);
  }

  @Test
  void memory() {
    write(0x0f, 0x0a);
    write(0x7f, 0x55);
    assertEquals(0x0a, read(0x0f));
    assertEquals(0x55, read(0xff), "bit 7 of the index is the NMI mask");
    assertEquals(0x80, read(13), "VRT");
  }

  @Test
  void memorySize() {
    cmos.setMemorySize(64 << 20);
    assertEquals(640, read(0x15) | read(0x16) << 8);
    assertEquals(0xfc00, read(0x17) | read(0x18) << 8);
    assertEquals(48 * 16, read(0x34) | read(0x35) << 8);
  }
}
