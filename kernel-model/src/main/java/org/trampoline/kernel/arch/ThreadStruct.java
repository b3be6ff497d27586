package org.trampoline.kernel.arch;

import org.trampoline.kernel.layout.Field;
import org.trampoline.kernel.layout.KernelMemory;
import org.trampoline.kernel.layout.Layout;
import org.trampoline.kernel.layout.Struct;

/**
 * {@code struct thread_struct} (include/asm-i386/processor.h): what the processor needs to run a
 * thread; a part of its task_struct.
 */
public final class ThreadStruct extends Struct<ThreadStruct> {
  /** For the assembler, which sees it as {@code TASK_thread_…}. */
  public static final Layout<ThreadStruct> LAYOUT = new Layout<>("THREAD");

  public static final Field<ThreadStruct> TLS_ARRAY =
      LAYOUT.bytes("tls_array", 24); // three descriptors for the GDT
  public static final Field<ThreadStruct> ESP0 = LAYOUT.word("esp0"); // stack on entry from ring 3
  public static final Field<ThreadStruct> EIP = LAYOUT.word("eip"); // where switch_to goes on
  public static final Field<ThreadStruct> ESP = LAYOUT.word("esp"); // and with which stack
  public static final Field<ThreadStruct> FS = LAYOUT.word("fs"); // saved selector
  public static final Field<ThreadStruct> GS = LAYOUT.word("gs"); // saved selector
  public static final Field<ThreadStruct> DEBUGREG = LAYOUT.bytes("debugreg", 32); // DR0-DR7
  public static final Field<ThreadStruct> CR2 = LAYOUT.word("cr2"); // of the last fault
  public static final Field<ThreadStruct> TRAP_NO = LAYOUT.word("trap_no"); // its vector
  public static final Field<ThreadStruct> ERROR_CODE = LAYOUT.word("error_code"); // and error code
  public static final Field<ThreadStruct> IO_BITMAP_PTR =
      LAYOUT.word("io_bitmap_ptr"); // allowed ports; NULL for none
  public static final Field<ThreadStruct> I387 =
      LAYOUT.bytes("i387", 108); // FPU registers, in fnsave's format

  /** Looks at one. */
  public ThreadStruct(KernelMemory memory, int address) {
    super(memory, address);
  }
}
