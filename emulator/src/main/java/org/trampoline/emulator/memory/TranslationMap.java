package org.trampoline.emulator.memory;

/**
 * Layout of the translation maps that every engine probes, the interpreter through {@link Mmu},
 * emitted host code inline.
 *
 * <p>A map has an entry of 8 bytes for each of the 2<sup>20</sup> linear pages. An entry is 0 where
 * the map knows nothing and the access must take the slow path, else an <em>addend</em>: host
 * address = addend + linear address (zero-extended to 64 bits), for every byte of the page. An
 * access that crosses a page boundary must take the slow path, too.
 *
 * <p>Four maps follow each other in memory, for reads, writes, instruction fetches and writes
 * beside code: a <em>view</em>. {@link Mmu#map()} is the view of the running code; it changes when
 * the address space or the privilege does. A write entry exists only for plain RAM that holds
 * neither page tables nor code (PhysicalMemory's attributes are all clear), and only when the page
 * is dirty already, so a store through it needs no further care. An entry of the fourth map allows
 * a store to RAM that may hold code, but no page tables, if the store meets no line that holds code
 * ({@link PhysicalMemory#codeLinesAddress}).
 */
public final class TranslationMap {
  /** Bytes of one map. */
  public static final long BYTES = 8L << 20;

  /** Offsets of the maps within a view. */
  public static final long READ = 0;

  public static final long WRITE = BYTES;
  public static final long EXECUTE = 2 * BYTES;

  public static final long WRITE_BESIDE_CODE = 3 * BYTES;

  /** Bytes of a view: four maps. */
  public static final long VIEW_BYTES = 4 * BYTES;

  private TranslationMap() {}

  /** The addend for a linear address in the map at host address {@code map}, or 0. */
  public static long addend(long map, int linear) {
    return Host.get64(map + (linear >>> 9 & ~7));
  }

  /** Host address of a byte, from a valid addend. */
  public static long host(long addend, int linear) {
    return addend + (linear & 0xffff_ffffL);
  }
}
