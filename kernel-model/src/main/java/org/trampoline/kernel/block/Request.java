package org.trampoline.kernel.block;

import org.trampoline.kernel.layout.Field;
import org.trampoline.kernel.layout.KernelMemory;
import org.trampoline.kernel.layout.Layout;
import org.trampoline.kernel.layout.Struct;

/** {@code struct request} (include/linux/blkdev.h): a page of memory and a block of the disk. */
public final class Request extends Struct<Request> {
  public static final int READ = 0;
  public static final int WRITE = 1;

  /** For the assembler. */
  public static final Layout<Request> LAYOUT = new Layout<>("REQ");

  public static final Field<Request> QUEUELIST = LAYOUT.list("queuelist"); // in the queue
  public static final Field<Request> RW = LAYOUT.word("rw"); // READ or WRITE
  public static final Field<Request> BLOCK = LAYOUT.word("block"); // of 4096 bytes
  public static final Field<Request> BUFFER = LAYOUT.word("buffer"); // virtual address
  public static final Field<Request> PAGE = LAYOUT.word("page"); // struct page, or NULL
  public static final Field<Request> WAITING = LAYOUT.word("waiting"); // completion, or NULL

  /** Looks at one. */
  public Request(KernelMemory memory, int address) {
    super(memory, address);
  }
}
