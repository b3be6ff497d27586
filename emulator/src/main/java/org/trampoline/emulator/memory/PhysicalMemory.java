package org.trampoline.emulator.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.trampoline.emulator.StopReason;
import org.trampoline.emulator.fault.MachineStop;

/**
 * The guest-physical address space of 4 GB: RAM from address 0 up, off-heap, and over it or beyond
 * it regions of ROM and of devices; elsewhere there is nothing ({@link AbsentMemory}).
 *
 * <p>The accessors are what the bus offers to devices, loaders and host functions: any alignment,
 * across any border, and what processors have derived from the bytes (translations, code) is kept
 * true. A write through the raw {@link #ram} segment bypasses that; where it may have hit page
 * tables or code, {@link #written} has to follow.
 *
 * <p>One thread at a time; several processors may share it. Access after the arena was closed is
 * undefined: host addresses are not checked.
 */
public final class PhysicalMemory {
  /** Page attribute: some address space uses the frame as page table or directory. */
  public static final int TABLE = 1;

  /** Page attribute: {@link #markCode} was called for a part of the frame. */
  public static final int CODE = 2;

  /** Page attribute: read-only memory; writes vanish. */
  public static final int ROM = 4;

  /** Page attribute: a device's registers. */
  public static final int DEVICE = 8;

  /** Page attribute: nothing is there. */
  public static final int ABSENT = 16;

  /** Bytes to which {@link #markCode} is exact: data in other lines of a page costs little. */
  public static final int CODE_LINE = 64;

  static final int CODE_LINE_SHIFT = 6;

  private static final int NOT_MEMORY = DEVICE | ABSENT;

  private final Arena arena;
  private final MemorySegment ram;
  private final long base;
  private final long size;
  private final FrameTable frames;
  private final CodePages code;
  private final PhysicalLayout layout = new PhysicalLayout();
  private final AddressSpaces spaces;
  private AbsentMemory absent = AbsentMemory.STOP;
  private int a20Mask = -1;

  /**
   * @param arena frees the memory when it is closed
   * @param size bytes of RAM: a multiple of 4096, at most 4 GB
   * @throws NoHostMemoryException if the host has no room for it
   */
  public PhysicalMemory(Arena arena, long size) {
    if (size <= 0 || size > 1L << 32 || (size & 0xfff) != 0) {
      throw new IllegalArgumentException(
          "RAM of " + size + " bytes: expected a multiple of 4096, at most 4 GB");
    }
    this.arena = arena;
    this.size = size;
    ram = HostMemory.allocate(arena, size);
    base = ram.address();
    int ramFrames = (int) (size >>> 12);
    frames = new FrameTable(arena, ramFrames);
    if (ramFrames < FrameTable.FRAMES) {
      frames.attributes(ramFrames, FrameTable.FRAMES, ABSENT);
    }
    code = new CodePages(frames);
    spaces = new AddressSpaces(arena, this, frames, code);
  }

  /** RAM as a segment: offset = physical address. */
  public MemorySegment ram() {
    return ram;
  }

  /** Bytes of RAM, those hidden by ROM and devices included. */
  public long size() {
    return size;
  }

  AddressSpaces spaces() {
    return spaces;
  }

  /** The directories whose maps may stand for others since, see {@link Mmu#spaceEpoch}. */
  public Retirements retirements() {
    return spaces.slots().retirements();
  }

  /** Sets how many address spaces are remembered, before there is an {@link Mmu}. */
  public void limitSlots(SlotLimits limits) {
    spaces.slots().limit(limits);
  }

  // ---- layout

  /** What accesses to nothing do; {@link AbsentMemory#STOP} unless set. */
  public void setAbsentMemory(AbsentMemory policy) {
    absent = policy;
  }

  /** Puts read-only memory at a page-aligned address; its length is a multiple of 4096. */
  public void mapRom(int physical, byte[] content) {
    mapRom(physical, rom(content));
  }

  /** Contents of a ROM, to be mapped as often as one likes; they live as long as this memory. */
  public MemorySegment rom(byte[] content) {
    return arena.allocate(content.length, 4096).copyFrom(MemorySegment.ofArray(content));
  }

  /** Puts what {@link #rom} has made, or whole pages of it, at a page-aligned address. */
  public void mapRom(int physical, MemorySegment rom) {
    mapReadOnly(physical, rom.address(), rom.byteSize());
  }

  /** Makes RAM read-only, with what is in it, until it is unmapped or something else is mapped. */
  public void protect(int physical, long bytes) {
    mapReadOnly(physical, base + (physical & 0xffff_ffffL), bytes);
  }

  private void mapReadOnly(int physical, long host, long bytes) {
    int first = physical >>> 12;
    int end = endFrame(physical, bytes);
    change(first, end, ROM, new PhysicalLayout.Region(first, end, host, null, 0));
  }

  /** Puts a device's registers at a page-aligned address; {@code bytes} is a multiple of 4096. */
  public void mapDevice(int physical, int bytes, MmioDevice device) {
    int first = physical >>> 12;
    int end = endFrame(physical, bytes);
    change(first, end, DEVICE, new PhysicalLayout.Region(first, end, 0, device, 0));
  }

  /** Takes ROM and devices away from a page-aligned range: RAM or nothing appears. */
  public void unmap(int physical, long bytes) {
    change(physical >>> 12, endFrame(physical, bytes), 0, null);
  }

  private static int endFrame(int physical, long bytes) {
    long end = (physical & 0xffff_ffffL) + bytes;
    if (bytes <= 0 || ((physical | bytes) & 0xfff) != 0 || end > 1L << 32) {
      throw new IllegalArgumentException(
          "region of %d bytes at 0x%x: expected whole pages of 4096 bytes below 4 GB"
              .formatted(bytes, physical));
    }
    return (int) (end >>> 12);
  }

  private void change(int first, int end, int attributes, PhysicalLayout.Region region) {
    spaces.forgetAll();
    for (int frame = first; frame < end; frame++) {
      code.written(frame, 0, 0x1000);
      code.unmark(frame);
    }
    layout.remove(first, end);
    if (region != null) {
      layout.add(region);
      frames.attributes(first, end, attributes);
    } else {
      int ramEnd = Math.clamp(size >>> 12, first, end);
      frames.attributes(first, ramEnd, 0);
      frames.attributes(ramEnd, end, ABSENT);
    }
    spaces.reenterAll();
  }

  /**
   * The A20 gate: while it is shut, bit 20 of the addresses that processors put on the bus is 0.
   * Open unless set. The accessors of this class are not subject to it.
   */
  public void setA20(boolean open) {
    int mask = open ? -1 : ~0x100;
    if (mask != a20Mask) {
      spaces.forgetAll();
      a20Mask = mask;
      spaces.reenterAll();
    }
  }

  public boolean a20() {
    return a20Mask == -1;
  }

  /** The frame that a processor reaches when it addresses {@code frame}. */
  int throughA20(int frame) {
    return frame & a20Mask;
  }

  /** {@link #TABLE}, {@link #CODE}, … of the page at a physical address. */
  public int attributes(int physical) {
    return frames.attributes(physical >>> 12);
  }

  /** Host address of the table of attributes, a byte for each of the 2<sup>20</sup> pages. */
  public long attributesAddress() {
    return frames.attributesAddress();
  }

  /**
   * Bytes from a frame's {@link #codeLinesAddress code lines} to the next one's, as a power of 2.
   */
  public static final int CODE_LINES_SHIFT = FrameTable.RECORD_SHIFT;

  /**
   * Host address of the code lines of frame 0: 64 bits, each for a line of {@link #CODE_LINE} bytes
   * in which {@link #markCode} has marked something.
   */
  public long codeLinesAddress() {
    return frames.codeLinesAddress();
  }

  /** Host address of a frame of RAM or ROM; 0 for others. */
  long hostFrame(int frame) {
    int attributes = frames.attributes(frame);
    if ((attributes & (ROM | NOT_MEMORY)) == 0) {
      return base + ((long) frame << 12);
    }
    return (attributes & ROM) != 0 ? layout.at(frame).hostFrame(frame) : 0;
  }

  /** Whether a frame is RAM that is not hidden. */
  boolean isRam(int frame) {
    return (frames.attributes(frame) & (ROM | NOT_MEMORY)) == 0;
  }

  /** Whether a frame is RAM that may be written without further care. */
  boolean isPlain(int frame) {
    return frames.attributes(frame) == 0;
  }

  /** The physical address (0 … 2^32 - 1) of a byte of RAM or ROM at a host address, or -1. */
  public long physicalOf(long host) {
    long offset = host - base;
    return offset >= 0 && offset < size ? offset : layout.physicalOf(host);
  }

  // ---- code

  /**
   * Says that code was made from these bytes: from now on {@link CodeListener}s hear of writes to
   * their lines. For RAM only; elsewhere it does nothing.
   */
  public void markCode(int physical, int bytes) {
    long end = (physical & 0xffff_ffffL) + bytes;
    for (long at = physical & 0xffff_ffffL; at < end; at = (at | 0xfff) + 1) {
      int frame = (int) (at >>> 12);
      int here = (int) (Math.min(end, (at | 0xfff) + 1) - at);
      if (frame < FrameTable.FRAMES && isRam(frame) && code.mark(frame, (int) at & 0xfff, here)) {
        spaces.forbidWrites(frame);
      }
    }
  }

  /** Whether up to 16 bytes of RAM at a host address, within a page, lie in no marked line. */
  boolean isBesideCode(long host) {
    long physical = host - base;
    int frame = (int) (physical >>> 12);
    int offset = (int) physical & 0xfff;
    return !code.holds(frame, offset, 1) && !code.holds(frame, offset + 15 & 0xfff, 1);
  }

  /** Takes back all marks within the page of a physical address. */
  public void unmarkCode(int physical) {
    code.unmark(physical >>> 12);
  }

  /**
   * Whether a page whose marked lines are written to often, with no {@link #markCode} between, is
   * taken for data: the {@link CodeListener}s hear of a write to the whole page, and its marks are
   * taken back. Not so unless set.
   */
  public void demoteCode(boolean on) {
    code.demotes(on);
  }

  public void addCodeListener(CodeListener listener) {
    code.add(listener);
  }

  public void removeCodeListener(CodeListener listener) {
    code.remove(listener);
  }

  /** RAM was changed behind this object's back, through {@link #ram} or its host address. */
  public void written(int physical, long bytes) {
    long end = Math.min((physical & 0xffff_ffffL) + bytes, size);
    for (long at = physical & 0xffff_ffffL; at < end; at = (at | 0xfff) + 1) {
      int frame = (int) (at >>> 12);
      int attributes = frames.attributes(frame);
      if ((attributes & TABLE) != 0) {
        spaces.tableReplaced(frame);
      }
      if ((attributes & CODE) != 0) {
        int offset = (int) at & 0xfff;
        code.written(frame, offset, (int) Math.min(end - at, 0x1000 - offset));
      }
    }
  }

  // ---- accesses

  public int read8(int physical) {
    return (int) read(physical, 1);
  }

  public int read16(int physical) {
    return (int) read(physical, 2);
  }

  public int read32(int physical) {
    return (int) read(physical, 4);
  }

  public long read64(int physical) {
    return read(physical, 8);
  }

  public void write8(int physical, int value) {
    write(physical, 1, value);
  }

  public void write16(int physical, int value) {
    write(physical, 2, value);
  }

  public void write32(int physical, int value) {
    write(physical, 4, value);
  }

  public void write64(int physical, long value) {
    write(physical, 8, value);
  }

  /** Copies from memory, {@code into.byteSize()} bytes; the address wraps at 4 GB. */
  public void read(int physical, MemorySegment into) {
    for (long i = 0; i < into.byteSize(); ) {
      int at = physical + (int) i;
      int here = (int) Math.min(into.byteSize() - i, 0x1000 - (at & 0xfff));
      if (isRam(at >>> 12)) {
        MemorySegment.copy(ram, at & 0xffff_ffffL, into, i, here);
      } else {
        for (int k = 0; k < here; k++) {
          into.set(ValueLayout.JAVA_BYTE, i + k, (byte) read8(at + k));
        }
      }
      i += here;
    }
  }

  /** Copies into memory; ROM stays as it is. The address wraps at 4 GB. */
  public void write(int physical, MemorySegment from) {
    for (long i = 0; i < from.byteSize(); ) {
      int at = physical + (int) i;
      int here = (int) Math.min(from.byteSize() - i, 0x1000 - (at & 0xfff));
      if (isRam(at >>> 12)) {
        MemorySegment.copy(from, i, ram, at & 0xffff_ffffL, here);
        written(at, here);
      } else {
        for (int k = 0; k < here; k++) {
          write8(at + k, from.get(ValueLayout.JAVA_BYTE, i + k));
        }
      }
      i += here;
    }
  }

  private long read(int physical, int bytes) {
    int room = 0x1000 - (physical & 0xfff);
    if (bytes <= room) {
      return readWithin(physical & 0xffff_ffffL, bytes);
    }
    return readSplit(physical & 0xffff_ffffL, physical + room & 0xffff_ffffL, bytes, room);
  }

  private void write(int physical, int bytes, long value) {
    int room = 0x1000 - (physical & 0xfff);
    if (bytes <= room) {
      writeWithin(physical & 0xffff_ffffL, bytes, value);
    } else {
      writeSplit(physical & 0xffff_ffffL, physical + room & 0xffff_ffffL, bytes, room, value);
    }
  }

  /** An access of 2–8 bytes, the first {@code room} at one address and the rest at another. */
  long readSplit(long first, long second, int bytes, int room) {
    long value = 0;
    for (int i = 0; i < bytes; i++) {
      value |= readWithin(i < room ? first + i : second + i - room, 1) << 8 * i;
    }
    return value;
  }

  void writeSplit(long first, long second, int bytes, int room, long value) {
    for (int i = 0; i < bytes; i++) {
      writeWithin(i < room ? first + i : second + i - room, 1, value >>> 8 * i);
    }
  }

  /**
   * Reads 1, 2, 4 or 8 bytes within one page, zero-extended.
   *
   * @param physical up to 36 bits
   */
  long readWithin(long physical, int bytes) {
    int frame = (int) (physical >>> 12);
    int attributes = frames.attributes(frame);
    if ((attributes & NOT_MEMORY) != 0) {
      return readBus(physical, bytes, attributes);
    }
    long host =
        (attributes & ROM) == 0
            ? base + physical
            : layout.at(frame).hostFrame(frame) + (physical & 0xfff);
    return switch (bytes) {
      case 1 -> Host.get8(host);
      case 2 -> Host.get16(host);
      case 4 -> Host.get32(host) & 0xffff_ffffL;
      default -> Host.get64(host);
    };
  }

  /** Whether a frame holds the registers of a self-contained device. */
  boolean isSelfContained(int frame) {
    return frames.attributes(frame) == DEVICE && layout.at(frame).device().selfContained();
  }

  /** Writes 1, 2, 4 or 8 bytes within one page. */
  void writeWithin(long physical, int bytes, long value) {
    int frame = (int) (physical >>> 12);
    int attributes = frames.attributes(frame);
    if ((attributes & (ROM | NOT_MEMORY)) != 0) {
      if ((attributes & ROM) == 0) {
        writeBus(physical, bytes, value, attributes);
      }
      return;
    }
    if ((attributes & TABLE) == 0) {
      store(base + physical, bytes, value);
    } else {
      spaces.tableStore(frame, (int) physical & 0xfff, bytes, value);
    }
    if ((attributes & CODE) != 0) {
      code.written(frame, (int) physical & 0xfff, bytes);
    }
  }

  /** Stores 1, 2, 4 or 8 bytes at a host address. */
  static void store(long host, int bytes, long value) {
    switch (bytes) {
      case 1 -> Host.put8(host, (int) value);
      case 2 -> Host.put16(host, (int) value);
      case 4 -> Host.put32(host, (int) value);
      default -> Host.put64(host, value);
    }
  }

  private long readBus(long physical, int bytes, int attributes) {
    if ((attributes & ABSENT) != 0) {
      if (absent == AbsentMemory.STOP) {
        throw new MachineStop(new StopReason.NoMemory((int) physical, false));
      }
      return -1L >>> 64 - 8 * bytes;
    }
    PhysicalLayout.Region region = layout.at((int) (physical >>> 12));
    int offset = deviceOffset(region, physical);
    int unit = unit(offset, bytes);
    long value = 0;
    for (int i = 0; i < bytes; i += unit) {
      long part = region.device().read(offset + i, unit) & -1L >>> 64 - 8 * unit;
      value |= part << 8 * i;
    }
    return value;
  }

  private void writeBus(long physical, int bytes, long value, int attributes) {
    if ((attributes & ABSENT) != 0) {
      if (absent == AbsentMemory.STOP) {
        throw new MachineStop(new StopReason.NoMemory((int) physical, true));
      }
      return;
    }
    PhysicalLayout.Region region = layout.at((int) (physical >>> 12));
    int offset = deviceOffset(region, physical);
    int unit = unit(offset, bytes);
    for (int i = 0; i < bytes; i += unit) {
      int part = (int) (value >>> 8 * i & -1L >>> 64 - 8 * unit);
      region.device().write(offset + i, unit, part);
    }
  }

  private static int deviceOffset(PhysicalLayout.Region region, long physical) {
    return region.offset() + (int) (physical - ((long) region.first() << 12));
  }

  /** Bytes of each bus access that an access to a device is split into. */
  private static int unit(int offset, int bytes) {
    return Math.min(Math.min(bytes, 4), offset == 0 ? 4 : Integer.lowestOneBit(offset));
  }
}
