package org.trampoline.emulator.translate.world;

import static org.trampoline.emulator.translate.world.Places.*;

import java.util.Random;
import org.trampoline.emulator.cpu.Control;

/**
 * Passages that change what the world stands on: its code, page tables, descriptors, gates and task
 * states; often what is in use, and sometimes without the invalidation that it would take.
 */
final class TablePassages {
  private static final int EAX = 0;

  private final WorldCode code;
  private final Random random;

  TablePassages(WorldCode code, Random random) {
    this.code = code;
    this.random = random;
  }

  // ---- code and pages

  /** Writes near to where it stands, often into the block that is running, or to another page. */
  void overwriteCode() {
    int target = code.at() + random.nextInt(160) - 60;
    if (Choice.rarely(random, 3)) {
      target = Choice.of(random, Choice.code(random, true), Choice.address(random));
    }
    if (random.nextBoolean()) {
      code.absolute(Choice.of(random, 0xc6, 0x80, 0xfe), 0, target);
      code.put(0x40 | random.nextInt(32));
    } else {
      code.absolute(0xc7, 0, target);
      code.put(0x40 | random.nextInt(32), 0x90, 0x40 | random.nextInt(16), 0x90);
    }
  }

  /** Changes a byte near to where it stands, each time it is executed. */
  void overwriteNear() {
    int target = code.at() + random.nextInt(100) - 50;
    switch (random.nextInt(3)) {
      case 0 -> code.absolute(0xfe, random.nextInt(2), target); // inc, dec
      case 1 -> flip(target, 1 << random.nextInt(4)); // as of a register or an operation
      default -> {
        code.absolute(0x80, 0, target); // add
        code.put(random.nextInt(256));
      }
    }
  }

  void pageEntry() {
    int linear =
        Choice.of(random, Choice.code(random, true), Choice.address(random), code.at(), STACKS);
    boolean pae = random.nextInt(3) == 0;
    int place = Pages.place(random, pae, linear);
    if (Choice.rarely(random, 6)) { // through the directory that is its own table
      place = Pages.SELF << 22 | (linear >>> 12 & 0x3ff) << 2;
    }
    switch (random.nextInt(6)) {
      case 0 -> { // a bit of it
        code.absolute(0x80, Choice.of(random, 1, 4, 6), place);
        code.put(1 << random.nextInt(8) ^ (random.nextBoolean() ? 0xff : 0));
      }
      case 1 -> { // locked, as kernels do
        code.put(0xf0);
        code.absolute(0x0fba, 6, place);
        code.put(random.nextInt(9));
      }
      case 2 -> { // back to what it was
        code.store(place, linear & 0xffff_f000 | 7);
      }
      case 3 -> code.store(place, Pages.code(random));
      default -> code.store(place, Pages.entry(random));
    }
    if (pae && Choice.rarely(random, 12)) {
      code.store(place + 4, 0x8000_0000); // no execution, or a reserved bit
    }
    switch (random.nextInt(6)) {
      case 0, 1, 2 -> code.absolute(0x0f01, 7, linear); // invlpg
      case 3 -> addressSpace();
      default -> {}
    }
    int page = linear & 0xffff_f000;
    if (code.code32() && page > CODE && page < CODE16 && random.nextBoolean()) {
      int start = page - 1 - random.nextInt(12); // into it from the page before
      code.put(0xe9);
      code.put32(start - code.at() - 4);
    }
  }

  /**
   * Calls, again and again, a subroutine that ends in a page, or lies in it, of which it changes
   * the frame; it may be a jump that does not know where it leads.
   */
  void remapped() {
    int page = elsewhere();
    int target = page == CODE || random.nextBoolean() ? page + WorldCode.SUBROUTINE : page - 3;
    int change = 0x1000 << random.nextInt(2);
    boolean pae = random.nextInt(4) == 0;
    code.load(1, 2 + random.nextInt(20));
    int start = code.at();
    int before = random.nextInt(2); // it may begin in the entry before
    for (int space = 0; space < 2; space++) {
      code.absolute(0x81, 6, Pages.place(space, pae, page) - before); // xorl
      code.put32(change << 8 * before);
    }
    if (random.nextBoolean()) {
      code.absolute(0x0f01, 7, page);
    }
    if (random.nextBoolean()) {
      code.load(EAX, target);
      code.wide();
      code.put(0xff, 0xd0); // call *%eax
    } else {
      call(target);
    }
    code.put(0xe2, start - code.at() - 2);
  }

  /** Changes address spaces, again and again, in a page that each maps elsewhere. */
  void spaces() {
    int page = elsewhere();
    boolean pae = random.nextInt(4) == 0;
    int frame = page ^ 0x1000 << random.nextInt(2);
    code.store(Pages.place(random.nextInt(2), pae, page), frame | 7);
    code.load(1, 2 + random.nextInt(20));
    int start = code.at();
    for (int i = random.nextInt(2); i < 3; i++) {
      code.load(EAX, Choice.cr3(random, pae));
      call(page + WorldCode.SWITCH);
    }
    code.put(0xe2, start - code.at() - 2);
  }

  /** Stores to a page that is read-only, while CR0.WP and the address space change. */
  void writeProtection() {
    int page = DATA + 0x1000 * random.nextInt(DATA_BYTES >> 12);
    boolean pae = random.nextInt(4) == 0;
    for (int space = 0; space < 2; space++) {
      code.store(Pages.place(space, pae, page), page | 5);
    }
    code.load(1, 2 + random.nextInt(20));
    int start = code.at();
    code.put(0x0f, 0x20, 0xc0); // mov %cr0,%eax
    code.wide();
    code.put(0x35); // xor
    code.put32(Control.CR0_WP);
    code.put(0x0f, 0x22, 0xc0);
    for (int i = 0; i < 2; i++) {
      if (random.nextBoolean()) {
        code.load(EAX, Choice.cr3(random, pae));
        code.put(0x0f, 0x22, 0xd8);
      }
      code.absolute(0xc6, 0, page + random.nextInt(0x1000));
      code.put(0x90); // a handler may go on here, or a byte behind the opcode
    }
    code.put(0xe2, start - code.at() - 2);
  }

  /** A page of 32-bit code that is not the one being written. */
  private int elsewhere() {
    int page = CODE + 0x1000 * random.nextInt(4);
    return (page ^ code.at()) >>> 12 == 0 ? page ^ 0x1000 : page;
  }

  private void call(int target) {
    code.wide();
    code.put(0xe8);
    code.put32(target - code.at() - 4);
  }

  /** A CR3 load. */
  void addressSpace() {
    if (Choice.rarely(random, 4)) {
      code.put(0x0f, 0x20, 0xd8, 0x0f, 0x22, 0xd8); // the same again
      return;
    }
    code.load(EAX, Choice.cr3(random, random.nextInt(4) == 0));
    code.put(0x0f, 0x22, 0xd8);
  }

  // ---- segments

  void descriptor() {
    int selector = Choice.selector(random) & ~3;
    int table = (selector & 4) == 0 ? GDT : LDT;
    int at = table + (selector & ~7);
    switch (random.nextInt(5)) {
      case 0 -> { // its access byte
        code.absolute(0xc6, 0, at + 5);
        code.put(Choice.of(random, 0x92, 0xf2, 0xf3, 0xf0, 0xf6, 0x72, 0x9a, 0xfa, 0x89, 0xe2));
      }
      case 1 -> { // its base
        code.absolute(0xc6, 0, at + 4);
        code.put(random.nextInt(4));
      }
      case 2 -> { // its flags
        code.absolute(0xc6, 0, at + 6);
        code.put(Choice.of(random, 0xcf, 0x4f, 0x40, 0x00, 0x8f, 0xc0));
      }
      default -> {
        long value = Descriptors.random(random);
        code.store(at, (int) value);
        code.store(at + 4, (int) (value >>> 32));
      }
    }
    if (random.nextBoolean()) {
      load(selector | 3 * random.nextInt(2));
    }
  }

  void segment() {
    load(Choice.rarely(random, 3) ? Choice.selector(random) : Descriptors.USER_DATA | 3);
  }

  /** Loads segment registers again and again between accesses by way of them. */
  void segments() {
    code.load(1, 2 + random.nextInt(60));
    int start = code.at();
    for (int i = 0; i < 2; i++) {
      int register = Choice.of(random, 3, 3, 0, 4);
      int flat =
          Choice.of(
              random, Descriptors.USER_DATA, Descriptors.UNTOUCHED_DATA, Descriptors.LATE_DATA);
      code.load(EAX, flat | 3);
      code.put(0x8e, 0xc0 | register << 3);
      if (random.nextBoolean()) {
        code.absolute(0xd8, random.nextInt(4), DATA + random.nextInt(DATA_BYTES)); // fadd, fmul
      }
    }
    code.put(0xe2, start - code.at() - 2);
  }

  private void load(int selector) {
    switch (random.nextInt(4)) {
      case 0 -> {
        code.put(0x6a, selector);
        int[] pops = {0x07, 0x1f, 0x0fa1, 0x0fa9, 0x17};
        int pop = pops[random.nextInt(5)];
        if (pop > 0xff) {
          code.put(pop >> 8);
        }
        code.put(pop);
      }
      default -> {
        code.load(EAX, selector);
        int register = Choice.of(random, 0, 3, 4, 5, 0, 3, 2);
        code.put(0x8e, 0xc0 | register << 3);
      }
    }
  }

  void gate() {
    int vector = Choice.of(random, random.nextInt(256), random.nextInt(32), 14, 13, 0x80);
    long gate = Handlers.gate(random, vector);
    if (random.nextBoolean()) {
      code.store(IDT + 8 * vector, (int) gate);
    }
    code.store(IDT + 8 * vector + 4, (int) (gate >>> 32));
  }

  /** Interrupts itself again and again, and changes each time what that goes through. */
  void traps() {
    int vector = 0x80;
    int at = IDT + 8 * vector;
    int handler = Handlers.resuming(random);
    long gate = Descriptors.gate(handler, Descriptors.KERNEL_CODE, 0xee | random.nextInt(2), 0);
    code.store(at, (int) gate);
    code.store(at + 4, (int) (gate >>> 32));
    code.load(1, 2 + random.nextInt(30));
    int start = code.at();
    if (random.nextBoolean()) {
      code.put(0xd8, 0xc1); // fadd: whose selectors are remembered
    }
    code.put(0xf6, 0xc1, 2, 0x75, 0); // test $2,%cl; jnz: known ways are gone, too
    int jump = code.at();
    switch (random.nextInt(14)) {
      case 0 -> flip(at, Handlers.OTHER_RESUMING);
      case 1 -> flip(at + 5, 1); // an interrupt or a trap gate
      case 2 -> flip(at + 5, 0x20); // its level
      case 3 -> flip(at + 5, 0x80); // whether it is present
      case 4 -> flip(GDT + Descriptors.KERNEL_CODE + 6, 0x10); // a bit of no meaning
      case 5 -> flip(GDT + Descriptors.KERNEL_CODE + 5, 0x04); // conforming
      case 6 -> flip(GDT + Descriptors.USER_CODE + 5, 0x20);
      case 7 -> flip(GDT + Descriptors.USER_DATA + 6, 0x40); // its size
      case 8 -> flip(TASKS + 5, 0x01); // esp0
      case 9 -> flip(GDT + Descriptors.USER_CODE + 6, 0x10);
      case 10 -> flip(GDT + Descriptors.USER_DATA + 6, 0x10);
      case 11 -> {
        boolean level = random.nextBoolean(); // or a bit of no meaning
        flip(GDT + Descriptors.KERNEL_DATA + (level ? 5 : 6), level ? 0x20 : 0x10);
      }
      case 12 -> {} // nothing
      default -> flip(TASKS + 8, 0x18); // ss0
    }
    code.land(jump);
    code.put(0xcd, vector);
    code.put(0xe2, start - code.at() - 2);
  }

  private void flip(int address, int bits) {
    code.absolute(0x80, 6, address);
    code.put(bits);
  }

  void taskState() {
    int task = TASKS + TASK_BYTES * random.nextInt(2);
    switch (random.nextInt(4)) {
      case 0 -> code.store(task + 4, Descriptors.stack(random)); // esp0
      case 1 ->
          code.store(
              task + 8, Choice.of(random, Descriptors.KERNEL_DATA, 0, Choice.selector(random)));
      case 2 -> code.store(task + 4 * random.nextInt(26), Choice.address(random));
      default -> {
        code.load(EAX, Choice.of(random, Descriptors.TASK, Descriptors.TASK_OTHER));
        code.absolute(0xc6, 0, GDT + Descriptors.TASK_OTHER + 5);
        code.put(0xe9);
        code.absolute(0xc6, 0, GDT + Descriptors.TASK + 5);
        code.put(0x89);
        code.put(0x0f, 0x00, 0xd8); // ltr
      }
    }
  }

  void tables() {
    switch (random.nextInt(4)) {
      case 0 -> {
        code.load(EAX, Choice.of(random, Descriptors.LOCAL, Descriptors.LOCAL, 0, 0x10));
        code.put(0x0f, 0x00, 0xd0); // lldt
      }
      case 1 -> code.absolute(0x0f01, 2, POINTERS + 2 * POINTER_BYTES * random.nextInt(4));
      case 2 -> {
        int which = 2 * random.nextInt(4) + 1;
        code.absolute(0x0f01, 3, POINTERS + POINTER_BYTES * which); // lidt
      }
      default -> code.absolute(0x0f01, random.nextInt(2), Choice.address(random));
    }
  }
}
