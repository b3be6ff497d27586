package org.trampoline.emulator.device;

import java.util.Arrays;
import org.trampoline.emulator.memory.PhysicalMemory;
import org.trampoline.emulator.snapshot.StatePart;

/**
 * As much of the 82441FX host bridge (Intel 290549) as a BIOS needs to move into RAM: PCI
 * configuration mechanism 1 at ports CF8H–CFFH with device 0 of bus 0, which it is itself, and its
 * programmable attribute map, which says for each part of C0000H–FFFFFH whether reads and writes go
 * to the BIOS's ROM or to the RAM that lies beneath. No other device is on the bus.
 *
 * <p>A part with only one of its two attributes set is treated as if it had none.
 */
public final class HostBridge implements Ports, StatePart {
  private static final int ADDRESS = 0xcf8;
  private static final int DATA = 0xcfc;
  private static final int ENABLE = 1 << 31;

  private static final int PAM0 = 0x59;
  private static final int PAM6 = 0x5f;
  private static final int READ_WRITE = 3;

  private static final int LOW_END = 1 << 20;
  private static final int SEGMENT = 0x4000;

  private final PhysicalMemory memory;
  private final byte[] rom;
  private final int[] registers = new int[256];
  private final boolean[] inRam = new boolean[16];
  private int address;

  /**
   * @param rom what is read below 1 MB where the attribute map says ROM: at most 256 KB, whole
   *     multiples of 16 KB, ending at 1 MB
   */
  public HostBridge(PhysicalMemory memory, byte[] rom) {
    this.memory = memory;
    this.rom = rom.clone();
    byte[] identification = {(byte) 0x86, (byte) 0x80, 0x37, 0x12, 6, 0, (byte) 0x80, 2};
    for (int i = 0; i < identification.length; i++) {
      registers[i] = identification[i] & 0xff;
    }
    registers[11] = 6; // class: bridge, host
    for (int start = LOW_END - rom.length; start < LOW_END; start += SEGMENT) {
      mapRom(start, SEGMENT);
    }
  }

  /** Puts the configuration mechanism at its ports. */
  public void claimPorts(PortBus bus) {
    bus.claim(ADDRESS, 8, this);
  }

  private void mapRom(int start, int bytes) {
    int offset = start - (LOW_END - rom.length);
    if (offset >= 0) {
      memory.mapRom(start, Arrays.copyOfRange(rom, offset, offset + bytes));
    }
  }

  @Override
  public int in(int port, int size) {
    if (port < DATA) {
      return port == ADDRESS && size == 4 ? address : -1;
    }
    if ((address & ENABLE) == 0 || (address & 0xff_ff00) != 0) {
      return -1; // no such device
    }
    int value = 0;
    for (int i = 0; i < size; i++) {
      value |= registers[register(port) + i & 0xff] << 8 * i;
    }
    return value;
  }

  @Override
  public void out(int port, int size, int value) {
    if (port < DATA) {
      if (port == ADDRESS && size == 4) {
        address = value;
      }
    } else if ((address & ENABLE) != 0 && (address & 0xff_ff00) == 0) {
      for (int i = 0; i < size; i++) {
        write(register(port) + i & 0xff, value >>> 8 * i & 0xff);
      }
    }
  }

  private int register(int port) {
    return address & 0xfc | port & 3;
  }

  private void write(int register, int value) {
    if (register >= 0x40) { // below are identification and what is fixed
      registers[register] = value;
      if (register >= PAM0 && register <= PAM6) {
        attribute(register, value);
      }
    }
  }

  /** PAM0 is about F0000H–FFFFFH, each other about two parts of 16 KB from C0000H on. */
  private void attribute(int register, int value) {
    if (register == PAM0) {
      for (int i = 12; i < 16; i++) {
        map(i, value >> 4);
      }
    } else {
      int first = 2 * (register - PAM0 - 1);
      map(first, value);
      map(first + 1, value >> 4);
    }
  }

  private void map(int segment, int attribute) {
    boolean ram = (attribute & READ_WRITE) == READ_WRITE;
    if (ram != inRam[segment]) {
      inRam[segment] = ram;
      apply(segment);
    }
  }

  private void apply(int segment) {
    int start = 0xc_0000 + segment * SEGMENT;
    if (inRam[segment]) {
      memory.unmap(start, SEGMENT);
    } else {
      mapRom(start, SEGMENT);
    }
  }

  @Override
  public void restored() {
    for (int segment = 0; segment < inRam.length; segment++) {
      apply(segment);
    }
  }
}
