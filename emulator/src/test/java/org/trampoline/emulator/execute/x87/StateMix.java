package org.trampoline.emulator.execute.x87;

import java.util.SplittableRandom;

/** Random x87 states in which the edges of the formats are as frequent as everything else. */
final class StateMix {
  /** How much of the state varies. */
  enum Spread {
    /** All registers in use, all exceptions masked. */
    MASKED,
    /** Some exceptions are unmasked. */
    UNMASKED,
    /** Some registers are empty. */
    EMPTY
  }

  private static final long[] FRACTIONS = {
    0,
    1,
    2,
    3,
    -1L,
    -2L,
    1L << 62,
    1L << 61,
    (1L << 62) - 1,
    (1L << 62) + 1,
    -1L << 40,
    1L << 40,
    1L << 39,
    1L << 11,
    1L << 10,
    -1L << 11,
    (1L << 40) - 1,
    (1L << 11) - 1,
    0x3fL << 57,
    -1L << 10,
    -1L << 39,
    0x7fff_ffff_ffffL
  };

  private final SplittableRandom random;

  StateMix(long seed) {
    random = new SplittableRandom(seed);
  }

  int below(int bound) {
    return random.nextInt(bound);
  }

  void fill(X87State s, Spread spread) {
    int masks = 0x3f;
    if (spread != Spread.MASKED && random.nextBoolean()) {
      masks = random.nextInt(3) == 0 ? 0x3f ^ 1 << random.nextInt(6) : random.nextInt(64);
    }
    s.control = 0x40 | masks | random.nextInt(16) << 8 | random.nextInt(2) << 12;
    int flags = random.nextInt(8) == 0 ? random.nextInt(128) : 0;
    s.status = flags & (masks | StatusWord.SF) | random.nextInt(8) << 11 | random.nextInt(8) << 8;
    s.status |= random.nextInt(2) << 14;
    s.tags = 0;
    if (spread == Spread.EMPTY) {
      for (int i = 0; i < 8; i++) {
        s.tags |= random.nextInt(3) == 0 ? 3 << 2 * i : 0;
      }
    } else if (random.nextInt(4) != 0) {
      // leave room for pushes
      int top = s.status >> 11 & 7;
      s.tags |= 3 << 2 * (top + 7 & 7);
    }
    int shape = random.nextInt(4);
    for (int i = 0; i < 8; i++) {
      number(s, i, shape);
    }
    s.flags = random.nextInt() & 0x8d5;
    s.ax = random.nextInt(0x10000);
    memory(s);
  }

  /** Makes st(i): of any kind, or with an exponent near that of st(0). */
  void number(X87State s, int i, int shape) {
    if (i > 0 && random.nextInt(3) == 0) {
      s.signExponent[i] = s.signExponent[0] + random.nextInt(-70, 71) & 0x7fff;
      s.significand[i] = fraction() | Long.MIN_VALUE;
      if (random.nextInt(3) == 0) {
        s.significand[i] = s.significand[0] + random.nextInt(-2, 3);
      }
    } else if (shape == 0) {
      s.signExponent[i] = exponent();
      s.significand[i] = fraction() | (random.nextInt(8) == 0 ? 0 : Long.MIN_VALUE);
    } else if (shape == 1) {
      s.signExponent[i] = 0x3fff + random.nextInt(-70, 71);
      s.significand[i] = fraction() | Long.MIN_VALUE;
    } else {
      special(s, i);
    }
    if (random.nextBoolean()) {
      s.signExponent[i] ^= 0x8000;
    }
  }

  private void special(X87State s, int i) {
    s.significand[i] = fraction() | Long.MIN_VALUE;
    switch (random.nextInt(9)) {
      case 0 -> {
        s.signExponent[i] = 0;
        s.significand[i] = 0;
      }
      case 1 -> {
        s.signExponent[i] = 0x7fff;
        s.significand[i] = Long.MIN_VALUE;
      }
      case 2 -> s.signExponent[i] = 0x7fff;
      case 3 -> {
        s.signExponent[i] = 0;
        s.significand[i] = fraction() >>> random.nextInt(64);
      }
      case 4 -> s.signExponent[i] = random.nextInt(100);
      case 5 -> s.signExponent[i] = 0x7ffe - random.nextInt(100);
      case 6 -> {
        s.signExponent[i] = exponent();
        s.significand[i] &= Long.MAX_VALUE;
      }
      case 7 -> {
        s.signExponent[i] = 0x3fff + random.nextInt(70);
        s.significand[i] &= -1L << random.nextInt(64);
      }
      default -> s.signExponent[i] = 0x3fff + random.nextInt(-3, 65);
    }
  }

  private int exponent() {
    return switch (random.nextInt(6)) {
      case 0 -> random.nextInt(3);
      case 1 -> 0x7fff - random.nextInt(3);
      case 2 -> random.nextInt(0x8000);
      case 3 -> 0x3fff - 1022 + random.nextInt(-60, 10); // the edges of double and single
      case 4 -> 0x3fff - 126 + random.nextInt(-30, 10);
      default -> 0x3fff + (random.nextBoolean() ? 1023 : 127) + random.nextInt(-2, 3);
    };
  }

  long fraction() {
    return switch (random.nextInt(4)) {
      case 0 -> FRACTIONS[random.nextInt(FRACTIONS.length)];
      case 1 -> random.nextLong() << random.nextInt(64);
      case 2 -> random.nextLong() | -1L >>> random.nextInt(1, 64);
      default -> random.nextLong();
    };
  }

  private void memory(X87State s) {
    for (int at = 0; at < X87State.MEMORY; at += 8) {
      put(s, at, random.nextLong());
    }
    switch (random.nextInt(8)) {
      case 0 -> put(s, 0, Double.doubleToRawLongBits(random.nextInt(-100, 100)));
      case 1 -> put(s, 0, Float.floatToRawIntBits(random.nextInt(-100, 100)));
      case 2 -> put(s, 0, random.nextLong() >>> 12 | (long) random.nextInt(2) << 63);
      case 3 -> put(s, 0, random.nextLong() | 0x7ff0_0000_0000_0000L);
      case 4 -> put(s, 0, random.nextLong() & ~0x7f80_0000L);
      case 5 -> put(s, 0, random.nextLong() | 0x7f80_0000L);
      case 6 -> put(s, 0, fraction() << 63 | 0x7ff0_0000_7f80_0000L);
      default -> put(s, 0, fraction());
    }
    if (random.nextInt(16) == 0) {
      put(s, 0, (long) random.nextInt(2) << 63 | (long) random.nextInt(2) << 31);
    }
    if (random.nextInt(3) == 0) {
      for (int at = 0; at < 9; at++) { // packed decimal
        s.memory[at] = (byte) (random.nextInt(10) << 4 | random.nextInt(10));
      }
    }
  }

  private static void put(X87State s, int at, long value) {
    for (int k = 0; k < 8; k++) {
      s.memory[at + k] = (byte) (value >>> 8 * k);
    }
  }
}
