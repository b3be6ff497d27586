package org.trampoline.emulator.differential.cases;

/** Chooses where far transfers lead: never into Linux's 64-bit code segment. */
final class CodeSelectors {
  private static final int[] SELECTORS = {
    CaseWorld.USER_CODE,
    CaseWorld.USER_CODE,
    CaseWorld.USER_CODE,
    CaseWorld.CODE_READABLE,
    CaseWorld.CODE_EXECUTE_ONLY,
    CaseWorld.CODE_16,
    CaseWorld.CODE_16,
    CaseWorld.CODE_CONFORMING,
    CaseWorld.USER_DATA,
    CaseWorld.NOT_PRESENT,
    0
  };

  private CodeSelectors() {}

  static int choose(CaseRandom random, boolean system) {
    if (system) {
      return SystemStates.code(random);
    }
    int selector = SELECTORS[random.below(SELECTORS.length)];
    return random.one(8) ? selector & ~3 | random.below(4) : selector;
  }

  /** An offset for it that a transfer may arrive at. */
  static int landing(CaseRandom random, int selector) {
    int landing = EncodingChooser.landing(random);
    int index = selector & ~3;
    boolean small = index == (CaseWorld.CODE_16 & ~3) || index == SystemWorld.CODE_16;
    return small ? landing - CaseWorld.CODE : landing;
  }
}
