package org.trampoline.emulator.execute.x87;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The transcendental functions are rounded correctly in every rounding mode, which is more than the
 * SDM promises (vol. 1, 8.3.10: less than one unit in the last place), and monotonic, which it
 * does.
 */
class TranscendentalTest {
  private static final int CASES = 250;
  private static final int SIGN = Encoding80.SIGN;

  private final SplittableRandom random = new SplittableRandom(8);
  private final Float80 r = new Float80();
  private final Transcendental functions = new Transcendental();

  /** A significand with few or many bits. */
  private long significand() {
    return Long.MIN_VALUE | random.nextLong() << random.nextInt(64);
  }

  private int sign() {
    return random.nextBoolean() ? SIGN : 0;
  }

  private int control() {
    int rounding = random.nextInt(4);
    r.setControl(0x37f | rounding << 10);
    r.exceptions = 0;
    return rounding;
  }

  private String result() {
    assertEquals(StatusWord.PE, r.exceptions & StatusWord.EXCEPTIONS);
    return Reference.text(r.significand, r.signExponent);
  }

  private String pushed() {
    return Reference.text(r.pushedSignificand, r.pushedSignExponent);
  }

  @Test
  void powers() {
    for (int k = 0; k < CASES; k++) {
      int rounding = control();
      long a = significand();
      int ae = sign() | 0x3ffe - random.nextInt(random.nextInt(2) == 0 ? 70 : 8);
      BigDecimal x = Reference.value(a, ae);
      functions.powerLessOne(r, a, ae);
      String expected = Reference.round(Reference.expLessOne(x.multiply(Reference.LN2)), rounding);
      assertEquals(expected, result(), () -> "2^" + x + " - 1");
    }
  }

  @Test
  void logarithms() {
    for (int k = 0; k < CASES; k++) {
      int rounding = control();
      long a = significand() | 1;
      int ae = 0x3fff + random.nextInt(-3, 4);
      if (k % 2 == 0) {
        a = Long.MIN_VALUE | random.nextLong() >>> random.nextInt(1, 64) | 1; // near 1
        ae = 0x3fff;
      }
      long b = significand();
      int be = sign() | 0x3fff + random.nextInt(-70, 70);
      BigDecimal x = Reference.value(a, ae);
      functions.multipliedLogarithm(r, a, ae, b, be);
      BigDecimal log = Reference.divide(Reference.ln(x), Reference.LN2);
      BigDecimal exact = log.multiply(Reference.value(b, be));
      assertEquals(Reference.round(exact, rounding), result(), () -> "log of " + x);
    }
  }

  @Test
  void logarithmsOfNext() {
    for (int k = 0; k < CASES; k++) {
      int rounding = control();
      long a = significand();
      int ae = sign() | 0x3ffc - random.nextInt(k % 2 == 0 ? 70 : 6);
      long b = significand();
      int be = sign() | 0x3fff + random.nextInt(-70, 70);
      BigDecimal x = Reference.value(a, ae);
      functions.multipliedLogarithmOfNext(r, a, ae, b, be);
      BigDecimal log = Reference.divide(Reference.lnOfNext(x), Reference.LN2);
      BigDecimal exact = log.multiply(Reference.value(b, be));
      assertEquals(Reference.round(exact, rounding), result(), () -> "log of 1 + " + x);
    }
  }

  @Test
  void angles() {
    for (int k = 0; k < CASES; k++) {
      int rounding = control();
      long a = significand();
      int ae = sign() | 0x3fff;
      long b = significand();
      int be = sign() | 0x3fff + random.nextInt(-9, 10);
      BigDecimal x = Reference.value(a, ae).abs();
      BigDecimal y = Reference.value(b, be).abs();
      functions.angle(r, a, ae, b, be);
      BigDecimal exact =
          x.compareTo(y) >= 0
              ? Reference.arctan(Reference.divide(y, x))
              : Reference.divide(Reference.PI, BigDecimal.TWO)
                  .subtract(Reference.arctan(Reference.divide(x, y)));
      exact = (ae & SIGN) != 0 ? Reference.PI.subtract(exact) : exact;
      exact = (be & SIGN) != 0 ? exact.negate() : exact;
      assertEquals(Reference.round(exact, rounding), result(), () -> "angle of " + x + ", " + y);
    }
  }

  @Test
  void sinesCosinesAndTangents() {
    for (int k = 0; k < CASES; k++) {
      int rounding = control();
      long a = significand();
      int ae = sign() | 0x3fff + (k % 2 == 0 ? random.nextInt(-4, 4) : random.nextInt(-30, 63));
      BigDecimal x = Reference.value(a, ae);
      BigDecimal half = Reference.divide(Reference.PI_66, BigDecimal.TWO);
      BigDecimal quarters = Reference.divide(x, half).setScale(0, RoundingMode.HALF_UP);
      BigDecimal rest = x.subtract(quarters.multiply(half));
      int quadrant = quarters.toBigInteger().intValue() & 3;
      BigDecimal sine = Reference.sine(rest);
      BigDecimal cosine = Reference.cosine(rest);
      BigDecimal sineOfX =
          switch (quadrant) {
            case 0 -> sine;
            case 1 -> cosine;
            case 2 -> sine.negate();
            default -> cosine.negate();
          };
      BigDecimal cosineOfX =
          switch (quadrant) {
            case 0 -> cosine;
            case 1 -> sine.negate();
            case 2 -> cosine.negate();
            default -> sine;
          };
      functions.sine(r, a, ae);
      assertEquals(Reference.round(sineOfX, rounding), result(), () -> "sin " + x);
      functions.cosine(r, a, ae);
      assertEquals(Reference.round(cosineOfX, rounding), result(), () -> "cos " + x);
      functions.sineAndCosine(r, a, ae);
      assertEquals(Reference.round(sineOfX, rounding), result(), () -> "sin " + x);
      assertEquals(Reference.round(cosineOfX, rounding), pushed(), () -> "cos " + x);
      functions.tangent(r, a, ae);
      BigDecimal tangent = Reference.divide(sineOfX, cosineOfX);
      assertEquals(Reference.round(tangent, rounding), result(), () -> "tan " + x);
      assertEquals("3fff:8000000000000000", pushed());
    }
  }

  /** What can be represented is not rounded, and raises no exception. */
  @Test
  void exactResults() {
    r.setControl(0x37f);
    functions.powerLessOne(r, 1L << 63, 0x3fff);
    assertExact("3fff:8000000000000000"); // 2 − 1
    functions.powerLessOne(r, 1L << 63, 0xbfff);
    assertExact("bffe:8000000000000000"); // ½ − 1
    functions.multipliedLogarithm(r, 1L << 63, 0x3fff + 70, 3L << 62, 0x4000);
    assertExact("4006:d200000000000000"); // 3 × 70
    functions.multipliedLogarithm(r, 1L, 0, 1L << 63, 0xbfff);
    assertExact("400d:807a000000000000"); // −1 × −16445
    functions.multipliedLogarithm(r, 1L << 63, 0x3fff, 3L << 62, 0xc000);
    assertExact("8000:0000000000000000"); // −3 × 0
    functions.multipliedLogarithmOfNext(r, 1L << 63, 0x3fff, 3L << 62, 0x4000);
    assertExact("4000:c000000000000000"); // 3 × log2(1 + 1)
    functions.angle(r, 1L << 63, 0x3fff, 0, 0x8000);
    assertExact("8000:0000000000000000");
    functions.cosine(r, 0, 0);
    assertExact("3fff:8000000000000000");
  }

  private void assertExact(String expected) {
    assertEquals(expected, Reference.text(r.significand, r.signExponent));
    assertEquals(0, r.exceptions & ~StatusWord.DE);
  }

  /** Runs of neighbouring operands, some across the seams of tables and argument reduction. */
  @ParameterizedTest
  @ValueSource(
      longs = {
        0x8000_0000_0000_0000L - 300, // powers of two
        0xc90f_daa2_2168_c234L - 300, // π/4, π/2
        0xc000_0000_0000_0000L - 300,
        0xb504_f333_f9de_6484L - 300, // √2
        0x8400_0000_0000_0000L - 300,
        0xa3d7_0a3d_70a3_d70aL
      })
  void monotonic(long start) {
    for (int exponent : new int[] {0x3ff0, 0x3ff8, 0x3ffa, 0x3ffc, 0x3ffd, 0x3ffe}) {
      long[] last = new long[8];
      int[] lastExponent = new int[8];
      for (int k = 0; k < 600; k++) {
        r.setControl(0x37f);
        long a = start + k;
        int ae = exponent;
        if (a >= 0) { // the end of the binade below
          a |= Long.MIN_VALUE;
          ae--;
        }
        functions.powerLessOne(r, a, ae);
        rises(0, last, lastExponent);
        functions.sine(r, a, ae);
        rises(1, last, lastExponent);
        functions.tangent(r, a, ae);
        rises(2, last, lastExponent);
        functions.multipliedLogarithmOfNext(r, a, ae, 1L << 63, 0x3fff);
        rises(3, last, lastExponent);
        functions.angle(r, 1L << 63, 0x3fff, a, ae);
        rises(4, last, lastExponent);
        functions.multipliedLogarithm(r, a, ae + 2, 1L << 63, 0x7ffe);
        if ((r.signExponent & SIGN) == 0) {
          rises(5, last, lastExponent);
        }
      }
    }
  }

  private void rises(int function, long[] last, int[] lastExponent) {
    int exponent = r.signExponent;
    boolean below =
        exponent < lastExponent[function]
            || exponent == lastExponent[function]
                && Long.compareUnsigned(r.significand, last[function]) < 0;
    assertTrue(!below, () -> "function " + function + " falls");
    last[function] = r.significand;
    lastExponent[function] = exponent;
  }
}
