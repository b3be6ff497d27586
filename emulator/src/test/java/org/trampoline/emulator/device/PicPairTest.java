package org.trampoline.emulator.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Sections are those of the 8259A's data sheet (Intel 231468). */
class PicPairTest {
  private static final int MASTER = 0x20;
  private static final int SLAVE = 0xa0;
  private static final int EOI = 0x20;
  private static final int READ_IRR = 0x0a;
  private static final int READ_ISR = 0x0b;

  private boolean intr;
  private final PicPair pics = new PicPair(high -> intr = high);
  private final PortBus bus = new PortBus();

  @BeforeEach
  void initialise() {
    pics.claimPorts(bus);
    initialise(0x11, 0x01);
  }

  private void initialise(int icw1, int icw4) {
    out(MASTER, icw1);
    out(MASTER + 1, 0x20);
    out(MASTER + 1, 0x04);
    out(MASTER + 1, icw4);
    out(SLAVE, icw1);
    out(SLAVE + 1, 0x28);
    out(SLAVE + 1, 0x02);
    out(SLAVE + 1, icw4);
  }

  private void out(int port, int value) {
    bus.out(port, 1, value);
  }

  private int register(int chip, int command) {
    out(chip, command);
    return bus.in(chip, 1);
  }

  private void raise(int irq) {
    pics.line(irq).set(true);
  }

  private void lower(int irq) {
    pics.line(irq).set(false);
  }

  private int acknowledge() {
    assertTrue(intr, "INT is asserted");
    return pics.acknowledge();
  }

  @Test
  void interruptSequence() {
    raise(3);
    assertEquals(8, register(MASTER, READ_IRR));
    assertEquals(0x23, acknowledge());
    assertFalse(intr);
    assertEquals(0, register(MASTER, READ_IRR));
    assertEquals(8, register(MASTER, READ_ISR));
    out(MASTER, EOI);
    assertEquals(0, register(MASTER, READ_ISR));
    assertFalse(intr, "edge triggered: the line is still high");
    lower(3);
    raise(3);
    assertEquals(0x23, acknowledge());
  }

  @Test
  void uninitialisedChipAsksForNothing() {
    PicPair fresh = new PicPair(high -> intr = high);
    fresh.line(0).set(true);
    fresh.line(9).set(true);
    assertFalse(intr);
  }

  @Test
  void fullyNestedMode() {
    raise(5);
    assertEquals(0x25, acknowledge());
    raise(6);
    assertFalse(intr, "a lower level waits");
    raise(1);
    assertEquals(0x21, acknowledge());
    out(MASTER, EOI);
    assertFalse(intr, "5 is still in service");
    out(MASTER, EOI);
    assertEquals(0x26, acknowledge());
  }

  @Test
  void cascadeMode() {
    raise(12);
    assertEquals(0x2c, acknowledge());
    assertEquals(4, register(MASTER, READ_ISR));
    assertEquals(0x10, register(SLAVE, READ_ISR));
    raise(9);
    assertFalse(intr, "the master's level 2 is in service");
    out(SLAVE, EOI);
    out(MASTER, EOI);
    assertEquals(0x29, acknowledge());
  }

  @Test
  void cascadedRequestsOneAfterTheOther() {
    raise(14);
    raise(8);
    assertEquals(0x28, acknowledge());
    out(SLAVE, EOI);
    out(MASTER, EOI);
    assertEquals(0x2e, acknowledge());
    out(SLAVE, EOI);
    out(MASTER, EOI);
    assertFalse(intr);
  }

  @Test
  void specialFullyNestedMode() {
    initialise(0x11, 0x11);
    raise(12);
    assertEquals(0x2c, acknowledge());
    raise(9);
    assertEquals(0x29, acknowledge());
  }

  @Test
  void requestThatGoesAwayIsSpuriousLevel7() {
    raise(3);
    assertTrue(intr);
    lower(3);
    assertFalse(intr);
    assertEquals(0x27, pics.acknowledge());
    assertEquals(0, register(MASTER, READ_ISR), "no in-service bit");
  }

  @Test
  void requestMaskedInTheSlaveIsWithdrawnFromTheMaster() {
    raise(10);
    out(SLAVE + 1, 0xff);
    raise(11);
    assertFalse(intr);
    out(SLAVE + 1, 0);
    assertEquals(0x2a, acknowledge());
  }

  @Test
  void interruptMasks() {
    out(MASTER + 1, 0xfe);
    assertEquals(0xfe, bus.in(MASTER + 1, 1));
    raise(4);
    assertFalse(intr);
    assertEquals(0x10, register(MASTER, READ_IRR), "the request register is not masked");
    out(MASTER + 1, 0);
    assertEquals(0x24, acknowledge());
  }

  @Test
  void specificEndOfInterrupt() {
    raise(5);
    acknowledge();
    raise(2 - 1);
    acknowledge();
    out(MASTER, 0x60 | 5);
    assertEquals(2, register(MASTER, READ_ISR));
  }

  @Test
  void automaticEndOfInterrupt() {
    initialise(0x11, 0x03);
    raise(5);
    assertEquals(0x25, acknowledge());
    assertEquals(0, register(MASTER, READ_ISR));
    raise(6);
    assertEquals(0x26, acknowledge());
  }

  @Test
  void automaticRotation() {
    raise(4);
    acknowledge();
    out(MASTER, 0xa0); // rotate on non-specific EOI: 4 is lowest now
    lower(4);
    raise(4);
    raise(5);
    assertEquals(0x25, acknowledge());
    out(MASTER, EOI);
    assertEquals(0x24, acknowledge());
  }

  @Test
  void rotationInAutomaticEndOfInterruptMode() {
    initialise(0x11, 0x03);
    out(MASTER, 0x80);
    raise(0);
    assertEquals(0x20, acknowledge());
    lower(0);
    raise(0);
    raise(1);
    assertEquals(0x21, acknowledge());
  }

  @Test
  void specificRotation() {
    out(MASTER, 0xc0 | 3); // 3 is lowest, 4 highest
    raise(0);
    raise(4);
    assertEquals(0x24, acknowledge());
    out(MASTER, 0xe0 | 4); // ends 4, makes it lowest
    assertEquals(0x20, acknowledge());
  }

  @Test
  void specialMaskMode() {
    raise(1);
    acknowledge();
    out(MASTER + 1, 0x02);
    raise(6);
    assertFalse(intr);
    out(MASTER, 0x68); // set special mask mode: the masked level in service blocks nobody
    assertEquals(0x26, acknowledge());
    out(MASTER, EOI);
    assertEquals(2, register(MASTER, READ_ISR), "nor does a non-specific EOI end it");
    out(MASTER, 0x48);
    out(MASTER, EOI);
    assertEquals(0, register(MASTER, READ_ISR));
  }

  @Test
  void pollCommand() {
    raise(6);
    out(MASTER, 0x0c);
    assertEquals(0x86, bus.in(MASTER, 1));
    assertEquals(0x40, register(MASTER, READ_ISR));
    out(MASTER, 0x0c);
    assertEquals(0, bus.in(MASTER, 1));
    assertFalse(intr);
  }

  @Test
  void levelTriggeredMode() {
    initialise(0x19, 0x01);
    raise(3);
    assertEquals(0x23, acknowledge());
    out(MASTER, EOI);
    assertEquals(0x23, acknowledge(), "the line is still high");
    lower(3);
    out(MASTER, EOI);
    assertFalse(intr);
  }

  @Test
  void edgeLevelRegister() {
    bus.out(0x4d0, 2, 0xffff);
    assertEquals(0xdef8, bus.in(0x4d0, 2));
    raise(11);
    assertEquals(0x2b, acknowledge());
    out(SLAVE, EOI);
    out(MASTER, EOI);
    assertEquals(0x2b, acknowledge());
  }

  @Test
  void initialisationClearsEdgesAndMask() {
    out(MASTER + 1, 0xff);
    raise(3);
    initialise(0x11, 0x01);
    assertEquals(0, bus.in(MASTER + 1, 1));
    assertFalse(intr, "a new edge is needed");
  }

  @Test
  void mayInterruptLooksAtMasksAndServiceOfBothChips() {
    assertTrue(pics.line(8).mayInterrupt());
    out(MASTER + 1, 0x04);
    assertFalse(pics.line(8).mayInterrupt());
    assertTrue(pics.line(0).mayInterrupt());
    out(MASTER + 1, 0);
    raise(1);
    acknowledge();
    assertFalse(pics.line(8).mayInterrupt());
    assertTrue(pics.line(0).mayInterrupt());
  }
}
