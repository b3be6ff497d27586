package org.trampoline.emulator.memory;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.trampoline.emulator.StopReason;
import org.trampoline.emulator.fault.MachineStop;

/** RAM, ROM, devices, nothing, and the borders between them; the A20 gate. */
class PhysicalMemoryTest extends PagingFixture {
  /** Remembers its accesses; a byte reads as its offset. */
  private static final class Recorder implements MmioDevice {
    final List<String> accesses = new ArrayList<>();

    @Override
    public int read(int offset, int size) {
      accesses.add("r" + size + "@" + offset);
      int value = 0;
      for (int i = 0; i < size; i++) {
        value |= (offset + i & 0xff) << 8 * i;
      }
      return value;
    }

    @Override
    public void write(int offset, int size, int value) {
      accesses.add("w" + size + "@" + offset + "=" + Integer.toHexString(value));
    }
  }

  private final Recorder device = new Recorder();

  @Test
  void littleEndianAtAnyAlignment() {
    for (int at = 0xffc; at < 0x1004; at++) {
      memory.write64(at, 0x8877665544332211L);
      assertEquals(0x11, memory.read8(at));
      assertEquals(0x2211, memory.read16(at));
      assertEquals(0x44332211, memory.read32(at));
      assertEquals(0x8877665544332211L, memory.read64(at));
      assertEquals(0x88, memory.read8(at + 7));
    }
  }

  @Test
  void whereThereIsNothingTheMachineStops() {
    MachineStop stop = assertThrows(MachineStop.class, () -> memory.read8(BYTES));
    assertEquals(new StopReason.NoMemory(BYTES, false), stop.reason());
    stop = assertThrows(MachineStop.class, () -> mmu.write32(0xf000_0000, 1));
    assertEquals(new StopReason.NoMemory(0xf000_0000, true), stop.reason());
    assertThrows(MachineStop.class, () -> memory.read32(BYTES - 2));
  }

  @Test
  void orTheBusFloats() {
    memory.setAbsentMemory(AbsentMemory.OPEN_BUS);
    assertEquals(0xff, memory.read8(BYTES));
    assertEquals(0xffff, mmu.read16(-2));
    assertEquals(-1L, memory.read64(BYTES));
    memory.write64(BYTES - 4, 0x8877665544332211L);
    assertEquals(0xffffffff44332211L, memory.read64(BYTES - 4));
    assertEquals(0xff, mmu.fetch8(BYTES));
    assertEquals(0, mmu.codeHost(BYTES));
  }

  @Test
  void romCannotBeWrittenAndCanBeExecuted() {
    byte[] bios = new byte[0x10000];
    for (int i = 0; i < bios.length; i++) {
      bios[i] = (byte) (i >>> 8);
    }
    memory.write8(0xf1234, 0x55);
    memory.mapRom(0xffff0000, bios);
    memory.mapRom(0xf0000, bios);
    assertEquals(0x12, mmu.read8(0xf1234));
    assertEquals(0x12, mmu.read8(0xffff1234));
    mmu.write32(0xf1234, -1);
    memory.write64(0xf1230, -1);
    assertEquals(0x12, mmu.read8(0xf1234));
    assertEquals(0x12, Host.get8(mmu.codeHost(0xffff1234)));
    assertEquals(0xffff1234L, memory.physicalOf(mmu.codeHost(0xffff1234)));
    assertEquals(PhysicalMemory.ROM, memory.attributes(0xf1234));
    memory.unmap(0xf0000, 0x10000);
    assertEquals(0x55, mmu.read8(0xf1234));
  }

  @Test
  void devicesGetAlignedAccesses() {
    memory.mapDevice(0xfee00000, 0x2000, device);
    assertEquals(0x33323130, mmu.read32(0xfee00030));
    assertEquals(0x0a09, mmu.read16(0xfee00009));
    mmu.write8(0xfee01004, 0x1ff);
    mmu.write64(0xfee00010, 0x8877665544332211L);
    mmu.write32(0xfee00002, 0x44332211);
    assertEquals(
        List.of(
            "r4@48",
            "r1@9",
            "r1@10",
            "w1@4100=ff",
            "w4@16=44332211",
            "w4@20=88776655",
            "w2@2=2211",
            "w2@4=4433"),
        device.accesses);
  }

  @Test
  void aDeviceMayLieOverRamAndBeCut() {
    memory.mapDevice(0xa0000, 0x4000, device);
    memory.mapRom(0xa1000, new byte[0x1000]);
    assertEquals(0, memory.read8(0xa1001));
    assertEquals(4, memory.read8(0xa0004));
    assertEquals(4, memory.read8(0xa3004));
    assertEquals(List.of("r1@4", "r1@12292"), device.accesses);
    memory.unmap(0xa0000, 0x4000);
    memory.write32(0xa2000, 77);
    assertEquals(77, mmu.read32(0xa2000));
  }

  @Test
  void anAccessMayCrossFromRamIntoADevice() {
    memory.mapDevice(0x5000, 0x1000, device);
    memory.write16(0x4ffe, 0x2211);
    assertEquals(0x01002211, mmu.read32(0x4ffe));
    mmu.write32(0x4ffe, 0x44332211);
    assertEquals(List.of("r1@0", "r1@1", "w1@0=33", "w1@1=44"), device.accesses);
  }

  @Test
  void aDeviceThatAppearsIsSeenAtOnce() {
    mmu.write32(0x5000, 1);
    assertEquals(1, mmu.read32(0x5000));
    memory.mapDevice(0x5000, 0x1000, device);
    assertEquals(0x03020100, mmu.read32(0x5000));
    memory.unmap(0x5000, 0x1000);
    assertEquals(1, mmu.read32(0x5000));
  }

  @Test
  void a20() {
    memory.write8(0x1234, 1);
    memory.write8(0x101234, 2);
    assertEquals(2, mmu.read8(0x101234));
    memory.setA20(false);
    assertEquals(1, mmu.read8(0x101234));
    assertEquals(1, Host.get8(mmu.codeHost(0x101234)));
    mmu.write8(0x301234, 3);
    assertEquals(3, memory.read8(0x201234));
    assertEquals(2, memory.read8(0x101234), "devices do not pass the gate");
    memory.setA20(true);
    assertEquals(2, mmu.read8(0x101234));
  }

  @Test
  void a20AppliesToPageTablesToo() {
    directory(0, TABLE | 1 << 20 | P);
    table(5, 0x345000 | P);
    memory.write32(0x102000 + 20, 0x346000 | P);
    paging(0, 0);
    assertEquals(0x346, mmu.read32(0x5000));
    memory.setA20(false);
    assertEquals(0x245, mmu.read32(0x5000));
    mmu.loadCr3(DIRECTORY | 1 << 20);
    assertEquals(0x245, mmu.read32(0x5000));
  }

  @Test
  void copiesCrossEveryBorder() {
    memory.setAbsentMemory(AbsentMemory.OPEN_BUS);
    memory.mapRom(0x5000, new byte[0x1000]);
    byte[] data = new byte[0x3000];
    Arrays.fill(data, (byte) 0x5a);
    memory.write(0x4000, MemorySegment.ofArray(data));
    byte[] back = new byte[0x3000];
    memory.read(0x4000, MemorySegment.ofArray(back));
    Arrays.fill(data, 0x1000, 0x2000, (byte) 0);
    assertArrayEquals(data, back);
    memory.read(BYTES - 0x1000, MemorySegment.ofArray(back));
    assertEquals(-1, back[0x1000]);
  }

  /** Two gigabytes and more cost nothing until they are used. */
  @Test
  void largeMemory() {
    try (Arena other = Arena.ofConfined()) {
      PhysicalMemory large = new PhysicalMemory(other, 4L << 30);
      Mmu reader = new Mmu(large, fault);
      large.write32(-4, 0x11223344);
      assertEquals(0x1122, reader.read16(-2));
      reader.write32(0x8000_0000, 5);
      assertEquals(5, large.read32(0x8000_0000));
      assertEquals(0x8000_0000L, large.physicalOf(reader.codeHost(0x8000_0000)));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -4096, 4097, (1L << 32) + 4096})
  void sizesThatCannotBe(long size) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> new PhysicalMemory(arena, size))
            .getMessage();
    assertTrue(message.contains("multiple of 4096"), message);
  }

  @Test
  void regionsThatCannotBe() {
    assertThrows(IllegalArgumentException.class, () -> memory.mapRom(0x800, new byte[4096]));
    assertThrows(IllegalArgumentException.class, () -> memory.mapRom(0x1000, new byte[100]));
    assertThrows(IllegalArgumentException.class, () -> memory.mapRom(0xfffff000, new byte[8192]));
    assertThrows(IllegalArgumentException.class, () -> memory.mapDevice(0x1000, 0, device));
  }
}
