package org.trampoline.emulator.memory;

import java.util.ArrayList;
import java.util.List;

/**
 * The regions of the physical address space that are not plain RAM. They are disjoint: mapping over
 * an older region cuts it, so their number is bounded however often a guest moves a device.
 */
final class PhysicalLayout {
  /**
   * Frames {@code first} … {@code end - 1}.
   *
   * @param host host address of a ROM's first byte, 0 for a device
   * @param device null for a ROM
   * @param offset of the region's first byte from the start of the device
   */
  record Region(int first, int end, long host, MmioDevice device, int offset) {
    private Region part(int from, int to) {
      int skipped = from - first << 12;
      return new Region(
          from,
          to,
          device == null ? host + Integer.toUnsignedLong(skipped) : 0,
          device,
          offset + skipped);
    }

    long hostFrame(int frame) {
      return host + ((long) (frame - first) << 12);
    }
  }

  private final List<Region> regions = new ArrayList<>();

  void add(Region region) {
    remove(region.first, region.end);
    regions.add(region);
  }

  /** Frees frames {@code first} … {@code end - 1} of whatever regions hold them. */
  void remove(int first, int end) {
    List<Region> cut = new ArrayList<>();
    regions.removeIf(r -> r.first < end && first < r.end && cut.add(r));
    for (Region r : cut) {
      if (r.first < first) {
        regions.add(r.part(r.first, first));
      }
      if (end < r.end) {
        regions.add(r.part(end, r.end));
      }
    }
  }

  /** The region that holds a frame whose attributes say that there is one. */
  Region at(int frame) {
    for (int i = 0; i < regions.size(); i++) {
      Region r = regions.get(i);
      if (r.first <= frame && frame < r.end) {
        return r;
      }
    }
    throw new IllegalStateException("no region at frame " + frame);
  }

  /** Physical address of a byte of ROM, or -1 if the host address is not in one. */
  long physicalOf(long host) {
    for (Region r : regions) {
      long offset = host - r.host;
      if (r.device == null && offset >= 0 && offset < (long) (r.end - r.first) << 12) {
        return ((long) r.first << 12) + offset;
      }
    }
    return -1;
  }
}
