package org.trampoline.emulator.execute.simd;

/**
 * Arithmetic on the packed integers in 64 bits: eight bytes, four words or two doublewords. Each
 * method is a lane at a time, lowest first.
 */
final class Lanes {
  private static final long LOW_32 = 0xffff_ffffL;

  private Lanes() {}

  /** What happens to a pair of lanes; lanes arrive sign-extended. */
  @FunctionalInterface
  interface Pair {
    int apply(int a, int b);
  }

  static long bytes(long a, long b, Pair operation) {
    long result = 0;
    for (int shift = 0; shift < 64; shift += 8) {
      int lane = operation.apply((byte) (a >> shift), (byte) (b >> shift));
      result |= (lane & 0xffL) << shift;
    }
    return result;
  }

  static long words(long a, long b, Pair operation) {
    long result = 0;
    for (int shift = 0; shift < 64; shift += 16) {
      int lane = operation.apply((short) (a >> shift), (short) (b >> shift));
      result |= (lane & 0xffffL) << shift;
    }
    return result;
  }

  static long doublewords(long a, long b, Pair operation) {
    return operation.apply((int) a, (int) b) & LOW_32
        | (long) operation.apply((int) (a >> 32), (int) (b >> 32)) << 32;
  }

  // Without a loop where arithmetic modulo 2^n allows it (carries stopped at the lanes' top bits).

  static long addBytes(long a, long b) {
    return add(a, b, 0x8080_8080_8080_8080L);
  }

  static long addWords(long a, long b) {
    return add(a, b, 0x8000_8000_8000_8000L);
  }

  static long addDoublewords(long a, long b) {
    return add(a, b, 0x8000_0000_8000_0000L);
  }

  static long subtractBytes(long a, long b) {
    return subtract(a, b, 0x8080_8080_8080_8080L);
  }

  static long subtractWords(long a, long b) {
    return subtract(a, b, 0x8000_8000_8000_8000L);
  }

  static long subtractDoublewords(long a, long b) {
    return subtract(a, b, 0x8000_0000_8000_0000L);
  }

  private static long add(long a, long b, long tops) {
    return (a & ~tops) + (b & ~tops) ^ (a ^ b) & tops;
  }

  private static long subtract(long a, long b, long tops) {
    return (a | tops) - (b & ~tops) ^ (a ^ ~b) & tops;
  }

  static int signedByte(int value) {
    return Math.clamp(value, Byte.MIN_VALUE, Byte.MAX_VALUE);
  }

  static int signedWord(int value) {
    return Math.clamp(value, Short.MIN_VALUE, Short.MAX_VALUE);
  }

  static int unsignedByte(int value) {
    return Math.clamp(value, 0, 0xff);
  }

  static int unsignedWord(int value) {
    return Math.clamp(value, 0, 0xffff);
  }
}
