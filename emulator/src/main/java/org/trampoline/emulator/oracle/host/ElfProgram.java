package org.trampoline.emulator.oracle.host;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A static x86-64 ELF executable of one read-only, executable segment (System V ABI, chapters 4 and
 * 5; its AMD64 supplement).
 */
final class ElfProgram {
  private static final int ELF_HEADER = 64;
  private static final int PROGRAM_HEADER = 56;

  /** Bytes in front of the code. */
  static final int HEADERS = ELF_HEADER + 2 * PROGRAM_HEADER;

  private static final short ET_EXEC = 2;
  private static final short EM_X86_64 = 62;
  private static final int PT_LOAD = 1;
  private static final int PT_GNU_STACK = 0x6474_e551;
  private static final int READ_EXECUTE = 5;
  private static final int READ_WRITE = 6;

  private ElfProgram() {}

  /**
   * The file. The code's first byte, the entry point, is {@link #HEADERS} behind {@code address}.
   */
  static byte[] of(byte[] code, long address) {
    long size = (long) HEADERS + code.length;
    ByteBuffer elf = ByteBuffer.allocate((int) size).order(ByteOrder.LITTLE_ENDIAN);
    elf.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0});
    elf.putShort(ET_EXEC).putShort(EM_X86_64).putInt(1);
    elf.putLong(address + HEADERS).putLong(ELF_HEADER).putLong(0); // entry, headers, sections
    elf.putInt(0).putShort((short) ELF_HEADER);
    elf.putShort((short) PROGRAM_HEADER).putShort((short) 2);
    elf.putShort((short) 0).putShort((short) 0).putShort((short) 0);
    elf.putInt(PT_LOAD).putInt(READ_EXECUTE).putLong(0).putLong(address).putLong(address);
    elf.putLong(size).putLong(size).putLong(0x1000);
    elf.putInt(PT_GNU_STACK).putInt(READ_WRITE).putLong(0).putLong(0).putLong(0);
    elf.putLong(0).putLong(0).putLong(16);
    return elf.put(code).array();
  }
}
