package org.trampoline.kernel.sched;

import org.trampoline.kernel.layout.Field;
import org.trampoline.kernel.layout.KernelMemory;
import org.trampoline.kernel.layout.Layout;
import org.trampoline.kernel.layout.Struct;

/** {@code migration_req_t} (kernel/sched.c): what a migration thread is to do. */
public final class MigrationReq extends Struct<MigrationReq> {
  /** For the assembler. */
  public static final Layout<MigrationReq> LAYOUT = new Layout<>("MIGRATION");

  public static final Field<MigrationReq> LIST = LAYOUT.list("list"); // in migration_queue
  public static final Field<MigrationReq> TASK = LAYOUT.word("task"); // whom to move
  public static final Field<MigrationReq> DEST_CPU = LAYOUT.word("dest_cpu"); // and where
  public static final Field<MigrationReq> DONE =
      LAYOUT.bytes("done", Completion.LAYOUT.size()); // who asked waits for it

  /** Looks at one. */
  public MigrationReq(KernelMemory memory, int address) {
    super(memory, address);
  }
}
