package org.trampoline.emulator.execute.x87;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import org.trampoline.emulator.coverage.HostCode;

/**
 * Executes x87 instructions on the processor this runs on, in the JVM's own process: a few bytes of
 * machine code load the whole x87 state with FRSTOR, execute one instruction whose memory operand
 * is [rdx], and save the state with FNSAVE, which also leaves the unit as C code expects it.
 *
 * <p>No exception may be pending in the state that is loaded, as there is nobody to handle it.
 */
final class HostX87 {
  /** frstor [rdi]; mov rax,[rcx]; push qword [rcx+8]; popfq. */
  private static final int[] PROLOGUE = {0xdd, 0x27, 0x48, 0x8b, 0x01, 0xff, 0x71, 0x08, 0x9d};

  /** pushfq; pop qword [rcx+8]; mov [rcx],rax; fnsave [rsi]; ret. */
  private static final int[] EPILOGUE = {
    0x9c, 0x8f, 0x41, 0x08, 0x48, 0x89, 0x01, 0xdd, 0x36, 0xc3
  };

  private final HostCode code;
  private final MethodHandle run;
  private final MemorySegment before;
  private final MemorySegment after;
  private final MemorySegment memory;
  private final MemorySegment registers;

  private HostX87(HostCode code, Arena arena) {
    this.code = code;
    run = code.function(4);
    before = arena.allocate(128, 64);
    after = arena.allocate(128, 64);
    memory = arena.allocate(X87State.MEMORY, 64);
    registers = arena.allocate(16, 16);
  }

  /** Why this machine has no such oracle; null if it has. */
  static String absence() {
    return HostCode.absence();
  }

  static HostX87 open() throws Throwable {
    return new HostX87(HostCode.allocate(), Arena.ofAuto());
  }

  /** Chooses the instruction that {@link #execute} executes. */
  void setInstruction(int... bytes) {
    code.write(PROLOGUE, bytes, EPILOGUE);
  }

  void execute(X87State in, X87State out) throws Throwable {
    before.fill((byte) 0);
    before.set(JAVA_INT, 0, in.control | 0xffff_0000);
    before.set(JAVA_INT, 4, in.status | 0xffff_0000);
    before.set(JAVA_INT, 8, in.tags | 0xffff_0000);
    for (int i = 0; i < 8; i++) {
      before.set(JAVA_LONG_UNALIGNED, 28 + 10 * i, in.significand[i]);
      before.set(JAVA_SHORT, 36 + 10 * i, (short) in.signExponent[i]);
    }
    MemorySegment.copy(MemorySegment.ofArray(in.memory), 0, memory, 0, X87State.MEMORY);
    registers.set(JAVA_LONG, 0, in.ax);
    registers.set(JAVA_LONG, 8, in.flags | 0x202);
    run.invokeExact(before, after, memory, registers);
    out.control = after.get(JAVA_INT, 0) & 0xffff;
    out.status = after.get(JAVA_INT, 4) & 0xffff;
    out.tags = after.get(JAVA_INT, 8) & 0xffff;
    for (int i = 0; i < 8; i++) {
      out.significand[i] = after.get(JAVA_LONG_UNALIGNED, 28 + 10 * i);
      out.signExponent[i] = after.get(JAVA_SHORT, 36 + 10 * i) & 0xffff;
    }
    out.opcode = after.get(JAVA_INT, 16) >>> 16 & 0x7ff;
    int pointer = after.get(JAVA_INT, 20);
    out.data = pointer == 0 ? -1 : pointer - (int) memory.address();
    out.ax = registers.get(JAVA_INT, 0) & 0xffff;
    out.flags = registers.get(JAVA_INT, 8) & 0x8d5;
    MemorySegment.copy(memory, 0, MemorySegment.ofArray(out.memory), 0, X87State.MEMORY);
  }
}
