package org.trampoline.emulator.translate.sequence;

import static org.trampoline.emulator.translate.sequence.Layout.*;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.trampoline.emulator.decode.Attribute;
import org.trampoline.emulator.decode.Form;
import org.trampoline.emulator.decode.InstructionTable;
import org.trampoline.emulator.translate.lockstep.CodeWriter;
import org.trampoline.emulator.translate.lockstep.FormWriter;
import org.trampoline.emulator.translate.lockstep.LoopWriter;

/**
 * Fills the code pages with instructions: all forms that do not put an end to the sequence, and
 * passages that change code, page tables, address spaces, flags and segments.
 */
final class RandomCode extends CodeWriter {
  private static final List<Form> ALL =
      InstructionTable.get().forms().stream().filter(RandomCode::harmless).toList();

  private static final List<Form> COMMON =
      ALL.stream()
          .filter(f -> !f.has(Attribute.X87) && !f.has(Attribute.SSE) && !f.has(Attribute.MMX))
          .filter(f -> !f.has(Attribute.ENDS_BLOCK) && !f.has(Attribute.SEGMENT_LOAD))
          .toList();

  private static final List<Form> UNITS =
      ALL.stream()
          .filter(f -> f.has(Attribute.X87) || f.has(Attribute.SSE) || f.has(Attribute.MMX))
          .toList();

  private final World world;
  private final FormWriter writer;
  private final LoopWriter loops;

  RandomCode(Random random, World world) {
    super(random);
    this.world = world;
    code = world.image;
    writer = new FormWriter(random, world::register);
    loops = new LoopWriter(random, world::pointer, this::disturb);
  }

  private static boolean harmless(Form form) {
    return switch (form.operation()) {
      case MOV_TO_CONTROL, MOV_TO_DEBUG, LMSW, LGDT, LIDT, LTR, LLDT, WRMSR, SYSEXIT -> false;
      default -> true;
    };
  }

  void fill() {
    code32 = true;
    at = CODE;
    while (at < CODE16 - LoopWriter.LONGEST) {
      one();
    }
    code32 = false;
    at = CODE16;
    while (at < CODE + (CODE_PAGES << 12) - LoopWriter.LONGEST) {
      one();
    }
  }

  private void one() {
    int room = LOOP_DISTANCE - at & LOOP_DISTANCE - 1;
    if (room < 48) {
      Arrays.fill(code, at, at + room, (byte) 0x90);
      at += room;
      if (code32 && random.nextInt(16) == 0) {
        load(1, 2 + random.nextInt(60));
        int start = at;
        spaces();
        put(0xe2, start - at - 2); // loop
      } else {
        at = loops.write(code32, code, at);
      }
      return;
    }
    switch (random.nextInt(32)) {
      case 0 -> put(0x70 | random.nextInt(16), random.nextInt(24));
      case 1 -> put(0x70 | random.nextInt(16), -random.nextInt(40));
      case 2 -> farJump();
      case 3, 4 -> pointer();
      case 5 -> selfModification();
      case 6 -> pageTable();
      case 7 -> flags();
      case 8 -> repeated();
      case 9 -> segments();
      case 10 -> indirect();
      case 11 -> form(ALL);
      case 12, 13, 14 -> form(UNITS);
      default -> form(COMMON);
    }
  }

  /** What a loop is disturbed by. */
  private int disturb(int from) {
    at = from;
    switch (random.nextInt(5)) {
      case 0 -> selfModification();
      case 1 -> pageTable();
      case 2 -> flags();
      case 3 -> {
        if (code32) {
          spaces();
        }
      }
      default -> segments();
    }
    return at;
  }

  private void farJump() {
    if (random.nextInt(3) == 0) {
      put(0xe2, -random.nextInt(60)); // loop
      return;
    }
    int target = random.nextInt(code32 ? CODE16 - CODE : CODE_PAGES << 12) - (at - CODE);
    int opcode = random.nextInt(4);
    if (opcode == 0) {
      put(0xe8);
    } else if (opcode == 1) {
      put(0xe9);
    } else {
      put(0x0f, 0x80 | random.nextInt(16));
    }
    if (code32) {
      put32(target - 5);
    } else {
      put(target - 3, target - 3 >> 8);
    }
  }

  /** A register gets an address, so that the others stay useful. */
  private void pointer() {
    int register = random.nextInt(8);
    load(register, register == 4 ? world.stack() : world.register());
  }

  /** Writes near to where it stands, often into the block that is running. */
  private void selfModification() {
    int target = at + random.nextInt(160) - 60;
    if (random.nextInt(4) == 0) {
      target = ALIASES + random.nextInt(ALIAS_PAGES << 12);
    }
    int kind = random.nextInt(3);
    put(kind == 0 ? 0xc6 : kind == 1 ? 0x80 : 0x66);
    if (kind == 2) {
      put(code32 ? 0xc7 : 0xc6);
    }
    address(0, code32 ? target : target - CODE);
    if (kind == 2 && code32) {
      put(0x90 | random.nextInt(8), 0x40 | random.nextInt(16));
    } else {
      put(0x40 | random.nextInt(32));
    }
  }

  /** A modrm byte with nothing but an address. */
  private void address(int field, int target) {
    if (code32) {
      put(field << 3 | 5);
      put32(target);
    } else {
      put(field << 3 | 6, target, target >> 8);
    }
  }

  /** Changes a page-table entry, and perhaps invalidates it or loads CR3. */
  private void pageTable() {
    if (!code32) {
      return;
    }
    int page =
        switch (random.nextInt(4)) {
          case 0 -> (CODE >> 12) + random.nextInt(CODE_PAGES);
          case 1 -> (DATA >> 12) + random.nextInt(DATA_PAGES);
          default -> (ALIASES >> 12) + random.nextInt(ALIAS_PAGES);
        };
    int table = random.nextInt(5) == 0 ? TABLE_COMMON : SPACE_TABLES[random.nextInt(SPACES)];
    int entry = table + page * world.entryBytes();
    if (random.nextInt(5) == 0) { // another frame, by a store that begins in the entry before
      put(0x81);
      address(6, entry - 1);
      put32(1 + random.nextInt(3) << 20);
    } else {
      put(0xc7);
      address(0, entry);
      put32(world.randomEntry());
    }
    switch (random.nextInt(4)) {
      case 0 -> {
        put(0x0f, 0x01);
        address(7, page << 12); // invlpg
      }
      case 1 -> {
        load(0, world.cr3());
        put(0x0f, 0x22, 0xd8); // mov eax,cr3
      }
      default -> {}
    }
  }

  /** Goes through all address spaces and looks what is in each. */
  private void spaces() {
    int page = DATA + 0x1000 * random.nextInt(DATA_PAGES);
    for (int space = 0; space < SPACES; space++) {
      load(0, world.cr3(space));
      put(0x0f, 0x22, 0xd8); // mov eax,cr3
      put(0x03); // add to eax
      address(0, page + random.nextInt(0xffc));
      put(0x89); // mov eax
      address(0, DATA + random.nextInt(DATA_PAGES << 12));
    }
  }

  private void flags() {
    switch (random.nextInt(8)) {
      case 0 -> put(0xfa);
      case 1 -> put(0xfb);
      case 2 -> put(0x9c, 0x9d);
      case 3 -> {
        wide();
        put(0x68);
        put32(world.eflags());
        wide();
        put(0x9d);
      }
      case 4 -> put(0xcd, random.nextBoolean() ? 0x80 : 0x21);
      case 5 -> put(0xcc);
      case 6 -> put(0xcf);
      default -> put(0xfb, 0xf4);
    }
  }

  private void repeated() {
    load(1, random.nextInt(100));
    put(random.nextBoolean() ? 0xf2 : 0xf3);
    int[] operations = {0xa4, 0xa5, 0xaa, 0xab, 0xa6, 0xa7, 0xae, 0xaf, 0xac};
    put(operations[random.nextInt(operations.length)]);
  }

  private void segments() {
    int[] registers = {0, 3, 4, 5, 0, 3, 2};
    load(0, random.nextInt(2) == 0 ? USER_DATA : world.selector());
    put(0x8e, 0xc0 | registers[random.nextInt(registers.length)] << 3);
  }

  private void indirect() {
    int target = CODE + random.nextInt(CODE16 - CODE);
    if (!code32) {
      target -= CODE;
    }
    wide();
    switch (random.nextInt(4)) {
      case 0 -> {
        put(0x68);
        put32(target);
        wide();
        put(0xc3);
      }
      case 1 -> {
        int selector = random.nextBoolean() ? USER_CODE : KERNEL_CODE;
        put(0xea);
        put32(CODE + random.nextInt(CODE16 - CODE));
        put(selector, selector >> 8);
      }
      case 2 -> {
        int selector = random.nextBoolean() ? USER_CODE16 : KERNEL_CODE16;
        put(0xea);
        put32(CODE16 - CODE + random.nextInt(0x1f00));
        put(selector, selector >> 8);
      }
      default -> {
        int register = random.nextInt(8);
        put(0xb8 | register);
        put32(target);
        wide();
        put(0xff, (random.nextBoolean() ? 0xe0 : 0xd0) | register);
      }
    }
  }

  private void form(List<Form> forms) {
    at += writer.write(forms, code32, code, at);
  }
}
