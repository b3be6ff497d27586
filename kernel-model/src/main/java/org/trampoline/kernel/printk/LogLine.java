package org.trampoline.kernel.printk;

/**
 * A line of the kernel's log.
 *
 * @param nanos virtual time since reset
 * @param level 0 emergency … 7 debug
 */
public record LogLine(long nanos, int level, String text) {
  /** As {@code dmesg -r} prints it: {@code <5>[ 0.000331] Linux version …}. */
  public String raw() {
    String seconds = Long.toString(nanos / 1_000_000_000);
    String micros = Long.toString(nanos / 1000 % 1_000_000 + 1_000_000).substring(1);
    String blanks = " ".repeat(Math.max(0, 5 - seconds.length()));
    return "<" + level + ">[" + blanks + seconds + "." + micros + "] " + text;
  }
}
