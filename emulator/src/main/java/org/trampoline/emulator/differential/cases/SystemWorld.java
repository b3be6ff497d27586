package org.trampoline.emulator.differential.cases;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import org.trampoline.emulator.StopReason;
import org.trampoline.emulator.cpu.Control;
import org.trampoline.emulator.cpu.Eflags;
import org.trampoline.emulator.engine.Engine;
import org.trampoline.emulator.engine.Register;

/**
 * What ring 0 has beyond {@link EngineWorld}: a longer GDT with descriptors of all types, and code
 * that moves those registers of the system that an {@link Engine} cannot name to memory and back.
 */
final class SystemWorld {
  static final int KERNEL_CODE = 0x10;
  static final int KERNEL_DATA = 0x18;
  static final int TSS_SELECTOR = 0x40;
  static final int LDT_SELECTOR = 0x48;

  private static final int FIRST = 16;

  static final int DATA_UNTOUCHED = selector(0);
  static final int DATA_READ_ONLY = selector(1);
  static final int DATA_ABSENT = selector(2);
  static final int DATA_EXPAND_DOWN = selector(3);
  static final int CODE_EXECUTE_ONLY = selector(4);
  static final int CODE_UNTOUCHED = selector(5);
  static final int CODE_CONFORMING = selector(6);
  static final int CODE_16 = selector(7);
  static final int CODE_ABSENT = selector(8);
  static final int TSS_FREE = selector(9);
  static final int TSS_BUSY = selector(10);
  static final int TSS_16 = selector(11);
  static final int TSS_ABSENT = selector(12);
  static final int LDT_OTHER = selector(13);
  static final int LDT_ABSENT = selector(14);
  static final int CALL_GATE = selector(15);
  static final int CALL_GATE_16 = selector(16);
  static final int CALL_GATE_ABSENT = selector(17);
  static final int CALL_GATE_OUTWARDS = selector(18);
  static final int TASK_GATE = selector(19);
  static final int INTERRUPT_GATE = selector(20);
  static final int USER_DATA_UNTOUCHED = selector(21);
  static final int USER_CODE_CONFORMING = selector(22);
  static final int STACK_16 = selector(23);
  static final int NOTHING = selector(24);

  /** The GDT ends here. */
  static final int BEYOND = 0x200;

  static final int GDT_LIMIT = BEYOND - 1;
  static final int IDT_LIMIT = 0x7ff;

  private static final int GATE_TARGET = CaseWorld.LANDING + 0x123;

  private static final int[][] DESCRIPTORS = {
    {0x0000_ffff, 0x00cf_9200},
    {0x0000_ffff, 0x00cf_9100},
    {0x0000_ffff, 0x00cf_1300},
    {0x0000_1234, 0x0040_9700},
    {0x0000_ffff, 0x00cf_9900},
    {0x0000_ffff, 0x00cf_9a00},
    {0x0000_ffff, 0x00cf_9f00},
    {CaseWorld.CODE << 16 | 0xffff, CaseWorld.CODE & 0xff00_0000 | 0x9b00 | 0x37},
    {0x0000_ffff, 0x00cf_1b00},
    {0x5678_0067, 0x1200_8934},
    {0x5678_0067, 0x1200_8b34},
    {0x5678_002b, 0x1200_8134},
    {0x5678_0067, 0x1200_0934},
    {0x3100_0007, 0x0000_8200},
    {0x3100_0007, 0x0000_0200},
    {KERNEL_CODE << 16 | GATE_TARGET & 0xffff, GATE_TARGET & ~0xffff | 0x8c00},
    {CODE_16 << 16 | GATE_TARGET - CaseWorld.CODE & 0xffff, 0x8400},
    {KERNEL_CODE << 16 | GATE_TARGET & 0xffff, GATE_TARGET & ~0xffff | 0x0c00},
    {CaseWorld.USER_CODE << 16 | GATE_TARGET & 0xffff, GATE_TARGET & ~0xffff | 0x8c00},
    {TSS_FREE << 16, 0x8500},
    {KERNEL_CODE << 16 | GATE_TARGET & 0xffff, GATE_TARGET & ~0xffff | 0x8e00},
    {0x0000_ffff, 0x00cf_f200},
    {0x0000_ffff, 0x00cf_ff00},
    {CaseWorld.DATA << 16 | 0xffff, CaseWorld.DATA & 0xff00_0000 | 0x9300 | 0x54}
  };

  // in the supervisor's pages, behind what EngineWorld has there
  private static final int POINTERS = EngineWorld.SYSTEM + 0x2600;
  private static final int SCRATCH = POINTERS + 0x20;
  private static final int LOAD_TABLES = EngineWorld.SYSTEM + 0x2700;
  private static final int LOAD_SMALL = LOAD_TABLES + 0x20;
  private static final int STORE_TABLES = LOAD_TABLES + 0x30;
  private static final int LOAD_TASK = LOAD_TABLES + 0x50;
  private static final int LOAD_DEBUG = LOAD_TABLES + 0x80;
  private static final int STORE_DEBUG = LOAD_TABLES + 0x100;
  private static final int LOAD_MSRS = LOAD_TABLES + 0x180;
  private static final int STORE_MSRS = LOAD_TABLES + 0x200;
  private static final int BOOT = LOAD_TABLES + 0x280;

  /** Page directory and table for the moment in which paging is switched on; physical. */
  private static final int BOOT_DIRECTORY = 0xe000;

  private static final int BOOT_TABLE = 0xf000;

  private static final int SMALL_LIMIT = 8 * GdtEntry.ENTRIES - 1;
  private static final int DEBUG_NUMBERS = 0x76_3210;
  private static final int FIRST_MSR = 0x174;
  private static final int PAGE_FLAGS = 0x63;
  private static final int TABLES_SIZE = 0x200 + 8 * CaseWorld.LDT_ENTRIES;

  private final Engine engine;
  private final MemorySegment ram;
  private final MemorySegment tables;
  private final MemorySegment pristine = MemorySegment.ofArray(new byte[TABLES_SIZE]);
  private int out;

  /** Adds it to the memory of an engine in which {@link EngineWorld} has been built. */
  SystemWorld(Engine engine) {
    this.engine = engine;
    ram = engine.ram();
    tables = ram.asSlice(EngineWorld.stackAt(EngineWorld.GDT), TABLES_SIZE);
    for (int i = 0; i < DESCRIPTORS.length; i++) {
      word(EngineWorld.GDT + 8 * (FIRST + i), DESCRIPTORS[i][0]);
      word(EngineWorld.GDT + 8 * (FIRST + i) + 4, DESCRIPTORS[i][1]);
    }
    pointer(POINTERS, GDT_LIMIT, EngineWorld.GDT);
    pointer(POINTERS + 8, IDT_LIMIT, EngineWorld.IDT);
    pointer(POINTERS + 16, SMALL_LIMIT, EngineWorld.GDT);
    writeCode();
    ram.set(JAVA_INT_UNALIGNED, BOOT_DIRECTORY, BOOT_TABLE | PAGE_FLAGS);
    for (int i = 0; i < EngineWorld.SYSTEM_SIZE; i += 0x1000) {
      int at = EngineWorld.SYSTEM_AT + i;
      ram.set(JAVA_INT_UNALIGNED, BOOT_TABLE + (at >>> 10), at | PAGE_FLAGS);
    }
    int own = (EngineWorld.SYSTEM >>> 22) * 4;
    int entry = ram.get(JAVA_INT_UNALIGNED, EngineWorld.DIRECTORY + own);
    ram.set(JAVA_INT_UNALIGNED, BOOT_DIRECTORY + own, entry);
    engine.codeChanged(0, EngineWorld.MEMORY);
    pristine.copyFrom(tables);
  }

  private static int selector(int index) {
    return FIRST + index << 3;
  }

  private void pointer(int at, int limit, int base) {
    word(at, base << 16 | limit);
    word(at + 4, base >>> 16);
  }

  private void word(int linear, int value) {
    ram.set(JAVA_INT_UNALIGNED, EngineWorld.stackAt(linear), value);
  }

  // ---- code, which finds memory through SS

  private void writeCode() {
    out = LOAD_TABLES;
    table(0x01, 0x15, POINTERS); // lgdt
    table(0x01, 0x1d, POINTERS + 8); // lidt
    end();
    out = LOAD_SMALL;
    table(0x01, 0x15, POINTERS + 16);
    end();
    out = STORE_TABLES;
    table(0x01, 0x05, SCRATCH); // sgdt
    table(0x01, 0x0d, SCRATCH + 8); // sidt
    end();
    out = LOAD_TASK;
    loadTask();
    end();
    out = LOAD_DEBUG;
    for (int i = 0; i < SystemRecord.DEBUG_REGISTERS; i++) {
      bytes(0x36, 0xa1); // mov eax, ss:[SCRATCH + 4 i]
      doubleword(SCRATCH + 4 * i);
      bytes(0x0f, 0x23, 0xc0 | (DEBUG_NUMBERS >> 4 * i & 7) << 3); // mov drN, eax
    }
    end();
    out = STORE_DEBUG;
    for (int i = 0; i < SystemRecord.DEBUG_REGISTERS; i++) {
      bytes(0x0f, 0x21, 0xc0 | (DEBUG_NUMBERS >> 4 * i & 7) << 3); // mov eax, drN
      bytes(0x36, 0xa3);
      doubleword(SCRATCH + 4 * i);
    }
    end();
    out = LOAD_MSRS;
    bytes(0x31, 0xd2); // xor edx, edx
    for (int i = 0; i < SystemRecord.MSRS; i++) {
      bytes(0x36, 0xa1);
      doubleword(SCRATCH + 4 * i);
      bytes(0xb9); // mov ecx, number
      doubleword(FIRST_MSR + i);
      bytes(0x0f, 0x30); // wrmsr
    }
    end();
    out = STORE_MSRS;
    for (int i = 0; i < SystemRecord.MSRS; i++) {
      bytes(0xb9);
      doubleword(FIRST_MSR + i);
      bytes(0x0f, 0x32); // rdmsr
      bytes(0x36, 0xa3);
      doubleword(SCRATCH + 4 * i);
    }
    end();
    boot();
  }

  private void loadTask() {
    bytes(0xb8); // mov eax, LDT_SELECTOR
    doubleword(LDT_SELECTOR);
    bytes(0x0f, 0x00, 0xd0, 0xb8); // lldt ax; mov eax, TSS_SELECTOR
    doubleword(TSS_SELECTOR);
    bytes(0x0f, 0x00, 0xd8); // ltr ax
  }

  /** From flat protected mode without paging into the world. */
  private void boot() {
    out = BOOT;
    bytes(0x0f, 0x01, 0x15); // lgdt
    doubleword(EngineWorld.stackAt(POINTERS));
    bytes(0x0f, 0x01, 0x1d); // lidt
    doubleword(EngineWorld.stackAt(POINTERS + 8));
    control(3, BOOT_DIRECTORY);
    control(4, SystemRecord.USUAL_CR4);
    control(0, SystemRecord.USUAL_CR0);
    bytes(0xea); // jmp far
    doubleword(out + 6);
    bytes(KERNEL_CODE, 0);
    control(3, EngineWorld.DIRECTORY);
    bytes(0xb8); // mov eax, KERNEL_DATA
    doubleword(KERNEL_DATA);
    bytes(0x8e, 0xd0); // mov ss, ax
    loadTask();
    end();
  }

  private void control(int number, int value) {
    bytes(0xb8);
    doubleword(value);
    bytes(0x0f, 0x22, 0xc0 | number << 3);
  }

  private void table(int opcode, int modrm, int at) {
    bytes(0x36, 0x0f, opcode, modrm);
    doubleword(at);
  }

  private void end() {
    bytes(0xf4);
  }

  private void bytes(int... values) {
    for (int value : values) {
      ram.set(JAVA_BYTE, EngineWorld.stackAt(out++), (byte) value);
    }
  }

  private void doubleword(int value) {
    word(out, value);
    out += 4;
  }

  // ---- what it is for

  /** Shows the long GDT, or hides it. */
  void show(boolean show) {
    restoreDescriptors();
    call(show ? LOAD_TABLES : LOAD_SMALL);
  }

  /** Puts back descriptors that a case has changed. */
  void restoreDescriptors() {
    if (tables.mismatch(pristine) >= 0) {
      tables.copyFrom(pristine);
    }
  }

  /** A sum of all descriptors. */
  int descriptors() {
    int sum = 0;
    for (int i = 0; i < TABLES_SIZE; i += 4) {
      sum = 31 * sum + tables.get(JAVA_INT_UNALIGNED, i);
    }
    return sum;
  }

  /** Loads GDTR and IDTR as they belong. */
  void loadTables() {
    call(LOAD_TABLES);
  }

  /** Loads LDTR and TR as they belong. */
  void loadTaskRegisters() {
    freeTask();
    call(LOAD_TASK);
  }

  /** Clears the busy bit of the task, with which it cannot be loaded. */
  private void freeTask() {
    int high = EngineWorld.GDT + TSS_SELECTOR + 4;
    word(high, ram.get(JAVA_INT_UNALIGNED, EngineWorld.stackAt(high)) & ~0x200);
  }

  /** Stores GDTR and IDTR; to be read by {@link #scratch}: limit and base, 16 bits apart. */
  void storeTables() {
    call(STORE_TABLES);
  }

  void loadDebug(int[] values) {
    scratch(values);
    call(LOAD_DEBUG);
  }

  void storeDebug() {
    call(STORE_DEBUG);
  }

  void loadMsrs(int[] values) {
    scratch(values);
    call(LOAD_MSRS);
  }

  void storeMsrs() {
    call(STORE_MSRS);
  }

  private void scratch(int[] values) {
    for (int i = 0; i < values.length; i++) {
      word(SCRATCH + 4 * i, values[i]);
    }
  }

  /** A doubleword that was stored, at a byte offset. */
  int scratch(int offset) {
    return ram.get(JAVA_INT_UNALIGNED, EngineWorld.stackAt(SCRATCH + offset));
  }

  /** Brings the engine back from whatever mode a case has left it in. */
  void reboot() {
    restoreDescriptors();
    freeTask();
    engine.set(Register.EFLAGS, Eflags.FIXED);
    engine.set(Register.CR0, Control.CR0_ET);
    engine.set(Register.CR4, 0);
    engine.set(Register.SS, 0); // which makes CPL 0
    engine.flatProtectedMode();
    call(EngineWorld.stackAt(BOOT));
  }

  private void call(int at) {
    engine.set(Register.EIP, at);
    StopReason reason = engine.run(100);
    if (!(reason instanceof StopReason.Halted)) {
      throw new IllegalStateException(
          "%s: code of the cases' world at %x: %s".formatted(engine.name(), at, reason));
    }
  }
}
