package org.trampoline.emulator.translate;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.trampoline.emulator.memory.HostCalls;

/**
 * What this host's processor does where the SDM leaves it open, found by trying.
 *
 * @param logicClearsAuxiliary and, or, xor and test leave AF 0
 * @param x87Agrees the x87 unit does what the shared semantics do, see {@link X87Trial}
 * @param sse3 it has SSE3
 * @param ssse3 it has SSSE3
 */
record HostTraits(boolean logicClearsAuxiliary, boolean x87Agrees, boolean sse3, boolean ssse3) {
  private static final class Tried {
    static final HostTraits TRAITS = HostTraits.measure();
  }

  static HostTraits get() {
    return Tried.TRAITS;
  }

  private static HostTraits measure() {
    try (Arena arena = Arena.ofConfined()) {
      return new Trials(arena).measure();
    }
  }

  /** Functions that are emitted one behind the other, and called once each. */
  private static final class Trials {
    private static final int BYTES = 1 << 14;

    private final CodeMemory memory;
    private int next;

    Trials(Arena arena) {
      memory = CodeMemory.allocate(arena, BYTES, 4096);
    }

    HostTraits measure() {
      int and = run(auxiliaryAfter(0x21));
      int or = run(auxiliaryAfter(0x09));
      int xor = run(auxiliaryAfter(0x31));
      int test = run(auxiliaryAfter(0x85));
      int features = run(features());
      boolean sse3 = (features & 1) != 0;
      boolean ssse3 = sse3 && (features & 1 << 9) != 0;
      HostAssembler trial = new HostAssembler();
      X87Trial.emit(trial);
      return new HostTraits((and | or | xor | test) == 0, run(trial) == 0, sse3, ssse3);
    }

    private int run(HostAssembler a) {
      MemorySegment.copy(a.bytes(), 0, memory.writable(), ValueLayout.JAVA_BYTE, next, a.length());
      MemorySegment code = MemorySegment.ofAddress(memory.executable() + next);
      next += a.length();
      return HostCalls.enter(code, 0x1234_5678, 0x0f0f_0f0f);
    }
  }

  /**
   * A function that returns AF after a logical instruction of two registers, executed with AF set.
   */
  private static HostAssembler auxiliaryAfter(int opcode) {
    HostAssembler a = new HostAssembler();
    a.emit8(0xb4, 0xff, 0x9e); // mov ah,0xff; sahf
    a.register(4, opcode, HostAssembler.RSI, HostAssembler.RDI);
    a.emit8(0x9f); // lahf
    a.emit8(0xc1, 0xe8, 12); // shr eax,12
    a.and(HostAssembler.RAX, 1);
    a.emit8(0xc3);
    return a;
  }

  /** A function that returns ECX of CPUID leaf 1. */
  private static HostAssembler features() {
    HostAssembler a = new HostAssembler();
    a.emit8(0x53); // push rbx
    a.moveImmediate(HostAssembler.RAX, 1);
    a.emit8(0x0f, 0xa2, 0x5b); // cpuid; pop rbx
    a.move(HostAssembler.RAX, HostAssembler.RCX);
    a.emit8(0xc3);
    return a;
  }
}
