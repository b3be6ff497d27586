package org.trampoline.emulator.translate;

import static org.trampoline.emulator.translate.HostOpcodes.AND;
import static org.trampoline.emulator.translate.HostOpcodes.LOAD;
import static org.trampoline.emulator.translate.HostOpcodes.SIGN;
import static org.trampoline.emulator.translate.HostOpcodes.STORE;
import static org.trampoline.emulator.translate.HostRegisters.ADDEND;
import static org.trampoline.emulator.translate.HostRegisters.ADDRESS;
import static org.trampoline.emulator.translate.HostRegisters.STATE;
import static org.trampoline.emulator.translate.HostRegisters.VALUE;

import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.Eflags;
import org.trampoline.emulator.memory.Host;

/**
 * SYSENTER and SYSEXIT, which load flat segments without any table: the selectors follow from an
 * MSR, in the state block as long as translated code runs.
 */
final class FastSystemCallTemplates {
  private static final int ZERO = 4;
  private static final int NOT_ZERO = 5;
  private static final int TEST = 0;

  /** Selectors of CS and SS at level 0, then at level 3; all 0 if the MSR holds none. */
  static final int SELECTORS = 0x6e0;

  private static final int ENTRY = SELECTORS + 16;
  private static final int ENTRY_STACK = SELECTORS + 20;
  static final int BYTES = 24;

  /** The descriptors that the segments of level 0 could have been loaded from. */
  private static final long CODE = 0x00cf_9b00_0000_ffffL;

  private static final long STACK = 0x00cf_9300_0000_ffffL;
  private static final long LEVEL_3 = 3L << 45;

  private FastSystemCallTemplates() {}

  /** Takes the MSRs over into the state block at {@code base}. */
  static void take(Cpu c, long base) {
    int cs = c.msr.sysenterCs & 0xfffc;
    for (int i = 0; i < 4; i++) {
      int level = i < 2 ? 0 : 3;
      Host.put32(base + SELECTORS + 4 * i, cs == 0 ? 0 : cs + 8 * i & 0xffff | level);
    }
    Host.put32(base + ENTRY, c.msr.sysenterEip);
    Host.put32(base + ENTRY_STACK, c.msr.sysenterEsp);
  }

  /**
   * Leaves unless the level and the selectors are as they have to be.
   *
   * @param wrongLevel the condition of a comparison of {@link TrapState#LEVEL} with 0
   * @return the stub that leaves
   */
  private static int begin(Emission e, int wrongLevel, int selectors) {
    e.retryHere();
    int stub = e.stub(Exit.INTERPRET, e.start(), e.index());
    e.hot.memory(4, LOAD, ADDRESS, STATE, TrapState.LEVEL);
    e.hot.register(4, 0x85, ADDRESS, ADDRESS);
    e.jumpIf(wrongLevel, stub);
    requireSelector(e, selectors, stub);
    return stub;
  }

  static boolean enter(Emission e) {
    if (!TrapState.serves(e.mode)) {
      return false;
    }
    HostAssembler a = e.hot;
    begin(e, SIGN, SELECTORS);
    a.memory(4, 0x81, AND, STATE, SystemState.EFLAGS);
    a.emit32(~(Eflags.VM | Eflags.IF | Eflags.RF));
    a.memory(8, 0x2b, HostRegisters.VIEW, STATE, TrapState.USER_OFFSET);
    loadSegments(a, SELECTORS, CODE, STACK);
    TrapTemplates.setLevel(a, 0);
    a.memory(4, LOAD, HostRegisters.ESP, STATE, ENTRY_STACK);
    a.memory(4, LOAD, VALUE, STATE, ENTRY);
    JumpSite.lookUpValue(e);
    return true;
  }

  static boolean exit(Emission e) {
    if (!TrapState.serves(e.mode)) {
      return false;
    }
    HostAssembler a = e.hot;
    int stub = begin(e, NOT_ZERO, SELECTORS + 8);
    // alignment would be checked from now on
    a.memory(4, 0xf7, TEST, STATE, SystemState.EFLAGS);
    a.emit32(Eflags.AC);
    e.jumpIf(NOT_ZERO, stub);
    loadSegments(a, SELECTORS + 8, CODE | LEVEL_3, STACK | LEVEL_3);
    TrapTemplates.setLevel(a, 3);
    a.move(HostRegisters.ESP, HostRegisters.of(Cpu.ECX));
    a.move(VALUE, HostRegisters.of(Cpu.EDX));
    JumpSite.lookUpValue(e);
    return true;
  }

  private static void requireSelector(Emission e, int field, int stub) {
    e.hot.memory(4, LOAD, ADDEND, STATE, field);
    e.hot.register(4, 0x85, ADDEND, ADDEND);
    e.jumpIf(ZERO, stub);
    TrapTemplates.requireUnitsApart(e, stub);
  }

  private static void loadSegments(HostAssembler a, int selectors, long code, long stack) {
    load(a, selectors, code, TrapState.CS_SELECTOR, TrapState.CS_DESCRIPTOR, TrapState.CS_LOADED);
    load(
        a,
        selectors + 4,
        stack,
        TrapState.SS_SELECTOR,
        TrapState.SS_DESCRIPTOR,
        TrapState.SS_LOADED);
  }

  private static void load(
      HostAssembler a, int from, long descriptor, int selector, int to, int loaded) {
    a.memory(4, LOAD, ADDEND, STATE, from);
    a.memory(4, STORE, ADDEND, STATE, selector);
    a.emit8(0x49, 0xbb); // mov r11,descriptor
    a.emit64(descriptor);
    a.memory(8, STORE, ADDEND, STATE, to);
    a.memory(4, 0xc7, 0, STATE, loaded);
    a.emit32(1);
  }
}
