package org.trampoline.emulator.memory;

import java.lang.foreign.MemorySegment;

/**
 * Whether the JVM grants the restricted methods of {@code java.lang.foreign}. It does unless told
 * {@code --illegal-native-access=deny}, or {@code --enable-native-access} names only others.
 */
public final class NativeAccess {
  /** What to say where it does not, for people. */
  public static final String DENIED =
      "native access denied: --enable-native-access=ALL-UNNAMED allows it";

  static final boolean ALLOWED = tried();

  private NativeAccess() {}

  public static boolean allowed() {
    return ALLOWED;
  }

  @SuppressWarnings("restricted")
  private static boolean tried() {
    try {
      MemorySegment ignored = MemorySegment.NULL.reinterpret(1);
      return true;
    } catch (IllegalCallerException denied) {
      return false;
    }
  }
}
