package org.trampoline.emulator.translate;

/**
 * The code that loads the guest's x87 and SSE registers into the host's and saves them, with the
 * host's control words kept meanwhile: Java never sees the guest's. FXSAVE and FXRSTOR take less
 * than half as long as FNSAVE and FRSTOR.
 */
final class UnitCode {
  private static final int STATE = HostRegisters.STATE;
  private static final int ZERO = 4;
  private static final int FPU_CONTROL = 0xd9;

  /** With a number in place of a register: 0 FXSAVE, 1 FXRSTOR, 2 LDMXCSR, 3 STMXCSR. */
  private static final int EXTENDED = 0x0fae;

  private UnitCode() {}

  /** Loads what translated code owns; changes the host's flags. */
  static void load(HostAssembler a) {
    int none = skipUnless(a, 4, UnitState.OWNED);
    int noFpu = skipUnless(a, 1, UnitState.FPU_OWNED);
    a.memory(4, FPU_CONTROL, 7, STATE, UnitState.HOST_CONTROL); // fnstcw
    int both = skipIf(a, UnitState.SSE_OWNED);
    a.memory(4, EXTENDED, 3, STATE, UnitState.MXCSR); // so that it stays the host's
    a.landJump(both);
    int noSse = skipUnless(a, 1, UnitState.SSE_OWNED);
    a.memory(4, EXTENDED, 3, STATE, UnitState.HOST_MXCSR);
    a.landJump(noSse);
    a.memory(4, EXTENDED, 1, STATE, UnitState.IMAGE);
    int done = a.jump();
    a.landJump(noFpu);
    a.memory(4, EXTENDED, 3, STATE, UnitState.HOST_MXCSR);
    a.memory(4, EXTENDED, 2, STATE, UnitState.MXCSR);
    for (int i = 0; i < 8; i++) {
      // in halves, as Java may just have stored them
      a.emit8(0xf3);
      a.memory(4, 0x0f7e, i, STATE, UnitState.XMM + 16 * i); // movq
      a.memory(4, 0x0f16, i, STATE, UnitState.XMM + 16 * i + 8); // movhps
    }
    a.landJump(done);
    a.landJump(none);
  }

  /** Saves what translated code owns; changes the host's flags. */
  static void save(HostAssembler a) {
    int none = skipUnless(a, 4, UnitState.OWNED);
    int noFpu = skipUnless(a, 1, UnitState.FPU_OWNED);
    a.memory(4, EXTENDED, 0, STATE, UnitState.IMAGE);
    a.emit8(0x0f, 0x77); // emms: Java expects all registers empty
    a.memory(4, FPU_CONTROL, 5, STATE, UnitState.HOST_CONTROL); // fldcw
    int noSse = skipUnless(a, 1, UnitState.SSE_OWNED);
    a.memory(4, EXTENDED, 2, STATE, UnitState.HOST_MXCSR);
    a.landJump(noSse);
    int done = a.jump();
    a.landJump(noFpu);
    a.memory(4, EXTENDED, 3, STATE, UnitState.MXCSR);
    a.memory(4, EXTENDED, 2, STATE, UnitState.HOST_MXCSR);
    for (int i = 0; i < 8; i++) {
      a.memory(4, 0x0f29, i, STATE, UnitState.XMM + 16 * i); // movaps
    }
    a.landJump(done);
    a.landJump(none);
  }

  private static int skipUnless(HostAssembler a, int size, int field) {
    a.memory(size, size == 1 ? 0x80 : 0x83, 7, STATE, field); // cmp
    a.emit8(0);
    return a.jump(ZERO);
  }

  private static int skipIf(HostAssembler a, int field) {
    a.memory(1, 0x80, 7, STATE, field);
    a.emit8(0);
    return a.jump(ZERO ^ 1);
  }

  /** Leaves, before a block has done anything, unless translated code owns a unit. */
  static void require(Emission e, int field, Exit otherwise) {
    e.retryHere();
    e.hot.memory(1, 0x80, 7, STATE, field);
    e.hot.emit8(0);
    e.exitIf(ZERO, otherwise);
  }
}
