package org.trampoline.emulator.decode;

import org.trampoline.emulator.cpu.Eflags;

/**
 * What a {@link Form} does to EFLAGS, each part a mask of EFLAGS bits.
 *
 * @param read its result or effect depends on them
 * @param written set according to the result
 * @param undefined undefined afterwards (SDM volume 1, appendix A)
 * @param cleared always 0 afterwards
 * @param set always 1 afterwards
 */
public record FlagEffects(int read, int written, int undefined, int cleared, int set) {
  /** Leaves EFLAGS alone. */
  public static final FlagEffects NONE = new FlagEffects(0, 0, 0, 0, 0);

  /** All flags that may differ afterwards. */
  public int changed() {
    return written | undefined | cleared | set;
  }

  /**
   * Parses the table's column.
   *
   * @param condition the condition that {@code cc} stands for
   * @throws IllegalArgumentException if a part is not {@code r= w= u= 0= 1=} and flag letters
   */
  static FlagEffects parse(String text, int condition) {
    if (text.isEmpty()) {
      return NONE;
    }
    int read = 0;
    int written = 0;
    int undefined = 0;
    int cleared = 0;
    int set = 0;
    int at = 0;
    while (at < text.length()) {
      int end = text.indexOf(' ', at);
      end = end < 0 ? text.length() : end;
      int mask = mask(text, at + 2, end, condition);
      switch (text.charAt(at)) {
        case 'r' -> read = mask;
        case 'w' -> written = mask;
        case 'u' -> undefined = mask;
        case '0' -> cleared = mask;
        case '1' -> set = mask;
        default -> throw new IllegalArgumentException("flag effects '" + text + "'");
      }
      at = end + 1;
    }
    return new FlagEffects(read, written, undefined, cleared, set);
  }

  private static int mask(String text, int from, int to, int condition) {
    if (to - from == 2 && text.charAt(from) == 'c' && text.charAt(from + 1) == 'c') {
      return Condition.flagsRead(condition);
    }
    int mask = 0;
    for (int i = from; i < to; i++) {
      mask |=
          switch (text.charAt(i)) {
            case 'c' -> Eflags.CF;
            case 'p' -> Eflags.PF;
            case 'a' -> Eflags.AF;
            case 'z' -> Eflags.ZF;
            case 's' -> Eflags.SF;
            case 't' -> Eflags.TF;
            case 'i' -> Eflags.IF;
            case 'd' -> Eflags.DF;
            case 'o' -> Eflags.OF;
            case 'l' -> Eflags.IOPL;
            case 'n' -> Eflags.NT;
            case 'r' -> Eflags.RF;
            case 'v' -> Eflags.VM;
            case 'k' -> Eflags.AC | Eflags.VIF | Eflags.VIP | Eflags.ID;
            default -> throw new IllegalArgumentException("flag letters '" + text + "'");
          };
    }
    return mask;
  }
}
