package org.trampoline.emulator.device;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.trampoline.emulator.snapshot.StatePart;

/**
 * A hard disk as the only drive, device 0, of an ATA channel: PIO commands of ATA/ATAPI-6 (ANSI
 * NCITS 361) with CHS, 28- and 48-bit addresses, registers at the ports of a PC's primary channel
 * (1F0H–1F7H and 3F6H), its interrupt. A command is done as soon as it is given.
 */
public final class AtaDisk implements Ports, StatePart {
  private static final int HEADS = 16;
  private static final int TRACK = 63;
  private static final int MOST_CYLINDERS = 16383;

  // registers, as offsets from the channel's base
  private static final int DATA = 0;
  private static final int ERROR = 1;
  private static final int COUNT = 2;
  private static final int LBA_LOW = 3;
  private static final int LBA_MID = 4;
  private static final int LBA_HIGH = 5;
  private static final int DEVICE = 6;
  private static final int STATUS = 7;

  // status
  private static final int ERR = 1;
  private static final int DRQ = 8;
  private static final int READY = 0x50; // DRDY, and DSC as older software wants it

  // error
  private static final int ABORTED = 4;
  private static final int NOT_FOUND = 0x10;
  private static final int PASSED = 1; // of the diagnostics

  // device, device control
  private static final int DEVICE_1 = 0x10;
  private static final int LBA = 0x40;
  private static final int NO_INTERRUPTS = 2;
  private static final int RESET = 4;
  private static final int HIGH_ORDER = 0x80;

  private static final int LARGEST_BLOCK = 16;

  private final DiskMedium medium;
  private final IrqLine irq;
  private final int control;

  /** The registers that are written, each with what was in it before. */
  private final int[] task = new int[8];

  private final int[] previous = new int[8];
  private int status;
  private int error;
  private int device;
  private int deviceControl;

  private int heads = HEADS;
  private int track = TRACK;
  private int multiple;

  /** The block in transfer, and where in it the host is. */
  private final byte[] buffer = new byte[LARGEST_BLOCK * DiskMedium.SECTOR];

  private int at;
  private int end;
  private boolean writing;

  /** Sectors still to come after the block, the next one, and how many make a block. */
  private int remaining;

  private long next;
  private int block;

  /**
   * @param controlPort where the device control register is
   */
  public AtaDisk(DiskMedium medium, IrqLine irq, int controlPort) {
    this.medium = medium;
    this.irq = irq;
    control = controlPort;
    reset();
  }

  private void reset() {
    Arrays.fill(task, 0);
    Arrays.fill(previous, 0);
    signature();
    device = 0;
    multiple = 0;
    idle();
  }

  /** What tells a disk from other devices after a reset. */
  private void signature() {
    error = PASSED;
    task[COUNT] = 1;
    task[LBA_LOW] = 1;
    task[LBA_MID] = 0;
    task[LBA_HIGH] = 0;
  }

  private void idle() {
    status = READY;
    at = 0;
    end = 0;
    remaining = 0;
  }

  private boolean absent() {
    return (device & DEVICE_1) != 0;
  }

  @Override
  public int in(int port, int size) {
    if (port == control) {
      return absent() ? 0 : status;
    }
    int register = port & 7;
    if (register == DATA) {
      return data(size);
    }
    int value = 0;
    for (int i = 0; i < size; i++) {
      value |= read(register + i & 7) << 8 * i;
    }
    return value;
  }

  private int read(int register) {
    boolean high = (deviceControl & HIGH_ORDER) != 0;
    return switch (register) {
      case ERROR -> absent() ? 0 : error;
      case DEVICE -> device | 0xa0;
      case STATUS -> {
        irq.set(false);
        yield absent() ? 0 : status;
      }
      default -> (high ? previous : task)[register];
    };
  }

  /** The next bytes of the block for the host. */
  private int data(int size) {
    int value = 0;
    for (int i = 0; i < size; i++) {
      if (!writing && at < end) {
        value |= (buffer[at++] & 0xff) << 8 * i;
      }
    }
    if (!writing && at == end && end != 0) {
      if (remaining > 0) {
        fetch();
      } else {
        idle();
      }
    }
    return value;
  }

  @Override
  public void out(int port, int size, int value) {
    if (port == control) {
      control(value & 0xff);
      return;
    }
    int register = port & 7;
    if (register == DATA) {
      take(size, value);
      return;
    }
    for (int i = 0; i < size; i++) {
      write(register + i & 7, value >>> 8 * i & 0xff);
    }
  }

  private void control(int value) {
    if ((value & RESET) != 0 && (deviceControl & RESET) == 0) {
      irq.set(false);
      reset();
    }
    deviceControl = value;
  }

  private void write(int register, int value) {
    deviceControl &= ~HIGH_ORDER;
    switch (register) {
      case DEVICE -> device = value;
      case STATUS -> {
        irq.set(false);
        if (!absent()) {
          command(value);
        }
      }
      default -> {
        previous[register] = task[register];
        task[register] = value;
      }
    }
  }

  /** The next bytes of the block from the host. */
  private void take(int size, int value) {
    for (int i = 0; i < size; i++) {
      if (writing && at < end) {
        buffer[at++] = (byte) (value >>> 8 * i);
      }
    }
    if (writing && at == end) {
      store();
    }
  }

  private void command(int code) {
    error = 0;
    status = READY;
    at = 0;
    end = 0;
    switch (code) {
      case 0x20, 0x21 -> transfer(false, false, 1);
      case 0x24 -> transfer(false, true, 1);
      case 0x30, 0x31 -> transfer(true, false, 1);
      case 0x34 -> transfer(true, true, 1);
      case 0xc4 -> inBlocks(false, false);
      case 0x29 -> inBlocks(false, true);
      case 0xc5 -> inBlocks(true, false);
      case 0x39 -> inBlocks(true, true);
      case 0x40, 0x41 -> verify(false);
      case 0x42 -> verify(true);
      case 0xec -> identify();
      case 0xc6 -> setMultiple();
      case 0x91 -> setGeometry();
      case 0x90 -> {
        signature();
        done();
      }
      case 0xe5 -> {
        task[COUNT] = 0xff; // active
        done();
      }
      // power, flush, seek and recalibrate have nothing to do; neither have features
      case 0xe0, 0xe1, 0xe2, 0xe3, 0xe6, 0xe7, 0xea, 0xef, 0x70 -> done();
      default -> {
        if (code >>> 4 == 1) {
          done();
        } else {
          fail(ABORTED);
        }
      }
    }
  }

  private void done() {
    interrupt();
  }

  private void fail(int reason) {
    idle();
    error = reason;
    status |= ERR;
    interrupt();
  }

  private void interrupt() {
    if ((deviceControl & NO_INTERRUPTS) == 0) {
      irq.set(true);
    }
  }

  private void setMultiple() {
    int sectors = task[COUNT];
    if (sectors > LARGEST_BLOCK || Integer.bitCount(sectors) > 1) {
      fail(ABORTED);
    } else {
      multiple = sectors;
      done();
    }
  }

  private void setGeometry() {
    if (task[COUNT] == 0) {
      fail(ABORTED);
    } else {
      track = task[COUNT];
      heads = (device & 15) + 1;
      done();
    }
  }

  private void inBlocks(boolean write, boolean extended) {
    if (multiple == 0) {
      fail(ABORTED);
    } else {
      transfer(write, extended, multiple);
    }
  }

  /** Puts the address into {@link #next}, the count into {@link #remaining}; false if not there. */
  private boolean address(boolean extended) {
    int count = task[COUNT];
    long sector = task[LBA_LOW] | task[LBA_MID] << 8 | task[LBA_HIGH] << 16;
    if (extended) {
      count |= previous[COUNT] << 8;
      sector |= (long) previous[LBA_LOW] << 24 | (long) previous[LBA_MID] << 32;
      sector |= (long) previous[LBA_HIGH] << 40;
      remaining = count == 0 ? 0x1_0000 : count;
    } else {
      remaining = count == 0 ? 0x100 : count;
      if ((device & LBA) != 0) {
        sector |= (long) (device & 15) << 24;
      } else {
        int cylinder = task[LBA_MID] | task[LBA_HIGH] << 8;
        sector = ((long) cylinder * heads + (device & 15)) * track + task[LBA_LOW] - 1;
        if (task[LBA_LOW] == 0 || task[LBA_LOW] > track || (device & 15) >= heads) {
          return false;
        }
      }
    }
    next = sector;
    return sector + remaining <= medium.sectors();
  }

  private void transfer(boolean write, boolean extended, int sectorsOfBlock) {
    if (!address(extended)) {
      fail(NOT_FOUND);
      return;
    }
    block = sectorsOfBlock;
    writing = write;
    if (write) {
      expect();
    } else {
      fetch();
    }
  }

  /** The next block is there for the host to read. */
  private void fetch() {
    int sectors = Math.min(block, remaining);
    byte[] sector = new byte[DiskMedium.SECTOR];
    for (int i = 0; i < sectors; i++) {
      medium.read(next++, sector);
      System.arraycopy(sector, 0, buffer, i * DiskMedium.SECTOR, DiskMedium.SECTOR);
    }
    remaining -= sectors;
    offer(sectors * DiskMedium.SECTOR);
    interrupt();
  }

  /** Waits for the next block from the host. */
  private void expect() {
    offer(Math.min(block, remaining) * DiskMedium.SECTOR);
  }

  private void offer(int bytes) {
    at = 0;
    end = bytes;
    status = READY | DRQ;
  }

  /** The block has come. */
  private void store() {
    int sectors = end / DiskMedium.SECTOR;
    for (int i = 0; i < sectors; i++) {
      int from = i * DiskMedium.SECTOR;
      medium.write(next++, Arrays.copyOfRange(buffer, from, from + DiskMedium.SECTOR));
    }
    remaining -= sectors;
    if (remaining > 0) {
      expect();
    } else {
      idle();
    }
    interrupt();
  }

  private void verify(boolean extended) {
    if (address(extended)) {
      idle();
      done();
    } else {
      fail(NOT_FOUND);
    }
  }

  private void identify() {
    writing = false;
    remaining = 0;
    Arrays.fill(buffer, 0, DiskMedium.SECTOR, (byte) 0);
    long sectors = medium.sectors();
    long cylinders = Math.clamp(sectors / (HEADS * TRACK), 1, MOST_CYLINDERS);
    long current = Math.clamp(sectors / ((long) heads * track), 1, 0xffff);
    word(0, 0x0040); // fixed
    word(1, cylinders);
    word(3, HEADS);
    word(6, TRACK);
    text(10, 20, "1");
    text(23, 8, "1");
    text(27, 40, "Trampoline disk");
    word(47, 0x8000 | LARGEST_BLOCK);
    word(49, 0x0200); // LBA
    word(50, 0x4000);
    word(51, 0x0200);
    word(53, 1);
    word(54, current);
    word(55, heads);
    word(56, track);
    quad(57, Math.min(current * heads * track, sectors), 2);
    word(59, multiple == 0 ? 0 : 0x100 | multiple);
    quad(60, Math.min(sectors, 0xfff_ffff), 2);
    word(80, 0x7e); // up to ATA/ATAPI-6
    word(82, 0x4000);
    word(83, 0x7400); // 48-bit addresses, flush
    word(84, 0x4000);
    word(85, 0x4000);
    word(86, 0x3400);
    word(87, 0x4000);
    quad(100, sectors, 4);
    offer(DiskMedium.SECTOR);
    interrupt();
  }

  private void word(int index, long value) {
    buffer[2 * index] = (byte) value;
    buffer[2 * index + 1] = (byte) (value >>> 8);
  }

  private void quad(int index, long value, int words) {
    for (int i = 0; i < words; i++) {
      word(index + i, value >>> 16 * i);
    }
  }

  /** Text has its first character in the upper half of a word. */
  private void text(int index, int length, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    for (int i = 0; i < length; i++) {
      buffer[2 * index + (i ^ 1)] = i < bytes.length ? bytes[i] : (byte) ' ';
    }
  }
}
