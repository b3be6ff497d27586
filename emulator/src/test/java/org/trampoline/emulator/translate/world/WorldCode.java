package org.trampoline.emulator.translate.world;

import static org.trampoline.emulator.translate.world.Places.*;

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
 * Fills a world's code pages: instructions of every form, loops that are worth translating, {@link
 * Passages} that change what the world stands on, and at the end a soup of frequent bytes.
 */
final class WorldCode extends CodeWriter {
  private static final List<Form> ALL = InstructionTable.get().forms();

  private static final List<Form> COMMON =
      ALL.stream()
          .filter(f -> !f.has(Attribute.X87) && !f.has(Attribute.SSE) && !f.has(Attribute.MMX))
          .filter(f -> !f.has(Attribute.ENDS_BLOCK) && !f.has(Attribute.SEGMENT_LOAD))
          .filter(f -> !f.has(Attribute.CPL0) && !f.has(Attribute.IO))
          .toList();

  private static final List<Form> UNITS =
      ALL.stream()
          .filter(f -> f.has(Attribute.X87) || f.has(Attribute.SSE) || f.has(Attribute.MMX))
          .toList();

  /** First bytes that are frequent in programs. */
  private static final int[] FREQUENT = {
    0x01, 0x03, 0x29, 0x2b, 0x31, 0x33, 0x39, 0x3b, 0x21, 0x09, 0x85, 0x89, 0x8b, 0x8d, 0x40, 0x48,
    0x50, 0x58, 0x70, 0xeb, 0xe8, 0xc3, 0xc1, 0xd1, 0xd3, 0xf7, 0xff, 0xfe, 0x83, 0x81, 0x88, 0x8a,
    0xb8, 0xa4, 0xa5, 0xaa, 0xab, 0xac, 0xae, 0xa6, 0x66, 0x67, 0xf3, 0xf2, 0x0f, 0x0f, 0x9c, 0x9d,
    0x60, 0x61, 0xc8, 0xc9, 0xcd, 0xcf, 0xfa, 0xfb, 0x8e, 0x8c, 0x1e, 0x1f, 0x06, 0x07, 0xd8, 0xd9,
    0xdb, 0xdd, 0xde, 0xe2, 0xe3, 0x86, 0x87, 0x98, 0x99, 0xf6, 0x6b, 0x69, 0xc7, 0xc6, 0xea, 0x9a,
    0xcb, 0xca, 0x17, 0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x74, 0x75, 0x72, 0x7c, 0x7f, 0xe9
  };

  /** Where in each page of 32-bit code is a subroutine. */
  static final int SUBROUTINE = 3;

  /** And one that also loads CR3 with EAX. */
  static final int SWITCH = 5;

  private final FormWriter forms;
  private final Passages passages;
  private final LoopWriter loops;

  /** One of so many items of code is a loop. */
  private final int loopRarity;

  WorldCode(Random random, Image image) {
    super(random);
    code = image.bytes;
    forms = new FormWriter(random, () -> Choice.address(random));
    passages = new Passages(this, random);
    loops = new LoopWriter(random, () -> Choice.pointer(random), this::disturb);
    loopRarity = Choice.of(random, 8, 20, 40);
  }

  /** What unused memory is filled with: the same in all worlds. */
  private static final byte[] WAYS_BACK = waysBack();

  /** Fills unused memory with jumps into the code, for those who lose their way. */
  static void leadBack(Image image) {
    System.arraycopy(WAYS_BACK, UNUSED, image.bytes, UNUSED, MEMORY - UNUSED);
  }

  private static byte[] waysBack() {
    Random random = new Random(1);
    Image image = new Image();
    for (int at = UNUSED; at < MEMORY; at += 8) {
      int target = CODE + random.nextInt(CODE_BYTES);
      image.bytes[at] = (byte) 0xe9;
      image.set32(at + 1, target - at - 5);
      image.set16(at + 5, 0x9090);
      image.bytes[at + 7] = (byte) 0x90;
    }
    return image.bytes;
  }

  void fill() {
    code32 = true;
    at = CODE;
    while (at < CODE + SUBROUTINE) {
      put(0x90);
    }
    subroutine();
    while (at < CODE16 - LoopWriter.LONGEST) {
      if ((at & 0xfff) > 0xfd0) {
        boundary();
      }
      one();
    }
    code32 = false;
    at = CODE16;
    while (at < SOUP - LoopWriter.LONGEST) {
      one();
    }
    while (at < CODE + CODE_BYTES - 16) {
      soup();
    }
  }

  // ---- for passages

  /** Lets a short jump, whose last byte lies before {@code from}, lead to here. */
  void land(int from) {
    code[from - 1] = (byte) (at - from);
  }

  /** An instruction of 32 bits with a modrm byte that is a linear address. */
  void absolute(int opcode, int field, int address) {
    if (!code32) {
      put(0x67, 0x66);
    }
    if (opcode > 0xff) {
      put(opcode >> 8);
    }
    put(opcode, field << 3 | 5);
    put32(address);
  }

  /** Stores 32 bits at a linear address. */
  void store(int address, int value) {
    absolute(0xc7, 0, address);
    put32(value);
  }

  // ---- what it is made of

  private void one() {
    int room = LOOP_DISTANCE - at & LOOP_DISTANCE - 1;
    boolean inPage = (at + room & 0xfff) != 0;
    if (inPage && room < 48) {
      Arrays.fill(code, at, at + room, (byte) 0x90);
      at += room;
    }
    if (inPage && room < 48 && Choice.rarely(random, 3)) {
      passages.hot();
      return;
    }
    if (inPage && room < 48 || Choice.rarely(random, loopRarity)) {
      at = loops.write(code32, code, at);
      return;
    }
    switch (random.nextInt(32)) {
      case 0 -> put(0x70 | random.nextInt(16), random.nextInt(24));
      case 1 -> put(0x70 | random.nextInt(16), -random.nextInt(40));
      case 2, 3 -> jump();
      case 4, 5, 6 -> pointer();
      case 7 -> loop();
      case 8, 9, 10 -> passages.one();
      case 11 -> form(ALL);
      case 12, 13, 14 -> form(UNITS);
      default -> form(COMMON);
    }
  }

  /**
   * A subroutine of two instructions, of which one reaches from a page into the next, and another.
   */
  private void boundary() {
    while ((at & 0xfff) != 0xffd) {
      put(0x90);
    }
    load(Choice.of(random, 0, 2, 3, 6, 7), random.nextInt());
    put(0xc3);
    subroutine();
  }

  /** Two subroutines at the same place in each page, but different; one also loads CR3. */
  private void subroutine() {
    step();
    put(0xc3);
    put(0x0f, 0x22, 0xd8); // mov %eax,%cr3
    step();
    put(0xc3);
  }

  private void step() {
    put(0x40 | Choice.of(random, 2, 3, 6, 7, 10, 11, 14, 15)); // inc, dec
  }

  /** What a loop is disturbed by. */
  private int disturb(int from) {
    at = from;
    passages.disturbing();
    return at;
  }

  private void form(List<Form> from) {
    at += forms.write(from, code32, code, at);
  }

  private void jump() {
    int target = Choice.code(random, code32) - at;
    switch (random.nextInt(4)) {
      case 0 -> put(0xe8);
      case 1 -> put(0xe9);
      default -> put(0x0f, 0x80 | random.nextInt(16));
    }
    if (code32) {
      put32(target);
    } else {
      put(target, target >> 8);
    }
  }

  /** A register gets an address, so that the others stay useful. */
  private void pointer() {
    int register = random.nextInt(8);
    load(register, register == 4 ? Descriptors.stack(random) : Choice.address(random));
  }

  /** Goes round a few or many times, with a counter in a register or in ECX. */
  private void loop() {
    int register = Choice.of(random, 1, 1, 3, 6, 7);
    load(register, 1 + random.nextInt(Choice.rarely(random, 3) ? 400 : 20));
    int start = at;
    int length = 1 + random.nextInt(6);
    for (int i = 0; i < length; i++) {
      if (Choice.rarely(random, 4)) {
        put(0x70 | random.nextInt(16), random.nextInt(4)); // ways within the loop
      }
      form(Choice.rarely(random, 6) ? UNITS : COMMON);
    }
    if (register == 1 && at - start < 100 && random.nextBoolean()) {
      put(Choice.of(random, 0xe0, 0xe1, 0xe2, 0xe2), start - at - 2);
      return;
    }
    wide();
    put(0x48 | register); // dec
    if (at - start < 120) {
      put(Choice.of(random, 0x75, 0x75, 0x7f), start - at - 2);
    }
  }

  private void soup() {
    if (Choice.rarely(random, 20)) {
      put(random.nextInt(256));
      return;
    }
    int opcode = FREQUENT[random.nextInt(FREQUENT.length)];
    switch (opcode) {
      case 0x40, 0x48, 0x50, 0x58 -> put(opcode | random.nextInt(8));
      case 0x70 -> put(0x70 | random.nextInt(16), random.nextInt(60) - 30);
      case 0xeb, 0xe2, 0xe3 -> put(opcode, random.nextInt(60) - 30);
      case 0xb8 -> {
        put(0xb8 | random.nextInt(8));
        put32(Choice.address(random));
      }
      case 0x0f -> put(0x0f, random.nextInt(256), random.nextInt(256));
      default -> put(opcode, random.nextInt(256));
    }
  }
}
