package org.trampoline.emulator.translate;

import org.trampoline.emulator.memory.TranslationMap;

/**
 * Debug mode: what is emitted where a host address is about to be used that is not a fixed one of
 * the state block. It compares the address with the bounds of what it has to lie in, and leaves by
 * {@link Exit#WILD} if it is elsewhere. Otherwise the code is that of the usual mode, in which
 * nothing is emitted here.
 *
 * <p>Guest memory is looked at twice. Behind a probe the first byte is, while the instruction can
 * still be left to the interpreter, whose ROM is: it lies outside RAM. At the access itself the
 * whole operand is, by the registers that the instruction names, and nothing is changed by that:
 * all registers and flags are kept.
 */
final class AddressChecks {
  /** What a host address is used for; told by {@link TranslatorState#USE}. */
  enum Use {
    /** To be accessed by the instruction that begins; may be one of ROM. */
    PROBED("guest memory"),
    ACCESSED("guest memory"),
    MAPS("the translation maps"),
    CODE("emitted code");

    /** What the address should have led to, for people. */
    final String target;

    Use(String target) {
      this.target = target;
    }
  }

  private static final Use[] USES = Use.values();

  private static final int ADDRESS = HostRegisters.ADDRESS;
  private static final int ADDEND = HostRegisters.ADDEND;
  private static final int VIEW = HostRegisters.VIEW;
  private static final int STATE = HostRegisters.STATE;
  private static final int LOAD = 0x8b;
  private static final int STORE = 0x89;
  private static final int LEA = 0x8d;
  private static final int COMPARE = 0x3b;
  private static final int ADD = 0x03;
  private static final int SUB = 0x2b;
  private static final int PUSHF = 0x9c;
  private static final int POPF = 0x9d;
  private static final int BELOW = 2;
  private static final int ABOVE_OR_EQUAL = 3;
  private static final int EQUAL = 4;
  private static final int NOT_EQUAL = 5;
  private static final int SIGN = 8;

  private final Emission e;
  private final boolean on;

  /** Where code goes that all of an instruction's accesses have in common; 0: not yet emitted. */
  private int wildAccess;

  private int wildView;

  AddressChecks(Emission e, boolean on) {
    this.e = e;
    this.on = on;
  }

  static Use use(int number) {
    return USES[number];
  }

  boolean on() {
    return on;
  }

  /** Begins an instruction. */
  void instruction() {
    wildAccess = 0;
    wildView = 0;
  }

  /**
   * The first byte of what was probed, at {@code base + addend + displacement}. Changes the host's
   * flags, and {@link HostRegisters#ADDRESS} unless that is the base.
   */
  void probed(int base, int addend, int displacement) {
    if (!on) {
      return;
    }
    HostAssembler a = e.hot;
    int wild = wild(Use.PROBED, false);
    if (base == ADDRESS) {
      a.register(8, ADD, ADDRESS, addend);
    } else {
      a.memory(8, LEA, ADDRESS, base, addend, 0, displacement);
    }
    within(1, wild);
    if (base == ADDRESS) {
      a.register(8, SUB, ADDRESS, addend);
    }
  }

  /**
   * As {@link #probed} at the start of a loop, where {@link HostRegisters#ADDRESS} is the lowest
   * linear address and {@link HostRegisters#ADDEND} the addend: what is not in RAM is the ordinary
   * code's, which tells what it is.
   */
  void loop(int ordinary) {
    if (on) {
      e.hot.register(8, ADD, ADDRESS, ADDEND);
      within(1, ordinary);
    }
  }

  /** An access at {@code base + index × 2^scale + displacement}; keeps registers and flags. */
  void access(int base, int index, int scale, int displacement, int bytes) {
    if (!on) {
      return;
    }
    HostAssembler a = e.hot;
    if (wildAccess == 0) {
      wildAccess = wild(Use.ACCESSED, true);
    }
    a.memory(8, STORE, ADDRESS, STATE, TranslatorState.SAVED_ADDRESS);
    a.emit8(PUSHF);
    a.memory(8, LEA, ADDRESS, base, index, scale, displacement);
    within(bytes, wildAccess);
    a.emit8(POPF);
    a.memory(8, LOAD, ADDRESS, STATE, TranslatorState.SAVED_ADDRESS);
  }

  /** A short jump over accesses, which are longer if they are checked; {@link #land} ends it. */
  int jumpOver(int condition) {
    return on ? e.hot.jump(condition) : e.hot.jumpShort(condition);
  }

  /** An unconditional {@link #jumpOver}. */
  int jumpOver() {
    return on ? e.hot.jump() : e.hot.jumpShort();
  }

  /** The {@link #jumpOver} that ended at {@code from} goes here. */
  void land(int from) {
    if (on) {
      e.hot.landJump(from);
    } else {
      e.hot.land(from);
    }
  }

  /** Accesses at a host address that a register holds; keeps registers and flags. */
  void host(int register, int bytes) {
    access(register, HostAssembler.NONE, 0, 0, bytes);
  }

  /** Emits {@link #view}'s way out, where {@link Emission#cold} is not executed. */
  void prepareView() {
    if (on && wildView == 0) {
      wildView = e.coldOffset();
      e.cold.register(8, LOAD, ADDRESS, VIEW);
      wild(Use.MAPS, false);
    }
  }

  /** Look-ups in the maps: the view must be one of the address space's. Changes the flags. */
  void view() {
    if (!on) {
      return;
    }
    prepareView();
    HostAssembler a = e.hot;
    a.memory(8, COMPARE, VIEW, STATE, TranslatorState.SUPERVISORS_MAPS);
    int supervisors = a.jumpShort(EQUAL);
    a.memory(8, COMPARE, VIEW, STATE, TranslatorState.USERS_MAPS);
    e.jumpIf(NOT_EQUAL, wildView);
    a.land(supervisors);
  }

  /**
   * The supervisor's view of another address space, in {@link HostRegisters#ADDRESS}: it must be
   * one of those known. Changes the flags and {@link HostRegisters#ADDEND}.
   */
  void otherView() {
    if (!on) {
      return;
    }
    HostAssembler a = e.hot;
    int wild = wild(Use.MAPS, false);
    a.memory(4, LOAD, ADDEND, STATE, SpaceTable.VIEWS);
    int next = e.hotOffset();
    a.arithmeticImmediate(4, 5, ADDEND, 1);
    e.jumpIf(SIGN, wild);
    a.memory(8, COMPARE, ADDRESS, STATE, ADDEND, 3, SpaceTable.VIEWS + 8);
    e.jumpIf(NOT_EQUAL, next);
    a.memory(8, STORE, ADDRESS, STATE, TranslatorState.SUPERVISORS_MAPS);
    a.memory(8, LEA, ADDEND, ADDRESS, (int) TranslationMap.VIEW_BYTES);
    a.memory(8, STORE, ADDEND, STATE, TranslatorState.USERS_MAPS);
  }

  /** The way out for {@link #code}, to be emitted where {@link Emission#cold} is not executed. */
  int wildCode() {
    return on ? wild(Use.CODE, false) : 0;
  }

  /**
   * A jump to the host address in {@link HostRegisters#ADDRESS}. Changes the flags.
   *
   * @param inCold whether it is emitted in {@link Emission#cold}
   */
  void code(boolean inCold, int wildCode) {
    HostAssembler a = inCold ? e.cold : e.hot;
    a.memory(8, COMPARE, ADDRESS, STATE, TranslatorState.CODE_START);
    jumpIf(inCold, BELOW, wildCode);
    a.memory(8, COMPARE, ADDRESS, STATE, TranslatorState.CODE_END);
    jumpIf(inCold, ABOVE_OR_EQUAL, wildCode);
  }

  private void jumpIf(boolean inCold, int condition, int target) {
    if (inCold) {
      e.coldJumpIf(condition, target);
    } else {
      e.jumpIf(condition, target);
    }
  }

  /** Goes elsewhere unless the bytes at ADDRESS are RAM's; ADDRESS is then that of the last. */
  private void within(int bytes, int otherwise) {
    HostAssembler a = e.hot;
    a.memory(8, COMPARE, ADDRESS, STATE, TranslatorState.RAM_START);
    e.jumpIf(BELOW, otherwise);
    if (bytes > 1) {
      a.memory(8, LEA, ADDRESS, ADDRESS, bytes - 1);
    }
    a.memory(8, COMPARE, ADDRESS, STATE, TranslatorState.RAM_END);
    e.jumpIf(ABOVE_OR_EQUAL, otherwise);
  }

  /**
   * A way out with an address; returns its offset.
   *
   * @param pushed whether the host's flags are on its stack
   */
  private int wild(Use use, boolean pushed) {
    int at = e.coldOffset();
    if (pushed) {
      e.cold.emit8(POPF);
    }
    e.cold.memory(4, 0xc7, 0, STATE, TranslatorState.USE);
    e.cold.emit32(use.ordinal());
    e.wildStub();
    return at;
  }
}
