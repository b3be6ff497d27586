package org.trampoline.emulator.differential.cases;

import org.trampoline.emulator.decode.Form;
import org.trampoline.emulator.memory.Host;

/** What {@link Erratum}s ask of MXCSR and the XMM registers. */
final class SimdConditions {
  private static final int MXCSR = CaseRecord.FX + 24;
  private static final int XMM = CaseRecord.FX + 160;

  /** FZ and DAZ of MXCSR. */
  private static final int ZEROING = 0x8040;

  private static final int MASKS = 0x1f80;

  private SimdConditions() {}

  /** Denormals are taken for zeros, as operands or as results. */
  static boolean zeroing(long before) {
    return (Host.get32(before + MXCSR) & ZEROING) != 0;
  }

  /** An exception is not masked: it is #UD while CR4.OSXMMEXCPT is clear. */
  static boolean unmasked(long before) {
    return (~Host.get32(before + MXCSR) & MASKS) != 0;
  }

  /** The registers differ in nothing but which NaN is where both have one. */
  static boolean onlyNans(Form form, long ours, long theirs) {
    for (int at = XMM; at < CaseRecord.FX + CaseRecord.FX_USED; at += 8) {
      long our = Host.get64(ours + at);
      long their = Host.get64(theirs + at);
      boolean same =
          CaseKind.doubles(form)
              ? our == their || isNan(our) && isNan(their)
              : similar((int) our, (int) their)
                  && similar((int) (our >>> 32), (int) (their >>> 32));
      if (!same) {
        return false;
      }
    }
    return true;
  }

  private static boolean similar(int our, int their) {
    return our == their
        || Float.isNaN(Float.intBitsToFloat(our)) && Float.isNaN(Float.intBitsToFloat(their));
  }

  private static boolean isNan(long bits) {
    return Double.isNaN(Double.longBitsToDouble(bits));
  }
}
