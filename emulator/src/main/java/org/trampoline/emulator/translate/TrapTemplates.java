package org.trampoline.emulator.translate;

import static org.trampoline.emulator.translate.HostOpcodes.ABOVE;
import static org.trampoline.emulator.translate.HostOpcodes.ADD_FROM_MEMORY;
import static org.trampoline.emulator.translate.HostOpcodes.CMP;
import static org.trampoline.emulator.translate.HostOpcodes.COMPARE;
import static org.trampoline.emulator.translate.HostOpcodes.EQUAL;
import static org.trampoline.emulator.translate.HostOpcodes.LOAD;
import static org.trampoline.emulator.translate.HostOpcodes.NOT_EQUAL;
import static org.trampoline.emulator.translate.HostOpcodes.SHR;
import static org.trampoline.emulator.translate.HostOpcodes.STORE;
import static org.trampoline.emulator.translate.HostRegisters.ADDEND;
import static org.trampoline.emulator.translate.HostRegisters.ADDRESS;
import static org.trampoline.emulator.translate.HostRegisters.ESP;
import static org.trampoline.emulator.translate.HostRegisters.STATE;
import static org.trampoline.emulator.translate.HostRegisters.VALUE;
import static org.trampoline.emulator.translate.HostRegisters.VIEW;

import org.trampoline.emulator.cpu.Eflags;
import org.trampoline.emulator.cpu.SegmentRegister;
import org.trampoline.emulator.decode.Insn;
import org.trampoline.emulator.memory.TranslationMap;

/**
 * INT n, INT3 and IRET in the ways that {@link TrapState} knows: within level 0, and between it and
 * level 3. Everything that could be different is compared before anything changes; then the
 * interpreter executes the instruction, and the way it went is known for the next time.
 */
final class TrapTemplates {
  private static final int TEST = 0;

  /** Bytes of a frame on the same stack, and of one that holds ESP and SS, too. */
  private static final int SAME = 12;

  private static final int OUTER = 20;

  // where a frame holds what
  private static final int FRAME_CS = 4;
  private static final int FRAME_FLAGS = 8;
  private static final int FRAME_ESP = 12;
  private static final int FRAME_SS = 16;

  /** What IRET may change at level 0 but status, DF, IF and RF: the interpreter's. */
  private static final int RARE =
      Eflags.TF
          | Eflags.IOPL
          | Eflags.NT
          | Eflags.VM
          | Eflags.AC
          | Eflags.VIF
          | Eflags.VIP
          | Eflags.ID;

  private TrapTemplates() {}

  // ---- INT

  /** INT n and INT3. */
  static boolean software(Emission e, int vector) {
    if (!TrapState.serves(e.mode)) {
      return false;
    }
    HostAssembler a = e.hot;
    e.retryHere();
    int way = TrapState.gate(vector);
    int stub = e.coldOffset();
    e.cold.moveImmediate(ADDRESS, vector);
    e.stub(Exit.TRAP, e.start(), e.index());
    compare(e, way + TrapState.MODE, e.mode.id, stub);
    load(a, 4, ADDRESS, TrapState.LEVEL);
    compareRegister(e, 4, ADDRESS, way + TrapState.FROM, stub);
    a.memory(8, 0x2b, VIEW, STATE, TrapState.USER_OFFSET);
    descriptor(e, way + TrapState.GATE, stub);
    descriptor(e, way + TrapState.CODE, stub);
    load(a, 4, ADDEND, way + TrapState.CODE_SELECTOR);
    requireUnitsApart(e, stub);

    a.memory(4, 0x83, CMP, STATE, TrapState.LEVEL);
    a.emit8(0);
    int same = a.jump(EQUAL);
    innerFrame(e, way, 0, stub);
    int joined = a.jump();
    a.landJump(same);
    a.memory(4, 0x8d, ADDRESS, ESP, -SAME);
    a.move(VALUE, ADDRESS);
    frame(e, SAME, stub);
    a.landJump(joined);

    // ADDRESS is the frame on the host, VALUE the new ESP
    a.move(ESP, VALUE);
    FlagImage.compose(a, VALUE, ADDEND);
    a.memory(4, STORE, VALUE, ADDRESS, FRAME_FLAGS);
    load(a, 4, VALUE, TrapState.CS_SELECTOR);
    a.memory(4, STORE, VALUE, ADDRESS, FRAME_CS);
    a.memory(4, 0xc7, 0, ADDRESS, 0);
    a.emit32(e.end());

    load(a, 4, VALUE, way + TrapState.KEPT_FLAGS);
    a.memory(4, 0x21, VALUE, STATE, SystemState.EFLAGS);
    loadCode(a, way);
    load(a, 4, VALUE, way + TrapState.ENTRY);
    JumpSite.lookUpValue(e);
    return true;
  }

  /**
   * The frame on the stack of level 0, which is also made current.
   *
   * @param code bytes of an error code, 0 or 4
   */
  static void innerFrame(Emission e, int way, int code, int stub) {
    HostAssembler a = e.hot;
    load(a, 8, ADDRESS, TrapState.TSS_STACK);
    e.memory.withinPage(8, false, stub);
    e.memory.instruction(8, LOAD, VALUE);
    a.register(8, LOAD, ADDRESS, VALUE);
    a.shift(8, SHR, ADDRESS, 32);
    a.register(4, 0x0fb7, ADDRESS, ADDRESS);
    compareRegister(e, 4, ADDRESS, way + TrapState.STACK_SELECTOR, stub);
    descriptor(e, way + TrapState.STACK, stub);
    a.memory(4, 0x8d, ADDRESS, VALUE, -OUTER - code);
    a.move(VALUE, ADDRESS);
    frame(e, OUTER + code, stub);

    load(a, 4, ADDEND, TrapState.SS_SELECTOR);
    a.memory(4, STORE, ADDEND, ADDRESS, FRAME_SS + code);
    a.memory(4, STORE, ESP, ADDRESS, FRAME_ESP + code);
    loadStack(a, way);
    setLevel(a, 0);
  }

  // ---- IRET

  static boolean iret(Emission e, Insn i) {
    if (!TrapState.serves(e.mode) || i.operandSize != 4) {
      return false;
    }
    HostAssembler a = e.hot;
    e.retryHere();
    int stub = e.stub(Exit.RETURN, e.start(), e.index());
    compare(e, TrapState.LEVEL, 0, stub);
    // a task return (NT) does not look at the stack
    a.memory(4, 0xf7, TEST, STATE, SystemState.EFLAGS);
    a.emit32(Eflags.NT);
    e.jumpIf(NOT_EQUAL, stub);
    a.move(ADDRESS, ESP);
    e.memory.linear(SAME, false, stub, e.stub(Exit.READ, e.start(), e.index()));
    a.register(8, ADD_FROM_MEMORY, ADDRESS, ADDEND);
    e.checks.host(ADDRESS, SAME);
    requireUsualFlags(e, stub);
    a.memory(4, 0x0fb7, ADDEND, ADDRESS, FRAME_CS);
    a.register(8, LOAD, VALUE, ADDRESS);
    a.memory(4, COMPARE, ADDEND, STATE, TrapState.RETURN_0 + TrapState.CODE_SELECTOR);
    int outer = a.jump(NOT_EQUAL);

    compare(e, TrapState.RETURN_0 + TrapState.MODE, e.mode.id, stub);
    requireUnitsApart(e, stub);
    descriptor(e, TrapState.RETURN_0 + TrapState.CODE, stub);
    loadCode(a, TrapState.RETURN_0);
    a.memory(4, 0x8d, ESP, ESP, SAME);
    int joined = a.jump();

    a.landJump(outer);
    outer(e, stub);

    a.landJump(joined);
    a.memory(4, LOAD, ADDEND, VALUE, FRAME_FLAGS);
    load(a, 4, ADDRESS, SystemState.EFLAGS);
    a.register(4, 0x31, ADDEND, ADDRESS);
    a.and(ADDRESS, Eflags.IF);
    a.memory(4, 0x31, ADDRESS, STATE, SystemState.EFLAGS);
    a.memory(4, STORE, HostRegisters.BUDGET, STATE, SystemState.RESUME);
    a.move(ADDRESS, ADDEND);
    a.and(ADDRESS, Eflags.RF);
    a.memory(4, STORE, ADDRESS, STATE, SystemState.RESUME_FLAG);
    FlagImage.load(a, ADDEND, ADDRESS);
    e.flags.atHome();
    a.memory(4, LOAD, VALUE, VALUE, 0);
    JumpSite.lookUpValue(e);
    return true;
  }

  /** ADDRESS is the frame on the host: nothing rare in its flags, and no interrupt waits. */
  private static void requireUsualFlags(Emission e, int stub) {
    HostAssembler a = e.hot;
    a.memory(4, LOAD, VALUE, ADDRESS, FRAME_FLAGS);
    load(a, 4, ADDEND, SystemState.EFLAGS);
    a.register(4, 0x31, VALUE, ADDEND);
    a.register(4, 0xf7, TEST, ADDEND);
    a.emit32(RARE);
    e.jumpIf(NOT_EQUAL, stub);
    a.register(4, 0x21, VALUE, ADDEND);
    a.and(ADDEND, Eflags.IF);
    int staysMasked = a.jump(EQUAL);
    compare(e, SystemState.INTERRUPTED, 0, stub);
    a.landJump(staysMasked);
  }

  /** VALUE is the frame on the host: to level 3, and its stack. */
  private static void outer(Emission e, int stub) {
    HostAssembler a = e.hot;
    int way = TrapState.RETURN_3;
    compareRegister(e, 4, ADDEND, way + TrapState.CODE_SELECTOR, stub);
    compare(e, way + TrapState.MODE, e.mode.id, stub);
    a.move(ADDRESS, ESP);
    a.and(ADDRESS, 0xfff);
    a.compare(ADDRESS, 0x1000 - OUTER);
    e.jumpIf(ABOVE, stub);
    e.checks.host(VALUE, OUTER);
    requireUnitsApart(e, stub);
    a.memory(4, 0x0fb7, ADDEND, VALUE, FRAME_SS);
    compareRegister(e, 4, ADDEND, way + TrapState.STACK_SELECTOR, stub);
    // alignment would be checked from now on
    a.memory(4, 0xf7, TEST, VALUE, FRAME_FLAGS);
    a.emit32(Eflags.AC);
    e.jumpIf(NOT_EQUAL, stub);
    load(a, 4, ADDEND, TrapState.nulled(SegmentRegister.ES));
    for (int s : new int[] {SegmentRegister.DS, SegmentRegister.FS, SegmentRegister.GS}) {
      a.memory(4, 0x0b, ADDEND, STATE, TrapState.nulled(s));
    }
    a.register(4, 0x85, ADDEND, ADDEND);
    e.jumpIf(NOT_EQUAL, stub);
    descriptor(e, way + TrapState.CODE, stub);
    descriptor(e, way + TrapState.STACK, stub);

    loadCode(a, way);
    loadStack(a, way);
    a.memory(4, LOAD, ESP, VALUE, FRAME_ESP);
    setLevel(a, 3);
  }

  // ---- common to both

  private static void load(HostAssembler a, int size, int register, int field) {
    a.memory(size, LOAD, register, STATE, field);
  }

  private static void store(HostAssembler a, int field, int value) {
    a.memory(4, 0xc7, 0, STATE, field);
    a.emit32(value);
  }

  /** Goes to {@code stub} unless a field has a value. */
  private static void compare(Emission e, int field, int value, int stub) {
    e.hot.memory(4, 0x81, CMP, STATE, field);
    e.hot.emit32(value);
    e.jumpIf(NOT_EQUAL, stub);
  }

  private static void compareRegister(Emission e, int size, int register, int field, int stub) {
    e.hot.memory(size, COMPARE, register, STATE, field);
    e.jumpIf(NOT_EQUAL, stub);
  }

  /** Goes to {@code stub} unless memory holds the descriptor that is known. */
  static void descriptor(Emission e, int field, int stub) {
    load(e.hot, 8, ADDRESS, field);
    e.memory.withinPage(8, false, stub);
    e.memory.instruction(8, LOAD, ADDRESS);
    compareRegister(e, 8, ADDRESS, field + 8, stub);
  }

  /**
   * Goes to {@code stub} if the x87 unit's registers are the host's and CS is to be another than
   * ADDEND: it remembers the selectors of its last instruction, and {@link UnitState} fills them in
   * when it gives them back.
   */
  static void requireUnitsApart(Emission e, int stub) {
    HostAssembler a = e.hot;
    a.memory(4, COMPARE, ADDEND, STATE, TrapState.CS_SELECTOR);
    int same = a.jump(EQUAL);
    a.memory(1, 0x80, CMP, STATE, UnitState.FPU_OWNED);
    a.emit8(0);
    e.jumpIf(NOT_EQUAL, stub);
    a.landJump(same);
  }

  /** Probes where a frame goes, at ADDRESS, and makes that the host's address. */
  static void frame(Emission e, int bytes, int stub) {
    e.memory.linear(bytes, true, stub, stub);
    e.hot.register(8, ADD_FROM_MEMORY, ADDRESS, ADDEND);
    e.checks.host(ADDRESS, bytes);
  }

  /** Changes the level, 0 or 3; VIEW is the supervisor's. */
  static void setLevel(HostAssembler a, int level) {
    int offset = level == 0 ? 0 : (int) TranslationMap.VIEW_BYTES;
    store(a, SystemState.CPL, level);
    store(a, TrapState.LEVEL, level);
    a.memory(8, 0xc7, 0, STATE, TrapState.USER_OFFSET);
    a.emit32(offset);
    if (offset != 0) {
      a.memory(8, 0x8d, VIEW, VIEW, offset);
    }
    a.memory(8, STORE, VIEW, STATE, TranslatorState.VIEW);
  }

  static void loadCode(HostAssembler a, int way) {
    load(a, 4, ADDEND, way + TrapState.CODE_SELECTOR);
    a.memory(4, STORE, ADDEND, STATE, TrapState.CS_SELECTOR);
    load(a, 8, ADDEND, way + TrapState.CODE_DESCRIPTOR);
    a.memory(8, STORE, ADDEND, STATE, TrapState.CS_DESCRIPTOR);
    store(a, TrapState.CS_LOADED, 1);
  }

  private static void loadStack(HostAssembler a, int way) {
    load(a, 4, ADDEND, way + TrapState.STACK_SELECTOR);
    a.memory(4, STORE, ADDEND, STATE, TrapState.SS_SELECTOR);
    load(a, 8, ADDEND, way + TrapState.STACK_DESCRIPTOR);
    a.memory(8, STORE, ADDEND, STATE, TrapState.SS_DESCRIPTOR);
    store(a, TrapState.SS_LOADED, 1);
  }
}
