package org.trampoline.kernel.cli;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;
import java.util.function.LongFunction;
import org.trampoline.asm.AssembledCode;
import org.trampoline.asm.Assembler;
import org.trampoline.asm.Source;
import org.trampoline.emulator.StopReason;
import org.trampoline.emulator.engine.Engine;
import org.trampoline.emulator.engine.Register;

/**
 * A user's program on an engine: flat 32-bit protected mode at CPL 0 without paging, the stack at
 * the top of memory, general registers 0 unless given. It ends at {@code hlt}, at its last byte, or
 * with a {@code ret} from its outermost level.
 */
final class Snippet implements AutoCloseable {
  /** Bytes of RAM. */
  static final long MEMORY = 16 << 20;

  /** Where a program lies unless {@code --at} says otherwise. */
  static final int ORIGIN = 0x10_0000;

  private static final byte HLT = (byte) 0xf4;

  private final AssembledCode code;
  private final Engine engine;

  /**
   * @param open gives an engine with so many bytes of RAM
   * @throws BadInput if the program is empty or does not fit into memory at {@code origin}
   * @throws org.trampoline.asm.AssemblyException if it cannot be assembled
   */
  Snippet(Source source, int origin, Map<Register, Integer> registers, LongFunction<Engine> open) {
    code = Assembler.assemble(source, origin, Map.of());
    if (code.length() == 0) {
      throw new BadInput(source.name() + ": nothing to execute: expected at least one instruction");
    }
    long end = (origin & 0xffff_ffffL) + code.length();
    if (end > MEMORY) {
      throw new BadInput(
          "--at 0x"
              + Numbers.hex(origin)
              + ": the program would end at 0x"
              + Long.toHexString(end)
              + ", expected at most 0x"
              + Long.toHexString(MEMORY)
              + " (the end of memory)");
    }
    engine = open.apply(MEMORY);
    engine.flatProtectedMode();
    MemorySegment.copy(
        MemorySegment.ofArray(code.bytes()), 0, engine.ram(), origin & 0xffff_ffffL, code.length());
    engine.codeChanged(origin, code.length());
    for (int i = 0; i < 8; i++) {
      engine.set(Register.general(i), 0);
    }
    int stack = (int) MEMORY - 4;
    engine.ram().set(ValueLayout.JAVA_INT_UNALIGNED, stack, code.end());
    engine.set(Register.ESP, stack);
    registers.forEach(engine::set);
    engine.set(Register.EIP, origin);
    engine.stopAt(code.end());
  }

  AssembledCode code() {
    return code;
  }

  Engine engine() {
    return engine;
  }

  /** Lets it end with {@code hlt}, for who executes instruction by instruction: no stop counts. */
  void haltAtEnd() {
    long end = code.end() & 0xffff_ffffL;
    if (end < MEMORY) {
      engine.ram().set(ValueLayout.JAVA_BYTE, end, HLT);
      engine.codeChanged((int) end, 1);
    }
  }

  /** Whether the last instruction was that {@code hlt}. */
  boolean hasHaltedAtEnd() {
    return engine.get(Register.EIP) == code.end() + 1;
  }

  /** Whether it ended as a program should. */
  boolean isEnd(StopReason reason) {
    return reason instanceof StopReason.Halted
        || reason instanceof StopReason.Reached reached && reached.address() == code.end();
  }

  @Override
  public void close() {
    engine.close();
  }
}
