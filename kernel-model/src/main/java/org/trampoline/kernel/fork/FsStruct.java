package org.trampoline.kernel.fork;

import org.trampoline.kernel.layout.Field;
import org.trampoline.kernel.layout.KernelMemory;
import org.trampoline.kernel.layout.Layout;
import org.trampoline.kernel.layout.Struct;

/** {@code struct fs_struct} (include/linux/fs_struct.h): shared with CLONE_FS. */
public final class FsStruct extends Struct<FsStruct> {
  /** For the assembler. */
  public static final Layout<FsStruct> LAYOUT = new Layout<>("FS");

  public static final Field<FsStruct> COUNT = LAYOUT.word("count"); // tasks that share it
  public static final Field<FsStruct> UMASK = LAYOUT.word("umask"); // of new files

  /** Looks at one. */
  public FsStruct(KernelMemory memory, int address) {
    super(memory, address);
  }
}
