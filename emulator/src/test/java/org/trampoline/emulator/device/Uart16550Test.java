package org.trampoline.emulator.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Sections are those of the PC16550D's data sheet (National Semiconductor). */
class Uart16550Test {
  private static final int DATA = 0x3f8;
  private static final int IER = DATA + 1;
  private static final int IIR = DATA + 2;
  private static final int LCR = DATA + 3;
  private static final int MCR = DATA + 4;
  private static final int LSR = DATA + 5;
  private static final int MSR = DATA + 6;

  private final TestClock time = new TestClock();
  private final TestLine irq = new TestLine();
  private final StringBuilder sent = new StringBuilder();
  private final Uart16550 uart = new Uart16550(time.clock, irq, value -> sent.append((char) value));

  @BeforeEach
  void interruptsReachTheController() {
    uart.out(MCR, 0x08); // OUT2
  }

  private void receive(String text) {
    text.chars().forEach(uart::receive);
  }

  @Test
  void transmitterHoldingRegister() {
    assertEquals(0x60, uart.in(LSR));
    uart.out(DATA, 'h');
    uart.out(DATA, 'i');
    assertEquals("hi", sent.toString());
    assertEquals(0x60, uart.in(LSR));
  }

  @Test
  void divisorLatchAccessBit() {
    uart.out(IER, 0x05);
    uart.out(LCR, 0x83);
    uart.out(DATA, 0x34);
    uart.out(IER, 0x12);
    assertEquals(0x34, uart.in(DATA));
    assertEquals(0x12, uart.in(IER));
    uart.out(LCR, 0x03);
    assertEquals(0x05, uart.in(IER));
    assertEquals("", sent.toString());
  }

  @Test
  void scratchRegister() {
    uart.out(DATA + 7, 0xa5);
    assertEquals(0xa5, uart.in(DATA + 7));
  }

  @Test
  void receiverBufferAndOverrun() {
    receive("a");
    assertEquals(0x61, uart.in(LSR));
    receive("b");
    assertEquals(0x63, uart.in(LSR), "overrun");
    assertEquals(0x61, uart.in(LSR), "reading resets it");
    assertEquals('b', uart.in(DATA));
    assertEquals(0x60, uart.in(LSR));
  }

  @Test
  void receivedDataAvailableInterrupt() {
    receive("a");
    assertFalse(irq.high);
    uart.out(IER, 1);
    assertTrue(irq.high);
    assertEquals(4, uart.in(IIR));
    uart.in(DATA);
    assertFalse(irq.high);
    assertEquals(1, uart.in(IIR));
  }

  @Test
  void transmitterEmptyInterrupt() {
    uart.out(IER, 2);
    assertTrue(irq.high, "enabling it while the register is empty");
    assertEquals(2, uart.in(IIR));
    assertFalse(irq.high, "reading IIR resets it");
    assertEquals(1, uart.in(IIR));
    int rises = irq.rises;
    uart.out(DATA, 'x');
    assertTrue(irq.high);
    uart.out(DATA, 'y');
    assertEquals(rises + 2, irq.rises, "an edge for each byte");
  }

  @Test
  void fifoInterruptModeTriggerLevel() {
    uart.out(IIR, 0x81); // FIFO, 8 bytes
    uart.out(IER, 1);
    receive("1234567");
    assertFalse(irq.high);
    receive("8");
    assertTrue(irq.high);
    assertEquals(0xc4, uart.in(IIR));
    assertEquals('1', uart.in(DATA));
    assertFalse(irq.high);
  }

  @Test
  void fifoTimeoutInterrupt() {
    uart.out(LCR, 0x83);
    uart.out(DATA, 12); // 9600 baud: a character of 10 bits takes 1.04 ms
    uart.out(LCR, 0x03);
    uart.out(IIR, 0x81);
    uart.out(IER, 1);
    receive("12");
    time.pass(416_000);
    assertFalse(irq.high);
    time.pass(1_000);
    assertTrue(irq.high, "4.17 ms without traffic");
    assertEquals(0xcc, uart.in(IIR));
    uart.in(DATA);
    assertFalse(irq.high, "reading restarts the timer");
    time.pass(417_000);
    assertTrue(irq.high);
    uart.in(DATA);
    time.pass(500_000);
    assertFalse(irq.high, "the FIFO is empty");
  }

  @Test
  void fifoHoldsSixteenAndKeepsTheOldest() {
    uart.out(IIR, 0x01);
    receive("0123456789abcdefX");
    assertEquals(0x63, uart.in(LSR));
    StringBuilder got = new StringBuilder();
    while ((uart.in(LSR) & 1) != 0) {
      got.append((char) uart.in(DATA));
    }
    assertEquals("0123456789abcdef", got.toString());
  }

  @Test
  void fifoReset() {
    uart.out(IIR, 0x01);
    receive("abc");
    uart.out(IIR, 0x03);
    assertEquals(0x60, uart.in(LSR));
    assertEquals(16, uart.room());
  }

  @Test
  void lineStatusInterruptHasTheHighestPriority() {
    uart.out(IER, 0x0f);
    receive("ab");
    assertEquals(6, uart.in(IIR));
    uart.in(LSR);
    assertEquals(4, uart.in(IIR));
    uart.in(DATA);
    assertEquals(2, uart.in(IIR));
    assertEquals(1, uart.in(IIR));
  }

  @Test
  void loopbackOfDataAndModemLines() {
    uart.out(MCR, 0x10);
    assertEquals(0, uart.in(MSR) & 0xf0);
    for (int[] wire : new int[][] {{1, 0x20}, {2, 0x10}, {4, 0x40}, {8, 0x80}}) {
      uart.out(MCR, 0x10 | wire[0]);
      assertEquals(wire[1], uart.in(MSR) & 0xf0);
    }
    uart.out(DATA, 'z');
    assertEquals("", sent.toString());
    assertEquals('z', uart.in(DATA));
    receive("n");
    assertEquals(0x60, uart.in(LSR), "the line is cut off");
    assertFalse(irq.high);
  }

  @Test
  void modemStatusDeltas() {
    assertEquals(0xb0, uart.in(MSR), "CTS, DSR and DCD are on");
    uart.out(MCR, 0x14);
    assertEquals(0x4b, uart.in(MSR), "three lines changed");
    assertEquals(0x40, uart.in(MSR));
    uart.out(MCR, 0x10);
    assertEquals(0x04, uart.in(MSR), "the trailing edge of RI");
  }

  @Test
  void withoutOut2NoInterruptReachesTheBoard() {
    uart.out(MCR, 0);
    uart.out(IER, 2);
    assertFalse(irq.high);
    uart.out(MCR, 8);
    assertTrue(irq.high);
  }

  @Test
  void inputWaitsUntilSoftwareListens() {
    String text = "abc";
    int[] next = {0};
    SerialInput input =
        new SerialInput(
            time.clock,
            uart,
            idle -> next[0] < text.length() ? text.charAt(next[0]++) : SerialInput.Source.END,
            () -> false);
    time.pass(1_000_000);
    assertEquals(1, uart.room(), "nothing has come");
    uart.out(IER, 1);
    time.pass(100_000);
    assertTrue(irq.high);
    assertEquals('a', uart.in(DATA));
    assertFalse(irq.high);
    time.pass(100_000);
    assertEquals('b', uart.in(DATA));
    uart.out(IER, 0);
    time.pass(1_000_000);
    assertEquals(0x60, uart.in(LSR));
    for (int i = 0; i < 64; i++) {
      uart.in(LSR); // polling
    }
    time.pass(100_000);
    assertEquals(0x61, uart.in(LSR));
    assertEquals('c', uart.in(DATA));
    assertEquals(3, next[0]);
    assertTrue(input != null);
  }
}
