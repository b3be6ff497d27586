package org.trampoline.emulator.cpu;

import org.trampoline.emulator.snapshot.StatePart;

/**
 * The memory type range registers and the page attribute table (SDM vol. 3, 11.11 and 11.12). With
 * no cache modelled they have no effect, but they hold what firmware and kernels write and refuse
 * what processors refuse.
 */
public final class MemoryTypes implements StatePart {
  private static final int CAP = 0xfe;
  private static final int DEF_TYPE = 0x2ff;
  private static final int VARIABLE = 0x200;
  private static final int PAIRS = 8;
  private static final int PAT = 0x277;
  private static final int FIXED_64K = 0x250;
  private static final int FIXED_16K = 0x258;
  private static final int FIXED_4K = 0x268;

  /** Eight ranges, fixed ranges, write-combining. */
  private static final long CAPABILITIES = PAIRS | 1 << 8 | 1 << 10;

  /** WB, WT, UC-, UC, twice: the types of PCD and PWT before there was a PAT. */
  private static final long INITIAL_PAT = 0x0007_0406_0007_0406L;

  /** Bits 35:12 of an address. */
  private static final long ADDRESS = 0xf_ffff_f000L;

  private static final long VALID = 1 << 11;

  /** FE and E, fixed ranges and all ranges enabled. */
  private static final long ENABLES = 3 << 10;

  /** UC, WC, WT, WP, WB: bit n for type n. */
  private static final int RANGE_TYPES = 1 | 1 << 1 | 1 << 4 | 1 << 5 | 1 << 6;

  /** A PAT entry may also be UC-. */
  private static final int PAGE_TYPES = RANGE_TYPES | 1 << 7;

  private final long[] variable = new long[2 * PAIRS];
  private final long[] fixed = new long[11];
  private long defaultType;
  private long pat;

  MemoryTypes() {
    reset();
  }

  void reset() {
    java.util.Arrays.fill(variable, 0);
    java.util.Arrays.fill(fixed, 0);
    defaultType = 0;
    pat = INITIAL_PAT;
  }

  /** Whether there is such an MTRR (IA32_MTRRCAP included). */
  public static boolean isRange(int msr) {
    return msr == CAP || msr == DEF_TYPE || isVariable(msr) || fixedIndex(msr) >= 0;
  }

  /** Whether it is IA32_PAT. */
  public static boolean isPat(int msr) {
    return msr == PAT;
  }

  private static boolean isVariable(int msr) {
    return msr >= VARIABLE && msr < VARIABLE + 2 * PAIRS;
  }

  /** One of 64 KB, two of 16 KB, eight of 4 KB ranges. */
  private static int fixedIndex(int msr) {
    if (msr == FIXED_64K) {
      return 0;
    }
    if (msr == FIXED_16K || msr == FIXED_16K + 1) {
      return 1 + msr - FIXED_16K;
    }
    return msr >= FIXED_4K && msr < FIXED_4K + 8 ? 3 + msr - FIXED_4K : -1;
  }

  /** The value of one of these registers. */
  public long read(int msr) {
    if (isVariable(msr)) {
      return variable[msr - VARIABLE];
    }
    return switch (msr) {
      case CAP -> CAPABILITIES;
      case DEF_TYPE -> defaultType;
      case PAT -> pat;
      default -> fixed[fixedIndex(msr)];
    };
  }

  /**
   * Sets one of these registers.
   *
   * @return false if it or the value does not allow that, and nothing was changed
   */
  public boolean write(int msr, long value) {
    if (isVariable(msr)) {
      boolean mask = (msr & 1) != 0;
      boolean allowed =
          mask ? (value & ~(ADDRESS | VALID)) == 0 : isTypeBeside(value, ADDRESS, RANGE_TYPES);
      if (allowed) {
        variable[msr - VARIABLE] = value;
      }
      return allowed;
    }
    return switch (msr) {
      case CAP -> false;
      case DEF_TYPE -> {
        boolean allowed = isTypeBeside(value, ENABLES, RANGE_TYPES);
        defaultType = allowed ? value : defaultType;
        yield allowed;
      }
      case PAT -> {
        boolean allowed = areTypes(value, PAGE_TYPES);
        pat = allowed ? value : pat;
        yield allowed;
      }
      default -> {
        boolean allowed = areTypes(value, RANGE_TYPES);
        fixed[fixedIndex(msr)] = allowed ? value : fixed[fixedIndex(msr)];
        yield allowed;
      }
    };
  }

  private static boolean isTypeBeside(long value, long others, int types) {
    return (value & ~(others | 0xff)) == 0 && isType((int) value & 0xff, types);
  }

  private static boolean areTypes(long value, int types) {
    for (int shift = 0; shift < 64; shift += 8) {
      if (!isType((int) (value >>> shift) & 0xff, types)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isType(int type, int types) {
    return type < 8 && (types >> type & 1) != 0;
  }
}
