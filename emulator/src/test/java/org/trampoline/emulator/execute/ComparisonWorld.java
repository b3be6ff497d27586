package org.trampoline.emulator.execute;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.trampoline.emulator.StopReason;
import org.trampoline.emulator.engine.Engine;
import org.trampoline.emulator.engine.Register;
import org.trampoline.emulator.oracle.Listing;

/**
 * What surrounds one instruction under test: 4 MB of RAM mapped one to one, a few of whose pages
 * are absent or read-only, descriptor tables, and a handler for every vector, so that a fault shows
 * in eip (which vector) and on the stack (its frame).
 *
 * <p>Everything but {@link #DATA} is read-only with CR0.WP set, so nothing else can change.
 */
final class ComparisonWorld {
  static final int MEMORY = 4 << 20;

  /** Two writable pages, between one that is absent and one that is read-only. */
  static final int DATA = 0xb000;

  static final int DATA_END = 0xd000;

  /** A read-only page, then an absent one. */
  static final int READ_ONLY_END = 0xe000;

  /** Two pages full of {@code hlt}, for branches to arrive at; reachable with 16-bit eip. */
  static final int LANDING = 0x8000;

  static final int LANDING_END = 0xa000;

  /** Where instructions are put, to the end of RAM. */
  static final int CODE = 0x10_0000;

  static final int FLAT = 0x68;

  /** In FS and GS: segments whose bases are not 0. */
  static final int FS = 0x88;

  static final int FS_BASE = 0x4000;
  static final int GS = 0x90;
  static final int GS_BASE = 0xffff_d000;

  /** Selectors of every kind: for loads of segment registers and the instructions that look. */
  static final int[] SELECTORS = {
    0, 3, FLAT, FLAT, FS, GS, 0x60, 0x7b, 0x73, 0x80, 0x98, 0xa0, 0xa8, 0xb0, 0xb8, 0xc0, 0xc8,
    0xfff8, 0x6c, FLAT | 1
  };

  private static final int GDT = 0x500;
  private static final int BOOT = 0x1000;
  private static final int HANDLERS = 0x2000;
  private static final int TSS = 0x3000;
  private static final int IDT = 0x4000;
  private static final int DIRECTORY = 0x5000;
  private static final int TABLE = 0x6000;
  private static final byte HLT = (byte) 0xf4;

  private static final String BOOT_CODE =
      """
      0f 01 15 f0 04 00 00 # lgdtl 0x4f0
      0f 01 1d f8 04 00 00 # lidtl 0x4f8
      ea 15 10 00 00 60 00 # ljmpl $0x60,$0x1015
      b8 80 00 00 00 # movl $0x80,%eax
      0f 00 d8 # ltr %ax
      31 c0 # xorl %eax,%eax
      0f 00 d0 # lldt %ax
      b8 00 50 00 00 # movl $0x5000,%eax
      0f 22 d8 # movl %eax,%cr3
      b8 31 00 01 80 # movl $0x80010031,%eax
      0f 22 c0 # movl %eax,%cr0
      f4 # hlt\
      """;

  private ComparisonWorld() {}

  /** Builds it in the engine's RAM and boots into it. */
  static void build(Engine engine) {
    MemorySegment ram = engine.ram();
    ram.fill((byte) 0);
    ram.asSlice(HANDLERS, 0x1000).fill(HLT);
    ram.asSlice(LANDING, LANDING_END - LANDING).fill(HLT);
    ram.asSlice(CODE, MEMORY - CODE).fill(HLT);
    byte[] boot = Listing.code(BOOT_CODE);
    MemorySegment.copy(MemorySegment.ofArray(boot), 0, ram, BOOT, boot.length);
    word(ram, 0x4f0, GDT << 16 | 0xcf);
    word(ram, 0x4f4, GDT >>> 16);
    word(ram, 0x4f8, IDT << 16 | 0x7ff);
    word(ram, 0x4fc, IDT >>> 16);
    descriptor(ram, 0x60, 0x0000_ffff, 0x00cf_9b00); // code
    descriptor(ram, FLAT, 0x0000_ffff, 0x00cf_9300);
    descriptor(ram, 0x70, 0x0000_ffff, 0x00cf_fb00); // code, DPL 3
    descriptor(ram, 0x78, 0x0000_ffff, 0x00cf_f300); // data, DPL 3
    descriptor(ram, 0x80, TSS << 16 | 0x67, 0x8900);
    descriptor(ram, FS, FS_BASE << 16 | 0xffff, 0x00cf_9300);
    descriptor(ram, GS, 0xd000_ffff, 0xffcf_93ff);
    descriptor(ram, 0x98, 0x0000_ffff, 0x00cf_1300); // data, not present
    descriptor(ram, 0xa0, 0x3100_0007, 0x8200); // LDT
    descriptor(ram, 0xa8, 0x0060_2000, 0x8c00); // call gate
    descriptor(ram, 0xb0, 0x0000_ffff, 0x00cf_9100); // data, read-only
    descriptor(ram, 0xb8, 0x0000_ffff, 0x00cf_9900); // code, execute-only
    descriptor(ram, 0xc0, 0x0000_ffff, 0x00cf_9f00); // code, conforming
    descriptor(ram, 0xc8, 0x0000_1234, 0x0040_9700); // data, expand-down, byte granularity
    for (int vector = 0; vector < 256; vector++) {
      word(ram, IDT + 8 * vector, 0x60 << 16 | handler(vector));
      word(ram, IDT + 8 * vector + 4, 0x8e00);
    }
    for (int page = 0; page < 1024; page++) {
      int at = page << 12;
      boolean absent = at == DATA - 0x1000 || at == READ_ONLY_END;
      boolean writable = at >= DATA && at < DATA_END;
      word(ram, TABLE + 4 * page, absent ? 0 : at | (writable ? 0x63 : 0x61));
    }
    word(ram, DIRECTORY, TABLE | 0x63);
    engine.flatProtectedMode();
    engine.codeChanged(0, MEMORY);
    engine.set(Register.EIP, BOOT);
    assertEquals(new StopReason.Halted(), engine.run(100));
    engine.set(Register.FS, FS);
    engine.set(Register.GS, GS);
    engine.set(Register.CR2, 0);
  }

  /** Where the handler of a vector is. */
  static int handler(int vector) {
    return HANDLERS + 16 * vector;
  }

  /**
   * The base of the segment with that number, as long as it holds what {@link #build} put there.
   */
  static int segmentBase(int segment) {
    return segment == 4 ? FS_BASE : segment == 5 ? GS_BASE : 0;
  }

  private static void descriptor(MemorySegment ram, int selector, int low, int high) {
    word(ram, GDT + selector, low);
    word(ram, GDT + selector + 4, high);
  }

  static void word(MemorySegment ram, int at, int value) {
    ram.set(ValueLayout.JAVA_INT_UNALIGNED, at, value);
  }
}
