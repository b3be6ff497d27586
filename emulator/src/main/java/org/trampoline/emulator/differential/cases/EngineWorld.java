package org.trampoline.emulator.differential.cases;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.trampoline.emulator.StopReason;
import org.trampoline.emulator.engine.Engine;
import org.trampoline.emulator.engine.Register;

/**
 * {@link CaseWorld} on an {@link Engine}: page tables, descriptor tables and a handler for every
 * vector, which halts. An exception enters it on the ring 0 stack, so that vector, error code and
 * frame can be read.
 */
final class EngineWorld {
  /** Bytes of RAM the engine must have. */
  static final int MEMORY = 8 << 20;

  /** Where the supervisor's pages are; a place that cases hardly ever name. */
  static final int SYSTEM = 0x6b35_0000;

  /** Handler of vector v: 16 v bytes behind this. */
  static final int HANDLERS = SYSTEM + 0x1000;

  static final int STACK_TOP = SYSTEM + 0x4000;
  static final int SYSTEM_SIZE = 0x4000;

  static final int GDT = SYSTEM;
  static final int LDT = SYSTEM + 0x200;
  static final int TSS = SYSTEM + 0x400;
  static final int IDT = SYSTEM + 0x800;

  // code for entering ring 3 and for the x87 and SSE state, and the image it works on
  private static final int IRET = SYSTEM + 0x2000;
  private static final int FXRSTOR = SYSTEM + 0x2010;
  private static final int FXSAVE = SYSTEM + 0x2020;
  private static final int FX_IMAGE = SYSTEM + 0x2400;

  private static final int KERNEL_CODE = 0x10;
  private static final int KERNEL_DATA = 0x18;

  /** Linux's 64-bit user code, which here is a code segment like another. */
  private static final int LINUX_CODE_64 = 0x30;

  // physical addresses
  private static final int BOOT = 0x1000;
  static final int DIRECTORY = 0x2000;
  private static final int FIRST_TABLE = 0x3000;
  static final int SYSTEM_AT = 0x1_0000;
  static final int CODE_AT = 0x10_0000;
  static final int DATA_AT = 0x20_0000;
  static final int CHAIN_AT = 0x30_0000;

  private static final int PRESENT = 1;
  private static final int WRITABLE = 2;
  private static final int USER = 4;
  private static final int USED = 0x60; // accessed and dirty, so that no case changes them

  private static final byte HLT = (byte) 0xf4;
  private static final byte INT3 = (byte) 0xcc;

  private static final int[] BOOT_CODE = {
    0x0f,
    0x01,
    0x15,
    0xf0,
    0x0f,
    0,
    0, // lgdt [0xff0]
    0x0f,
    0x01,
    0x1d,
    0xf8,
    0x0f,
    0,
    0, // lidt [0xff8]
    0xb8,
    0x00,
    0x20,
    0,
    0, // mov eax, DIRECTORY
    0x0f,
    0x22,
    0xd8, // mov cr3, eax
    0xb8,
    0x00,
    0x06,
    0,
    0, // mov eax, OSFXSR | OSXMMEXCPT
    0x0f,
    0x22,
    0xe0, // mov cr4, eax
    0xb8,
    0x33,
    0x00,
    0x05,
    0x80, // mov eax, PG | AM | WP | NE | ET | MP | PE
    0x0f,
    0x22,
    0xc0, // mov cr0, eax
    0xea,
    0x2d,
    0x10,
    0,
    0,
    KERNEL_CODE,
    0, // jmp KERNEL_CODE:0x102d
    0xb8,
    0x40,
    0,
    0,
    0, // mov eax, 0x40
    0x0f,
    0x00,
    0xd8, // ltr ax
    0xb8,
    0x48,
    0,
    0,
    0, // mov eax, 0x48
    0x0f,
    0x00,
    0xd0, // lldt ax
    0xf4 // hlt
  };

  private final Engine engine;
  private final MemorySegment ram;
  private int tables = FIRST_TABLE;

  private EngineWorld(Engine engine) {
    this.engine = engine;
    ram = engine.ram();
  }

  /** Builds it in the engine's RAM and boots into it; the engine is left in ring 0, halted. */
  static void build(Engine engine) {
    if (engine.ram().byteSize() < MEMORY) {
      throw new IllegalArgumentException("an engine needs " + MEMORY + " bytes of RAM for cases");
    }
    new EngineWorld(engine).build();
  }

  private void build() {
    ram.asSlice(0, MEMORY).fill((byte) 0);
    ram.asSlice(CODE_AT, CaseWorld.CODE_SIZE).fill(INT3);
    pages(SYSTEM, SYSTEM_AT, SYSTEM_SIZE, PRESENT | WRITABLE);
    pages(CaseWorld.CODE, CODE_AT, CaseWorld.CODE_SIZE, PRESENT | USER);
    pages(CaseWorld.DATA, DATA_AT, CaseWorld.DATA_SIZE, PRESENT | WRITABLE | USER);
    pages(CaseWorld.READ_ONLY, DATA_AT + CaseWorld.DATA_SIZE, 0x1000, PRESENT | USER);
    pages(BOOT & ~0xfff, BOOT & ~0xfff, 0x1000, PRESENT | WRITABLE);
    pages(0, 0, 0x1000, PRESENT);
    descriptors();
    gates();
    system(TSS + 4, STACK_TOP);
    system(TSS + 8, KERNEL_DATA);
    system(TSS + 0x64, 0x68 << 16); // no I/O permission bitmap
    for (int i = 0; i < BOOT_CODE.length; i++) {
      ram.set(java.lang.foreign.ValueLayout.JAVA_BYTE, BOOT + i, (byte) BOOT_CODE[i]);
    }
    word(0xff0, GDT << 16 | 8 * GdtEntry.ENTRIES - 1);
    word(0xff4, GDT >>> 16);
    word(0xff8, IDT << 16 | 0x7ff);
    word(0xffc, IDT >>> 16);
    engine.flatProtectedMode();
    engine.codeChanged(0, MEMORY);
    engine.set(Register.EIP, BOOT);
    StopReason reason = engine.run(100);
    if (!(reason instanceof StopReason.Halted)) {
      throw new IllegalStateException(engine.name() + " does not boot for cases: " + reason);
    }
    word(DIRECTORY, 0); // nothing below 4 MB any more
    engine.codeChanged(DIRECTORY, 4);
  }

  /** Shows the chain region to the guest, or hides it. */
  static void showChain(Engine engine, boolean show) {
    MemorySegment ram = engine.ram();
    int entry = DIRECTORY + (CaseWorld.CHAIN >>> 22) * 4;
    if (show && ram.get(JAVA_INT_UNALIGNED, entry) == 0) {
      EngineWorld world = new EngineWorld(engine);
      world.tables = FIRST_TABLE + 0x8000;
      world.pages(CaseWorld.CHAIN, CHAIN_AT, CaseWorld.CHAIN_SIZE, PRESENT | WRITABLE | USER);
      engine.codeChanged(DIRECTORY, 0x1000);
    } else if (!show && ram.get(JAVA_INT_UNALIGNED, entry) != 0) {
      ram.set(JAVA_INT_UNALIGNED, entry, 0);
      engine.codeChanged(DIRECTORY, 0x1000);
    }
  }

  private void pages(int linear, int physical, int size, int attributes) {
    for (int i = 0; i < size; i += 0x1000) {
      int entry = DIRECTORY + ((linear + i) >>> 22) * 4;
      if (ram.get(JAVA_INT_UNALIGNED, entry) == 0) {
        word(entry, tables | PRESENT | WRITABLE | USER | USED);
        tables += 0x1000;
      }
      int table = ram.get(JAVA_INT_UNALIGNED, entry) & ~0xfff;
      word(table + ((linear + i) >>> 12 & 0x3ff) * 4, physical + i | attributes | USED);
    }
  }

  private void descriptors() {
    descriptor(GDT + KERNEL_CODE, 0x0000_ffff, 0x00cf_9b00);
    descriptor(GDT + KERNEL_DATA, 0x0000_ffff, 0x00cf_9300);
    descriptor(GDT + (CaseWorld.USER_CODE & ~7), 0x0000_ffff, 0x00cf_fb00);
    descriptor(GDT + (CaseWorld.USER_DATA & ~7), 0x0000_ffff, 0x00cf_f300);
    descriptor(GDT + LINUX_CODE_64, 0x0000_ffff, 0x00af_fb00);
    descriptor(GDT + 0x40, TSS << 16 | 0x67, TSS & 0xff00_0000 | TSS >>> 16 & 0xff | 0x8900);
    int ldtLimit = 8 * CaseWorld.LDT_ENTRIES - 1;
    descriptor(GDT + 0x48, LDT << 16 | ldtLimit, LDT & 0xff00_0000 | LDT >>> 16 & 0xff | 0x8200);
    for (int i = 0; i < CaseWorld.LDT.length; i++) {
      descriptor(LDT + 8 * i, CaseWorld.LDT[i].low(), CaseWorld.LDT[i].high());
    }
  }

  /** Puts descriptors of another operating system beside its own, those of user segments. */
  static void show(Engine engine, List<GdtEntry> descriptors) {
    EngineWorld world = new EngineWorld(engine);
    for (GdtEntry entry : descriptors) {
      int at = GDT + 8 * entry.index();
      if (engine.ram().get(JAVA_INT_UNALIGNED, stackAt(at + 4)) == 0) {
        world.descriptor(at, entry.low(), entry.high());
      }
    }
  }

  private void gates() {
    for (int vector = 0; vector < 256; vector++) {
      int handler = HANDLERS + 16 * vector;
      boolean user = vector == 3 || vector == 4;
      int gate = user ? 0xee00 : vector >= 32 && (vector & 1) != 0 ? 0x8f00 : 0x8e00;
      descriptor(IDT + 8 * vector, KERNEL_CODE << 16 | handler & 0xffff, handler & ~0xffff | gate);
    }
    ram.asSlice(stackAt(HANDLERS), 0x1000).fill(HLT);
    system(IRET, 0xcf);
    system(FXRSTOR, 0x0dae_0f36); // ss:, as ds may be anything
    system(FXRSTOR + 4, FX_IMAGE);
    system(FXSAVE, 0x05ae_0f36);
    system(FXSAVE + 4, FX_IMAGE);
  }

  private void descriptor(int linear, int low, int high) {
    system(linear, low);
    system(linear + 4, high);
  }

  private void system(int linear, int value) {
    word(linear - SYSTEM + SYSTEM_AT, value);
  }

  private void word(int physical, int value) {
    ram.set(JAVA_INT_UNALIGNED, physical, value);
  }

  /** The vector whose handler the engine is in, or -1. */
  static int vector(Engine engine) {
    int offset = engine.get(Register.EIP) - HANDLERS;
    return offset >= 0 && offset < 0x1000 ? offset >> 4 : -1;
  }

  /** Lets the engine, which is in ring 0, enter a record's eip, eflags, esp, cs and ss next. */
  static void enter(Engine engine, long record) {
    TrapFrame.write(engine.ram(), STACK_TOP - TrapFrame.SIZE, record);
    engine.set(Register.ESP, STACK_TOP - TrapFrame.SIZE);
    engine.set(Register.EIP, IRET);
  }

  /** The same with the usual segments and esp 0. */
  static void enter(Engine engine, int eip, int eflags) {
    int frame = stackAt(STACK_TOP - TrapFrame.SIZE);
    MemorySegment ram = engine.ram();
    ram.set(JAVA_INT_UNALIGNED, frame, eip);
    ram.set(JAVA_INT_UNALIGNED, frame + 4, CaseWorld.USER_CODE);
    ram.set(JAVA_INT_UNALIGNED, frame + 8, eflags);
    ram.set(JAVA_INT_UNALIGNED, frame + 12, 0);
    ram.set(JAVA_INT_UNALIGNED, frame + 16, CaseWorld.USER_DATA);
    engine.set(Register.ESP, STACK_TOP - TrapFrame.SIZE);
    engine.set(Register.EIP, IRET);
  }

  /** Lets the engine, which is in a handler, go on in ring 3 at another place. */
  static void resume(Engine engine, int eip) {
    engine.ram().set(JAVA_INT_UNALIGNED, stackAt(STACK_TOP - TrapFrame.SIZE), eip);
    engine.set(Register.ESP, STACK_TOP - TrapFrame.SIZE);
    engine.set(Register.EIP, IRET);
  }

  /** Brings an engine that is in ring 3 back to ring 0. */
  static void leave(Engine engine) {
    engine.set(Register.EIP, CaseWorld.LANDING); // int3
    engine.run(1);
    if (vector(engine) < 0) {
      throw new IllegalStateException(engine.name() + " does not get out of ring 3 any more");
    }
  }

  /** Loads x87 and SSE state into the engine, which is in ring 0. */
  static void loadFx(Engine engine, long image) {
    MemorySegment.copy(host(image), 0, engine.ram(), stackAt(FX_IMAGE), 512);
    engine.set(Register.EIP, FXRSTOR);
    engine.run(1);
  }

  /** Stores it. */
  static void storeFx(Engine engine, long image) {
    engine.set(Register.EIP, FXSAVE);
    engine.run(1);
    MemorySegment.copy(engine.ram(), stackAt(FX_IMAGE), host(image), 0, CaseRecord.FX_USED);
  }

  @SuppressWarnings("restricted")
  private static MemorySegment host(long address) {
    return MemorySegment.ofAddress(address).reinterpret(512);
  }

  /** Whether the supervisor's pages are there: for user code no different from absent ones. */
  static boolean isSystem(int linear) {
    return linear >= SYSTEM && linear < SYSTEM + SYSTEM_SIZE;
  }

  /** Physical address of something on the ring 0 stack. */
  static int stackAt(int linear) {
    return linear - SYSTEM + SYSTEM_AT;
  }
}
