package org.trampoline.emulator.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clauses are those of ATA/ATAPI-6 (NCITS 361). */
class AtaDiskTest {
  private static final int BASE = 0x1f0;
  private static final int CONTROL = 0x3f6;
  private static final int SECTORS = 3000;

  private final byte[] content = new byte[SECTORS * DiskMedium.SECTOR];
  private boolean irq;

  private final DiskMedium medium =
      new DiskMedium() {
        @Override
        public long sectors() {
          return SECTORS;
        }

        @Override
        public void read(long sector, byte[] to) {
          System.arraycopy(content, (int) sector * SECTOR, to, 0, SECTOR);
        }

        @Override
        public void write(long sector, byte[] from) {
          System.arraycopy(from, 0, content, (int) sector * SECTOR, SECTOR);
        }
      };

  private final AtaDisk disk =
      new AtaDisk(
          medium,
          new IrqLine() {
            @Override
            public void set(boolean high) {
              irq = high;
            }

            @Override
            public boolean mayInterrupt() {
              return true;
            }
          },
          CONTROL);

  AtaDiskTest() {
    for (int i = 0; i < content.length; i++) {
      content[i] = (byte) (i / DiskMedium.SECTOR * 7 + i);
    }
  }

  private void command(int device, int lba, int count, int code) {
    disk.out(BASE + 6, 1, device);
    disk.out(BASE + 2, 1, count);
    disk.out(BASE + 3, 1, lba & 0xff);
    disk.out(BASE + 4, 1, lba >>> 8 & 0xff);
    disk.out(BASE + 5, 1, lba >>> 16 & 0xff);
    disk.out(BASE + 7, 1, code);
  }

  private int status() {
    return disk.in(CONTROL, 1);
  }

  private byte[] readBytes(int bytes) {
    byte[] data = new byte[bytes];
    for (int i = 0; i < bytes; i += 2) {
      int word = disk.in(BASE, 2);
      data[i] = (byte) word;
      data[i + 1] = (byte) (word >>> 8);
    }
    return data;
  }

  private byte[] sectors(int first, int count) {
    return Arrays.copyOfRange(
        content, first * DiskMedium.SECTOR, (first + count) * DiskMedium.SECTOR);
  }

  @Test
  void readSectorsInterruptsForEach_8_34() {
    command(0xe0, 100, 2, 0x20);
    assertEquals(0x58, status(), "DRDY, DSC and DRQ");
    assertTrue(irq);
    assertEquals(0x58, disk.in(BASE + 7, 1));
    assertFalse(irq, "reading the status takes the interrupt back");
    assertArrayEquals(sectors(100, 1), readBytes(512));
    assertTrue(irq);
    assertArrayEquals(sectors(101, 1), readBytes(512));
    assertEquals(0x50, status());
    assertEquals(0, disk.in(BASE, 2), "no more");
  }

  @Test
  void addressesInCylindersHeadsAndSectors_6_2() {
    command(0xa2, 5 | 1 << 8, 1, 0x20); // cylinder 1, head 2, sector 5
    assertArrayEquals(sectors((16 + 2) * 63 + 4, 1), readBytes(512));
    command(0xa3, 9 | 30 << 8, 4, 0x91); // now 4 heads of 4 sectors
    assertEquals(0x50, status());
    command(0xa1, 2 | 3 << 8, 1, 0x20);
    assertArrayEquals(sectors((3 * 4 + 1) * 4 + 1, 1), readBytes(512));
    command(0xa0, 0, 1, 0x20);
    assertEquals(0x51, status(), "there is no sector 0");
    assertEquals(0x10, disk.in(BASE + 1, 1));
  }

  @Test
  void addressesOf48Bits_6_2() {
    disk.out(BASE + 6, 1, 0x40);
    for (int[] registers : new int[][] {{1, 0, 0, 0}, {0, 0x10, 1, 0}}) {
      for (int i = 0; i < 4; i++) {
        disk.out(BASE + 2 + i, 1, registers[i]);
      }
    }
    disk.out(CONTROL, 1, 0x80);
    assertEquals(1, disk.in(BASE + 2, 1), "the previous contents");
    disk.out(BASE + 7, 1, 0x24);
    assertArrayEquals(sectors(0x110, 256), readBytes(256 * 512));
    assertEquals(0x50, status());
  }

  @Test
  void writeSectors_8_67() {
    byte[] data = new byte[1024];
    Arrays.fill(data, (byte) 0x5a);
    command(0xe0, 7, 2, 0x30);
    assertEquals(0x58, status());
    assertFalse(irq, "none for the first block");
    for (int i = 0; i < 512; i += 4) {
      disk.out(BASE, 4, 0x5a5a_5a5a);
    }
    assertTrue(irq);
    assertEquals(0x58, status());
    for (int i = 0; i < 512; i += 2) {
      disk.out(BASE, 2, 0x5a5a);
    }
    assertEquals(0x50, status());
    assertArrayEquals(data, sectors(7, 2));
  }

  @Test
  void blocksOfSeveralSectors_8_49() {
    command(0xe0, 0, 4, 0xc4);
    assertEquals(0x51, status(), "not before SET MULTIPLE");
    command(0xe0, 0, 4, 0xc6);
    command(0xe0, 10, 6, 0xc4);
    disk.in(BASE + 7, 1);
    assertArrayEquals(sectors(10, 4), readBytes(4 * 512));
    assertTrue(irq, "one interrupt a block");
    assertArrayEquals(sectors(14, 2), readBytes(2 * 512));
    assertEquals(0x50, status());
  }

  @Test
  void identifyDevice_8_15() {
    command(0xa0, 0, 0, 0xec);
    byte[] data = readBytes(512);
    assertEquals(2, data[2], "cylinders");
    assertEquals(16, data[6], "heads");
    assertEquals(63, data[12], "sectors");
    assertEquals("rTmaopil", new String(data, 54, 8, StandardCharsets.US_ASCII), "swapped bytes");
    assertEquals(SECTORS, data[120] & 0xff | (data[121] & 0xff) << 8);
  }

  @ParameterizedTest
  @ValueSource(ints = {0x00, 0x08, 0xa0, 0xc8, 0xca, 0xff})
  void otherCommandsAreAborted_8_1(int code) {
    command(0xe0, 0, 1, code);
    assertEquals(0x51, status());
    assertEquals(4, disk.in(BASE + 1, 1));
  }

  @Test
  void beyondTheEndIsNotFound() {
    command(0xe0, SECTORS - 1, 2, 0x20);
    assertEquals(0x51, status());
    assertEquals(0x10, disk.in(BASE + 1, 1));
    command(0xe0, SECTORS - 1, 1, 0x40);
    assertEquals(0x50, status());
  }

  @Test
  void thereIsNoDevice1AndInterruptsCanBeOff() {
    disk.out(CONTROL, 1, 2);
    command(0xe0, 0, 1, 0x20);
    assertFalse(irq);
    disk.out(BASE + 6, 1, 0xf0);
    assertEquals(0, disk.in(BASE + 7, 1));
    disk.out(CONTROL, 1, 4);
    disk.out(CONTROL, 1, 0);
    assertEquals(0x50, status(), "device 0 after a reset");
    assertEquals(1, disk.in(BASE + 1, 1), "which has passed its diagnostics");
  }
}
