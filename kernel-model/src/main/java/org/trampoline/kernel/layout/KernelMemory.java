package org.trampoline.kernel.layout;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The memory that the kernel has mapped at PAGE_OFFSET, read and written by its virtual addresses:
 * physical address = virtual address - PAGE_OFFSET (asm-i386/page.h, {@code __pa}).
 *
 * <p>Every method throws {@link BadKernelAddress} for an address outside of it, which is what a
 * structure that the guest has spoilt leads to.
 */
public final class KernelMemory {
  /** Where the kernel's half of every address space begins. */
  public static final int PAGE_OFFSET = 0xc000_0000;

  /** Bytes in a page. */
  public static final int PAGE_SIZE = 4096;

  private static final ValueLayout.OfInt WORD =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final MemorySegment ram;
  private final long size;
  private final List<Window> windows = new ArrayList<>(); // of vmalloc

  /**
   * Makes a view of a machine's memory.
   *
   * @param ram RAM from physical address 0
   */
  public KernelMemory(MemorySegment ram) {
    this.ram = ram;
    size = ram.byteSize();
  }

  /** Bytes of RAM. */
  public long size() {
    return size;
  }

  /** The physical address of a kernel address. */
  public static int physical(int address) {
    return address - PAGE_OFFSET;
  }

  /** The kernel address of a physical address. */
  public static int virtual(int physical) {
    return physical + PAGE_OFFSET;
  }

  private long offset(int address, long length) {
    long offset = (address - PAGE_OFFSET) & 0xffff_ffffL;
    if (offset + length > size) {
      return mapped(address, length);
    }
    return offset;
  }

  private long mapped(int address, long length) {
    for (Window window : windows) {
      long offset = (address - window.address) & 0xffff_ffffL;
      if (offset + length <= window.size) {
        return window.physical + offset;
      }
    }
    throw new BadKernelAddress(address);
  }

  /** Makes physical memory known by a second address, as its page tables do for the guest. */
  public void map(int address, int physical, int length) {
    windows.add(new Window(address, physical, length));
  }

  /** Takes back {@link #map}. */
  public void unmap(int address) {
    windows.removeIf(window -> window.address == address);
  }

  private record Window(int address, int physical, int size) {}

  /** Reads the 32-bit word at an address. */
  public int read(int address) {
    return ram.get(WORD, offset(address, 4));
  }

  /** Writes the 32-bit word at an address. */
  public void write(int address, int value) {
    ram.set(WORD, offset(address, 4), value);
  }

  /** Reads a byte, 0–255. */
  public int readByte(int address) {
    return ram.get(ValueLayout.JAVA_BYTE, offset(address, 1)) & 0xff;
  }

  /** Writes the low 8 bits of a value. */
  public void writeByte(int address, int value) {
    ram.set(ValueLayout.JAVA_BYTE, offset(address, 1), (byte) value);
  }

  /** Zeroes {@code length} bytes. */
  public void clear(int address, int length) {
    ram.asSlice(offset(address, length), length).fill((byte) 0);
  }

  /** Copies within kernel memory; the ranges may not overlap. */
  public void copy(int from, int to, int length) {
    MemorySegment.copy(ram, offset(from, length), ram, offset(to, length), length);
  }

  /** Copies bytes in. */
  public void write(int address, byte[] bytes) {
    MemorySegment.copy(
        bytes, 0, ram, ValueLayout.JAVA_BYTE, offset(address, bytes.length), bytes.length);
  }

  /** Copies {@code length} bytes out. */
  public byte[] read(int address, int length) {
    byte[] bytes = new byte[length];
    MemorySegment.copy(ram, ValueLayout.JAVA_BYTE, offset(address, length), bytes, 0, length);
    return bytes;
  }

  /**
   * Reads a string that ends with a zero byte.
   *
   * @param limit bytes after which it is cut off, 0 or more
   */
  public String readString(int address, int limit) {
    long start = offset(address, 1);
    int length = 0;
    while (length < limit
        && start + length < size
        && ram.get(ValueLayout.JAVA_BYTE, start + length) != 0) {
      length++;
    }
    return new String(read(address, length), StandardCharsets.ISO_8859_1);
  }
}
