package org.trampoline.emulator.execute;

import java.lang.foreign.MemorySegment;
import org.trampoline.emulator.decode.Insn;
import org.trampoline.emulator.engine.Engine;
import org.trampoline.emulator.engine.Register;

/** One instruction with the state it is executed from; filled anew for each case. */
final class FormCase {
  private static final int MOST_POKES = 16;

  final byte[] code = new byte[16];
  int length;

  /** Linear address of the instruction. */
  int at;

  Insn insn;

  /** Linear address that the memory operand was meant to have. */
  int target;

  /** General registers in the SDM's order. */
  final int[] reg = new int[8];

  int eflags;

  private final int[] pokeAt = new int[MOST_POKES];
  private final int[] pokeValue = new int[MOST_POKES];
  private int pokes;

  void clear() {
    pokes = 0;
  }

  /** Puts a doubleword into memory first, if that is RAM that tests may change. */
  void poke(int at, int value) {
    if (at >= ComparisonWorld.DATA && at <= ComparisonWorld.READ_ONLY_END - 4) {
      pokeAt[pokes] = at;
      pokeValue[pokes++] = value;
    }
  }

  /** Brings an engine into the state before the instruction. */
  void prepare(Engine engine) {
    MemorySegment ram = engine.ram();
    MemorySegment.copy(MemorySegment.ofArray(code), 0, ram, at, length);
    for (int i = 0; i < pokes; i++) {
      ComparisonWorld.word(ram, pokeAt[i], pokeValue[i]);
    }
    for (int i = 0; i < 8; i++) {
      engine.set(Register.general(i), reg[i]);
    }
    engine.set(Register.EFLAGS, eflags);
    engine.set(Register.EIP, at);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.append("%02x ".formatted(code[i]));
    }
    text.append("# ").append(insn.form.notation()).append(" at %x;".formatted(at));
    for (int i = 0; i < 8; i++) {
      text.append(" %s=%x".formatted(Register.general(i), reg[i]));
    }
    text.append(" EFLAGS=%x".formatted(eflags));
    for (int i = 0; i < pokes; i++) {
      text.append(" [%x]=%x".formatted(pokeAt[i], pokeValue[i]));
    }
    return text.toString();
  }
}
