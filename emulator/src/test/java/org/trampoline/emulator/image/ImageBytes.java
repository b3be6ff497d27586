package org.trampoline.emulator.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import org.trampoline.asm.Assembler;
import org.trampoline.asm.Source;

/** Makes image files for tests. */
final class ImageBytes {
  private ImageBytes() {}

  static byte[] assemble(String source, int origin) {
    return Assembler.assemble(new Source("t.S", source), origin, Map.of()).bytes();
  }

  /** An ELF executable of one segment, whose file starts with the headers. */
  static ByteBuffer elf(byte[] code, int virtual, int physical, int memorySize) {
    ByteBuffer b = ByteBuffer.allocate(84 + code.length).order(ByteOrder.LITTLE_ENDIAN);
    b.put(0, new byte[] {0x7f, 'E', 'L', 'F', 1, 1, 1});
    b.putShort(16, (short) 2).putShort(18, (short) 3).putInt(20, 1);
    b.putInt(24, virtual).putInt(28, 52);
    b.putShort(40, (short) 52).putShort(42, (short) 32).putShort(44, (short) 1);
    b.putInt(52, 1).putInt(56, 84).putInt(60, virtual).putInt(64, physical);
    b.putInt(68, code.length).putInt(72, memorySize).putInt(76, 7).putInt(80, 4);
    b.put(84, code);
    return b;
  }

  /** A kernel with a Multiboot header that holds the addresses. */
  static ByteBuffer multiboot(byte[] code, int load, int bss, int flags) {
    ByteBuffer b = ByteBuffer.allocate(32 + code.length).order(ByteOrder.LITTLE_ENDIAN);
    b.putInt(0, 0x1badb002).putInt(4, flags).putInt(8, -0x1badb002 - flags);
    b.putInt(12, load).putInt(16, load).putInt(20, load + 32 + code.length);
    b.putInt(24, load + 32 + code.length + bss).putInt(28, load + 32);
    b.put(32, code);
    return b;
  }

  /** A bzImage of protocol 2.06 with one setup sector. */
  static ByteBuffer linux(byte[] code) {
    ByteBuffer b = ByteBuffer.allocate(1024 + code.length).order(ByteOrder.LITTLE_ENDIAN);
    b.put(0x1f1, (byte) 1).putShort(0x1fe, (short) 0xaa55);
    b.put(0x200, (byte) 0xeb).put(0x201, (byte) 0x3a);
    b.putInt(0x202, 0x53726448).putShort(0x206, (short) 0x206);
    b.put(0x211, (byte) 1).putInt(0x214, 0x100000);
    b.putInt(0x22c, 0x37ffffff).putInt(0x238, 255);
    b.put(1024, code);
    return b;
  }
}
