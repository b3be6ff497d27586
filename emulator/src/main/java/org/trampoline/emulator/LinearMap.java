package org.trampoline.emulator;

import org.trampoline.emulator.cpu.Control;
import org.trampoline.emulator.engine.Register;
import org.trampoline.emulator.memory.PhysicalMemory;

/**
 * Page tables that an embedder makes for its guest, instead of the guest itself: linear addresses
 * anywhere in the 4 GB, with permissions, for RAM that lies somewhere else (SDM vol. 3, 4.3).
 * Addresses and sizes are whole pages of 4096 bytes.
 *
 * <p>The tables take pages of RAM from a given address up: one for the directory and one for each 4
 * MB in which something is mapped. Changes apply to the guest at once.
 */
public final class LinearMap {
  private static final int PAGE = 4096;
  private static final int PRESENT = 1;
  private static final int WRITABLE = 2;
  private static final int USER = 4;

  private final Machine machine;
  private final PhysicalMemory memory;
  private final int directory;
  private int free;

  /**
   * @param tables physical address of the page directory, which the tables follow
   */
  public LinearMap(Machine machine, int tables) {
    checkPages(tables, PAGE);
    this.machine = machine;
    memory = machine.cpu().memory;
    directory = tables;
    free = tables;
    newTable();
  }

  /**
   * Maps pages.
   *
   * @param writable whether stores are allowed, at any privilege level
   * @param user whether CPL 3 has access
   */
  public void map(int linear, int physical, long bytes, boolean writable, boolean user) {
    checkPages(linear, bytes);
    checkPages(physical, bytes);
    int bits = PRESENT | (writable ? WRITABLE : 0) | (user ? USER : 0);
    for (long done = 0; done < bytes; done += PAGE) {
      memory.write32(entry(linear + (int) done), physical + (int) done | bits);
    }
  }

  /** Takes mappings away; what is not mapped stays so. */
  public void unmap(int linear, long bytes) {
    checkPages(linear, bytes);
    for (long done = 0; done < bytes; done += PAGE) {
      memory.write32(entry(linear + (int) done), 0);
    }
  }

  /** Turns paging on with these tables, and write protection for the supervisor, too. */
  public void activate() {
    machine.set(Register.CR3, directory);
    machine.set(Register.CR0, machine.get(Register.CR0) | Control.CR0_PG | Control.CR0_WP);
  }

  /** Physical address of the entry for a linear page; its table is made if need be. */
  private int entry(int linear) {
    int at = directory + (linear >>> 22) * 4;
    int table = memory.read32(at) & -PAGE;
    if (table == 0) {
      table = newTable();
      memory.write32(at, table | PRESENT | WRITABLE | USER);
    }
    return table + (linear >>> 12 & 0x3ff) * 4;
  }

  private int newTable() {
    int table = free;
    if ((table & 0xffff_ffffL) + PAGE > memory.size()) {
      throw new IllegalStateException("page tables reach the end of RAM");
    }
    for (int i = 0; i < PAGE; i += 4) {
      memory.write32(table + i, 0);
    }
    free += PAGE;
    return table;
  }

  private static void checkPages(int address, long bytes) {
    long end = (address & 0xffff_ffffL) + bytes;
    if (((address | bytes) & PAGE - 1) != 0 || bytes <= 0 || end > 1L << 32) {
      throw new IllegalArgumentException(
          "0x%x bytes at 0x%x: expected whole pages of 4096 bytes below 4 GB"
              .formatted(bytes, address));
    }
  }
}
