package org.trampoline.emulator.cpu;

/**
 * What CPUID says of caches and TLBs (SDM volume 2, CPUID, leaves 2 and 4, 80000006H). Caches are
 * not modelled; these are those of the processors the models are named after, so that software that
 * sizes its loops by them finds sane values.
 */
enum CacheLeaves {
  /** One descriptor byte that says nothing: a processor without anything described. */
  NONE(1, 0, 0, 0),

  /**
   * Coppermine: TLBs 01H to 04H, as {@code TlbGeometry.PENTIUM3}; caches 08H (code 16 KB), 0CH
   * (data 16 KB), 82H (256 KB).
   */
  PENTIUM3(0x0302_0101, 0x0c04_0882, 16, 256),

  /**
   * Prescott: TLBs 51H and 5BH, as {@code TlbGeometry.PENTIUM4}; 60H (data 16 KB), 70H (trace cache
   * of 12 K micro-operations), 40H (no third level), 7CH (1 MB).
   */
  PENTIUM4(0x605b_5101, 0x007c_7040, 16, 1024);

  private static final int LINE = 64;
  private static final int WAYS = 8;

  /** Code for 8 ways in leaf 80000006H. */
  private static final int EIGHT_WAYS = 6;

  private static final int DATA = 1;
  private static final int UNIFIED = 3;
  private static final int SELF_INITIALIZING = 1 << 8;

  /** EAX of leaf 2, whose low byte is the number of calls, and EDX; the others have nothing. */
  private final int descriptorsA;

  private final int descriptorsD;

  /** First-level data cache, 8 ways and lines of 64 bytes in leaf 4. */
  private final int firstKilobytes;

  /** Second-level cache, likewise. */
  private final int secondKilobytes;

  CacheLeaves(int descriptorsA, int descriptorsD, int firstKilobytes, int secondKilobytes) {
    this.descriptorsA = descriptorsA;
    this.descriptorsD = descriptorsD;
    this.firstKilobytes = firstKilobytes;
    this.secondKilobytes = secondKilobytes;
  }

  /** The register (0 EAX to 3 EDX) that leaf 2 returns. */
  int descriptor(int register) {
    return register == 0 ? descriptorsA : register == 3 ? descriptorsD : 0;
  }

  /** Leaf 4: one cache for each value of ECX, then none. */
  int parameters(int subleaf, int register) {
    return switch (subleaf) {
      case 0 -> cache(DATA, 1, firstKilobytes, register);
      case 1 -> cache(UNIFIED, 2, secondKilobytes, register);
      default -> 0;
    };
  }

  private static int cache(int type, int level, int kilobytes, int register) {
    return switch (register) {
      case 0 -> type | level << 5 | SELF_INITIALIZING;
      case 1 -> WAYS - 1 << 22 | LINE - 1;
      case 2 -> kilobytes * 1024 / (WAYS * LINE) - 1;
      default -> 0;
    };
  }

  /** ECX of leaf 80000006H. */
  int secondLevel() {
    return secondKilobytes << 16 | EIGHT_WAYS << 12 | LINE;
  }
}
