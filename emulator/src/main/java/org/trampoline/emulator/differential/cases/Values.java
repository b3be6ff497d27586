package org.trampoline.emulator.differential.cases;

import org.trampoline.emulator.cpu.Eflags;

/** Chooses operand values: those at which arithmetic changes its ways more often than others. */
final class Values {
  private static final int[] EDGES = {
    0,
    1,
    2,
    3,
    4,
    7,
    8,
    9,
    0x0a,
    0x0f,
    0x10,
    0x11,
    0x1f,
    0x20,
    0x21,
    0x3f,
    0x40,
    0x7e,
    0x7f,
    0x80,
    0x81,
    0x99,
    0x9a,
    0xf0,
    0xfe,
    0xff,
    0x100,
    0x101,
    0x0fff,
    0x1000,
    0x7ffe,
    0x7fff,
    0x8000,
    0x8001,
    0xff00,
    0xfffe,
    0xffff,
    0x1_0000,
    0x1_0001,
    0x00ff_ffff,
    0x0100_0000,
    0x0fff_ffff,
    0x1000_0000,
    0x5555_5555,
    0x7fff_fffe,
    0x7fff_ffff,
    0x8000_0000,
    0x8000_0001,
    0x8080_8080,
    0xaaaa_aaaa,
    0xc000_0000,
    0xfefe_fefe,
    0xffff_0000,
    0xffff_0001,
    0xffff_7fff,
    0xffff_8000,
    0xffff_ff00,
    0xffff_ff7f,
    0xffff_ff80,
    0xffff_fff0,
    -4,
    -3,
    -2,
    -1
  };

  private static final int STATUS_BITS = Eflags.STATUS;

  // What a doubleword is made of, by the kind that is drawn, as masks: a switch would be
  // mispredicted
  // most of the time, and would take longer than all the rest.
  private static final int[] RANDOM_PART = {0, 0, 0, ~0xffff, ~0xff, 0, -1, -1};
  private static final int[] EDGE_PART = {-1, -1, -1, 0xffff, 0xff, 0, 0, 0};
  private static final int[] NEIGHBOUR = {0, 0, -1, 0, 0, 0, 0, 0};
  private static final int[] ONE_BIT = {0, 0, 0, 0, 0, -1, 0, 0};
  private static final int[] SHIFT = {0, 0, 0, 0, 0, 0, 31, 0};

  private final CaseRandom random;

  Values(CaseRandom random) {
    this.random = random;
  }

  /** A doubleword: an edge or its neighbour, with random upper bits, one bit, short, or any. */
  int word() {
    long r = random.next();
    int kind = (int) r & 7;
    int value = (int) (r >>> 32);
    int edge = EDGES[(int) r >>> 3 & 63] + (((int) r >>> 9 & 3) - 1 & NEIGHBOUR[kind]);
    return value >> (value & SHIFT[kind]) & RANDOM_PART[kind]
        | edge & EDGE_PART[kind]
        | 1 << value & ONE_BIT[kind];
  }

  /** A shift count: around the operand widths, mostly; 8 bits. */
  int count() {
    int r = random.bits();
    return switch (r >>> 29) {
      case 0 -> r & 0xff;
      case 1 -> (r & 0x18) + (r >>> 8 & 3) - 1 & 0xff; // 0, 8, 16, 24 and their neighbours
      case 2 -> 32 + (r & 1);
      case 3 -> 255 - (r & 31);
      default -> r & 31;
    };
  }

  /** EFLAGS as user code may have them; TF and AC are not set. */
  int flags() {
    int r = random.bits();
    int flags = r & STATUS_BITS | Eflags.FIXED | Eflags.IF;
    flags |= (r >>> 24 & 3) == 0 ? Eflags.DF : 0;
    flags |= (r >>> 26 & 7) == 0 ? Eflags.NT : 0;
    return flags | ((r >>> 29) == 0 ? Eflags.ID : 0);
  }
}
