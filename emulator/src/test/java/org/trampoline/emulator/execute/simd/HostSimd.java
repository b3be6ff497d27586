package org.trampoline.emulator.execute.simd;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import org.trampoline.emulator.coverage.HostCode;

/**
 * Executes MMX and SSE instructions on the processor this runs on, in the JVM's own process: a few
 * bytes of machine code load the state with FXRSTOR, execute one instruction whose memory operand
 * is [rdx], save the state with FXSAVE, and give the JVM its own state back.
 *
 * <p>All exceptions have to be masked, as there is nobody to handle them.
 */
final class HostSimd {
  /** fxsave [r8]; fxrstor [rdi]; mov rdi,rdx (for maskmovq); mov rax,[rcx]; push [rcx+8]; popfq. */
  private static final int[] PROLOGUE = {
    0x41, 0x0f, 0xae, 0x00, 0x0f, 0xae, 0x0f, 0x48, 0x89, 0xd7, 0x48, 0x8b, 0x01, 0xff, 0x71, 0x08,
    0x9d
  };

  /** pushfq; pop [rcx+8]; mov [rcx],rax; fxsave [rsi]; fxrstor [r8]; ret. */
  private static final int[] EPILOGUE = {
    0x9c, 0x8f, 0x41, 0x08, 0x48, 0x89, 0x01, 0x0f, 0xae, 0x06, 0x41, 0x0f, 0xae, 0x08, 0xc3
  };

  private final HostCode code;
  private final MethodHandle run;
  private final MemorySegment before;
  private final MemorySegment after;
  private final MemorySegment memory;
  private final MemorySegment registers;
  private final MemorySegment jvm;

  private HostSimd(HostCode code, Arena arena) {
    this.code = code;
    run = code.function(5);
    before = arena.allocate(512, 64);
    after = arena.allocate(512, 64);
    memory = arena.allocate(SimdCase.MEMORY, 64);
    registers = arena.allocate(16, 16);
    jvm = arena.allocate(512, 64);
  }

  /** Why this machine has no such oracle; null if it has. */
  static String absence() {
    return HostCode.absence();
  }

  static HostSimd open() throws Throwable {
    return new HostSimd(HostCode.allocate(), Arena.ofAuto());
  }

  /** Chooses the instruction that {@link #execute} executes. */
  void setInstruction(byte[] bytes) {
    int[] instruction = new int[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      instruction[i] = bytes[i];
    }
    code.write(PROLOGUE, instruction, EPILOGUE);
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
