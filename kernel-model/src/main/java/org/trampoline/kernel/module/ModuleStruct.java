package org.trampoline.kernel.module;

import org.trampoline.kernel.layout.Field;
import org.trampoline.kernel.layout.KernelMemory;
import org.trampoline.kernel.layout.Layout;
import org.trampoline.kernel.layout.Struct;

/**
 * {@code struct module} (include/linux/module.h): behind a module's own bytes, under the name
 * {@code __this_module}.
 */
public final class ModuleStruct extends Struct<ModuleStruct> {
  // state
  public static final int MODULE_STATE_LIVE = 0;
  public static final int MODULE_STATE_COMING = 1;
  public static final int MODULE_STATE_GOING = 2;

  /** For the assembler. */
  public static final Layout<ModuleStruct> LAYOUT = new Layout<>("MODULE");

  public static final Field<ModuleStruct> STATE = LAYOUT.word("state"); // MODULE_STATE_
  public static final Field<ModuleStruct> REFCNT = LAYOUT.word("refcnt"); // who must not lose it
  public static final Field<ModuleStruct> INIT = LAYOUT.word("init"); // init_module or NULL
  public static final Field<ModuleStruct> EXIT = LAYOUT.word("exit"); // cleanup_module or NULL

  /** Looks at one. */
  public ModuleStruct(KernelMemory memory, int address) {
    super(memory, address);
  }
}
