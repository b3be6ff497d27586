package org.trampoline.emulator.translate;

import java.util.HashMap;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.SegmentRegister;

/**
 * What the code of a block takes for granted about the segment registers, so that flat segments
 * cost nothing: a block runs only in the mode that it was made for.
 */
final class CodeMode {
  /** Offsets are linear addresses. */
  static final int FLAT = SegmentRegister.FLAT;

  /** No limit, but a base. */
  static final int BASED = SegmentRegister.BASED;

  /** Type and limit have to be checked. */
  static final int CHECKED = SegmentRegister.CHECKED;

  private static final String[] NAMES = {"es", "cs", "ss", "ds", "fs", "gs"};

  /** Any base, 64 KB that may be read and written: the segments of real and v86 mode. */
  static final int SMALL = SegmentRegister.SMALL;

  private static final long NO_LIMIT = 0xffff_ffffL;

  final int id;
  final boolean code32;
  final boolean stack32;
  final int codeBase;

  /** Highest offset in the code segment. */
  final long codeEnd;

  private final int kinds;

  private CodeMode(int id, Key key) {
    this.id = id;
    code32 = (key.bits & 1) != 0;
    stack32 = (key.bits & 2) != 0;
    kinds = key.bits >> 2;
    codeBase = key.codeBase;
    codeEnd = key.codeEnd;
  }

  /** How accesses to segment {@code number} are done. */
  int kind(int number) {
    return kinds >> 2 * number & 3;
  }

  /** Whether accesses to a segment have to be checked. */
  boolean limited(int number) {
    return kind(number) >= CHECKED;
  }

  /** The state block need not know about segments. */
  boolean allFlat() {
    return (kinds & ~(3 << 2 * SegmentRegister.CS)) == 0;
  }

  boolean noCodeLimit() {
    return codeEnd == NO_LIMIT;
  }

  /** For people. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(code32 ? "32-bit code" : "16-bit code");
    if (stack32 != code32) {
      text.append(stack32 ? ", 32-bit stack" : ", 16-bit stack");
    }
    if (codeBase != 0 || codeEnd != NO_LIMIT) {
      text.append(", cs 0x%x to 0x%x".formatted(codeBase, codeEnd));
    }
    for (int number = 0; number < 6; number++) {
      if (kind(number) != FLAT && number != SegmentRegister.CS) {
        text.append(", ").append(NAMES[number]);
        text.append(
            switch (kind(number)) {
              case BASED -> " based";
              case CHECKED -> " checked";
              default -> " small";
            });
      }
    }
    return text.toString();
  }

  private record Key(int bits, int codeBase, long codeEnd) {
    // written out, as in FlagRecipe: what a record has of itself the JVM generates at first use
    @Override
    public boolean equals(Object o) {
      return o instanceof Key k && bits == k.bits && codeBase == k.codeBase && codeEnd == k.codeEnd;
    }

    @Override
    public int hashCode() {
      return 31 * (31 * bits + codeBase) + Long.hashCode(codeEnd);
    }
  }

  /** The modes met so far. */
  static final class Table {
    /** Modes kept at most; code that changes its segments for ever would make more. */
    private static final int LIMIT = 1024;

    /** Number 0 is that of operating systems in protected mode; jumps compare it for free. */
    private static final Key USUAL =
        new Key(3 | CHECKED << 2 + 2 * SegmentRegister.CS, 0, NO_LIMIT);

    private final HashMap<Key, CodeMode> modes = new HashMap<>();

    /** Not begun anew: code that runs while all is forgotten may remember a number for a while. */
    private int next = 1;

    private CodeMode last;
    private int lastBits = -1;

    /** There are so many that they and all code should be forgotten. */
    boolean full() {
      return modes.size() >= LIMIT;
    }

    void clear() {
      modes.clear();
      lastBits = -1;
    }

    /** The mode that the processor is in. */
    CodeMode of(Cpu c) {
      int bits = bits(c);
      SegmentRegister code = c.segment[SegmentRegister.CS];
      if (bits == lastBits && last.codeBase == code.base && last.codeEnd == code.high) {
        return last;
      }
      Key key = new Key(bits, code.base, code.high);
      CodeMode mode = modes.get(key);
      if (mode == null) {
        mode = new CodeMode(key.equals(USUAL) ? 0 : next++, key);
        modes.put(key, mode);
      }
      lastBits = bits;
      last = mode;
      return mode;
    }

    private static int bits(Cpu c) {
      int bits = 0;
      for (SegmentRegister s : c.segment) {
        bits |= s.access << 2 + 2 * s.number;
      }
      return bits | (c.code32 ? 1 : 0) | (c.stack32 ? 2 : 0);
    }
  }
}
