package org.trampoline.kernel.fork;

import org.trampoline.kernel.layout.Field;
import org.trampoline.kernel.layout.KernelMemory;
import org.trampoline.kernel.layout.Layout;
import org.trampoline.kernel.layout.Struct;

/** {@code struct files_struct} (include/linux/file.h): shared with CLONE_FILES. */
public final class FilesStruct extends Struct<FilesStruct> {
  /** For the assembler. */
  public static final Layout<FilesStruct> LAYOUT = new Layout<>("FILES");

  public static final Field<FilesStruct> COUNT = LAYOUT.word("count"); // tasks that share it
  public static final Field<FilesStruct> NEXT_FD = LAYOUT.word("next_fd"); // lowest free number

  /** Looks at one. */
  public FilesStruct(KernelMemory memory, int address) {
    super(memory, address);
  }
}
