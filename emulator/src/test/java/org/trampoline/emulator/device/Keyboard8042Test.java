package org.trampoline.emulator.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.trampoline.emulator.StopReason;
import org.trampoline.emulator.fault.MachineStop;
import org.trampoline.emulator.memory.PhysicalMemory;

/** Commands are those of the IBM AT Technical Reference, "Keyboard Controller". */
class Keyboard8042Test {
  private final Arena arena = Arena.ofShared();
  private final PhysicalMemory memory = new PhysicalMemory(arena, 1 << 20);
  private final TestLine irq = new TestLine();
  private final SystemControl system = new SystemControl(memory);
  private final Keyboard8042 keyboard = new Keyboard8042(irq, system);

  @AfterEach
  void close() {
    arena.close();
  }

  private void command(int value) {
    keyboard.out(0x64, value);
  }

  private void data(int value) {
    keyboard.out(0x60, value);
  }

  private int read() {
    assertEquals(1, keyboard.in(0x64) & 1, "output buffer full");
    return keyboard.in(0x60);
  }

  @Test
  void selfTestAndInterfaceTest() {
    command(0xaa);
    assertEquals(0x55, read());
    assertEquals(4, keyboard.in(0x64) & 4, "system flag");
    command(0xab);
    assertEquals(0, read());
    assertEquals(0, keyboard.in(0x64) & 1);
  }

  @Test
  void statusTellsCommandsFromData() {
    command(0xae);
    assertEquals(8, keyboard.in(0x64) & 8);
    data(0xf4);
    assertEquals(0, keyboard.in(0x64) & 8);
  }

  @Test
  void commandByte() {
    command(0x60);
    data(0x41);
    command(0x20);
    assertEquals(0x41, read());
    command(0xad);
    command(0x20);
    assertEquals(0x51, read());
    command(0xae);
    command(0x20);
    assertEquals(0x41, read());
  }

  @Test
  void keyboardReset() {
    data(0xff);
    assertEquals(0xfa, read());
    assertEquals(0xaa, read());
  }

  @Test
  void keyboardCommandsWithParameters() {
    data(0xed);
    assertEquals(0xfa, read());
    data(7);
    assertEquals(0xfa, read());
    data(0xf0);
    assertEquals(0xfa, read());
    data(0);
    assertEquals(0xfa, read());
    assertEquals(2, read());
    data(0x01);
    assertEquals(0xfe, read(), "no such command");
  }

  @Test
  void identify() {
    data(0xf2);
    assertEquals(0xfa, read());
    assertEquals(0xab, read());
    assertEquals(0x41, read());
  }

  @Test
  void eachByteInterruptsUnlessDisabled() {
    keyboard.type(0x1e);
    keyboard.type(0x9e);
    assertTrue(irq.high);
    assertEquals(1, irq.rises);
    assertEquals(0x1e, read());
    assertEquals(2, irq.rises);
    command(0xad);
    assertFalse(irq.high);
    assertEquals(0, keyboard.in(0x64) & 1);
    command(0xae);
    assertEquals(0x9e, read());
    command(0x60);
    data(0x44);
    keyboard.type(0x1e);
    assertFalse(irq.high);
  }

  @Test
  void bufferIsBounded() {
    for (int i = 0; i < 1000; i++) {
      keyboard.type(i & 0x7f);
    }
    int count = 0;
    while ((keyboard.in(0x64) & 1) != 0) {
      keyboard.in(0x60);
      count++;
    }
    assertEquals(256, count);
  }

  @Test
  void addressLine20() {
    command(0xd1);
    data(0xdd);
    assertFalse(memory.a20());
    command(0xd0);
    assertEquals(0, read() & 2);
    command(0xdf);
    assertTrue(memory.a20());
    command(0xdd);
    assertFalse(memory.a20());
    system.out(0x92, 2);
    assertTrue(memory.a20());
    assertEquals(2, system.in(0x92));
  }

  @Test
  void pulseOfTheResetLine() {
    MachineStop stop = assertThrows(MachineStop.class, () -> command(0xfe));
    assertEquals(new StopReason.Reset(), stop.reason());
    command(0xff); // pulses nothing
    command(0xd1);
    assertThrows(MachineStop.class, () -> data(0xde));
  }

  @Test
  void fastResetIsTheRisingEdge() {
    assertThrows(MachineStop.class, () -> system.out(0x92, 3));
    assertTrue(memory.a20());
  }
}
