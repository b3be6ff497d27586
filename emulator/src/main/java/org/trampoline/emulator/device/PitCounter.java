package org.trampoline.emulator.device;

import org.trampoline.emulator.snapshot.StatePart;

/**
 * One of the three counters of the 8254 (Intel 231164): a closed formula of the time passed since
 * the count was loaded, so nothing happens between two looks at it. Times are ticks of its CLK
 * input, absolute.
 */
final class PitCounter implements StatePart {
  /** No change to come. */
  static final long NEVER = Long.MAX_VALUE;

  /** 0–5; before the first control word, which the data sheet leaves open, OUT is high. */
  private int mode = 2;

  private int access = 3; // RW bits of the control word: 1 low byte, 2 high byte, 3 both
  private boolean bcd;
  private boolean gate;

  /** A count was written since the control word. */
  private boolean counting;

  /** The count in use, 1–65536. */
  private int count = 0x1_0000;

  /** When {@link #count} was, or will be, loaded; {@link #NEVER} while a trigger is awaited. */
  private long loaded = NEVER;

  /** Ticks from {@link #loaded} to the start of a period not long ago, of modes 2 and 3. */
  private long periodStart;

  /** Ticks counted when the gate stopped counting, or -1. */
  private long held = -1;

  /** Mode 2 and 3: the count to be used from {@link #switchAt} on. */
  private int nextCount;

  private long switchAt = NEVER;

  // the bytes being written and read
  private boolean highNext;
  private int lowByte;
  private boolean readHighNext;
  private int latchedBytes;
  private int latched;
  private boolean statusLatched;
  private int status;

  PitCounter(boolean gate) {
    this.gate = gate;
  }

  void control(int word) {
    int m = word >> 1 & 7;
    mode = m > 5 ? m - 4 : m; // X in the tables: 6 is 2, 7 is 3
    access = word >> 4 & 3;
    bcd = (word & 1) != 0;
    counting = false;
    loaded = NEVER;
    held = -1;
    switchAt = NEVER;
    highNext = false;
    readHighNext = false;
    latchedBytes = 0;
    statusLatched = false;
  }

  /** A byte of the count. */
  void write(int value, long now) {
    advance(now);
    if (access == 3 && !highNext) {
      lowByte = value;
      highNext = true;
      if (mode == 0) {
        counting = false; // the first byte stops the count, OUT is low
        loaded = NEVER;
        held = -1;
      }
      return;
    }
    highNext = false;
    newCount(decode(access == 1 ? value : value << 8 | (access == 3 ? lowByte : 0)), now);
  }

  private int decode(int written) {
    if (!bcd) {
      return written == 0 ? 0x1_0000 : written;
    }
    int decimal =
        (written >> 12) * 1000
            + (written >> 8 & 15) * 100
            + (written >> 4 & 15) * 10
            + (written & 15);
    return decimal == 0 ? 10_000 : decimal;
  }

  private void newCount(int written, long now) {
    boolean first = !counting;
    counting = true;
    switch (mode) {
      case 0, 4 -> load(written, now + 1, 0);
      case 1, 5 -> nextCount = written; // until the next trigger
      default -> {
        if (first) {
          load(written, now + 1, 0);
        } else if (held >= 0 || now < loaded) {
          count = written;
          periodStart = 0;
        } else {
          nextCount = written;
          switchAt = mode == 2 ? cycleEnd(now) : change(now);
        }
      }
    }
  }

  /** Starts counting at a tick, or as soon as the gate allows. */
  private void load(int written, long at, long elapsed) {
    count = written;
    periodStart = 0;
    loaded = at - elapsed;
    held = gate || mode == 1 || mode == 5 ? -1 : elapsed;
    switchAt = NEVER;
  }

  private long cycleEnd(long now) {
    return loaded + ((now - loaded) / count + 1) * count;
  }

  void gate(boolean high, long now) {
    if (high == gate) {
      return;
    }
    advance(now);
    gate = high;
    switch (mode) {
      case 0, 4 -> {
        if (high && held >= 0) {
          loaded = now - held;
          held = -1;
        } else if (!high && loaded != NEVER) {
          held = Math.max(0, now - loaded);
        }
      }
      case 1, 5 -> {
        if (high && counting) {
          count = nextCount;
          periodStart = 0;
          loaded = now + 1;
        }
      }
      default -> {
        if (!high) {
          held = 0;
        } else if (counting) {
          load(switchAt == NEVER ? count : nextCount, now + 1, 0);
        }
      }
    }
  }

  boolean gate() {
    return gate;
  }

  /** Takes a count that was waiting for the end of a cycle into use. */
  private void advance(long now) {
    if (now >= switchAt) {
      long at = switchAt;
      // mode 3 may change at the end of the high half: the low half of the new count follows
      boolean low = mode == 3 && (at - loaded) % count != 0;
      load(nextCount, at, low ? (nextCount + 1) / 2 : 0);
    }
  }

  /** {@code elapsed} modulo the count; looks come one after the other, mostly. */
  private long inPeriod(long elapsed) {
    long rest = elapsed - periodStart;
    if (rest < 0 || rest >= 2L * count) {
      rest = elapsed % count;
    } else if (rest >= count) {
      rest -= count;
    }
    periodStart = elapsed - rest;
    return rest;
  }

  /** The level of OUT. */
  boolean out(long now) {
    advance(now);
    if (!counting || now < loaded) {
      return mode != 0;
    }
    long elapsed = held >= 0 ? held : now - loaded;
    return switch (mode) {
      case 0, 1 -> elapsed >= count;
      case 4, 5 -> elapsed != count;
      case 2 -> held >= 0 || inPeriod(elapsed) != count - 1;
      default -> held >= 0 || inPeriod(elapsed) < (count + 1) / 2;
    };
  }

  /** The first tick after {@code now} at which OUT may be different; {@link #NEVER} if none. */
  long change(long now) {
    advance(now);
    if (!counting || held >= 0 || loaded == NEVER) {
      return NEVER;
    }
    if (now < loaded) {
      return loaded;
    }
    long elapsed = now - loaded;
    return switch (mode) {
      case 0, 1 -> elapsed < count ? loaded + count : NEVER;
      case 4, 5 -> elapsed < count ? loaded + count : elapsed == count ? loaded + count + 1 : NEVER;
      default -> {
        long start = now - inPeriod(elapsed);
        long middle = start + (mode == 2 ? count - 1 : (count + 1) / 2);
        yield Math.min(now < middle ? middle : start + count, switchAt);
      }
    };
  }

  /** What the counting element holds, as read. */
  private int value(long now) {
    advance(now);
    int modulus = bcd ? 10_000 : 0x1_0000;
    long elapsed = held >= 0 ? held : loaded == NEVER ? 0 : Math.max(0, now - loaded);
    long left;
    if (mode == 2) {
      left = count - elapsed % count;
    } else if (mode == 3) {
      long phase = elapsed % count;
      int half = (count + 1) / 2;
      left = (count & ~1) - 2 * (phase < half ? phase : phase - half);
    } else {
      left = count - elapsed;
    }
    int binary = (int) Math.floorMod(left, (long) modulus);
    return bcd
        ? binary / 1000 << 12 | binary / 100 % 10 << 8 | binary / 10 % 10 << 4 | binary % 10
        : binary;
  }

  /** The counter latch command: a second one is ignored until the first was read. */
  void latchCount(long now) {
    if (latchedBytes == 0) {
      latched = value(now);
      latchedBytes = access == 3 ? 2 : 1;
      readHighNext = false;
    }
  }

  /** The status of the read-back command. */
  void latchStatus(long now) {
    if (!statusLatched) {
      boolean out = out(now);
      boolean nullCount = !counting || now < loaded || switchAt != NEVER;
      status = (out ? 0x80 : 0) | (nullCount ? 0x40 : 0) | access << 4 | mode << 1 | (bcd ? 1 : 0);
      statusLatched = true;
    }
  }

  int read(long now) {
    if (statusLatched) {
      statusLatched = false;
      return status;
    }
    int value = latchedBytes > 0 ? latched : value(now);
    if (latchedBytes > 0) {
      latchedBytes--;
    }
    boolean high = access == 2 || access == 3 && readHighNext;
    readHighNext = access == 3 && !readHighNext;
    return high ? value >> 8 : value & 0xff;
  }
}
