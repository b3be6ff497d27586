package org.trampoline.emulator.engine;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.trampoline.emulator.oracle.Listing;

/**
 * A guest's surroundings in an engine's RAM: tables with Linux's selectors, a TSS, handlers, and
 * boot code that turns paging on and goes to {@link #PROGRAM} in ring 0.
 *
 * <p>4 MB are mapped at linear 0 and again at 0xc0000000; page 5 is the supervisor's.
 */
public final class GuestWorld {
  public static final int BOOT = 0x1000;
  public static final int PROGRAM = 0x1100;
  public static final int STACK = 0x9000;
  public static final int TABLE = 0x102000;

  /** Instructions of the boot code. */
  public static final int BOOT_LENGTH = 17;

  private static final int GDT = 0x500;
  private static final int IDT = 0x2800;
  private static final int TSS = 0x3800;
  private static final int DIRECTORY = 0x101000;

  private static final String BOOT_CODE =
      """
      0f 01 15 f0 04 00 00 # lgdtl 0x4f0
      0f 01 1d f8 04 00 00 # lidtl 0x4f8
      ea 15 10 00 00 60 00 # ljmpl $0x60,$0x1015
      b8 68 00 00 00 # movl $0x68,%eax
      8e d8 # movl %eax,%ds
      8e c0 # movl %eax,%es
      8e d0 # movl %eax,%ss
      b8 80 00 00 00 # movl $0x80,%eax
      0f 00 d8 # ltr %ax
      b8 00 10 10 00 # movl $0x101000,%eax
      0f 22 d8 # movl %eax,%cr3
      0f 20 c0 # movl %cr0,%eax
      0d 00 00 01 80 # orl $0x80010000,%eax
      0f 22 c0 # movl %eax,%cr0
      bc 00 90 00 00 # movl $0x9000,%esp
      b8 00 11 00 00 # movl $0x1100,%eax
      ff e0 # jmpl *%eax\
      """;

  private static final String SYSTEM_CALL =
      """
      43 # incl %ebx
      8b 0c 24 # movl (%esp),%ecx
      cf # iretl\
      """;

  private static final String PAGE_FAULT =
      """
      5f # popl %edi: the error code
      0f 20 d6 # movl %cr2,%esi
      83 04 24 06 # addl $6,(%esp): past the instruction
      cf # iretl\
      """;

  private static final String PROTECTION =
      """
      5d # popl %ebp: the error code
      83 04 24 02 # addl $2,(%esp)
      cf # iretl\
      """;

  /** Enters ring 3 at 0x111b, right behind these instructions. */
  public static final String ENTER_RING_3 =
      """
      b8 7b 00 00 00 # movl $0x7b,%eax
      8e d8 # movl %eax,%ds
      6a 7b # pushl $0x7b
      68 00 80 00 00 # pushl $0x8000
      68 02 02 00 00 # pushl $0x202
      6a 73 # pushl $0x73
      68 1b 11 00 00 # pushl $0x111b
      cf # iretl
      """;

  private final Engine engine;
  private final MemorySegment ram;

  private GuestWorld(Engine engine) {
    this.engine = engine;
    ram = engine.ram();
  }

  /** Builds all that and makes the engine ready to run it with the listing as program. */
  public static GuestWorld with(Engine engine, String program) {
    GuestWorld world = new GuestWorld(engine);
    world.code(BOOT, BOOT_CODE);
    world.code(PROGRAM, program);
    world.code(0x2000, SYSTEM_CALL);
    world.code(0x2100, PAGE_FAULT);
    world.code(0x2200, PROTECTION);
    world.word(0x4f0, GDT << 16 | 0x87);
    world.word(0x4f8, IDT << 16 | 0x40f);
    world.descriptor(0x60, 0x0000_ffff, 0x00cf_9b00);
    world.descriptor(0x68, 0x0000_ffff, 0x00cf_9300);
    world.descriptor(0x70, 0x0000_ffff, 0x00cf_fb00);
    world.descriptor(0x78, 0x0000_ffff, 0x00cf_f300);
    world.descriptor(0x80, TSS << 16 | 0x67, 0x8900);
    world.word(TSS + 4, 0x7000);
    world.word(TSS + 8, 0x68);
    world.gate(14, 0x2100, 0x8e00);
    world.gate(13, 0x2200, 0x8e00);
    world.gate(0x80, 0x2000, 0xef00);
    world.gate(0x81, 0x2000, 0x8e00);
    for (int page = 0; page < 1024; page++) {
      world.word(TABLE + 4 * page, page << 12 | (page == 5 ? 3 : 7));
    }
    world.word(DIRECTORY, TABLE | 7);
    world.word(DIRECTORY + 0xc00, TABLE | 7);
    engine.flatProtectedMode();
    engine.set(Register.EIP, BOOT);
    return world;
  }

  private void gate(int vector, int handler, int attributes) {
    word(IDT + 8 * vector, 0x60 << 16 | handler);
    word(IDT + 8 * vector + 4, attributes);
  }

  private void descriptor(int selector, int low, int high) {
    word(GDT + selector, low);
    word(GDT + selector + 4, high);
  }

  public void code(int physical, String listing) {
    byte[] code = Listing.code(listing);
    MemorySegment.copy(MemorySegment.ofArray(code), 0, ram, physical, code.length);
    engine.codeChanged(physical, code.length);
  }

  public void word(int physical, int value) {
    ram.set(ValueLayout.JAVA_INT_UNALIGNED, physical, value);
  }

  public int word(int physical) {
    return ram.get(ValueLayout.JAVA_INT_UNALIGNED, physical);
  }
}
