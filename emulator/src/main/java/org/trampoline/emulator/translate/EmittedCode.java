package org.trampoline.emulator.translate;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** Calls emitted code. The JVM may deny that, which is found out when this class is first used. */
final class EmittedCode {
  private static final MethodHandle ENTER = handle();

  private EmittedCode() {}

  @SuppressWarnings("restricted")
  private static MethodHandle handle() {
    return Linker.nativeLinker()
        .downcallHandle(
            FunctionDescriptor.of(
                ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG));
  }

  /** Calls emitted code: {@code int code(long a, long b)}. */
  static int enter(MemorySegment code, long a, long b) {
    try {
      return (int) ENTER.invokeExact(code, a, b);
    } catch (Throwable e) {
      throw new IllegalStateException("emitted code cannot be called", e);
    }
  }
}
