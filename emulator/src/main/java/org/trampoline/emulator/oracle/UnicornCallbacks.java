package org.trampoline.emulator.oracle;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BOOLEAN;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * C function pointers for the hooks of one engine. A Java exception must not unwind C frames (it
 * would end the process), so each callback keeps what its hook threw, stops the engine, and {@link
 * #rethrow} lets it out once C has returned.
 */
final class UnicornCallbacks {
  private static final int MEM_WRITE = 17;
  private static final int MEM_READ_UNMAPPED = 19;

  private final Unicorn engine;
  private final Arena arena;
  private Throwable thrown;

  UnicornCallbacks(Unicorn engine, Arena arena) {
    this.engine = engine;
    this.arena = arena;
  }

  /** Throws what a hook threw during the last run, if one did. */
  void rethrow() {
    Throwable pending = thrown;
    thrown = null;
    switch (pending) {
      case null -> {}
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new AssertionError(pending); // hooks declare no checked exception
    }
  }

  MemorySegment code(UnicornHook.Code hook) {
    return stub(
        "onCode", UnicornHook.Code.class, hook, void.class, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS);
  }

  MemorySegment access(UnicornHook.Access hook) {
    return stub(
        "onAccess", UnicornHook.Access.class, hook, void.class, ADDRESS, JAVA_INT, JAVA_LONG,
        JAVA_INT, JAVA_LONG, ADDRESS);
  }

  MemorySegment unmapped(UnicornHook.Unmapped hook) {
    return stub(
        "onUnmapped", UnicornHook.Unmapped.class, hook, boolean.class, ADDRESS, JAVA_INT,
        JAVA_LONG, JAVA_INT, JAVA_LONG, ADDRESS);
  }

  MemorySegment interrupt(UnicornHook.Interrupt hook) {
    return stub(
        "onInterrupt", UnicornHook.Interrupt.class, hook, void.class, ADDRESS, JAVA_INT, ADDRESS);
  }

  MemorySegment invalidInstruction(UnicornHook.InvalidInstruction hook) {
    return stub(
        "onInvalid", UnicornHook.InvalidInstruction.class, hook, boolean.class, ADDRESS, ADDRESS);
  }

  MemorySegment portRead(UnicornHook.PortRead hook) {
    return stub(
        "onPortRead", UnicornHook.PortRead.class, hook, int.class, ADDRESS, JAVA_INT, JAVA_INT,
        ADDRESS);
  }

  MemorySegment portWrite(UnicornHook.PortWrite hook) {
    return stub(
        "onPortWrite", UnicornHook.PortWrite.class, hook, void.class, ADDRESS, JAVA_INT, JAVA_INT,
        JAVA_INT, ADDRESS);
  }

  private void onCode(
      UnicornHook.Code hook, MemorySegment uc, long address, int size, MemorySegment user) {
    try {
      hook.at((int) address, size);
    } catch (Throwable t) {
      fail(t);
    }
  }

  private void onAccess(
      UnicornHook.Access hook,
      MemorySegment uc,
      int type,
      long address,
      int size,
      long value,
      MemorySegment user) {
    try {
      boolean write = type == MEM_WRITE;
      long mask = size >= 8 ? -1 : (1L << 8 * size) - 1;
      hook.on(write, (int) address, size, write ? value & mask : 0);
    } catch (Throwable t) {
      fail(t);
    }
  }

  private boolean onUnmapped(
      UnicornHook.Unmapped hook,
      MemorySegment uc,
      int type,
      long address,
      int size,
      long value,
      MemorySegment user) {
    try {
      return hook.on(UNMAPPED[type - MEM_READ_UNMAPPED], (int) address, size);
    } catch (Throwable t) {
      fail(t);
      return false;
    }
  }

  /** In the order of uc_mem_type, from UC_MEM_READ_UNMAPPED. */
  private static final UnicornError[] UNMAPPED = {
    UnicornError.READ_UNMAPPED,
    UnicornError.WRITE_UNMAPPED,
    UnicornError.FETCH_UNMAPPED,
    UnicornError.WRITE_PROT,
    UnicornError.READ_PROT,
    UnicornError.FETCH_PROT
  };

  private void onInterrupt(
      UnicornHook.Interrupt hook, MemorySegment uc, int vector, MemorySegment user) {
    try {
      hook.on(vector);
    } catch (Throwable t) {
      fail(t);
    }
  }

  private boolean onInvalid(
      UnicornHook.InvalidInstruction hook, MemorySegment uc, MemorySegment user) {
    try {
      return hook.on();
    } catch (Throwable t) {
      fail(t);
      return false;
    }
  }

  private int onPortRead(
      UnicornHook.PortRead hook, MemorySegment uc, int port, int size, MemorySegment user) {
    try {
      return hook.read(port, size);
    } catch (Throwable t) {
      fail(t);
      return 0;
    }
  }

  private void onPortWrite(
      UnicornHook.PortWrite hook,
      MemorySegment uc,
      int port,
      int size,
      int value,
      MemorySegment user) {
    try {
      hook.write(port, size, size == 4 ? value : value & (1 << 8 * size) - 1);
    } catch (Throwable t) {
      fail(t);
    }
  }

  private void fail(Throwable t) {
    if (thrown == null) {
      thrown = t;
    }
    engine.stop();
  }

  @SuppressWarnings("restricted") // native access is what this class is for
  private MemorySegment stub(
      String method,
      Class<?> hookType,
      UnicornHook hook,
      Class<?> result,
      MemoryLayout... arguments) {
    FunctionDescriptor signature =
        result == void.class
            ? FunctionDescriptor.ofVoid(arguments)
            : FunctionDescriptor.of(result == boolean.class ? JAVA_BOOLEAN : JAVA_INT, arguments);
    MethodType type = signature.toMethodType();
    try {
      MethodHandle target =
          MethodHandles.lookup()
              .findVirtual(
                  UnicornCallbacks.class, method, type.insertParameterTypes(0, hookType));
      return Linker.nativeLinker()
          .upcallStub(MethodHandles.insertArguments(target, 0, this, hook), signature, arena);
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e); // a method of this class, named above
    }
  }
}
