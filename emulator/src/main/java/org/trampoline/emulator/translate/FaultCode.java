package org.trampoline.emulator.translate;

import static org.trampoline.emulator.translate.HostOpcodes.ADD_FROM_MEMORY;
import static org.trampoline.emulator.translate.HostOpcodes.CMP;
import static org.trampoline.emulator.translate.HostOpcodes.COMPARE;
import static org.trampoline.emulator.translate.HostOpcodes.EQUAL;
import static org.trampoline.emulator.translate.HostOpcodes.LOAD;
import static org.trampoline.emulator.translate.HostOpcodes.NOT_EQUAL;
import static org.trampoline.emulator.translate.HostOpcodes.OR;
import static org.trampoline.emulator.translate.HostOpcodes.SHL;
import static org.trampoline.emulator.translate.HostOpcodes.SHR;
import static org.trampoline.emulator.translate.HostOpcodes.SIGN;
import static org.trampoline.emulator.translate.HostOpcodes.STORE;
import static org.trampoline.emulator.translate.HostRegisters.ADDEND;
import static org.trampoline.emulator.translate.HostRegisters.ADDRESS;
import static org.trampoline.emulator.translate.HostRegisters.ESP;
import static org.trampoline.emulator.translate.HostRegisters.STATE;
import static org.trampoline.emulator.translate.HostRegisters.VALUE;
import static org.trampoline.emulator.translate.HostRegisters.VIEW;

import java.util.Arrays;
import org.trampoline.emulator.cpu.Control;
import org.trampoline.emulator.cpu.Eflags;
import org.trampoline.emulator.decode.Insn;
import org.trampoline.emulator.memory.PhysicalMemory;
import org.trampoline.emulator.memory.TranslationMap;

/**
 * Page faults without Java: code behind {@link EntryCode} to which blocks go when the maps do not
 * serve an access. It looks at the page tables (those of 32-bit entries); if they forbid the
 * access, it goes the way that {@link TrapState} knows to the guest's handler, as {@link
 * TrapTemplates} does, but pushes an error code. In all other cases it leaves as if it had not been
 * there. It changes nothing before everything has been compared.
 */
final class FaultCode {
  private static final int WAY = TrapState.PAGE_FAULT;
  private static final int TEST_BYTE = 0xf6;

  private static final int NO_RAM =
      PhysicalMemory.ROM | PhysicalMemory.DEVICE | PhysicalMemory.ABSENT;

  // bits of page-table entries, and of error codes
  private static final int PRESENT = 1;
  private static final int WRITABLE = 2;
  private static final int USER = 4;
  private static final int LARGE = 0x80;

  private static final int TABLE_INDEX = 0x3ff;

  /** Bytes of the frame within level 0: error code, EIP, CS, EFLAGS. */
  private static final int SAME = 16;

  private static final Exit[] MISSES = {Exit.READ, Exit.WRITE, Exit.WRITE_PAGE};

  /**
   * Offsets of what Java enters.
   *
   * @param deliver delivers a fault found in Java
   * @param goOn goes on at the eip that is the address of the last exit
   */
  record Entries(int deliver, int goOn) {}

  private final Emission e;
  private final HostAssembler a;
  private final int[] misses = new int[MISSES.length];
  private int leave;

  /** Offset of the code that goes on at the eip that the state block has as an exit's address. */
  private int goOn;

  /** Offset of the code that delivers a fault of which {@link FaultState} has the error code. */
  private int deliver;

  private FaultCode(EntryCode entry, boolean checked, int hotBase, int coldBase) {
    Insn[] none = {};
    e = new Emission(entry, checked, new SharedProbes(none), new LoopStreams(none));
    a = e.hot;
    e.begin(0, null, hotBase, coldBase);
    leaving(entry);
    delivering();
    for (int i = 0; i < MISSES.length; i++) {
      misses[i] = e.hotOffset();
      miss(MISSES[i]);
    }
    goOn = e.hotOffset();
    load(4, ADDRESS, TranslatorState.ADDRESS);
    jumpToAddress();
    e.finish(0);
  }

  /**
   * Emits it behind the entry code, to which it belongs from then on.
   *
   * @return what may be entered of it
   */
  static Entries emit(EntryCode entry, boolean checked, HostAssembler to) {
    int base = to.length();
    int bytes = new FaultCode(entry, checked, base, base).a.length();
    FaultCode code = new FaultCode(entry, checked, base, base + bytes);
    append(to, code.e.hot);
    append(to, code.e.cold);
    for (int i = 0; i < MISSES.length; i++) {
      entry.exits[MISSES[i].ordinal()] = code.misses[i];
    }
    return new Entries(code.deliver, code.goOn);
  }

  private static void append(HostAssembler to, HostAssembler from) {
    for (byte b : Arrays.copyOf(from.bytes(), from.length())) {
      to.emit8(b);
    }
  }

  private void load(int size, int register, int field) {
    a.memory(size, LOAD, register, STATE, field);
  }

  private void store(int field, int value) {
    a.memory(4, 0xc7, 0, STATE, field);
    a.emit32(value);
  }

  private void compare(int field, int value) {
    a.memory(4, 0x81, CMP, STATE, field);
    a.emit32(value);
  }

  private void testByte(int register, int bits) {
    a.register(1, TEST_BYTE, 0, register);
    a.emit8(bits);
  }

  /** The way out that was asked for, as if nothing had been tried. */
  private void leaving(EntryCode entry) {
    leave = e.hotOffset();
    load(8, ADDRESS, TranslatorState.ADDRESS);
    load(4, ADDEND, TranslatorState.RECORD);
    load(4, VALUE, FaultState.EXIT);
    e.jump(entry.common);
    e.wild = e.hotOffset();
    load(4, ADDEND, TranslatorState.RECORD);
    e.jump(entry.exits[Exit.WILD.ordinal()]);
  }

  // ---- the walk

  /** As {@code PageWalk}; ADDRESS is the linear address, ADDEND the record of the access. */
  private void miss(Exit exit) {
    boolean write = exit != Exit.READ;
    a.memory(4, STORE, ADDEND, STATE, TranslatorState.RECORD);
    a.memory(8, STORE, ADDRESS, STATE, TranslatorState.ADDRESS);
    store(FaultState.EXIT, exit.ordinal());
    compare(FaultState.WALKS, 0);
    e.jumpIf(EQUAL, leave);
    compare(TrapState.LEVEL, 0);
    e.jumpIf(SIGN, leave);

    load(4, VALUE, SystemState.CR3);
    requireRam();
    a.shift(4, SHR, VALUE, 12);
    a.shift(4, SHL, VALUE, 12);
    a.memory(8, ADD_FROM_MEMORY, VALUE, STATE, TranslatorState.RAM_START);
    a.move(ADDEND, ADDRESS);
    a.shift(4, SHR, ADDEND, 22);
    e.checks.access(VALUE, ADDEND, 2, 0, 4);
    a.memory(4, LOAD, VALUE, VALUE, ADDEND, 2, 0);
    testByte(VALUE, PRESENT);
    int noTable = a.jump(EQUAL);
    testByte(VALUE, LARGE);
    e.jumpIf(NOT_EQUAL, leave);
    requireRam();
    a.shift(4, SHR, ADDRESS, 12);
    a.and(ADDRESS, TABLE_INDEX);
    a.move(ADDEND, VALUE);
    a.and(ADDEND, ~0xfff);
    a.memory(8, ADD_FROM_MEMORY, ADDEND, STATE, TranslatorState.RAM_START);
    e.checks.access(ADDEND, ADDRESS, 2, 0, 4);
    a.memory(4, LOAD, ADDRESS, ADDEND, ADDRESS, 2, 0);
    testByte(ADDRESS, PRESENT);
    int noPage = a.jump(EQUAL);
    a.register(4, 0x23, VALUE, ADDRESS);
    compare(TrapState.LEVEL, 0);
    int supervisor = a.jump(EQUAL);
    testByte(VALUE, USER);
    int notUsers = a.jump(EQUAL);
    testByte(VALUE, WRITABLE);
    int readOnly = write ? a.jump(EQUAL) : notUsers;
    e.jump(leave);
    a.landJump(supervisor);
    int protects = notUsers;
    if (write) {
      testByte(VALUE, WRITABLE);
      e.jumpIf(NOT_EQUAL, leave);
      a.memory(4, 0xf7, 0, STATE, SystemState.CONTROL);
      a.emit32(Control.CR0_WP);
      protects = a.jump(NOT_EQUAL);
    }
    e.jump(leave);

    a.landJump(notUsers);
    a.landJump(readOnly);
    a.landJump(protects);
    a.moveImmediate(VALUE, PRESENT | (write ? WRITABLE : 0));
    int joined = a.jumpShort();
    a.landJump(noTable);
    a.landJump(noPage);
    a.moveImmediate(VALUE, write ? WRITABLE : 0);
    a.land(joined);
    load(4, ADDEND, TrapState.LEVEL);
    a.arithmeticImmediate(4, 0, ADDEND, 1);
    a.and(ADDEND, USER); // level 3
    a.register(4, 0x09, ADDEND, VALUE);
    a.memory(4, STORE, VALUE, STATE, FaultState.ERROR);
    e.jump(deliver);
  }

  /** Leaves unless the frame of the address in VALUE is RAM. */
  private void requireRam() {
    a.move(ADDEND, VALUE);
    a.shift(4, SHR, ADDEND, 12);
    a.memory(8, ADD_FROM_MEMORY, ADDEND, STATE, FaultState.ATTRIBUTES);
    a.memory(1, TEST_BYTE, 0, ADDEND, 0);
    a.emit8(NO_RAM);
    e.jumpIf(NOT_EQUAL, leave);
  }

  // ---- the way to the handler

  private void delivering() {
    deliver = e.hotOffset();
    int other = leave;
    compare(FaultState.LEFT, 0);
    e.jumpIf(EQUAL, other);
    a.register(4, 0xf7, 0, HostRegisters.FLAGS);
    a.emit32(FlagRecipes.MARK);
    e.jumpIf(NOT_EQUAL, other);
    load(4, VALUE, FaultState.MODE);
    a.memory(4, COMPARE, VALUE, STATE, WAY + TrapState.MODE);
    e.jumpIf(NOT_EQUAL, other);
    load(4, VALUE, TrapState.LEVEL);
    a.memory(4, COMPARE, VALUE, STATE, WAY + TrapState.FROM);
    e.jumpIf(NOT_EQUAL, other);
    a.memory(8, 0x2b, VIEW, STATE, TrapState.USER_OFFSET);
    TrapTemplates.descriptor(e, WAY + TrapState.GATE, other);
    TrapTemplates.descriptor(e, WAY + TrapState.CODE, other);
    load(4, ADDEND, WAY + TrapState.CODE_SELECTOR);
    TrapTemplates.requireUnitsApart(e, other);

    compare(TrapState.LEVEL, 0);
    int same = a.jump(EQUAL);
    TrapTemplates.innerFrame(e, WAY, 4, other);
    int joined = a.jump();
    a.landJump(same);
    a.memory(4, 0x8d, ADDRESS, ESP, -SAME);
    a.move(VALUE, ADDRESS);
    TrapTemplates.frame(e, SAME, other);
    a.landJump(joined);

    // ADDRESS is the frame on the host, VALUE the new ESP
    a.move(ESP, VALUE);
    FlagImage.compose(a, VALUE, ADDEND);
    a.arithmeticImmediate(4, OR, VALUE, Eflags.RF);
    a.memory(4, STORE, VALUE, ADDRESS, 12);
    load(4, VALUE, TrapState.CS_SELECTOR);
    a.memory(4, STORE, VALUE, ADDRESS, 8);
    load(4, VALUE, TranslatorState.RECORD);
    a.emit8(0x4c, 0x8d, 0x1d); // lea r11,[rip+…]: the start of the code memory
    a.emit32(-(e.hotOffset() + 4));
    a.register(8, ADD_FROM_MEMORY, ADDEND, VALUE);
    a.memory(4, LOAD, VALUE, ADDEND, Exit.EIP);
    a.memory(4, STORE, VALUE, ADDRESS, 4);
    a.memory(4, ADD_FROM_MEMORY, HostRegisters.BUDGET, ADDEND, Exit.UNUSED);
    load(4, VALUE, FaultState.ERROR);
    a.memory(4, STORE, VALUE, ADDRESS, 0);
    load(4, VALUE, TranslatorState.ADDRESS);
    a.memory(4, STORE, VALUE, STATE, SystemState.CR2);

    load(4, VALUE, WAY + TrapState.KEPT_FLAGS);
    a.memory(4, 0x21, VALUE, STATE, SystemState.EFLAGS);
    store(SystemState.SHADOW, -1);
    store(SystemState.RESUME_FLAG, 0);
    store(TranslatorState.GRANTED_PAGE, -1);
    a.memory(4, 0xff, 0, STATE, FaultState.COUNT);
    a.memory(4, 0xff, 1, STATE, FaultState.LEFT);
    TrapTemplates.loadCode(a, WAY);
    load(4, ADDRESS, WAY + TrapState.ENTRY);
    jumpToAddress();
  }

  /** As {@code Emission.jumpToValue}, in whatever mode. */
  private void jumpToAddress() {
    int stub = e.stub(Exit.JUMP, 0, -1);
    int wild = e.checks.wildCode();
    e.checks.view();
    a.move(ADDEND, ADDRESS);
    a.and(ADDEND, TranslatorState.JUMP_ENTRIES - 1);
    a.shift(4, SHL, ADDEND, TranslatorState.JUMP_SHIFT);
    jumpEntry(4, COMPARE, ADDRESS, 0);
    e.jumpIf(NOT_EQUAL, stub);
    load(4, VALUE, FaultState.MODE);
    jumpEntry(4, COMPARE, VALUE, TranslatorState.JUMP_MODE);
    e.jumpIf(NOT_EQUAL, stub);
    a.move(VALUE, ADDRESS);
    a.shift(4, SHR, VALUE, 12);
    a.memory(8, LOAD, VALUE, VIEW, VALUE, 3, (int) TranslationMap.EXECUTE);
    jumpEntry(8, COMPARE, VALUE, TranslatorState.JUMP_ADDEND);
    e.jumpIf(NOT_EQUAL, stub);
    if (e.checks.on()) {
      jumpEntry(8, LOAD, ADDRESS, TranslatorState.JUMP_CODE);
      e.checks.code(false, wild);
    }
    jumpEntry(4, 0xff, 4, TranslatorState.JUMP_CODE);
  }

  private void jumpEntry(int size, int opcode, int register, int field) {
    a.memory(size, opcode, register, STATE, ADDEND, 0, TranslatorState.JUMPS + field);
  }
}
