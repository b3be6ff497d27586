package org.trampoline.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.trampoline.asm.AssembledCode;
import org.trampoline.emulator.engine.Engine;
import org.trampoline.emulator.engine.Register;
import org.trampoline.kernel.layout.KernelMemory;
import org.trampoline.kernel.smp.MpTable;

/**
 * Does what BIOS and boot loader do before the kernel's first instruction: puts its parts where
 * they belong in physical memory and leaves the processor at the reset vector
 * (Documentation/i386/boot.txt).
 */
public final class BootLoader {
  /** Where the image lies, virtual: at 1 MB physical. */
  public static final int KERNEL_ADDRESS = KernelMemory.PAGE_OFFSET + 0x10_0000;

  /**
   * Memory from here, physical, up to {@link #FIRST_FREE} holds what is loaded besides the kernel.
   */
  public static final int MODULES = 0x30_0000;

  /** From here on all memory is the page allocator's. */
  public static final int FIRST_FREE = 0x40_0000;

  /** Most bytes that can be mapped at PAGE_OFFSET: 896 MB. */
  public static final int MAX_LOWMEM = 896 << 20;

  /** Number of process ids (include/linux/threads.h). */
  public static final int PID_MAX = 32768;

  static final int SETUPSEG = 0x9020;
  static final int RESET_SEGMENT = 0xf000;
  static final int RESET_OFFSET = 0xfff0;

  /** In the boot parameters: memory above 1 MB in KB. */
  static final int ALT_MEM_K = 0x9_01e0;

  private static final int MINIMUM = 8 << 20;

  private static final ValueLayout.OfInt WORD =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private BootLoader() {}

  /**
   * Loads a kernel and points the processor, which must be as RESET leaves it, to it.
   *
   * @throws IllegalArgumentException if the machine has less than 8 MB of RAM
   */
  static void load(Engine engine, Vmlinux image) {
    long size = engine.ram().byteSize();
    if (size < MINIMUM) {
      throw new IllegalArgumentException(
          "RAM of " + (size >> 10) + " KB: the kernel needs at least " + (MINIMUM >> 10) + " KB");
    }
    copy(engine, KernelMemory.physical(KERNEL_ADDRESS), image.kernel());
    copy(engine, SETUPSEG << 4, image.setup());
    copy(engine, (RESET_SEGMENT << 4) + RESET_OFFSET, image.reset());
    if (engine.processors() > 1) {
      MpTable.write(engine.ram(), engine.processors());
    }
    engine.ram().set(WORD, ALT_MEM_K, (int) (size - (1 << 20) >> 10));
    // The vector by its 20-bit address, as RAM and not ROM is at the end of the first megabyte.
    engine.set(Register.CS, RESET_SEGMENT);
    engine.set(Register.EIP, RESET_OFFSET);
  }

  /** Copies code into memory, and tells the engine. */
  static void copy(Engine engine, int physical, AssembledCode code) {
    byte[] bytes = code.bytes();
    MemorySegment.copy(bytes, 0, engine.ram(), ValueLayout.JAVA_BYTE, physical, bytes.length);
    engine.codeChanged(physical, bytes.length);
  }
}
