package org.trampoline.emulator.translate;

import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.Eflags;
import org.trampoline.emulator.cpu.SegmentRegister;
import org.trampoline.emulator.memory.Host;
import org.trampoline.emulator.memory.TranslationMap;

/**
 * The block of memory that translated code addresses through {@code r13}: the guest's registers
 * while it does not run, and what it has to look up. This class is the only one that knows the
 * layout on the Java side.
 */
final class TranslatorState implements FlagRecipe.Values {
  static final int REGISTERS = 0;

  /** Status flags: bits 8–15 as lahf gives them, bit 0 OF; or a token of {@link FlagRecipes}. */
  static final int FLAGS = 32;

  static final int BUDGET = 36;

  /** Offset in the code memory of the record that describes the last exit. */
  static final int RECORD = 40;

  /** The linear address or eip that an exit is about. */
  static final int ADDRESS = 88;

  /** 1, or -1 while EFLAGS.DF is set. */
  static final int DIRECTION = 48;

  /** Host address of the maps in use. */
  static final int VIEW = 56;

  /** Host addresses between which RAM lies, for the checks of the debug mode. */
  static final int RAM_START = 64;

  static final int RAM_END = 72;

  /** For {@link AddressChecks}: the address space's views, */
  static final int SUPERVISORS_MAPS = 0xf40;

  static final int USERS_MAPS = 0xf48;

  /** the bounds of emitted code, */
  static final int CODE_START = 0xf50;

  static final int CODE_END = 0xf58;

  /** a register that is in use otherwise, and the use of an address that is told. */
  static final int SAVED_ADDRESS = 0xf60;

  static final int USE = 0xf68;

  /** Host address of the code lines of frame 0 ({@code PhysicalMemory.codeLinesAddress}). */
  static final int CODE_LINES = 0x400;

  /** For each segment register, see the constants below. */
  static final int SEGMENTS = 128;

  static final int SEGMENT_BYTES = 32;
  static final int BASE = 0;

  /** Lowest offset that may be read; beyond {@link #HIGH} if none may. */
  static final int LOW_READ = 8;

  static final int LOW_WRITE = 16;
  static final int HIGH = 24;

  /** For repeated string instructions: host addresses of the first elements. */
  static final int REPEAT_SOURCE = 0x440;

  static final int REPEAT_DESTINATION = 0x448;

  /** Elements that are done at once. */
  static final int REPEAT_ELEMENTS = 0x450;

  /** How often elements of a page may be done before the code has to return. */
  static final int REPEAT_ROUNDS = 0x454;

  /** For {@link FlagRecipe}: a register before it was added to, and a flag. */
  static final int OLD_VALUE = 0x458;

  static final int SAVED_BIT = 0x45c;

  /** Addends that accesses of a block have in common, see {@link SharedProbes}. */
  static final int SHARED_ADDENDS = 0x6a0;

  /**
   * Addends of the streams of a loop, and the budget put aside meanwhile, see {@link LoopEntry}.
   */
  static final int LOOP_ADDENDS = 0x720;

  static final int LOOP_RESERVE = 0x760;

  private static final int ROUNDS = 1024;

  /** The page of which the next store beside code may be one to a page table; -1: none. */
  static final int GRANTED_PAGE = 0x670;

  /** The addend of that page. */
  static final int GRANTED_ADDEND = 0x678;

  /** The cache of jump targets: entries of eip, mode (4 bytes each), addend, host code (8 each). */
  static final int JUMPS = 0x1000;

  static final int JUMP_SHIFT = 5;
  static final int JUMP_ENTRIES = 16384;
  static final int JUMP_MODE = 4;
  static final int JUMP_ADDEND = 8;
  static final int JUMP_CODE = 16;

  /** What {@link TrapState} knows of gates. */
  static final int TRAPS = JUMPS + (JUMP_ENTRIES << JUMP_SHIFT);

  static final int BYTES = SegmentState.TABLE + SegmentState.BYTES + SpaceTable.BYTES;

  private static final long NOWHERE = 1L << 33;

  private final long base;

  TranslatorState(long base, long ramStart, long ramEnd, long codeLines) {
    this.base = base;
    Host.put64(base + RAM_START, ramStart);
    Host.put64(base + RAM_END, ramEnd);
    Host.put64(base + CODE_LINES, codeLines);
    forbidTableStore();
    forgetJumps();
  }

  long address() {
    return base;
  }

  // ---- the processor's state

  void take(Cpu c) {
    takeRegisters(c);
    takeFlags(c);
    Host.put32(base + DIRECTION, (c.eflags & Eflags.DF) == 0 ? 1 : -1);
  }

  /** Takes the general registers alone. */
  void takeRegisters(Cpu c) {
    for (int i = 0; i < 8; i++) {
      Host.put32(base + REGISTERS + 4 * i, c.reg[i]);
    }
  }

  /** Gives the general registers alone. */
  void giveRegisters(Cpu c) {
    for (int i = 0; i < 8; i++) {
      c.reg[i] = Host.get32(base + REGISTERS + 4 * i);
    }
  }

  private void takeFlags(Cpu c) {
    int flags = c.getEflags();
    int low = flags & 0xd5 | Eflags.FIXED;
    Host.put32(base + FLAGS, low << 8 | flags >>> 11 & 1);
  }

  void give(Cpu c, FlagRecipes recipes) {
    giveRegisters(c);
    giveFlags(c, recipes);
    int direction = Host.get32(base + DIRECTION) < 0 ? Eflags.DF : 0;
    c.eflags = c.eflags & ~Eflags.DF | direction;
  }

  private void giveFlags(Cpu c, FlagRecipes recipes) {
    int flags = Host.get32(base + FLAGS);
    if ((flags & FlagRecipes.MARK) != 0) {
      recipes.recipe(flags).evaluate(c, this);
    } else {
      c.setStatus(flags >>> 8 & 0xd5 | (flags & 1) << 11);
    }
  }

  /** Sees to it that the flags are there and not a token; changes the processor's. */
  void evaluateFlags(Cpu c, FlagRecipes recipes) {
    if ((Host.get32(base + FLAGS) & FlagRecipes.MARK) != 0) {
      giveFlags(c, recipes);
      takeFlags(c);
    }
  }

  @Override
  public int register(int number) {
    return Host.get32(base + REGISTERS + 4 * number);
  }

  void register(int number, int value) {
    Host.put32(base + REGISTERS + 4 * number, value);
  }

  /** The status flags, which are there and not a token, and DF, as in EFLAGS. */
  int flagsImage() {
    int flags = Host.get32(base + FLAGS);
    int direction = Host.get32(base + DIRECTION) & Eflags.DF;
    return flags >>> 8 & 0xd5 | (flags & 1) << 11 | direction;
  }

  @Override
  public int oldValue() {
    return Host.get32(base + OLD_VALUE);
  }

  @Override
  public boolean savedBit() {
    return Host.get8(base + SAVED_BIT) != 0;
  }

  void takeSegment(SegmentRegister s) {
    long at = base + SEGMENTS + (long) SEGMENT_BYTES * s.number;
    Host.put32(at + BASE, s.base);
    Host.put64(at + LOW_READ, s.readable ? s.low : NOWHERE);
    Host.put64(at + LOW_WRITE, s.writable ? s.low : NOWHERE);
    Host.put64(at + HIGH, s.high);
  }

  /**
   * Takes over the view of the maps in use.
   *
   * @param user whether it is the user's
   */
  void view(long map, boolean user) {
    long supervisors = user ? map - TranslationMap.VIEW_BYTES : map;
    Host.put64(base + VIEW, map);
    Host.put64(base + SUPERVISORS_MAPS, supervisors);
    Host.put64(base + USERS_MAPS, supervisors + TranslationMap.VIEW_BYTES);
  }

  /** What an address that is elsewhere was to be used for. */
  AddressChecks.Use use() {
    return AddressChecks.use(Host.get32(base + USE));
  }

  /** Host addresses between which emitted code lies. */
  void code(long start, long end) {
    Host.put64(base + CODE_START, start);
    Host.put64(base + CODE_END, end);
  }

  /** Allows the next store to go to a page table. */
  void grantTableStore(int linear, long addend) {
    Host.put32(base + GRANTED_PAGE, linear >>> 12);
    Host.put64(base + GRANTED_ADDEND, addend);
  }

  void forbidTableStore() {
    Host.put32(base + GRANTED_PAGE, -1);
  }

  void budget(int instructions) {
    Host.put32(base + BUDGET, instructions);
    Host.put32(base + REPEAT_ROUNDS, ROUNDS);
  }

  int budget() {
    return Host.get32(base + BUDGET);
  }

  int record() {
    return Host.get32(base + RECORD);
  }

  void addressOfExit(int eip) {
    Host.put32(base + ADDRESS, eip);
  }

  int addressOfExit() {
    return Host.get32(base + ADDRESS);
  }

  /** The host address that an exit is about. */
  long hostAddressOfExit() {
    return Host.get64(base + ADDRESS);
  }

  // ---- the cache of jump targets

  private long jump(int eip) {
    return base + JUMPS + ((long) (eip & JUMP_ENTRIES - 1) << JUMP_SHIFT);
  }

  void rememberJump(TranslatedBlock block, long code) {
    long at = jump(block.eip);
    Host.put32(at, block.eip);
    Host.put32(at + JUMP_MODE, block.mode.id);
    Host.put64(at + JUMP_ADDEND, block.addend);
    Host.put64(at + JUMP_CODE, code);
  }

  void forgetJump(int eip) {
    Host.put32(jump(eip) + JUMP_MODE, -1);
  }

  void forgetJumps() {
    // part of every start: by copies of twice the length each
    forgetJump(0);
    long bytes = (long) JUMP_ENTRIES << JUMP_SHIFT;
    for (long done = 1L << JUMP_SHIFT; done < bytes; done *= 2) {
      Host.copy(base + JUMPS, base + JUMPS + done, done);
    }
  }
}
