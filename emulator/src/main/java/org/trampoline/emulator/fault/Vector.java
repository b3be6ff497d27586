package org.trampoline.emulator.fault;

/** Exception vectors (SDM vol. 3, table 6-1). */
public final class Vector {
  /** No exception: the processor waits for an interrupt before the instruction that threw it. */
  public static final int NONE = -1;

  public static final int DE = 0;
  public static final int DB = 1;
  public static final int NMI = 2;
  public static final int BP = 3;
  public static final int OF = 4;
  public static final int BR = 5;
  public static final int UD = 6;
  public static final int NM = 7;
  public static final int DF = 8;
  public static final int TS = 10;
  public static final int NP = 11;
  public static final int SS = 12;
  public static final int GP = 13;
  public static final int PF = 14;
  public static final int MF = 16;
  public static final int AC = 17;
  public static final int MC = 18;
  public static final int XM = 19;

  private static final int WITH_ERROR_CODE =
      1 << DF | 1 << TS | 1 << NP | 1 << SS | 1 << GP | 1 << PF | 1 << AC;

  private static final String[] NAMES = {
    "#DE", "#DB", "NMI", "#BP", "#OF", "#BR", "#UD", "#NM", "#DF", "#9", "#TS", "#NP", "#SS", "#GP",
    "#PF", "#15", "#MF", "#AC", "#MC", "#XM"
  };

  private Vector() {}

  /** Whether the processor pushes an error code for this exception. */
  public static boolean hasErrorCode(int vector) {
    return vector < 32 && (WITH_ERROR_CODE >>> vector & 1) != 0;
  }

  /** {@code #PF} and the like; a vector without a mnemonic is {@code #} and its number. */
  public static String name(int vector) {
    return vector >= 0 && vector < NAMES.length ? NAMES[vector] : "#" + vector;
  }
}
