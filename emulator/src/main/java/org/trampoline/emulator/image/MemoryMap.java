package org.trampoline.emulator.image;

import java.util.List;

/** The memory of a PC as its BIOS reports it by INT 15H, EAX = E820H. */
record MemoryMap(List<Range> ranges) {
  static final int USABLE = 1;
  static final int RESERVED = 2;

  /** End of the conventional memory; the last kilobyte below 640 KB is the BIOS's. */
  static final int LOW_END = 0x9_fc00;

  static final int HIGH_START = 0x10_0000;

  /** A range of the map with its type. */
  record Range(long start, long size, int type) {}

  /**
   * @param ram bytes of RAM from address 0
   */
  static MemoryMap of(long ram) {
    return new MemoryMap(
        List.of(
            new Range(0, LOW_END, USABLE),
            new Range(LOW_END, 0xa_0000 - LOW_END, RESERVED),
            new Range(0xf_0000, 0x1_0000, RESERVED),
            new Range(HIGH_START, ram - HIGH_START, USABLE)));
  }
}
