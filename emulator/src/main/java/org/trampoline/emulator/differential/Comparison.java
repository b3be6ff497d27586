package org.trampoline.emulator.differential;

import java.util.Map;
import org.trampoline.emulator.StopReason;
import org.trampoline.emulator.differential.cases.Erratum;

/** How a {@link Lockstep} run ended. */
public sealed interface Comparison {
  /**
   * Everything compared was equal.
   *
   * @param instructions completed
   * @param reason why both engines stopped
   * @param accessedBits page-table entries that differ in nothing but accessed and dirty bits, when
   *     which the processor sets is its own affair within limits (SDM vol. 3, 4.8)
   * @param errata known mistakes of the second engine met and put right, with how often
   */
  record Equal(long instructions, StopReason reason, int accessedBits, Map<Erratum, Integer> errata)
      implements Comparison {
    @Override
    public String toString() {
      return "equal after " + instructions + " instructions";
    }
  }

  /** The engines differ. */
  record Different(Divergence divergence) implements Comparison {
    @Override
    public String toString() {
      return divergence.toString();
    }
  }
}
