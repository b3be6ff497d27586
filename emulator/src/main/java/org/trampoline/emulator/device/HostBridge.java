package org.trampoline.emulator.device;

import java.lang.foreign.MemorySegment;
import org.trampoline.emulator.memory.PhysicalMemory;

/**
 * As much of the 82441FX host bridge (Intel 290549) as a BIOS needs to move into RAM: its
 * programmable attribute map, which says for each part of C0000H–FFFFFH whether reads and writes go
 * to the BIOS's ROM or to the RAM that lies beneath. It is device 0 of the {@link PciBus}.
 *
 * <p>A part whose writes alone go to RAM is treated as if its reads did not differ: as ROM.
 */
public final class HostBridge extends PciFunction {
  private static final int IDENTIFICATION = 0x1237_8086;
  private static final int BRIDGE = 0x06_0000;
  private static final int REVISION = 2;
  private static final int COMMAND = 4;
  private static final int SUBSYSTEM = 0x2c;

  /** Tells SeaBIOS that there is a {@link FirmwareConfig}. */
  private static final int VIRTUAL_MACHINE = 0x1100_1af4;

  private static final int COMMAND_AND_STATUS = 0x0280_0006;

  private static final int PAM0 = 0x59;
  private static final int PAM6 = 0x5f;

  /** Attributes of a part: where reads and where writes go to RAM. */
  private static final int READS = 1;

  private static final int WRITES = 2;

  private static final int LOW_END = 1 << 20;
  private static final int FIRST = 0xc_0000;
  private static final int SEGMENT = 0x4000;

  private final PhysicalMemory memory;
  private final MemorySegment rom;

  /** Attribute of each part, of 16 KB. */
  private final int[] attributes = new int[16];

  /**
   * @param rom what is read below 1 MB where the attribute map says ROM: at most 256 KB, whole
   *     multiples of 16 KB, ending at 1 MB
   */
  public HostBridge(PhysicalMemory memory, byte[] rom) {
    super(IDENTIFICATION, BRIDGE, REVISION);
    fix(COMMAND, COMMAND_AND_STATUS);
    fix(SUBSYSTEM, VIRTUAL_MACHINE);
    this.memory = memory;
    this.rom = memory.rom(rom);
    restored();
  }

  @Override
  public void write(int register, int value) {
    super.write(register, value);
    if (register >= PAM0 && register <= PAM6) {
      attribute(register, value);
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
    int wanted = attribute & (READS | WRITES);
    if (wanted != attributes[segment]) {
      attributes[segment] = wanted;
      apply(segment);
    }
  }

  private void apply(int segment) {
    int start = FIRST + segment * SEGMENT;
    long offset = start - (LOW_END - rom.byteSize());
    if (attributes[segment] == READS) {
      memory.protect(start, SEGMENT);
    } else if (attributes[segment] == (READS | WRITES) || offset < 0) {
      memory.unmap(start, SEGMENT);
    } else {
      memory.mapRom(start, rom.asSlice(offset, SEGMENT));
    }
  }

  @Override
  public void restored() {
    for (int segment = 0; segment < attributes.length; segment++) {
      apply(segment);
    }
  }
}
