package org.trampoline.emulator.memory;

import org.trampoline.emulator.fault.GuestFault;

/**
 * Linear-address accesses: paging (SDM vol. 3, chapter 4) in front of {@link PhysicalMemory}.
 *
 * <p>The plain methods use the privilege of the running code ({@link #setUser}); those named {@code
 * …System} are the processor's own accesses to descriptor tables, task state and the stacks it
 * switches to, always supervisor. Every method throws the CPU's {@link GuestFault} (#PF) before
 * anything has been changed. An access may cross a page boundary.
 */
public final class Mmu {
  /** Page-fault error code: 1 = protection violation, 0 = not present. */
  public static final int FAULT_PRESENT = 1;

  public static final int FAULT_WRITE = 2;
  public static final int FAULT_USER = 4;
  public static final int FAULT_RESERVED = 8;
  public static final int FAULT_FETCH = 16;

  private static final int CR0_WP = 1 << 16;
  private static final int CR0_PG = 1 << 31;

  private final PhysicalMemory memory;
  private final GuestFault fault;
  private int cr0;
  private int cr3;
  private boolean user;

  public Mmu(PhysicalMemory memory, GuestFault fault) {
    this.memory = memory;
    this.fault = fault;
  }

  /** Takes over CR0, CR3 and CR4 after one of them was written or at reset. */
  public void setControl(int cr0, int cr3, int cr4) {
    this.cr0 = cr0;
    this.cr3 = cr3;
  }

  /** A MOV to CR3 or a task switch: also drops non-global translations. */
  public void loadCr3(int cr3) {
    this.cr3 = cr3;
  }

  /** INVLPG. */
  public void invlpg(int linear) {}

  /** Whether the running code is at CPL 3. */
  public void setUser(boolean user) {
    this.user = user;
  }

  public int read8(int linear) {
    return memory.read8(translate(linear, false, user));
  }

  public int read16(int linear) {
    return read(linear, 2, user);
  }

  public int read32(int linear) {
    return read(linear, 4, user);
  }

  public long read64(int linear) {
    return (read32(linear) & 0xffff_ffffL) | (long) read32(linear + 4) << 32;
  }

  public void write8(int linear, int value) {
    memory.write8(translate(linear, true, user), value);
  }

  public void write16(int linear, int value) {
    write(linear, 2, value, user);
  }

  public void write32(int linear, int value) {
    write(linear, 4, value, user);
  }

  public void write64(int linear, long value) {
    probeWrite(linear, 8);
    write32(linear, (int) value);
    write32(linear + 4, (int) (value >>> 32));
  }

  /** Faults now if writing {@code size} bytes (1–4096) at {@code linear} would; writes nothing. */
  public void probeWrite(int linear, int size) {
    translate(linear, true, user);
    translate(linear + size - 1, true, user);
  }

  /** Faults now if reading {@code size} bytes (1–4096) at {@code linear} would. */
  public void probeRead(int linear, int size) {
    translate(linear, false, user);
    translate(linear + size - 1, false, user);
  }

  /** An instruction byte. */
  public int fetch8(int linear) {
    return memory.read8(translate(linear, false, user));
  }

  /** Host address of a code byte for the current privilege, 0 if it is not in plain memory. */
  public long codeHost(int linear) {
    return memory.ram().address() + translate(linear, false, user);
  }

  public int read8System(int linear) {
    return memory.read8(translate(linear, false, false));
  }

  public int read16System(int linear) {
    return read(linear, 2, false);
  }

  public int read32System(int linear) {
    return read(linear, 4, false);
  }

  public void write8System(int linear, int value) {
    memory.write8(translate(linear, true, false), value);
  }

  public void write16System(int linear, int value) {
    write(linear, 2, value, false);
  }

  public void write32System(int linear, int value) {
    write(linear, 4, value, false);
  }

  /** As {@link #probeWrite}, with supervisor privilege. */
  public void probeWriteSystem(int linear, int size) {
    translate(linear, true, false);
    translate(linear + size - 1, true, false);
  }

  private int read(int linear, int size, boolean asUser) {
    int first = translate(linear, false, asUser);
    translate(linear + size - 1, false, asUser);
    int value = memory.read8(first);
    for (int i = 1; i < size; i++) {
      value |= memory.read8(translate(linear + i, false, asUser)) << 8 * i;
    }
    return value;
  }

  private void write(int linear, int size, int value, boolean asUser) {
    translate(linear, true, asUser);
    translate(linear + size - 1, true, asUser);
    for (int i = 0; i < size; i++) {
      memory.write8(translate(linear + i, true, asUser), value >>> 8 * i);
    }
  }

  private int translate(int linear, boolean write, boolean asUser) {
    if ((cr0 & CR0_PG) == 0) {
      return linear;
    }
    int error = (write ? FAULT_WRITE : 0) | (asUser ? FAULT_USER : 0);
    int directoryAddress = (cr3 & ~0xfff) + (linear >>> 22 << 2);
    int directoryEntry = memory.read32(directoryAddress);
    if ((directoryEntry & 1) == 0) {
      throw fault.pageFault(linear, error);
    }
    int tableAddress = (directoryEntry & ~0xfff) + ((linear >>> 12 & 0x3ff) << 2);
    int tableEntry = memory.read32(tableAddress);
    if ((tableEntry & 1) == 0) {
      throw fault.pageFault(linear, error);
    }
    int both = directoryEntry & tableEntry;
    boolean writeProtected = (both & 2) == 0 && (asUser || (cr0 & CR0_WP) != 0);
    if (asUser && (both & 4) == 0 || write && writeProtected) {
      throw fault.pageFault(linear, error | FAULT_PRESENT);
    }
    memory.write32(directoryAddress, directoryEntry | 0x20);
    memory.write32(tableAddress, tableEntry | (write ? 0x60 : 0x20));
    return tableEntry & ~0xfff | linear & 0xfff;
  }
}
