package org.trampoline.emulator.execute.simd;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * Executes MMX and SSE instructions on the processor this runs on, in the JVM's own process: a few
 * bytes of machine code load the state with FXRSTOR, execute one instruction whose memory operand
 * is [rdx], save the state with FXSAVE, and give the JVM its own state back.
 *
 * <p>All exceptions have to be masked, as there is nobody to handle them.
 */
@SuppressWarnings("restricted") // native access is what this class is for
final class HostSimd {
  private static final int PAGE = 4096;
  private static final int PROT_ALL = 7; // read, write, execute
  private static final int MAP_PRIVATE_ANONYMOUS = 0x22;

  /** fxsave [r8]; fxrstor [rdi]; mov rdi,rdx (for maskmovq); mov rax,[rcx]; push [rcx+8]; popfq. */
  private static final int[] PROLOGUE = {
    0x41, 0x0f, 0xae, 0x00, 0x0f, 0xae, 0x0f, 0x48, 0x89, 0xd7, 0x48, 0x8b, 0x01, 0xff, 0x71, 0x08,
    0x9d
  };

  /** pushfq; pop [rcx+8]; mov [rcx],rax; fxsave [rsi]; fxrstor [r8]; ret. */
  private static final int[] EPILOGUE = {
    0x9c, 0x8f, 0x41, 0x08, 0x48, 0x89, 0x01, 0x0f, 0xae, 0x06, 0x41, 0x0f, 0xae, 0x08, 0xc3
  };

  private final MemorySegment code;
  private final MethodHandle run;
  private final MemorySegment before;
  private final MemorySegment after;
  private final MemorySegment memory;
  private final MemorySegment registers;
  private final MemorySegment jvm;

  private HostSimd(MemorySegment code, Arena arena) {
    this.code = code;
    run =
        Linker.nativeLinker()
            .downcallHandle(
                code, FunctionDescriptor.ofVoid(ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS));
    before = arena.allocate(512, 64);
    after = arena.allocate(512, 64);
    memory = arena.allocate(SimdCase.MEMORY, 64);
    registers = arena.allocate(16, 16);
    jvm = arena.allocate(512, 64);
  }

  /** Why this machine has no such oracle; null if it has. */
  static String absence() {
    String os = System.getProperty("os.name");
    String arch = System.getProperty("os.arch");
    return os.equals("Linux") && arch.equals("amd64")
        ? null
        : "SIMD silicon: needs Linux on x86-64, this is " + os + " on " + arch;
  }

  static HostSimd open() throws Throwable {
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
      throw new IllegalStateException("SIMD silicon: no executable memory");
    }
    return new HostSimd(page.reinterpret(PAGE), Arena.ofAuto());
  }

  /** Chooses the instruction that {@link #execute} executes. */
  void setInstruction(byte[] bytes) {
    int at = 0;
    for (int b : PROLOGUE) {
      code.set(JAVA_BYTE, at++, (byte) b);
    }
    for (byte b : bytes) {
      code.set(JAVA_BYTE, at++, b);
    }
    for (int b : EPILOGUE) {
      code.set(JAVA_BYTE, at++, (byte) b);
    }
  }

  void execute(SimdCase in, SimdCase out) throws Throwable {
    MemorySegment.copy(MemorySegment.ofArray(in.image), 0, before, 0, 512);
    MemorySegment.copy(MemorySegment.ofArray(in.memory), 0, memory, 0, SimdCase.MEMORY);
    registers.set(JAVA_LONG, 0, in.eax & 0xffff_ffffL);
    registers.set(JAVA_LONG, 8, in.flags | 0x202);
    run.invokeExact(before, after, memory, registers, jvm);
    MemorySegment.copy(after, 0, MemorySegment.ofArray(out.image), 0, 512);
    MemorySegment.copy(memory, 0, MemorySegment.ofArray(out.memory), 0, SimdCase.MEMORY);
    out.eax = registers.get(JAVA_INT, 0);
    out.flags = registers.get(JAVA_INT, 8) & 0x8d5;
  }
}
