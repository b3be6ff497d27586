package org.trampoline.emulator.device;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.memory.PhysicalMemory;
import org.trampoline.emulator.snapshot.Snapshot;

/** Sections are those of the 82441FX's data sheet (Intel 290549). */
class HostBridgeTest {
  private final Pc pc = new Pc(Machine.builder().memory(4 << 20));
  private final PhysicalMemory memory = pc.machine().cpu().memory;

  HostBridgeTest() {
    byte[] rom = new byte[0x2_0000];
    java.util.Arrays.fill(rom, (byte) 0x55);
    pc.installRom(rom);
  }

  @AfterEach
  void close() {
    pc.close();
  }

  private void select(int device, int register) {
    pc.ports().out(0xcf8, 4, 0x8000_0000 | device << 11 | register);
  }

  private void configure(int register, int value) {
    select(0, register);
    pc.ports().out(0xcfc + (register & 3), 1, value);
  }

  @Test
  void configurationMechanism1() {
    select(0, 0);
    assertEquals(0x1237_8086, pc.ports().in(0xcfc, 4));
    assertEquals(0x1237, pc.ports().in(0xcfe, 2) & 0xffff);
    select(0, 8);
    assertEquals(0x0600, pc.ports().in(0xcfe, 2) & 0xffff, "a host bridge");
    select(2, 0);
    assertEquals(-1, pc.ports().in(0xcfc, 4), "no such device");
    pc.ports().out(0xcf8, 4, 0);
    assertEquals(-1, pc.ports().in(0xcfc, 4), "not enabled");
  }

  @Test
  void identificationCannotBeWritten() {
    configure(0, 0x12);
    select(0, 0);
    assertEquals(0x1237_8086, pc.ports().in(0xcfc, 4));
  }

  @Test
  void programmableAttributeMap() {
    assertEquals(0x55, memory.read8(0xf_0000));
    memory.write8(0xf_0000, 1);
    assertEquals(0x55, memory.read8(0xf_0000));
    configure(0x59, 0x30);
    memory.write8(0xf_0000, 1);
    assertEquals(1, memory.read8(0xf_0000));
    assertEquals(0x55, memory.read8(0xe_c000));
    configure(0x5f, 0x33);
    memory.write8(0xe_c000, 2);
    assertEquals(2, memory.read8(0xe_c000));
    configure(0x59, 0x10);
    memory.write8(0xf_0000, 2);
    assertEquals(1, memory.read8(0xf_0000), "RAM that is read-only");
    configure(0x59, 0x00);
    assertEquals(0x55, memory.read8(0xf_0000), "the ROM again");
    configure(0x59, 0x30);
    assertEquals(1, memory.read8(0xf_0000), "and what was in RAM");
    assertEquals(0x55, memory.read8(0xffff_0000), "the ROM's other place stays");
  }

  @Test
  void snapshotRestoresTheMap() {
    configure(0x59, 0x30);
    memory.write8(0xf_0000, 7);
    Snapshot snapshot = Snapshot.of(pc);
    configure(0x59, 0x00);
    snapshot.restore();
    assertEquals(7, memory.read8(0xf_0000));
  }
}
