package org.trampoline.emulator.differential.campaign;

import org.trampoline.emulator.differential.cases.CaseDivergence;

/**
 * A group of divergences that have form, or in sequences mnemonics, and differing fields in common,
 * and so most likely their cause.
 *
 * @param example one of them, as small as it could be made
 * @param count how many there were
 */
public record Finding(CaseDivergence example, long count) {
  /** What the members of a group have in common. */
  static String key(CaseDivergence divergence) {
    if (divergence.isSequence()) {
      return "sequence | " + divergence.mnemonics() + " | " + divergence.fields();
    }
    return divergence.form().encoding().text()
        + " | "
        + divergence.form().notation()
        + " | "
        + divergence.fields();
  }

  String key() {
    return key(example);
  }

  Finding again() {
    return new Finding(example, count + 1);
  }
}
