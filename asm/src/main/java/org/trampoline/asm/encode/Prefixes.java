package org.trampoline.asm.encode;

import java.util.Map;
import org.trampoline.asm.syntax.Location;
import org.trampoline.asm.syntax.Register;

/**
 * The prefixes of one instruction, at most one of each of the groups in which GNU as puts them
 * down: segment, address size, operand size, repeat, lock (SDM volume 2, 2.1.1).
 */
public final class Prefixes {
  static final int OPERAND_SIZE = 0x66;
  static final int ADDRESS_SIZE = 0x67;
  static final int REPNE = 0xf2;
  static final int REP = 0xf3;

  private static final Map<String, Integer> BY_NAME =
      Map.ofEntries(
          Map.entry("es", 0x26),
          Map.entry("cs", 0x2e),
          Map.entry("ss", 0x36),
          Map.entry("ds", 0x3e),
          Map.entry("fs", 0x64),
          Map.entry("gs", 0x65),
          Map.entry("addr16", ADDRESS_SIZE),
          Map.entry("addr32", ADDRESS_SIZE),
          Map.entry("data16", OPERAND_SIZE),
          Map.entry("data32", OPERAND_SIZE),
          Map.entry("rep", REP),
          Map.entry("repe", REP),
          Map.entry("repz", REP),
          Map.entry("repne", REPNE),
          Map.entry("repnz", REPNE),
          Map.entry("lock", 0xf0));

  /** Of each group the prefix, 0 without. */
  private final int[] groups = new int[5];

  private static int group(int prefix) {
    return switch (prefix) {
      case ADDRESS_SIZE -> 1;
      case OPERAND_SIZE -> 2;
      case REP, REPNE -> 3;
      case 0xf0 -> 4;
      default -> 0;
    };
  }

  /** Whether a mnemonic is a prefix. */
  public static boolean isPrefix(String mnemonic) {
    return BY_NAME.containsKey(mnemonic);
  }

  /**
   * Adds a prefix that the source names.
   *
   * @throws org.trampoline.asm.AssemblyException if one of its group is there
   */
  public void add(String mnemonic, int bits, Location where) {
    boolean pointless = mnemonic.equals("addr" + bits) || mnemonic.equals("data" + bits);
    if (pointless) {
      throw where.error("prefix names the width that the code has anyway", mnemonic);
    }
    int prefix = BY_NAME.get(mnemonic);
    if (groups[group(prefix)] != 0) {
      throw where.error("second prefix of its kind; expected at most one", mnemonic);
    }
    groups[group(prefix)] = prefix;
  }

  /** Adds the override of a memory operand. */
  void addSegment(Register segment, Location where) {
    int prefix = BY_NAME.get(segment.name());
    if (groups[0] != 0 && groups[0] != prefix) {
      throw where.error("second segment override; expected at most one", segment.toString());
    }
    groups[0] = prefix;
  }

  /** Sets a prefix that the encoding needs, whatever is there. */
  void set(int prefix) {
    groups[group(prefix)] = prefix;
  }

  /** Whether another prefix of the same group is there. */
  boolean contradicts(int prefix) {
    return groups[group(prefix)] != 0 && !has(prefix);
  }

  boolean has(int prefix) {
    return groups[group(prefix)] == prefix;
  }

  Prefixes copy() {
    Prefixes copy = new Prefixes();
    System.arraycopy(groups, 0, copy.groups, 0, groups.length);
    return copy;
  }

  /** The prefixes and then {@code rest}. */
  byte[] before(byte... rest) {
    int count = 0;
    for (int prefix : groups) {
      count += prefix == 0 ? 0 : 1;
    }
    byte[] bytes = new byte[count + rest.length];
    int at = 0;
    for (int prefix : groups) {
      if (prefix != 0) {
        bytes[at++] = (byte) prefix;
      }
    }
    System.arraycopy(rest, 0, bytes, at, rest.length);
    return bytes;
  }
}
