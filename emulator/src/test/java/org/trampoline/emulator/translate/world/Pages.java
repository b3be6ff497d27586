package org.trampoline.emulator.translate.world;

import static org.trampoline.emulator.translate.world.Places.*;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * The page tables of a world, in both formats at once: two address spaces that map all RAM to
 * itself but for some pages, a region of aliases, large pages, and a directory that is its own
 * table.
 */
final class Pages {
  private static final int PRESENT = 1;
  private static final int WRITABLE = 2;
  private static final int USER = 4;
  private static final int LARGE = 0x80;
  private static final int GLOBAL = 0x100;
  private static final int ALL = PRESENT | WRITABLE | USER;

  /** Directory entry, of 4 MB, that leads to the directory itself. */
  static final int SELF = 0x3c0;

  private Pages() {}

  static void fill(Random random, Image image) {
    List<Integer> frames = frames(random);
    for (int space = 0; space < DIRECTORY_COUNT; space++) {
      twoLevel(random, image, directory(space), TABLE + 0x1000 * space, frames);
      pae(random, image, space, frames);
      if (random.nextBoolean()) {
        frames = frames(random);
      }
    }
    twoLevel(random, image, THIRD_DIRECTORY, THIRD_TABLE, frames(random));
    for (int i = 0; i < 1024; i++) {
      image.set32(TABLE + 0x2000 + 4 * i, entry(random));
    }
  }

  /**
   * The frame of each page that is mapped as usual. Neighbours are seldom neighbours on the host:
   * it shows which page an access has looked up.
   */
  private static List<Integer> frames(Random random) {
    List<Integer> frames = new ArrayList<>(IntStream.range(0, MEMORY >> 12).boxed().toList());
    Collections.shuffle(frames.subList(DATA >> 12, DATA + DATA_BYTES >> 12), random);
    Collections.shuffle(frames.subList(STACKS >> 12, STACKS + STACK_BYTES >> 12), new Random(0));
    return frames;
  }

  /** A two-level page directory. */
  static int directory(int space) {
    return space < DIRECTORY_COUNT ? DIRECTORY + 0x1000 * space : THIRD_DIRECTORY;
  }

  private static void twoLevel(
      Random random, Image image, int directory, int table, List<Integer> frames) {
    for (int page = 0; page < 1024; page++) {
      image.set32(table + 4 * page, page(random, page, frames));
    }
    image.set32(directory, table | ALL);
    image.set32(directory + 4, LARGE | ALL | random.nextInt(2) * GLOBAL);
    image.set32(directory + 8, TABLE + 0x2000 | ALL);
    image.set32(directory + 12, table | random.nextInt(8) | PRESENT);
    image.set32(directory + 4 * SELF, directory | ALL);
    image.set32(directory + 4 * (HIGH_DEVICE >>> 22), HIGH_DEVICE | LARGE | ALL);
  }

  private static void pae(Random random, Image image, int space, List<Integer> frames) {
    int directory = PAE_DIRECTORY + 0x1000 * space;
    for (int half = 0; half < 2; half++) {
      int table = PAE_TABLE + 0x1000 * (2 * space + half);
      for (int i = 0; i < 512; i++) {
        image.set64(table + 8 * i, page(random, 512 * half + i, frames) & 0xffff_ffffL);
      }
      image.set64(directory + 8 * half, table | ALL);
    }
    image.set64(directory + 16, LARGE | ALL | random.nextInt(2) * GLOBAL); // 4 MB: 0
    image.set64(directory + 24, PAE_TABLE | ALL);
    image.set64(directory + 8 * 0x80, directory | ALL);
    int pointers = PAE_POINTERS + 0x20 * space;
    image.set64(pointers, directory | PRESENT);
    image.set64(pointers + 8, Choice.rarely(random, 4) ? 0 : directory | PRESENT);
    image.set64(pointers + 24, PAE_DIRECTORY | PRESENT);
  }

  private static int page(Random random, int number, List<Integer> frames) {
    int at = number << 12;
    if (at >= ALIASES && at < ALIASES + ALIAS_PAGES * 0x1000) {
      return entry(random);
    }
    if (number >= MEMORY >> 12) {
      return (random.nextInt(MEMORY >> 12) << 12) | ALL;
    }
    if (at >= CODE && at < CODE + CODE_BYTES && Choice.rarely(random, 6)) {
      return code(random);
    }
    boolean spared = at < STACKS + STACK_BYTES || !Choice.rarely(random, 12);
    int flags = ALL | (Choice.rarely(random, 6) ? GLOBAL : 0);
    return frames.get(number) << 12 | (spared ? flags : flags & ~(1 << random.nextInt(3)));
  }

  /** An entry that leads to some page of the code. */
  static int code(Random random) {
    return CODE + 0x1000 * random.nextInt(CODE_BYTES >> 12) | ALL;
  }

  /** Some entry of a table: to code, data, tables, devices, or nowhere. */
  static int entry(Random random) {
    int frame =
        switch (random.nextInt(12)) {
          case 0, 1, 2, 3 -> CODE + 0x1000 * random.nextInt(CODE_BYTES >> 12);
          case 4 -> DIRECTORY + 0x1000 * random.nextInt(TABLES_END - DIRECTORY >> 12);
          case 5 -> Choice.of(random, DEVICE, ROM, HIGH_DEVICE, 0x10_0000 + CODE, MEMORY);
          case 6 -> STACKS;
          default -> DATA + 0x1000 * random.nextInt(DATA_BYTES >> 12);
        };
    int flags = ALL | random.nextInt(4) << 5 | (Choice.rarely(random, 6) ? GLOBAL : 0);
    return frame | (Choice.rarely(random, 6) ? flags & ~(1 << random.nextInt(3)) : flags);
  }

  /** Physical address of some entry, of a table or now and then of a directory. */
  static int place(Random random, boolean pae, int linear) {
    int space = random.nextInt(2);
    if (Choice.rarely(random, 10)) {
      return pae
          ? PAE_DIRECTORY + 0x1000 * space + 8 * random.nextInt(4)
          : DIRECTORY + 4 * random.nextInt(4);
    }
    return place(space, pae, linear);
  }

  /** Physical address of the entry of a linear address, by the tables as they are at first. */
  static int place(int space, boolean pae, int linear) {
    int page = linear >>> 12 & 0x3ff;
    return pae
        ? PAE_TABLE + 0x1000 * (2 * space + (page >> 9)) + 8 * (page & 0x1ff)
        : TABLE + 0x1000 * space + 4 * page;
  }
}
