package org.trampoline.emulator.translate.world;

import static org.trampoline.emulator.translate.world.Places.*;

import java.util.Random;
import org.trampoline.emulator.cpu.Control;
import org.trampoline.emulator.cpu.Eflags;

/** Values of the kinds that registers and tables have, mostly such as lead somewhere. */
final class Choice {
  private static final int[] CR0_BITS = {
    Control.CR0_WP,
    Control.CR0_WP,
    Control.CR0_TS,
    Control.CR0_EM,
    Control.CR0_MP,
    Control.CR0_NE,
    Control.CR0_AM,
    Control.CR0_CD,
    Control.CR0_PG
  };

  private static final int[] CR4_BITS = {
    Control.CR4_TSD,
    Control.CR4_DE,
    Control.CR4_PSE,
    Control.CR4_PGE,
    Control.CR4_PGE,
    Control.CR4_PCE,
    Control.CR4_OSFXSR,
    Control.CR4_OSXMMEXCPT,
    Control.CR4_PAE,
    Control.CR4_PVI
  };

  private Choice() {}

  static int of(Random random, int... all) {
    return all[random.nextInt(all.length)];
  }

  /** Whether something happens that has {@code one} chance in so many. */
  static boolean rarely(Random random, int one) {
    return random.nextInt(one) == 0;
  }

  /** A linear address that something may be found at. */
  static int address(Random random) {
    return switch (random.nextInt(16)) {
      case 0 -> random.nextInt();
      case 1, 2 -> CODE + random.nextInt(CODE_BYTES);
      case 3, 4 -> ALIASES + random.nextInt(ALIAS_PAGES << 12);
      case 5 -> // by a large page, or by a directory entry that may allow less
          (rarely(random, 3) ? 0xc0_0000 : 0x40_0000) + random.nextInt(MEMORY);
      case 6 -> STACKS + random.nextInt(STACK_BYTES);
      case 7 -> 0x10_0000 + CODE + random.nextInt(0x2_0000); // behind A20
      case 8 -> DATA + 0x1000 * random.nextInt(16) + random.nextInt(9) - 4;
      default -> DATA + random.nextInt(DATA_BYTES);
    };
  }

  /** As {@link #address}, mostly such as can be accessed. */
  static int pointer(Random random) {
    int beforeEnd = 0x1000 - random.nextInt(48);
    return switch (random.nextInt(6)) {
      case 0 ->
          switch (random.nextInt(4)) {
            case 0 -> random.nextInt(64) - 32;
            case 1 -> DATA + random.nextInt(64) - 32; // where 16 bits overflow
            default -> address(random);
          };
      case 1 -> ALIASES + 0x1000 * random.nextInt(ALIAS_PAGES) + beforeEnd;
      case 2 -> DATA + 0x1000 * random.nextInt(DATA_BYTES >> 12) + beforeEnd;
      default -> DATA + random.nextInt(DATA_BYTES);
    };
  }

  /** Where code of the kind is, 16-bit or 32-bit, as a linear address. */
  static int code(Random random, boolean code32) {
    int start = Choice.rarely(random, 8) ? SOUP : code32 ? CODE : CODE16;
    int end = start == SOUP ? CODE + CODE_BYTES : code32 ? CODE16 : SOUP;
    if (start != SOUP && rarely(random, 2)) {
      int page = start + 0x1000 * random.nextInt(end - start >> 12);
      return page + LOOP_DISTANCE * (1 + random.nextInt(0x1000 / LOOP_DISTANCE - 1));
    }
    if (rarely(random, 8)) {
      int page = start + 0x1000 * (1 + random.nextInt(end - start - 1 >> 12)) & ~0xfff;
      return page - random.nextInt(24); // into it from the page before
    }
    return start + random.nextInt(end - start - 16);
  }

  static int selector(Random random) {
    return switch (random.nextInt(8)) {
      case 0 -> random.nextInt(LDT_ENTRIES) << 3 | 4 | random.nextInt(4);
      case 1 -> random.nextInt(GDT_ENTRIES) << 3 | random.nextInt(4);
      case 2 -> random.nextInt(4);
      default -> (2 + random.nextInt(12)) << 3 | 3 * random.nextInt(2);
    };
  }

  static int eflags(Random random) {
    int flags = random.nextInt() & (Eflags.STATUS | Eflags.ID);
    flags |= rarely(random, 4) ? 0 : Eflags.IF;
    flags |= rarely(random, 16) ? Eflags.TF : 0;
    flags |= rarely(random, 6) ? Eflags.DF : 0;
    flags |= rarely(random, 20) ? Eflags.AC : 0;
    flags |= rarely(random, 20) ? Eflags.NT : 0;
    flags |= rarely(random, 20) ? Eflags.RF : 0;
    return flags | (rarely(random, 3) ? Eflags.IOPL : random.nextInt(4) << 12 & Eflags.IOPL);
  }

  static int control0(Random random) {
    return CR0_BITS[random.nextInt(CR0_BITS.length)];
  }

  static int control4(Random random) {
    return CR4_BITS[random.nextInt(CR4_BITS.length)];
  }

  /** A page directory for CR3, or pointers of PAE. */
  static int cr3(Random random, boolean pae) {
    int which = random.nextInt(DIRECTORY_COUNT + (pae ? 0 : 1));
    int bits = rarely(random, 6) ? random.nextInt(4) << 3 : 0;
    return bits | (pae ? PAE_POINTERS + 0x20 * which : Pages.directory(which));
  }
}
