package org.trampoline.emulator.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Sections and figures are those of the 8254's data sheet (Intel 231164). */
class Pit8254Test {
  private final TestClock time = new TestClock();
  private final TestLine irq0 = new TestLine();
  private final Pit8254 pit = new Pit8254(time.clock, irq0);
  private final PortBus bus = new PortBus();
  private long tick;

  @BeforeEach
  void atAWholeTick() {
    pit.claimPorts(bus);
    pass(1);
  }

  /** Lets ticks of the chip's clock pass. */
  private void pass(long ticks) {
    tick += ticks;
    time.passTo(tick, Pit8254.FREQUENCY);
  }

  private void control(int counter, int mode) {
    bus.out(0x43, 1, counter << 6 | 0x30 | mode << 1);
  }

  private void count(int counter, int value) {
    bus.out(0x40 + counter, 1, value & 0xff);
    bus.out(0x40 + counter, 1, value >> 8);
  }

  private int read(int counter) {
    int low = bus.in(0x40 + counter, 1);
    return low | bus.in(0x40 + counter, 1) << 8;
  }

  private void gate2(boolean high) {
    bus.out(0x61, 1, high ? 1 : 0);
  }

  @Test
  void isAsSelfContainedAsItsLine() {
    assertFalse(bus.selfContained(0x40));
    PicPair pics = new PicPair(high -> {});
    new Pit8254(time.clock, pics.line(0)).claimPorts(bus);
    assertTrue(bus.selfContained(0x40));
  }

  @Test
  void mode0InterruptOnTerminalCount() {
    control(0, 0);
    assertFalse(irq0.high);
    int rises = irq0.rises;
    count(0, 4);
    pass(4);
    assertFalse(irq0.high, "OUT goes high N + 1 CLK pulses after the count was written");
    pass(1);
    assertTrue(irq0.high);
    assertEquals(0, read(0));
    pass(1);
    assertEquals(0xffff, read(0));
    assertTrue(irq0.high);
    assertEquals(rises + 1, irq0.rises);
  }

  @Test
  void mode0FirstByteStopsTheCount() {
    control(0, 0);
    count(0, 4);
    bus.out(0x40, 1, 2);
    pass(100);
    assertFalse(irq0.high);
    bus.out(0x40, 1, 0);
    pass(3);
    assertTrue(irq0.high);
  }

  @Test
  void mode0GateDisablesCounting() {
    control(2, 0);
    gate2(true);
    count(2, 10);
    pass(4);
    assertEquals(7, read(2));
    gate2(false);
    pass(100);
    assertEquals(7, read(2));
    gate2(true);
    pass(6);
    assertFalse(pit.output(2));
    pass(1);
    assertTrue(pit.output(2));
  }

  @Test
  void mode1HardwareRetriggerableOneShot() {
    control(2, 1);
    count(2, 5);
    assertTrue(pit.output(2));
    pass(10);
    assertTrue(pit.output(2), "waits for the trigger");
    gate2(true);
    pass(1);
    assertFalse(pit.output(2));
    pass(4);
    assertFalse(pit.output(2));
    pass(1);
    assertTrue(pit.output(2));
    gate2(false);
    gate2(true);
    pass(3);
    gate2(false);
    gate2(true); // again, before it has run out
    pass(5);
    assertFalse(pit.output(2));
    pass(1);
    assertTrue(pit.output(2));
  }

  @Test
  void mode2RateGenerator() {
    control(0, 2);
    count(0, 4);
    assertTrue(irq0.high);
    pass(1);
    int rises = irq0.rises;
    assertEquals(4, read(0));
    pass(2);
    assertTrue(irq0.high);
    pass(1);
    assertFalse(irq0.high, "low while the count is 1");
    assertEquals(1, read(0));
    pass(1);
    assertTrue(irq0.high);
    assertEquals(rises + 1, irq0.rises);
    pass(400);
    assertEquals(rises + 101, irq0.rises);
  }

  @Test
  void mode2NewCountTakesEffectWithTheNextPeriod() {
    control(0, 2);
    count(0, 10);
    pass(4);
    count(0, 3);
    int rises = irq0.rises;
    pass(6);
    assertEquals(rises, irq0.rises);
    pass(1);
    assertEquals(rises + 1, irq0.rises);
    pass(30);
    assertEquals(rises + 11, irq0.rises);
  }

  @Test
  void mode2GateSynchronises() {
    control(2, 2);
    gate2(true);
    count(2, 5);
    pass(5);
    assertFalse(pit.output(2));
    gate2(false);
    assertTrue(pit.output(2), "OUT is set high at once");
    pass(100);
    gate2(true);
    pass(1);
    assertEquals(5, read(2));
  }

  @Test
  void mode3SquareWaveEven() {
    control(0, 3);
    count(0, 4);
    pass(1);
    assertEquals(4, read(0));
    pass(1);
    assertTrue(irq0.high);
    assertEquals(2, read(0));
    pass(1);
    assertFalse(irq0.high);
    assertEquals(4, read(0));
    pass(2);
    assertTrue(irq0.high);
  }

  @Test
  void mode3SquareWaveOdd() {
    control(0, 3);
    count(0, 5);
    pass(1);
    assertEquals(4, read(0));
    pass(2);
    assertTrue(irq0.high, "high for (N + 1) / 2");
    assertEquals(0, read(0));
    pass(1);
    assertFalse(irq0.high);
    assertEquals(4, read(0));
    pass(1);
    assertEquals(2, read(0));
    pass(1);
    assertTrue(irq0.high, "low for (N - 1) / 2");
  }

  @Test
  void mode3NewCountTakesEffectWithTheNextHalf() {
    control(0, 3);
    count(0, 100);
    pass(11);
    count(0, 20);
    pass(39);
    assertTrue(irq0.high);
    pass(1);
    assertFalse(irq0.high);
    pass(9);
    assertFalse(irq0.high);
    pass(1);
    assertTrue(irq0.high);
    pass(10);
    assertFalse(irq0.high);
  }

  @Test
  void mode4SoftwareTriggeredStrobe() {
    control(0, 4);
    assertTrue(irq0.high);
    count(0, 3);
    pass(3);
    assertTrue(irq0.high);
    pass(1);
    assertFalse(irq0.high, "low for one CLK pulse");
    pass(1);
    assertTrue(irq0.high);
    pass(0x20000);
    assertTrue(irq0.high);
  }

  @Test
  void mode5HardwareTriggeredStrobe() {
    control(2, 5);
    count(2, 3);
    pass(50);
    assertTrue(pit.output(2));
    gate2(true);
    pass(4);
    assertFalse(pit.output(2));
    pass(1);
    assertTrue(pit.output(2));
  }

  @Test
  void counterLatchCommand() {
    control(0, 2);
    count(0, 1000);
    pass(101);
    bus.out(0x43, 1, 0);
    pass(100);
    bus.out(0x43, 1, 0); // ignored, the first has not been read
    assertEquals(900, read(0));
    assertEquals(800, read(0));
  }

  @Test
  void readBackCommand() {
    control(0, 3);
    bus.out(0x43, 1, 0xe2); // status of counter 0
    assertEquals(0xf6, bus.in(0x40, 1), "OUT high, null count, both bytes, mode 3");
    count(0, 1000);
    pass(11);
    bus.out(0x43, 1, 0xc2); // status and count
    assertEquals(0xb6, bus.in(0x40, 1));
    assertEquals(980, read(0));
  }

  @Test
  void lowAndHighByteAccess() {
    bus.out(0x43, 1, 0x14); // counter 0, low byte, mode 2
    bus.out(0x40, 1, 100);
    pass(1);
    assertEquals(100, bus.in(0x40, 1));
    bus.out(0x43, 1, 0x24); // high byte
    bus.out(0x40, 1, 3);
    pass(1);
    assertEquals(3, bus.in(0x40, 1));
  }

  @Test
  void binaryCodedDecimal() {
    bus.out(0x43, 1, 0x31); // counter 0, both bytes, mode 0, BCD
    count(0, 0x1000);
    pass(2);
    assertEquals(0x0999, read(0));
    pass(1000);
    assertEquals(0x9999, read(0));
  }

  @Test
  void countOfZeroIsTheLargest() {
    control(0, 2);
    count(0, 0);
    pass(1);
    int rises = irq0.rises;
    pass(65535);
    assertEquals(rises, irq0.rises);
    pass(1);
    assertEquals(rises + 1, irq0.rises);
  }

  @Test
  void eighteenPointTwoHertz() {
    control(0, 3);
    count(0, 0);
    pass(1);
    int rises = irq0.rises;
    time.pass(10 * Clock.DEFAULT_FREQUENCY);
    assertEquals(rises + 182, irq0.rises);
  }

  @Test
  void portBShowsGateOutputAndRefresh() {
    control(2, 0);
    bus.out(0x61, 1, 0x03);
    count(2, 1000);
    assertEquals(0x03, bus.in(0x61, 1) & 0x2f);
    pass(1001);
    assertEquals(0x23, bus.in(0x61, 1) & 0x2f);
    int refresh = bus.in(0x61, 1) & 0x10;
    pass(18);
    assertEquals(refresh ^ 0x10, bus.in(0x61, 1) & 0x10);
  }
}
