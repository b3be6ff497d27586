package org.trampoline.emulator.translate.trap;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.trampoline.asm.Assembler;
import org.trampoline.asm.Source;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.cpu.Control;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.Eflags;
import org.trampoline.emulator.cpu.SegmentRegister;

/**
 * A guest that traps all the time, in rings 0 and 3, and meanwhile spoils what traps go by: gates,
 * descriptors, the task-state segment, page tables, the frames that IRET returns through. The
 * handler of faults puts everything right again.
 */
final class TrapWorld {
  private static final int GDT = 0x1000;
  private static final int IDT = 0x2000;
  private static final int TSS = 0x3000;
  private static final int COUNTS = 0x3800;
  private static final int KERNEL = 0x4000;
  private static final int BACKUP = 0xa000;
  private static final int BACKUP_BYTES = 0x2800;
  private static final int BACKUP_TABLE = 0xd000;
  private static final int DIRECTORY = 0x1_0000;
  private static final int TABLE = 0x1_1000;
  private static final int DIRECTORY_B = 0x1_2000;
  private static final int CODE = 0x2_0000;
  private static final int USER_STACK = 0x3_0000;
  private static final int DATA = 0x4_0000;

  private static final int APIC = 0xfee0_0000;

  private static final int KERNEL_CODE = 0x08;
  private static final int KERNEL_DATA = 0x10;
  private static final int USER_CODE = 0x1b;
  private static final int USER_DATA = 0x23;
  private static final int KERNEL_CODE_ALIAS = 0x28;
  private static final int USER_CODE_ALIAS = 0x33;
  private static final int USER_DATA_ALIAS = 0x3b;
  private static final int KERNEL_DATA_ALIAS = 0x40;
  private static final int TASK = 0x48;
  private static final int CODE16 = 0x50;
  private static final int CONFORMING = 0x58;
  private static final int LIMITED_STACK = 0x60;
  private static final int TABLES_END = 0x67;

  /** From the one handler of the tick to the other; a bit that the first one's address has not. */
  private static final int OTHER_TICK = 0x20;

  /** Vectors of the handlers that are called on purpose. */
  private static final int VECTORS = 8;

  private final Random random;
  private final byte[] image = new byte[0x5_0000];
  private final boolean paging;
  private final boolean user;
  private final int eflags;

  /** There are a PC's interrupt controllers and timer. */
  private final boolean chips;

  private final boolean apic;

  /** Much happens between two traps. */
  private final boolean eventful;

  private final StringBuilder text = new StringBuilder();

  /**
   * @param chips there are a PC's interrupt controllers and timer
   * @param apic there is a local APIC besides
   */
  TrapWorld(Random random, boolean chips, boolean apic) {
    this.random = random;
    this.chips = chips;
    this.apic = apic;
    paging = random.nextInt(4) != 0;
    user = random.nextInt(chips ? 6 : 3) > (chips ? 3 : 0);
    eventful = random.nextBoolean();
    int io = chips && random.nextBoolean() ? Eflags.IOPL : 0;
    eflags = random.nextInt() & (Eflags.STATUS | Eflags.DF | Eflags.IF | io);
    descriptors();
    pages();
    kernel();
    System.arraycopy(image, GDT, image, BACKUP, BACKUP_BYTES);
    System.arraycopy(image, TABLE, image, BACKUP_TABLE, 0x1000);
    code();
  }

  private int pick(int... of) {
    return of[random.nextInt(of.length)];
  }

  private void set32(int at, int value) {
    for (int i = 0; i < 4; i++) {
      image[at + i] = (byte) (value >> 8 * i);
    }
  }

  // ---- tables

  private void descriptors() {
    descriptor(KERNEL_CODE, 0, 0xfffff, 0xc09b);
    descriptor(KERNEL_DATA, 0, 0xfffff, 0xc093);
    descriptor(USER_CODE, 0, 0xfffff, 0xc0fb);
    descriptor(USER_DATA, 0, 0xfffff, 0xc0f3);
    descriptor(KERNEL_CODE_ALIAS, 0, 0xfffff, 0xc09a);
    descriptor(USER_CODE_ALIAS, 0, 0xfffff, 0xd0fb);
    descriptor(USER_DATA_ALIAS, 0, 0xfffff, 0xc0f2);
    descriptor(KERNEL_DATA_ALIAS, 0, 0xfffff, 0xd093);
    descriptor(TASK, TSS, 0x67, 0x008b);
    descriptor(CODE16, 0, 0xffff, 0x009b);
    descriptor(CONFORMING, 0, 0xfffff, 0xc09f);
    descriptor(LIMITED_STACK, 0, 0x8fff, 0x4093);
    set32(TSS + 4, 0x9000);
    set32(TSS + 8, KERNEL_DATA);
    set32(TSS + 0x64, 0x68 << 16);
    for (int vector = 0; vector < 256; vector++) {
      gate(vector, "resume");
    }
  }

  private void descriptor(int selector, int base, int limit, int attributes) {
    int at = GDT + (selector & ~7);
    set32(at, base << 16 | limit & 0xffff);
    int high = base & 0xff00_0000 | base >>> 16 & 0xff;
    set32(at + 4, high | (attributes & 0xf000) << 8 | limit & 0xf_0000 | (attributes & 0xff) << 8);
  }

  private final Map<String, Integer> handlers = new HashMap<>();

  private void gate(int vector, String handler) {
    int offset = handlers.getOrDefault(handler, KERNEL);
    boolean open = vector == 3 || vector >= 0x80;
    set32(IDT + 8 * vector, KERNEL_CODE << 16 | offset);
    set32(IDT + 8 * vector + 4, (vector % 5 == 3 ? 0x8f00 : 0x8e00) | (open ? 0x6000 : 0));
  }

  private void pages() {
    for (int page = 0; page < 256; page++) {
      set32(TABLE + 4 * page, page << 12 | 7);
    }
    set32(DIRECTORY, TABLE | 7);
    set32(DIRECTORY_B, TABLE | 7);
    if (apic) {
      set32(DIRECTORY + (APIC >>> 22) * 4, APIC & 0xffc0_0000 | 0x87);
      set32(DIRECTORY_B + (APIC >>> 22) * 4, APIC & 0xffc0_0000 | 0x87);
    }
  }

  // ---- the kernel

  @SuppressWarnings("AnnotateFormatMethod") // that annotation is Error Prone's own
  private void line(String format, Object... values) {
    text.append(format.formatted(values)).append('\n');
  }

  private void kernel() {
    String fixed =
        """
        resume:
          incl %%ss:%1$d
          iretl
          .org 0x20
        fast:
          incl %%ss:%1$d
          sysexit
          .org 0x40
        debug:
          pushl %%eax
          movl %%ss:%1$d+8, %%eax
          incl %%eax
          movl %%eax, %%ss:%1$d+8
          testl $3, %%eax
          jnz 1f
          andl $~0x100, %%ss:12(%%esp)
        1:
          popl %%eax
          iretl
          .org 0x60
        repair:
          addl $2, %%ss:(%%esp)
          movl $0, %%ss:%1$d+12
          pushl $0
          jmp fault
          .org 0x80
        fault:
          pushal
          movl $%2$d, %%eax
          movl %%eax, %%ds
          movl %%eax, %%es
          cld
          incl %1$d+4
          movl $%3$d, %%esi
          movl $%4$d, %%edi
          movl $%5$d, %%ecx
          rep movsl
          movl $%6$d, %%esi
          movl $%7$d, %%edi
          movl $1024, %%ecx
          rep movsl
          movl $%8$d, %%eax
          movl %%eax, %%ds
          movl %%eax, %%es
          movl 36(%%esp), %%eax
          andl $~0x47000, 44(%%esp)
          cmpl %%eax, %1$d+12
          jne 1f
          cmpb $0xcd, (%%eax)
          jne 2f
          incl 36(%%esp)
        2:
          incl 36(%%esp)
        1:
          movl %%eax, %1$d+12
          popal
          addl $4, %%esp
          iretl
          .org 0x140
        """
            .formatted(
                COUNTS, KERNEL_DATA, BACKUP, GDT, BACKUP_BYTES / 4, BACKUP_TABLE, TABLE, USER_DATA);
    text.setLength(0);
    text.append(fixed);
    for (int n = 0; n < VECTORS; n++) {
      line("h%d:", n);
      int steps = random.nextInt(eventful ? 4 : 2);
      for (int i = 0; i < steps; i++) {
        inHandler(n);
      }
      line("iretl");
      line(".org 0x%x", 0x140 + 0x80 * (n + 1));
    }
    String tick = "pushl %%eax\n movb $0x20, %%al\n outb %%al, $0x20\n popl %%eax\n iretl";
    line(tick);
    line(".org 0x%x\n incl %%ebp\n" + tick, 0x140 + 0x80 * VECTORS + OTHER_TICK);
    byte[] code = assemble(KERNEL);
    System.arraycopy(code, 0, image, KERNEL, code.length);
    handlers.put("debug", KERNEL + 0x40);
    handlers.put("repair", KERNEL + 0x60);
    handlers.put("fault", KERNEL + 0x80);
    for (int n = 0; n < VECTORS; n++) {
      handlers.put("h" + n, KERNEL + 0x140 + 0x80 * n);
    }
    gate(1, "debug");
    gate(6, "repair");
    for (int vector : new int[] {8, 10, 11, 12, 13, 14}) {
      gate(vector, "fault");
    }
    for (int n = 0; n < VECTORS; n++) {
      gate(0x80 + n, "h" + n);
    }
    handlers.put("tick", KERNEL + 0x140 + 0x80 * VECTORS);
    gate(3, "h0");
    gate(17, "fault");
    if (chips) {
      gate(0x20, "tick");
      gate(0x28, "h0");
      gate(0x30, "tick");
    }
  }

  private byte[] assemble(int at) {
    return Assembler.assemble(new Source("traps.S", text.toString()), at, Map.of()).bytes();
  }

  private void inHandler(int handler) {
    if (chips && random.nextInt(4) == 0) {
      device();
      return;
    }
    switch (random.nextInt(12)) {
      case 0, 1 -> {
        int[] flags = {
          Eflags.CF,
          Eflags.ZF,
          Eflags.DF,
          Eflags.IF,
          Eflags.RF,
          Eflags.IF,
          Eflags.TF,
          Eflags.NT,
          Eflags.AC,
          Eflags.ID,
          Eflags.IOPL,
          Eflags.RF
        };
        line("xorl $0x%x, %%ss:8(%%esp)", pick(flags));
      }
      case 2 -> line("incl %%eax");
      case 3 -> {
        if (handler + 1 < VECTORS) {
          line("int $0x%x", 0x80 + handler + 1 + random.nextInt(VECTORS - handler - 1));
        }
      }
      case 4 -> line("1: movl $5, %%ebx\n incb %%ss:1b+1");
      case 5 -> {
        line("movl $0x%x, %%edx", pick(KERNEL_DATA, 0, USER_DATA, USER_DATA_ALIAS, USER_CODE));
        line("movl %%edx, %%%s", random.nextBoolean() ? "ds" : "fs");
      }
      case 6 ->
          line(
              "movl $0x%x, %%ss:%d", pick(0x9000, 0x8ff0, 0x9008, 0x9010, 0x9800, 0x8800), TSS + 4);
      case 7 ->
          line(
              "testb $3, %%ss:4(%%esp)\n jz 1f\n movl $0x%x, %%ss:4(%%esp)\n"
                  + " movl $0x%x, %%ss:16(%%esp)\n1:",
              pick(USER_CODE, USER_CODE_ALIAS, USER_CODE, USER_CODE_ALIAS, KERNEL_CODE, CONFORMING),
              pick(USER_DATA, USER_DATA_ALIAS, USER_DATA, USER_DATA, KERNEL_DATA, 0));
      case 8 ->
          line(
              "testb $3, %%ss:4(%%esp)\n jnz 1f\n movl $0x%x, %%ss:4(%%esp)\n1:",
              pick(KERNEL_CODE, KERNEL_CODE_ALIAS, KERNEL_CODE_ALIAS, CODE16, CONFORMING));
      case 9 -> line(paging ? "movl $0x%x, %%edi\n movl %%edi, %%cr3" : "nop", directory());
      case 10 -> line(random.nextBoolean() ? "sti" : "cli");
      default -> spoil("%ss:");
    }
  }

  private int directory() {
    return pick(DIRECTORY, DIRECTORY_B);
  }

  // ---- what traps

  private void code() {
    text.setLength(0);
    line("begin:");
    int items = 4 + random.nextInt(eventful ? 40 : 12);
    for (int i = 0; i < items; i++) {
      item();
    }
    line("jmp begin");
    byte[] code = assemble(CODE);
    System.arraycopy(code, 0, image, CODE, code.length);
  }

  private void trap() {
    if (random.nextInt(8) == 0) {
      line("int3");
    } else {
      line("int $0x%x", 0x80 + random.nextInt(VECTORS));
    }
  }

  /** What has to do with the interrupt controllers and the timer. */
  private void device() {
    if (random.nextInt(4) == 0) {
      // the tick's gate leads to another handler, or by another selector, each time
      int change = random.nextBoolean() ? OTHER_TICK : (KERNEL_CODE ^ KERNEL_CODE_ALIAS) << 16;
      line("xorl $0x%x, %%ss:0x%x", change, IDT + 8 * 0x20);
      return;
    }
    if (apic && random.nextInt(3) != 0) {
      localApic();
      return;
    }
    switch (random.nextInt(12)) {
      case 0, 1 -> line("sti\n hlt");
      case 2 -> line("movl $3, %%ecx\n1: fld1\n fstp %%st(0)\n sti\n hlt\n decl %%ecx\n jg 1b");
      case 3 -> line("hlt");
      case 4 -> line("sti\n movb $0x20, %%al\n outb %%al, $0x20\n hlt");
      case 5 -> line("movb $0x%x, %%al\n outb %%al, $0x20", pick(0x20, 0x60, 0xa0, 0x0b, 0x0a));
      case 6 -> line("movb $0x%x, %%al\n outb %%al, $0x21", pick(0xfe, 0xfa, 0, 0xfe, 0xff));
      case 7 -> line("movw $0x%x, %%dx\n inb %%dx, %%al", pick(0x20, 0x21, 0x40, 0x61, 0xa1));
      case 8 -> line("inb $0x%x, %%al\n addl %%eax, %%ebp", pick(0x20, 0x21, 0x40, 0x61));
      case 9 -> line("movw $0x34, %%dx\n inw $0x40, %%ax\n sti\n incl %%eax\n hlt");
      case 10 -> {
        byteTo(0x43, pick(0x34, 0x34, 0x36, 0x30, 0x38));
        byteTo(0x40, random.nextInt(40) + 2);
        byteTo(0x40, 0);
      }
      default -> {
        byteTo(0x20, 0x11);
        byteTo(0x21, pick(0x20, 0x20, 0x30, 0x28));
        byteTo(0x21, 4);
        byteTo(0x21, pick(1, 1, 3));
        byteTo(0x21, 0xfe);
      }
    }
  }

  private void localApic() {
    switch (random.nextInt(9)) {
      case 0 -> toApic(0x300, 0x4_0000 | pick(0x80, 0x81, 0x82, 0x83, 0x30, 0x44));
      case 1 -> line("movl $0x4%04x, %%eax\n movl %%eax, %%ss:0x%x", 0x80, APIC + 0x300);
      case 2, 3 -> toApic(0xb0, 0);
      case 4 -> toApic(0x80, pick(0, 0x20, 0x80, 0x70, 0xf0));
      case 5 -> line("movl %%ss:0x%x, %%e%s", APIC + pick(0x20, 0x80, 0xa0, 0x300), "bx");
      case 6 -> line("movw %%ss:0x%x, %%ax\n movb %%al, %%ss:0x%x", APIC + 0x82, APIC + 0x80);
      case 7 -> {
        toApic(0x320, pick(0x30, 0x2_0030, 0x2_0081, 0x1_0030));
        toApic(0x380, random.nextInt(300) + 20);
      }
      default -> line("movl %%ss:0x%x, %%esi\n addl %%ss:0x%x, %%esi", APIC + 0x390, APIC + 0x280);
    }
  }

  private void toApic(int register, int value) {
    line("movl $0x%x, %%ss:0x%x", value, APIC + register);
  }

  private void byteTo(int port, int value) {
    line("movb $0x%x, %%al\n outb %%al, $0x%x", value, port);
  }

  private void item() {
    if (chips && random.nextInt(3) == 0) {
      device();
      return;
    }
    switch (random.nextInt(11)) {
      case 0, 1, 2, 3 -> trap();
      case 4 -> {
        spoil("");
        trap();
        if (random.nextBoolean()) {
          line("ud2"); // whose handler puts all right
        }
      }
      case 5 -> line("addl $0x%x, %%eax\n pushfl\n popl %%ecx", random.nextInt());
      case 6 -> line("movl %%eax, 0x%x\n incl %%ebp", DATA + 4 * random.nextInt(64));
      case 7 -> {
        line("movl $1f, %%edx");
        line("movl %%esp, %%ecx");
        line("sysenter");
        line("1:");
      }
      case 8 -> line("fld1\n fstp %%st(0)\n addps %%xmm0, %%xmm1");
      case 9 -> line("movl $%d, %%ecx\n1: int $0x80\n decl %%ecx\n jg 1b", random.nextInt(5) + 1);
      default ->
          line("movl $0x%x, %%esi\n movl %%esi, %%%s", segment(), pickName("ds", "es", "gs"));
    }
  }

  private int segment() {
    return pick(USER_DATA, USER_DATA_ALIAS, USER_DATA, user ? USER_DATA : KERNEL_DATA);
  }

  private String pickName(String... of) {
    return of[random.nextInt(of.length)];
  }

  /** A store that may make the next trap another one. */
  private void spoil(String override) {
    int vector = chips && random.nextBoolean() ? 0x20 : 0x80 + random.nextInt(VECTORS);
    switch (random.nextInt(9)) {
      case 0 ->
          line(
              "movb $0x%x, %s0x%x",
              pick(0x8e, 0xee, 0x6e, 0xef, 0x85, 0xe6, 0xec, 0xee, 0),
              override,
              IDT + 8 * vector + 5);
      case 1 ->
          line(
              "movw $0x%x, %s0x%x",
              pick(KERNEL_CODE, KERNEL_CODE_ALIAS, KERNEL_DATA, 0, USER_CODE, CONFORMING, CODE16),
              override,
              IDT + 8 * vector + 2);
      case 2 ->
          line(
              "movw $0x%x, %s0x%x",
              KERNEL + pick(0, 0x140, 0x1c0, 0x240, 0x2c0), override, IDT + 8 * vector);
      case 3 ->
          line(
              "movb $0x%x, %s0x%x",
              pick(0x9a, 0x9b, 0x1b, 0x9f, 0xfb, 0x93, 0x99),
              override,
              GDT + pick(KERNEL_CODE, KERNEL_CODE_ALIAS) + 5);
      case 4 ->
          line(
              "movb $0x%x, %s0x%x",
              pick(0xfa, 0xfb, 0x7b, 0xf3, 0xf2, 0x93, 0xf7),
              override,
              GDT + (pick(USER_CODE, USER_DATA, USER_DATA_ALIAS, USER_CODE_ALIAS) & ~7) + 5);
      case 5 ->
          line(
              "movb $0x%x, %s0x%x",
              pick(0xcf, 0xdf, 0x8f, 0x40, 0x4f),
              override,
              GDT + (pick(KERNEL_DATA, USER_CODE, USER_DATA, KERNEL_CODE_ALIAS) & ~7) + 6);
      case 6 ->
          line(
              "movl $0x%x, %s0x%x",
              pick(KERNEL_DATA, KERNEL_DATA_ALIAS, LIMITED_STACK, KERNEL_CODE, 0, USER_DATA),
              override,
              TSS + 8);
      case 7 ->
          line("movl $0x%x, %s0x%x", pick(0x9000, 0x9004, 0x9010, 0x9800, 0), override, TSS + 4);
      default -> {
        int page = pick(GDT, IDT, TSS, 0x8000, 0x9000, 0x2_f000) >>> 12;
        int entry = pick(page << 12, page << 12 | 5, page << 12 | 3, 0xf000 | 7, page << 12 | 0x67);
        line("movl $0x%x, %s0x%x", entry, override, TABLE + 4 * page);
      }
    }
  }

  // ---- machines

  /** Puts everything into a machine, which is about to execute the program. */
  void load(Machine machine) {
    Cpu c = machine.cpu();
    machine.flatProtectedMode();
    machine.load(0, image);
    c.gdtBase = GDT;
    c.gdtLimit = TABLES_END;
    c.idtBase = IDT;
    c.idtLimit = 0x7ff;
    c.tr.set(TASK, TSS, 0x67, 0x8b);
    SegmentRegister[] s = c.segment;
    s[SegmentRegister.CS].set(user ? USER_CODE : KERNEL_CODE, 0, -1, user ? 0xc0fb : 0xc09b);
    s[SegmentRegister.SS].set(user ? USER_DATA : KERNEL_DATA, 0, -1, user ? 0xc0f3 : 0xc093);
    for (int number : new int[] {0, 3, 4, 5}) {
      s[number].set(USER_DATA, 0, -1, 0xc0f3);
    }
    c.setCpl(user ? 3 : 0);
    c.segmentsChanged();
    c.setEflags(eflags);
    c.cr3 = DIRECTORY;
    c.cr4 |= Control.CR4_OSFXSR | (apic ? Control.CR4_PSE : 0);
    c.cr0 |= Control.CR0_WP | Control.CR0_AM | (paging ? Control.CR0_PG : 0);
    c.mmu.setControl(c.cr0, c.cr3, c.cr4);
    c.msr.sysenterCs = KERNEL_CODE;
    c.msr.sysenterEip = KERNEL + 0x20;
    c.msr.sysenterEsp = 0x9400;
    c.eip = CODE;
    c.reg[Cpu.ESP] = user ? USER_STACK : 0x9800;
    c.noticeEvents();
    if (apic) {
      machine.writeBus(APIC + 0xf0, 0x1ff);
      machine.writeBus(APIC + 0x350, 0x700);
    }
    if (chips) {
      int[] ports = {0x20, 0x21, 0x21, 0x21, 0x21, 0x43, 0x40, 0x40};
      int[] values = {0x11, 0x20, 4, 1, 0xfe, 0x34, 5 + (eflags & 15), 0};
      for (int i = 0; i < ports.length; i++) {
        c.ports.out(ports[i], 1, values[i]);
      }
    }
  }

  /** Moves the tables or the task's stack elsewhere, or spoils a gate; returns what it did. */
  static String disturb(Random random, Machine machine) {
    Cpu c = machine.cpu();
    switch (random.nextInt(5)) {
      case 0 -> {
        c.idtBase = c.idtBase == IDT ? BACKUP + IDT - GDT : IDT;
        return "IDT at 0x%x".formatted(c.idtBase);
      }
      case 1 -> {
        c.gdtBase = c.gdtBase == GDT ? BACKUP : GDT;
        return "GDT at 0x%x".formatted(c.gdtBase);
      }
      case 2 -> {
        c.tr.base = c.tr.base == TSS ? BACKUP + TSS - GDT : TSS;
        return "TSS at 0x%x".formatted(c.tr.base);
      }
      case 3 -> {
        int vector = 0x80 + random.nextInt(VECTORS);
        int attributes = random.nextInt(256);
        machine.load(IDT + 8 * vector + 5, new byte[] {(byte) attributes});
        return "attributes 0x%x of gate 0x%x".formatted(attributes, vector);
      }
      default -> {
        c.nmiBlocked = !c.nmiBlocked;
        return c.nmiBlocked ? "NMI blocked" : "NMI not blocked";
      }
    }
  }

  @Override
  public String toString() {
    return (user ? "ring 3" : "ring 0")
        + (paging ? ", paging" : "")
        + (chips ? ", chips" : "")
        + (apic ? ", APIC" : "");
  }
}
