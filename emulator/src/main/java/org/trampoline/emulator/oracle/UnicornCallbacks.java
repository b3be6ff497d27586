package org.trampoline.emulator.oracle;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BOOLEAN;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;

/**
 * C function pointers for the hooks of one engine. A Java exception must not unwind C frames (it
 * would end the process), so each callback keeps what its hook threw, stops the engine, and {@link
 * #rethrow} lets it out once C has returned.
 */
final class UnicornCallbacks {
  /** In the order of uc_mem_type, from UC_MEM_READ_UNMAPPED. */
  private static final UnicornError[] UNMAPPED = {
    UnicornError.READ_UNMAPPED,
    UnicornError.WRITE_UNMAPPED,
    UnicornError.FETCH_UNMAPPED,
    UnicornError.WRITE_PROT,
    UnicornError.READ_PROT,
    UnicornError.FETCH_PROT
  };

  private static final int MEM_WRITE = 17;
  private static final int MEM_READ_UNMAPPED = 19;

  private static final FunctionDescriptor CODE =
      FunctionDescriptor.ofVoid(ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS);
  private static final FunctionDescriptor ACCESS =
      FunctionDescriptor.ofVoid(ADDRESS, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_LONG, ADDRESS);
  private static final FunctionDescriptor FAILED_ACCESS =
      FunctionDescriptor.of(
          JAVA_BOOLEAN, ADDRESS, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_LONG, ADDRESS);
  private static final FunctionDescriptor INTERRUPT =
      FunctionDescriptor.ofVoid(ADDRESS, JAVA_INT, ADDRESS);
  private static final FunctionDescriptor INVALID =
      FunctionDescriptor.of(JAVA_BOOLEAN, ADDRESS, ADDRESS);
  private static final FunctionDescriptor PORT_READ =
      FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS);
  private static final FunctionDescriptor CPUID = FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS);
  private static final FunctionDescriptor PORT_WRITE =
      FunctionDescriptor.ofVoid(ADDRESS, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS);

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

  // The C side's view of each hook; the last argument is the user data we do not use.

  interface CodeCallback {
    void call(MemorySegment engine, long address, int size, MemorySegment data);
  }

  interface AccessCallback {
    void call(MemorySegment engine, int type, long address, int size, long value, MemorySegment d);
  }

  interface FailedAccessCallback {
    boolean call(
        MemorySegment engine, int type, long address, int size, long value, MemorySegment d);
  }

  interface InterruptCallback {
    void call(MemorySegment engine, int vector, MemorySegment data);
  }

  interface InvalidCallback {
    boolean call(MemorySegment engine, MemorySegment data);
  }

  interface PortReadCallback {
    int call(MemorySegment engine, int port, int size, MemorySegment data);
  }

  interface PortWriteCallback {
    void call(MemorySegment engine, int port, int size, int value, MemorySegment data);
  }

  interface CpuIdCallback {
    int call(MemorySegment engine, MemorySegment data);
  }

  MemorySegment code(UnicornHook.Code hook) {
    CodeCallback callback =
        (_, address, size, _) -> {
          try {
            hook.at((int) address, size);
          } catch (Throwable t) {
            fail(t);
          }
        };
    return stub(CodeCallback.class, callback, CODE);
  }

  MemorySegment access(UnicornHook.Access hook) {
    AccessCallback callback =
        (_, type, address, size, value, _) -> {
          try {
            boolean write = type == MEM_WRITE;
            long mask = size >= 8 ? -1 : (1L << 8 * size) - 1;
            hook.on(write, (int) address, size, write ? value & mask : 0);
          } catch (Throwable t) {
            fail(t);
          }
        };
    return stub(AccessCallback.class, callback, ACCESS);
  }

  MemorySegment unmapped(UnicornHook.Unmapped hook) {
    FailedAccessCallback callback =
        (_, type, address, size, _, _) -> {
          try {
            return hook.on(UNMAPPED[type - MEM_READ_UNMAPPED], (int) address, size);
          } catch (Throwable t) {
            fail(t);
            return false;
          }
        };
    return stub(FailedAccessCallback.class, callback, FAILED_ACCESS);
  }

  MemorySegment interrupt(UnicornHook.Interrupt hook) {
    InterruptCallback callback =
        (_, vector, _) -> {
          try {
            hook.on(vector);
          } catch (Throwable t) {
            fail(t);
          }
        };
    return stub(InterruptCallback.class, callback, INTERRUPT);
  }

  MemorySegment invalidInstruction(UnicornHook.InvalidInstruction hook) {
    InvalidCallback callback =
        (_, _) -> {
          try {
            return hook.on();
          } catch (Throwable t) {
            fail(t);
            return false;
          }
        };
    return stub(InvalidCallback.class, callback, INVALID);
  }

  MemorySegment portRead(UnicornHook.PortRead hook) {
    PortReadCallback callback =
        (_, port, size, _) -> {
          try {
            return hook.read(port, size);
          } catch (Throwable t) {
            fail(t);
            return 0;
          }
        };
    return stub(PortReadCallback.class, callback, PORT_READ);
  }

  MemorySegment portWrite(UnicornHook.PortWrite hook) {
    PortWriteCallback callback =
        (_, port, size, value, _) -> {
          try {
            hook.write(port, size, size == 4 ? value : value & (1 << 8 * size) - 1);
          } catch (Throwable t) {
            fail(t);
          }
        };
    return stub(PortWriteCallback.class, callback, PORT_WRITE);
  }

  MemorySegment cpuId(UnicornHook.CpuId hook) {
    CpuIdCallback callback =
        (_, _) -> {
          try {
            return hook.on() ? 1 : 0;
          } catch (Throwable t) {
            fail(t);
            return 0;
          }
        };
    return stub(CpuIdCallback.class, callback, CPUID);
  }

  private void fail(Throwable t) {
    if (thrown == null) {
      thrown = t;
    }
    engine.stop();
  }

  @SuppressWarnings("restricted") // native access is what this class is for
  private <T> MemorySegment stub(Class<T> type, T callback, FunctionDescriptor signature) {
    try {
      var target = MethodHandles.lookup().findVirtual(type, "call", signature.toMethodType());
      return Linker.nativeLinker().upcallStub(target.bindTo(callback), signature, arena);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("a callback's signature is not its descriptor's", e);
    }
  }
}
