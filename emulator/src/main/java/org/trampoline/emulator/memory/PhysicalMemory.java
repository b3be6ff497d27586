package org.trampoline.emulator.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.trampoline.emulator.StopReason;
import org.trampoline.emulator.fault.MachineStop;

/** Guest-physical memory: RAM from address 0 up, off-heap. */
public final class PhysicalMemory {
  private final MemorySegment ram;
  private final long base;
  private final long size;

  /**
   * @param size bytes of RAM, a multiple of 4096
   */
  public PhysicalMemory(Arena arena, long size) {
    this.ram = arena.allocate(size, 4096);
    this.base = ram.address();
    this.size = size;
  }

  /** RAM as a segment: offset = physical address. */
  public MemorySegment ram() {
    return ram;
  }

  /** Says that code was made from these bytes: listeners hear of writes to them. */
  public void markCode(int physical, int bytes) {}

  public void addCodeListener(CodeListener listener) {}

  /** The physical address of a byte of RAM at a host address, or -1. */
  public long physicalOf(long host) {
    return host - base;
  }

  public long size() {
    return size;
  }

  /** Host address of a RAM byte; stops the machine where there is no RAM. */
  private long host(int physical, boolean write) {
    long address = physical & 0xffff_ffffL;
    if (address + 8 > size) {
      throw new MachineStop(new StopReason.NoMemory(physical, write));
    }
    return base + address;
  }

  public int read8(int physical) {
    return Host.get8(host(physical, false));
  }

  public int read16(int physical) {
    return Host.get16(host(physical, false));
  }

  public int read32(int physical) {
    return Host.get32(host(physical, false));
  }

  public void write8(int physical, int value) {
    Host.put8(host(physical, true), value);
  }

  public void write16(int physical, int value) {
    Host.put16(host(physical, true), value);
  }

  public void write32(int physical, int value) {
    Host.put32(host(physical, true), value);
  }
}
