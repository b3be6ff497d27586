package org.trampoline.emulator.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.Arena;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.function.Executable;
import org.trampoline.emulator.fault.GuestFault;
import org.trampoline.emulator.fault.Vector;

/**
 * A machine of 16 MB with a page directory at {@link #DIRECTORY} and a page table for the first 4
 * MB at {@link #TABLE}, both empty. Physical pages hold their own number at their start.
 */
abstract class PagingFixture {
  static final int PE = 1;
  static final int WP = 1 << 16;
  static final int PG = 1 << 31;
  static final int PSE = 0x10;
  static final int PAE = 0x20;
  static final int PGE = 0x80;

  static final int P = 1;
  static final int RW = 2;
  static final int US = 4;
  static final int A = 0x20;
  static final int D = 0x40;
  static final int PS = 0x80;
  static final int G = 0x100;

  static final int DIRECTORY = 0x1000;
  static final int TABLE = 0x2000;
  static final int BYTES = 16 << 20;

  final Arena arena = Arena.ofConfined();
  final PhysicalMemory memory = new PhysicalMemory(arena, BYTES);
  final GuestFault fault = new GuestFault();
  Mmu mmu = new Mmu(memory, fault);

  PagingFixture() {
    for (int page = 0x100000; page < BYTES; page += 0x1000) {
      memory.write32(page, page >>> 12);
    }
  }

  @AfterEach
  void close() {
    arena.close();
  }

  /** Turns paging on with the tables at {@link #DIRECTORY}. */
  void paging(int cr0, int cr4) {
    mmu.setControl(PG | PE | cr0, DIRECTORY, cr4);
  }

  void directory(int i, int entry) {
    memory.write32(DIRECTORY + 4 * i, entry);
  }

  void table(int i, int entry) {
    memory.write32(TABLE + 4 * i, entry);
  }

  int directory(int i) {
    return memory.read32(DIRECTORY + 4 * i);
  }

  int table(int i) {
    return memory.read32(TABLE + 4 * i);
  }

  /** Legacy paging: the first 4 MB through {@link #TABLE}, everything permitted. */
  void simple() {
    directory(0, TABLE | P | RW | US);
    paging(WP, 0);
  }

  void faults(int errorCode, int linear, Executable access) {
    GuestFault f = assertThrows(GuestFault.class, access);
    assertEquals(Vector.PF, f.vector);
    assertEquals(errorCode, f.errorCode, "error code");
    assertEquals(linear, f.linear, "address");
  }
}
