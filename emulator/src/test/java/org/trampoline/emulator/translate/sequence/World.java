package org.trampoline.emulator.translate.sequence;

import static org.trampoline.emulator.translate.sequence.Layout.*;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.trampoline.asm.Assembler;
import org.trampoline.asm.Source;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.cpu.Control;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.Eflags;

/**
 * The memory of a random sequence: tables, a kernel that answers exceptions by going on elsewhere
 * with other registers, address spaces that share pages, and random code.
 */
final class World {
  /** How linear addresses become physical ones. */
  enum Paging {
    NONE,
    TWO_LEVEL,
    PAE
  }

  private static final int PRESENT = 1;
  private static final int WRITABLE = 2;
  private static final int USER = 4;
  private static final int LARGE = 0x80;

  /** Offset of the handler in the kernel's page, and of those that come back. */
  private static final Map<Paging, byte[]> KERNELS =
      Map.of(Paging.NONE, kernel("4"), Paging.TWO_LEVEL, kernel("4"), Paging.PAE, kernel("8"));

  private static final int RESUME = 0x100;
  private static final int DEBUG = 0x140;
  private static final int FAULT = 0x180;

  final Paging paging;
  final byte[] image = new byte[MEMORY];
  private final ByteBuffer memory = ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN);
  private final Random random;

  World(Random random) {
    this.random = random;
    int kind = random.nextInt(8);
    paging = kind == 0 ? Paging.NONE : kind < 6 ? Paging.TWO_LEVEL : Paging.PAE;
    random.nextBytes(image);
    Arrays.fill(image, 0, DATA, (byte) 0);
    descriptors();
    System.arraycopy(KERNELS.get(paging), 0, image, KERNEL, KERNELS.get(paging).length);
    pageTables();
    new RandomCode(random, this).fill();
    contexts();
  }

  /**
   * The kernel's code, for page-table entries of this size. It keeps a sum of all that exceptions
   * have pushed.
   */
  private static byte[] kernel(String entryBytes) {
    String source =
        """
        .macro note register, from
          roll $5, %ss:SUM
          movl %ss:\\from(%esp), \\register
          addl \\register, %ss:SUM
        .endm
        dispatch:
          cli
          note %eax, 0
          note %eax, 4
          note %eax, 8
          movl $KERNEL_DATA, %eax
          movl %eax, %ds
          movl %eax, %es
          movl %eax, %ss
          movl $STACK, %esp
          cld
          incl COUNTS
          movl COUNTS, %eax
          andl $63, %eax
          shll $7, %eax
          addl $CONTEXTS, %eax
          movl 64+4(%eax), %ebx
          movl %ebx, %cr3
          movl 64+8(%eax), %ebx
          movl %ebx, %cr0
          movl %eax, %esi
          movl $FRAME, %edi
          movl $17, %ecx
          rep movsl
          movl $FRAME, %esp
          popal
          popl %gs
          popl %fs
          popl %es
          popl %ds
          iretl
          .org 0x100
        resume:
          pushl %eax
          incl %ss:COUNTS+4
          note %eax, 4
          note %eax, 12
          popl %eax
          iretl
          .org 0x140
        debug:
          pushl %eax
          movl %ss:COUNTS+8, %eax
          incl %eax
          movl %eax, %ss:COUNTS+8
          testl $7, %eax
          jnz 1f
          andl $~0x100, %ss:12(%esp)
        1:
          popl %eax
          iretl
          .org 0x180
        fault:
          incl %ss:COUNTS+12
          testb $1, %ss:COUNTS+12
          jz dispatch
          pushl %eax
          note %eax, 4
          note %eax, 8
          note %eax, 16
          movl %cr2, %eax
          shrl $12, %eax
          cmpl $256, %eax
          jae dispatch
          orl $7, %ss:TABLE_A(,%eax,ENTRY)
          orl $7, %ss:TABLE_B(,%eax,ENTRY)
          orl $7, %ss:TABLE_C(,%eax,ENTRY)
          popl %eax
          addl $4, %esp
          iretl
        """;
    String constants =
        """
        .set KERNEL_DATA, %d
        .set STACK, %d
        .set COUNTS, %d
        .set SUM, COUNTS + 16
        .set CONTEXTS, %d
        .set FRAME, %d
        .set TABLE_A, %d
        .set TABLE_B, %d
        .set TABLE_C, %d
        """
            .formatted(
                KERNEL_DATA,
                STACK,
                COUNTS,
                CONTEXTS,
                FRAME,
                SPACE_TABLES[0],
                SPACE_TABLES[1],
                SPACE_TABLES[2]);
    String text = constants + source.replace("ENTRY)", entryBytes + ")");
    return Assembler.assemble(new Source("kernel.S", text), KERNEL, Map.of()).bytes();
  }

  void set32(int at, int value) {
    memory.putInt(at, value);
  }

  // ---- descriptors

  private void descriptors() {
    descriptor(KERNEL_CODE, 0, 0xfffff, 0xc09b);
    descriptor(KERNEL_DATA, 0, 0xfffff, 0xc093);
    descriptor(USER_CODE, 0, 0xfffff, 0xc0fb);
    descriptor(USER_DATA, 0, 0xfffff, 0xc0f3);
    descriptor(KERNEL_CODE16, CODE, 0x7fff, 0x009b);
    descriptor(USER_CODE16, CODE, 0x7fff, 0x00fb);
    descriptor(LIMITED_DATA, DATA, 0x3fff, 0x40f3);
    descriptor(DOWN_DATA, DATA, 0x1fff, 0x40f7);
    descriptor(READ_ONLY_DATA, 0, 0xfffff, 0xc0f1);
    descriptor(BASED_DATA, DATA + 0x800, 0xfffff, 0xc0f3);
    descriptor(TASK, TSS, 0x67, 0x0089);
    descriptor(BASED_CODE, 0x1000, 0x46fff, 0x40fb);
    descriptor(STACK16, 0x4_8000, 0xffff, 0x00f3);
    set32(TSS + 4, STACK);
    set32(TSS + 8, KERNEL_DATA);
    set32(TSS + 0x64, 0x68 << 16);
    for (int vector = 0; vector < 256; vector++) {
      int handler =
          vector == 1 ? DEBUG : vector == 14 ? FAULT : vector >= 0x20 && vector < 0x30 ? RESUME : 0;
      boolean open = vector == 3 || vector == 4 || vector == 0x80 || vector == 0x21;
      int type = random.nextInt(4) == 0 && handler == 0 ? 0x8f00 : 0x8e00;
      set32(IDT + 8 * vector, KERNEL_CODE << 16 | KERNEL + handler);
      set32(IDT + 8 * vector + 4, type | (open ? 0x6000 : 0));
    }
  }

  private void descriptor(int selector, int base, int limit, int attributes) {
    int at = GDT + (selector & ~7);
    set32(at, base << 16 | limit & 0xffff);
    int high = base & 0xff00_0000 | base >>> 16 & 0xff;
    set32(at + 4, high | (attributes & 0xf000) << 8 | limit & 0xf_0000 | (attributes & 0xff) << 8);
  }

  // ---- page tables

  /** Bytes of an entry. */
  int entryBytes() {
    return paging == Paging.PAE ? 8 : 4;
  }

  private void entry(int table, int index, int value) {
    set32(table + index * entryBytes(), value);
  }

  /** A random entry that leads to code, data or, seldom, to a page table. */
  int randomEntry() {
    int frame =
        switch (random.nextInt(8)) {
          case 0, 1, 2 -> CODE + 0x1000 * random.nextInt(CODE_PAGES);
          case 3 -> TABLES + 0x1000 * random.nextInt(5);
          default -> DATA + 0x1000 * random.nextInt(DATA_PAGES);
        };
    int flags = random.nextInt(8) == 0 ? random.nextInt(8) : PRESENT | WRITABLE | USER;
    return frame | flags;
  }

  private void pageTables() {
    // neighbours are seldom neighbours on the host: it shows which page an access has looked up
    List<Integer> frames = new ArrayList<>(IntStream.range(0, MEMORY >> 12).boxed().toList());
    Collections.shuffle(frames.subList(DATA >> 12, CODE >> 12), random);
    Collections.shuffle(frames.subList(USER_STACK >> 12, ALIASES >> 12), random);
    for (int page = 0; page < MEMORY >> 12; page++) {
      int at = page << 12;
      boolean user = at >= DATA;
      int flags = PRESENT | WRITABLE | (user ? USER : 0);
      boolean plain = !user || random.nextInt(6) != 0;
      int a = frames.get(page) << 12 | (plain ? flags : flags & ~(1 << random.nextInt(3)));
      boolean alias = at >= ALIASES && at < ALIASES + ALIAS_PAGES * 0x1000;
      a = alias ? randomEntry() : a;
      for (int space = 0; space < SPACES; space++) {
        boolean own = space > 0 && user && random.nextInt(alias ? 2 : 5) == 0;
        entry(SPACE_TABLES[space], page, own ? randomEntry() : a);
      }
      entry(TABLE_COMMON, page, randomEntry());
    }
    int all = PRESENT | WRITABLE | USER;
    for (int space = 0; space < SPACES; space++) {
      int directory = DIRECTORIES[space];
      entry(directory, 0, SPACE_TABLES[space] | all);
      entry(directory, 1, TABLE_COMMON | all);
      entry(directory, 2, LARGE | all);
      set32(POINTERS + space * POINTER_BYTES, directory | PRESENT);
    }
  }

  /** CR3 for one of the address spaces. */
  int cr3() {
    return cr3(random.nextInt(SPACES));
  }

  int cr3(int space) {
    return paging == Paging.PAE ? POINTERS + space * POINTER_BYTES : DIRECTORIES[space];
  }

  // ---- contexts

  private void contexts() {
    for (int i = 0; i < CONTEXT_COUNT; i++) {
      context(CONTEXTS + i * CONTEXT_BYTES);
    }
  }

  private void context(int at) {
    for (int r = 0; r < 8; r++) {
      set32(at + 4 * r, register());
    }
    boolean kernel = random.nextInt(3) == 0;
    for (int s = 0; s < 4; s++) {
      set32(at + 32 + 4 * s, random.nextInt(5) == 0 ? selector() : USER_DATA);
    }
    int code =
        switch (random.nextInt(8)) {
          case 0 -> kernel ? KERNEL_CODE16 : USER_CODE16;
          case 1 -> kernel ? KERNEL_CODE : BASED_CODE;
          default -> kernel ? KERNEL_CODE : USER_CODE;
        };
    boolean code16 = code == KERNEL_CODE16 || code == USER_CODE16;
    int start = (code16 ? CODE16 : CODE) + random.nextInt((code16 ? 2 : 6) << 12);
    start = random.nextBoolean() ? start & -LOOP_DISTANCE : start;
    int base = code16 ? CODE : code == BASED_CODE ? 0x1000 : 0;
    set32(at + 48, start - base);
    set32(at + 52, code);
    set32(at + 56, eflags());
    boolean stack16 = !kernel && random.nextInt(6) == 0;
    set32(at + 60, stack16 ? 0x8000 + random.nextInt(0x800) * 2 : stack());
    set32(at + 64, stack16 ? STACK16 : USER_DATA);
    set32(at + 68, cr3());
    int cr0 = Control.CR0_PE | Control.CR0_NE | Control.CR0_ET;
    cr0 |= paging == Paging.NONE ? 0 : Control.CR0_PG;
    cr0 |= random.nextBoolean() ? Control.CR0_WP : 0;
    cr0 |= random.nextInt(16) == 0 ? Control.CR0_TS : 0;
    set32(at + 72, cr0);
  }

  /** A value that a register of the guest may usefully have. */
  int register() {
    return switch (random.nextInt(8)) {
      case 0 -> random.nextInt();
      case 1 -> CODE + random.nextInt(CODE_PAGES << 12);
      case 2 -> ALIASES + random.nextInt(ALIAS_PAGES << 12);
      case 3 -> random.nextInt(64);
      case 4 -> 0x40_0000 + random.nextInt(0x10_0000);
      default -> DATA + random.nextInt(DATA_PAGES << 12);
    };
  }

  /** Where most accesses succeed. */
  int pointer() {
    int beforeEnd = 0x1000 - random.nextInt(48);
    return switch (random.nextInt(6)) {
      case 0 ->
          switch (random.nextInt(4)) {
            case 0 -> random.nextInt(64) - 32;
            case 1 -> 0x3_0000 + random.nextInt(64) - 32; // where 16 bits overflow
            default -> register();
          };
      case 1 -> ALIASES + 0x1000 * random.nextInt(ALIAS_PAGES) + beforeEnd;
      case 2 -> DATA + 0x1000 * random.nextInt(DATA_PAGES) + beforeEnd;
      default -> DATA + random.nextInt(DATA_PAGES << 12);
    };
  }

  /** A stack pointer, often near to where a page begins. */
  int stack() {
    return random.nextInt(3) == 0
        ? USER_STACK + 0x1000 + 4 * random.nextInt(17) - 16
        : USER_STACK + 0x800 + random.nextInt(0x800) * 2;
  }

  int selector() {
    int[] all = {
      0, USER_DATA, LIMITED_DATA, DOWN_DATA, READ_ONLY_DATA, BASED_DATA, USER_CODE, KERNEL_DATA
    };
    return all[random.nextInt(all.length)];
  }

  int eflags() {
    int flags = random.nextInt() & (Eflags.STATUS | Eflags.AC);
    flags |= random.nextInt(4) == 0 ? 0 : Eflags.IF;
    flags |= random.nextInt(12) == 0 ? Eflags.TF : 0;
    flags |= random.nextInt(6) == 0 ? Eflags.DF : 0;
    return flags | (random.nextInt(3) == 0 ? 3 << 12 : 0);
  }

  // ---- machines

  /** Puts the world into a machine, whose processor is about to choose its first context. */
  void load(Machine machine) {
    Cpu c = machine.cpu();
    machine.flatProtectedMode();
    machine.load(0, image);
    c.gdtBase = GDT;
    c.gdtLimit = 0x6f;
    c.idtBase = IDT;
    c.idtLimit = 0x7ff;
    c.segment[1].set(KERNEL_CODE, 0, -1, 0xc09b);
    for (int s : new int[] {0, 2, 3, 4, 5}) {
      c.segment[s].set(KERNEL_DATA, 0, -1, 0xc093);
    }
    c.tr.set(TASK, TSS, 0x67, 0x8b);
    c.segmentsChanged();
    c.cr3 = cr3(0);
    c.cr4 |= Control.CR4_PSE | (paging == Paging.PAE ? Control.CR4_PAE : 0);
    c.cr0 |= paging == Paging.NONE ? 0 : Control.CR0_PG;
    c.mmu.setControl(c.cr0, c.cr3, c.cr4);
    c.eip = KERNEL;
    c.reg[Cpu.ESP] = STACK;
    c.noticeEvents();
  }
}
