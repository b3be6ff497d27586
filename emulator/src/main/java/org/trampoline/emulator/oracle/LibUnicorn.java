package org.trampoline.emulator.oracle;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;
import org.trampoline.emulator.memory.NativeAccess;

/**
 * The C functions of libunicorn that {@link Unicorn} calls, one static method each, named and typed
 * as in unicorn.h. Each returns the library's {@code uc_err}.
 *
 * <p>Loading this class never fails: without a usable library every handle is null and {@link
 * #unavailable} says why, so callers ask {@link #requireAvailable} first.
 */
@SuppressWarnings("restricted") // native access is what this class is for
final class LibUnicorn {
  /** Paging of 2.0 uses virtual addresses as physical ones, so it is no oracle of ours. */
  private static final int OLDEST_USABLE = 0x0201_0000;

  private static final Linker LINKER = Linker.nativeLinker();

  /** Never blocks and never calls back, so the thread need not leave the Java state. */
  private static final Linker.Option LEAF = Linker.Option.critical(false);

  private static String unavailable;
  private static final SymbolLookup SYMBOLS = load();

  private static final MethodHandle VERSION = bind("uc_version", ADDRESS, ADDRESS);
  private static final MethodHandle OPEN = bind("uc_open", JAVA_INT, JAVA_INT, ADDRESS);
  private static final MethodHandle CLOSE = bind("uc_close", ADDRESS);
  private static final MethodHandle MEM_MAP =
      bind("uc_mem_map", ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_INT);
  private static final MethodHandle MEM_MAP_PTR =
      bind("uc_mem_map_ptr", ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_INT, ADDRESS);
  private static final MethodHandle MEM_UNMAP = bind("uc_mem_unmap", ADDRESS, JAVA_LONG, JAVA_LONG);
  private static final MethodHandle MEM_READ =
      bind("uc_mem_read", ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG);
  private static final MethodHandle MEM_WRITE =
      bind("uc_mem_write", ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG);
  private static final MethodHandle VMEM_TRANSLATE =
      bind("uc_vmem_translate", ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS);
  private static final MethodHandle REG_READ = leaf("uc_reg_read", ADDRESS, JAVA_INT, ADDRESS);
  private static final MethodHandle REG_WRITE = bind("uc_reg_write", ADDRESS, JAVA_INT, ADDRESS);
  private static final MethodHandle REG_READ_BATCH =
      leaf("uc_reg_read_batch", ADDRESS, ADDRESS, ADDRESS, JAVA_INT);
  private static final MethodHandle REG_WRITE_BATCH =
      bind("uc_reg_write_batch", ADDRESS, ADDRESS, ADDRESS, JAVA_INT);
  private static final MethodHandle EMU_START =
      bind("uc_emu_start", ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
  private static final MethodHandle EMU_STOP = bind("uc_emu_stop", ADDRESS);
  private static final MethodHandle HOOK_ADD =
      variadic(
          "uc_hook_add",
          7,
          ADDRESS,
          ADDRESS,
          JAVA_INT,
          ADDRESS,
          ADDRESS,
          JAVA_LONG,
          JAVA_LONG,
          JAVA_INT);
  private static final MethodHandle HOOK_DEL = bind("uc_hook_del", ADDRESS, JAVA_LONG);
  private static final MethodHandle CTL = variadic("uc_ctl", 2, ADDRESS, JAVA_INT);
  private static final MethodHandle CTL_INT = variadic("uc_ctl", 2, ADDRESS, JAVA_INT, JAVA_INT);
  private static final MethodHandle CTL_LONGS =
      variadic("uc_ctl", 2, ADDRESS, JAVA_INT, JAVA_LONG, JAVA_LONG);
  private static final MethodHandle CONTEXT_ALLOC = bind("uc_context_alloc", ADDRESS, ADDRESS);
  private static final MethodHandle CONTEXT_SIZE = sized("uc_context_size", ADDRESS);
  private static final MethodHandle CONTEXT_SAVE = bind("uc_context_save", ADDRESS, ADDRESS);
  private static final MethodHandle CONTEXT_RESTORE = bind("uc_context_restore", ADDRESS, ADDRESS);
  private static final MethodHandle CONTEXT_FREE = bind("uc_context_free", ADDRESS);

  static {
    if (unavailable == null && version() < OLDEST_USABLE) {
      unavailable =
          "Unicorn %d.%d is too old: its paging is broken, 2.1 or newer is needed"
              .formatted(version() >>> 24, version() >>> 16 & 0xff);
    }
  }

  private LibUnicorn() {}

  /**
   * @throws OracleUnavailableException if there is no usable library
   */
  static void requireAvailable() {
    if (unavailable != null) {
      throw new OracleUnavailableException(unavailable);
    }
  }

  private static SymbolLookup load() {
    try {
      return SymbolLookup.libraryLookup(NativeLibrary.UNICORN.find(), Arena.global());
    } catch (OracleUnavailableException e) {
      unavailable = e.getMessage();
    } catch (IllegalCallerException denied) {
      unavailable = "Unicorn: " + NativeAccess.DENIED;
    } catch (IllegalArgumentException e) { // not there, or not a library of this platform
      unavailable = "Unicorn: the library is missing: " + e.getMessage().strip();
    }
    return _ -> Optional.empty();
  }

  private static MethodHandle bind(String name, ValueLayout... arguments) {
    return bind(name, FunctionDescriptor.of(JAVA_INT, arguments));
  }

  private static MethodHandle leaf(String name, ValueLayout... arguments) {
    return bind(name, FunctionDescriptor.of(JAVA_INT, arguments), LEAF);
  }

  /** A function that returns size_t. */
  private static MethodHandle sized(String name, ValueLayout... arguments) {
    return bind(name, FunctionDescriptor.of(JAVA_LONG, arguments));
  }

  private static MethodHandle variadic(String name, int fixed, ValueLayout... arguments) {
    return bind(
        name, FunctionDescriptor.of(JAVA_INT, arguments), Linker.Option.firstVariadicArg(fixed));
  }

  private static MethodHandle bind(
      String name, FunctionDescriptor signature, Linker.Option... options) {
    MemorySegment symbol = SYMBOLS.find(name).orElse(null);
    if (symbol == null) {
      if (unavailable == null) {
        unavailable = "Unicorn: the library lacks " + name + ", 2.1 or newer is needed";
      }
      return null;
    }
    return LINKER.downcallHandle(symbol, signature, options);
  }

  /** A call through a handle declares Throwable but only an Error or unchecked one can come out. */
  private static RuntimeException unexpected(Throwable thrown) {
    switch (thrown) {
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new AssertionError(thrown);
    }
  }

  /** {@code major << 24 | minor << 16 | patch << 8 | extra}. */
  static int version() {
    try {
      return (int) VERSION.invokeExact(MemorySegment.NULL, MemorySegment.NULL);
    } catch (Throwable thrown) {
      throw unexpected(thrown);
    }
  }

  static int open(int arch, int mode, MemorySegment engineOut) {
    try {
      return (int) OPEN.invokeExact(arch, mode, engineOut);
    } catch (Throwable thrown) {
      throw unexpected(thrown);
    }
  }

  static int close(MemorySegment engine) {
    try {
      return (int) CLOSE.invokeExact(engine);
    } catch (Throwable thrown) {
      throw unexpected(thrown);
    }
  }

  static int memMap(MemorySegment engine, long address, long size, int permissions) {
    try {
      return (int) MEM_MAP.invokeExact(engine, address, size, permissions);
    } catch (Throwable thrown) {
      throw unexpected(thrown);
    }
  }

  static int memMapPtr(
      MemorySegment engine, long address, long size, int permissions, MemorySegment memory) {
    try {
      return (int) MEM_MAP_PTR.invokeExact(engine, address, size, permissions, memory);
    } catch (Throwable thrown) {
      throw unexpected(thrown);
    }
  }

  static int memUnmap(MemorySegment engine, long address, long size) {
    try {
      return (int) MEM_UNMAP.invokeExact(engine, address, size);
    } catch (Throwable thrown) {
      throw unexpected(thrown);
    }
  }

  static int memRead(MemorySegment engine, long address, MemorySegment bytes, long size) {
    try {
      return (int) MEM_READ.invokeExact(engine, address, bytes, size);
    } catch (Throwable thrown) {
      throw unexpected(thrown);
    }
  }

  static int memWrite(MemorySegment engine, long address, MemorySegment bytes, long size) {
    try {
      return (int) MEM_WRITE.invokeExact(engine, address, bytes, size);
    } catch (Throwable thrown) {
      throw unexpected(thrown);
    }
  }

  static int vmemTranslate(
      MemorySegment engine, long address, int access, MemorySegment physicalOut) {
    try {
      return (int) VMEM_TRANSLATE.invokeExact(engine, address, access, physicalOut);
    } catch (Throwable thrown) {
      throw unexpected(thrown);
    }
  }

  static int regRead(MemorySegment engine, int register, MemorySegment valueOut) {
    try {
      return (int) REG_READ.invokeExact(engine, register, valueOut);
    } catch (Throwable thrown) {
      throw unexpected(thrown);
    }
  }

  static int regWrite(MemorySegment engine, int register, MemorySegment value) {
    try {
      return (int) REG_WRITE.invokeExact(engine, register, value);
    } catch (Throwable thrown) {
      throw unexpected(thrown);
    }
  }

  static int regReadBatch(
      MemorySegment engine, MemorySegment registers, MemorySegment values, int count) {
    try {
      return (int) REG_READ_BATCH.invokeExact(engine, registers, values, count);
    } catch (Throwable thrown) {
      throw unexpected(thrown);
    }
  }

  static int regWriteBatch(
      MemorySegment engine, MemorySegment registers, MemorySegment values, int count) {
    try {
      return (int) REG_WRITE_BATCH.invokeExact(engine, registers, values, count);
    } catch (Throwable thrown) {
      throw unexpected(thrown);
    }
  }

  static int emuStart(MemorySegment engine, long begin, long until, long timeout, long count) {
    try {
      return (int) EMU_START.invokeExact(engine, begin, until, timeout, count);
    } catch (Throwable thrown) {
      throw unexpected(thrown);
    }
  }

  static int emuStop(MemorySegment engine) {
    try {
      return (int) EMU_STOP.invokeExact(engine);
    } catch (Throwable thrown) {
      throw unexpected(thrown);
    }
  }

  static int hookAdd(
      MemorySegment engine,
      MemorySegment hookOut,
      int type,
      MemorySegment callback,
      long begin,
      long end,
      int instruction) {
    try {
      return (int)
          HOOK_ADD.invokeExact(
              engine, hookOut, type, callback, MemorySegment.NULL, begin, end, instruction);
    } catch (Throwable thrown) {
      throw unexpected(thrown);
    }
  }

  static int hookDel(MemorySegment engine, long hook) {
    try {
      return (int) HOOK_DEL.invokeExact(engine, hook);
    } catch (Throwable thrown) {
      throw unexpected(thrown);
    }
  }

  static int ctl(MemorySegment engine, int control) {
    try {
      return (int) CTL.invokeExact(engine, control);
    } catch (Throwable thrown) {
      throw unexpected(thrown);
    }
  }

  static int ctl(MemorySegment engine, int control, int value) {
    try {
      return (int) CTL_INT.invokeExact(engine, control, value);
    } catch (Throwable thrown) {
      throw unexpected(thrown);
    }
  }

  static int ctl(MemorySegment engine, int control, long first, long second) {
    try {
      return (int) CTL_LONGS.invokeExact(engine, control, first, second);
    } catch (Throwable thrown) {
      throw unexpected(thrown);
    }
  }

  static int contextAlloc(MemorySegment engine, MemorySegment contextOut) {
    try {
      return (int) CONTEXT_ALLOC.invokeExact(engine, contextOut);
    } catch (Throwable thrown) {
      throw unexpected(thrown);
    }
  }

  static long contextSize(MemorySegment engine) {
    try {
      return (long) CONTEXT_SIZE.invokeExact(engine);
    } catch (Throwable thrown) {
      throw unexpected(thrown);
    }
  }

  static int contextSave(MemorySegment engine, MemorySegment context) {
    try {
      return (int) CONTEXT_SAVE.invokeExact(engine, context);
    } catch (Throwable thrown) {
      throw unexpected(thrown);
    }
  }

  static int contextRestore(MemorySegment engine, MemorySegment context) {
    try {
      return (int) CONTEXT_RESTORE.invokeExact(engine, context);
    } catch (Throwable thrown) {
      throw unexpected(thrown);
    }
  }

  static int contextFree(MemorySegment context) {
    try {
      return (int) CONTEXT_FREE.invokeExact(context);
    } catch (Throwable thrown) {
      throw unexpected(thrown);
    }
  }
}
