package org.trampoline.emulator.coverage;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * A page of this process that holds machine code which tests write: an instruction between a
 * prologue that loads a state and an epilogue that saves it. What faults there ends the JVM.
 */
@SuppressWarnings("restricted") // native access is what this class is for
public final class HostCode {
  private static final int PAGE = 4096;
  private static final int PROT_ALL = 7; // read, write, execute
  private static final int MAP_PRIVATE_ANONYMOUS = 0x22;

  private final MemorySegment code;

  private HostCode(MemorySegment code) {
    this.code = code;
  }

  /** Why this machine cannot execute such code; null if it can. */
  public static String absence() {
    String os = System.getProperty("os.name");
    String arch = System.getProperty("os.arch");
    return os.equals("Linux") && arch.equals("amd64")
        ? null
        : "silicon: needs Linux on x86-64, this is " + os + " on " + arch;
  }

  public static HostCode allocate() throws Throwable {
    Linker linker = Linker.nativeLinker();
    MethodHandle mmap =
        linker.downcallHandle(
            linker.defaultLookup().find("mmap").orElseThrow(),
            FunctionDescriptor.of(
                ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG));
    MemorySegment page =
        (MemorySegment)
            mmap.invokeExact(
                MemorySegment.NULL, (long) PAGE, PROT_ALL, MAP_PRIVATE_ANONYMOUS, -1, 0L);
    if (page.address() == -1) {
      throw new IllegalStateException("silicon: no executable memory");
    }
    return new HostCode(page.reinterpret(PAGE));
  }

  /** The code as a function of the C calling convention that takes so many addresses. */
  public MethodHandle function(int addresses) {
    var types = new java.lang.foreign.MemoryLayout[addresses];
    java.util.Arrays.fill(types, ADDRESS);
    return Linker.nativeLinker().downcallHandle(code, FunctionDescriptor.ofVoid(types));
  }

  /** Writes bytes one part behind the other, from the start. */
  public void write(int[]... parts) {
    int at = 0;
    for (int[] part : parts) {
      for (int b : part) {
        code.set(JAVA_BYTE, at++, (byte) b);
      }
    }
  }
}
