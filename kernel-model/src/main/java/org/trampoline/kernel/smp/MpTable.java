package org.trampoline.kernel.smp;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.trampoline.kernel.layout.KernelMemory;

/**
 * What a BIOS tells of the processors (Intel MultiProcessor Specification 1.4, chapter 4): a
 * floating pointer in the last kilobyte of conventional memory, and the configuration table that it
 * leads to, with an entry for each processor.
 */
public final class MpTable {
  private static final int POINTER = 0x9_fc00;
  private static final int TABLE = POINTER + 16;
  private static final int SIGNATURE = 0x5f504d5f; // "_MP_"
  private static final int HEADER = 44;
  private static final int ENTRY = 20;
  private static final int ENABLED = 1;
  private static final int BOOT_PROCESSOR = 2;
  private static final int LOCAL_APIC = 0xfee0_0000;
  private static final int APIC_VERSION = 0x14;

  private static final ValueLayout.OfInt WORD =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private MpTable() {}

  /** Puts the tables of a machine with so many processors into its memory, as its BIOS would. */
  public static void write(MemorySegment ram, int processors) {
    ram.set(WORD, POINTER, SIGNATURE);
    ram.set(WORD, POINTER + 4, TABLE);
    ram.set(ValueLayout.JAVA_BYTE, POINTER + 8, (byte) 1); // length in units of 16
    ram.set(ValueLayout.JAVA_BYTE, POINTER + 9, (byte) 4); // 1.4
    checksum(ram, POINTER, 16, POINTER + 10);

    int length = HEADER + ENTRY * processors;
    text(ram, TABLE, "PCMP");
    ram.set(WORD, TABLE + 4, length | 4 << 16);
    text(ram, TABLE + 8, "TRAMPOLI");
    text(ram, TABLE + 16, "NE          ");
    ram.set(WORD, TABLE + 32, processors << 16); // entries, in the high half
    ram.set(WORD, TABLE + 36, LOCAL_APIC);
    for (int i = 0; i < processors; i++) {
      int entry = TABLE + HEADER + ENTRY * i;
      int flags = ENABLED | (i == 0 ? BOOT_PROCESSOR : 0);
      ram.set(WORD, entry, i << 8 | APIC_VERSION << 16 | flags << 24);
    }
    checksum(ram, TABLE, length, TABLE + 7);
  }

  private static void text(MemorySegment ram, int at, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    MemorySegment.copy(bytes, 0, ram, ValueLayout.JAVA_BYTE, at, bytes.length);
  }

  private static void checksum(MemorySegment ram, int from, int length, int at) {
    int sum = 0;
    for (int i = 0; i < length; i++) {
      sum += ram.get(ValueLayout.JAVA_BYTE, from + i);
    }
    ram.set(ValueLayout.JAVA_BYTE, at, (byte) -sum);
  }

  /**
   * {@code find_smp_config} and {@code get_smp_config} (arch/i386/kernel/mpparse.c).
   *
   * @return a bit for the local APIC of each processor that is enabled; the boot processor's alone
   *     if there are no tables
   */
  static int present(KernelMemory memory) {
    int pointer = KernelMemory.virtual(POINTER);
    if (memory.read(pointer) != SIGNATURE || !sumsUp(memory, pointer, 16)) {
      return 1;
    }
    int table = KernelMemory.virtual(memory.read(pointer + 4));
    int length = memory.read(table + 4) & 0xffff;
    if (!sumsUp(memory, table, length)) {
      return 1;
    }
    int present = 0;
    int entries = memory.read(table + 32) >>> 16;
    for (int i = 0; i < entries && HEADER + ENTRY * (i + 1) <= length; i++) {
      int entry = memory.read(table + HEADER + ENTRY * i);
      boolean processor = (entry & 0xff) == 0;
      if (processor && (entry >>> 24 & ENABLED) != 0) {
        present |= 1 << (entry >>> 8 & 0xff);
      }
    }
    return present;
  }

  private static boolean sumsUp(KernelMemory memory, int from, int length) {
    int sum = 0;
    for (int i = 0; i < length; i++) {
      sum += memory.readByte(from + i);
    }
    return (sum & 0xff) == 0;
  }
}
