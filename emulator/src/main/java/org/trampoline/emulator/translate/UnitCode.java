package org.trampoline.emulator.translate;

/**
 * The code that loads the guest's x87 and SSE registers into the host's and saves them, with the
 * host's control words kept meanwhile: Java never sees the guest's.
 */
final class UnitCode {
  private static final int STATE = HostRegisters.STATE;
  private static final int ZERO = 4;
  private static final int FPU_CONTROL = 0xd9;
  private static final int FPU_STATE = 0xdd;
  private static final int MXCSR = 0x0fae;
  private static final int LOAD_ALIGNED = 0x0f28;
  private static final int STORE_ALIGNED = 0x0f29;

  private UnitCode() {}

  /** Loads what translated code owns; changes the host's flags. */
  static void load(HostAssembler a) {
    int none = skipUnless(a, 4, UnitState.OWNED);
    int noFpu = skipUnless(a, 1, UnitState.FPU_OWNED);
    a.memory(4, FPU_CONTROL, 7, STATE, UnitState.HOST_CONTROL); // fnstcw
    a.memory(4, FPU_STATE, 4, STATE, UnitState.FPU); // frstor
    a.land(noFpu);
    int noSse = skipUnless(a, 1, UnitState.SSE_OWNED);
    a.memory(4, MXCSR, 3, STATE, UnitState.HOST_MXCSR); // stmxcsr
    a.memory(4, MXCSR, 2, STATE, UnitState.MXCSR); // ldmxcsr
    registers(a, LOAD_ALIGNED);
    a.land(noSse);
    a.land(none);
  }

  /** Saves what translated code owns; changes the host's flags. */
  static void save(HostAssembler a) {
    int none = skipUnless(a, 4, UnitState.OWNED);
    int noFpu = skipUnless(a, 1, UnitState.FPU_OWNED);
    a.memory(4, FPU_STATE, 6, STATE, UnitState.FPU); // fnsave: the host's registers are empty now
    a.memory(4, FPU_CONTROL, 5, STATE, UnitState.HOST_CONTROL); // fldcw
    a.land(noFpu);
    int noSse = skipUnless(a, 1, UnitState.SSE_OWNED);
    a.memory(4, MXCSR, 3, STATE, UnitState.MXCSR);
    a.memory(4, MXCSR, 2, STATE, UnitState.HOST_MXCSR);
    registers(a, STORE_ALIGNED);
    a.land(noSse);
    a.land(none);
  }

  private static int skipUnless(HostAssembler a, int size, int field) {
    a.memory(size, size == 1 ? 0x80 : 0x83, 7, STATE, field); // cmp
    a.emit8(0);
    return a.jumpShort(ZERO);
  }

  private static void registers(HostAssembler a, int opcode) {
    for (int i = 0; i < 8; i++) {
      a.memory(4, opcode, i, STATE, UnitState.XMM + 16 * i);
    }
  }

  /** Leaves, before a block has done anything, unless translated code owns a unit. */
  static void require(Emission e, int field, Exit otherwise) {
    e.retryHere();
    e.hot.memory(1, 0x80, 7, STATE, field);
    e.hot.emit8(0);
    e.exitIf(ZERO, otherwise);
  }
}
