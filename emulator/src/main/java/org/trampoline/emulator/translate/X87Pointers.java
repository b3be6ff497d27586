package org.trampoline.emulator.translate;

import org.trampoline.emulator.decode.Insn;

/**
 * What the x87 unit remembers of its last instruction and memory operand (SDM vol. 1, 8.1.8). While
 * a block is emitted it is known which instruction that is, so it is written down only where
 * execution leaves the block; of the operand, only the offset is stored at once.
 */
final class X87Pointers {
  private static final int NONE = -1;
  private static final int STATE = HostRegisters.STATE;

  private int eip;
  private int opcode = NONE;
  private int segment = NONE;

  /** At the start of a block all that is remembered has been written down. */
  void reset() {
    opcode = NONE;
    segment = NONE;
  }

  /** Remembers what another does. */
  void set(X87Pointers other) {
    eip = other.eip;
    opcode = other.opcode;
    segment = other.segment;
  }

  /** An instruction that is remembered; its operand, if it has one in memory, was noted before. */
  void executed(Emission e, Insn i) {
    eip = e.start();
    opcode = i.imm;
  }

  /** Notes the memory operand that was probed last, which can no longer fault. */
  void operand(Emission e, Insn i) {
    int register = e.memory.base();
    if (!e.memory.baseIsOffset(i)) {
      register = HostRegisters.VALUE;
      e.memory.offset(i, register);
    }
    e.hot.memory(4, 0x89, register, STATE, UnitState.DATA);
    segment = i.segment;
  }

  /** FNINIT: all are 0. */
  void clear(HostAssembler a) {
    reset();
    store(a, UnitState.OPCODE, UnitState.CLEARED);
    store(a, UnitState.DATA_SEGMENT, UnitState.CLEARED);
  }

  /** Writes down what is remembered; the host's flags stay. */
  void write(HostAssembler a) {
    if (opcode != NONE) {
      store(a, UnitState.INSTRUCTION, eip);
      store(a, UnitState.OPCODE, opcode);
    }
    if (segment != NONE) {
      store(a, UnitState.DATA_SEGMENT, segment);
    }
  }

  /** As {@link #write}, in code that everything behind it goes through. */
  void spill(HostAssembler a) {
    write(a);
    reset();
  }

  private static void store(HostAssembler a, int field, int value) {
    a.memory(4, 0xc7, 0, STATE, field);
    a.emit32(value);
  }
}
