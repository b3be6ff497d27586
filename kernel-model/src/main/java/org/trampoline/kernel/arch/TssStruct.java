package org.trampoline.kernel.arch;

import org.trampoline.kernel.layout.Field;
import org.trampoline.kernel.layout.KernelMemory;
import org.trampoline.kernel.layout.Layout;
import org.trampoline.kernel.layout.Struct;

/**
 * {@code struct tss_struct} (include/asm-i386/processor.h; SDM vol. 3, figure 8-2): one for each
 * processor, of which the hardware reads ss0 and esp0 on the way from ring 3 to ring 0.
 */
public final class TssStruct extends Struct<TssStruct> {
  /** Limit in the descriptor: up to and with trace and io_bitmap_base. */
  public static final int LIMIT = 103;

  /** io_bitmap_base beyond the limit: no port is allowed. */
  public static final int INVALID_IO_BITMAP_OFFSET = 0x8000;

  /** The same, but the thread has a bitmap that is still to be copied. */
  public static final int INVALID_IO_BITMAP_OFFSET_LAZY = 0x9000;

  /** For the assembler. */
  public static final Layout<TssStruct> LAYOUT = new Layout<>("TSS");

  public static final Field<TssStruct> BACK_LINK = LAYOUT.word("back_link"); // previous task
  public static final Field<TssStruct> ESP0 = LAYOUT.word("esp0"); // stack for ring 0
  public static final Field<TssStruct> SS0 = LAYOUT.word("ss0"); // its segment
  public static final Field<TssStruct> REST =
      LAYOUT.bytes("rest", 88); // ring 1 and 2, registers of a hardware task switch
  public static final Field<TssStruct> TRACE_IO_BITMAP_BASE =
      LAYOUT.word("trace_io_bitmap_base"); // in the high half: offset of the bitmap

  /** Looks at one. */
  public TssStruct(KernelMemory memory, int address) {
    super(memory, address);
  }
}
