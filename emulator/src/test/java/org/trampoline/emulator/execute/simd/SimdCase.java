package org.trampoline.emulator.execute.simd;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.SplittableRandom;

/** The state before or after an instruction: an FXSAVE image, 32 bytes at [edx], EAX and flags. */
final class SimdCase {
  static final int MEMORY = 32;

  private static final int MXCSR = 24;
  private static final int ST = 32;
  private static final int XMM = 160;

  /** Half of the singles and doubles that are drawn. */
  private static final long[] SINGLES = {
    0,
    1,
    0x7fffff,
    0x800000,
    0x800001,
    0xffffff,
    0x3f800000,
    0x3f7fffff,
    0x3f800001,
    0x40490fdb,
    0x4effffff,
    0x4f000000,
    0x4f800000,
    0x5f000000,
    0x7f7fffff,
    0x7f800000,
    0x7f800001,
    0x7fbfffff,
    0x7fc00000,
    0x7fffffff,
    0x33800000,
    0x34000000,
    0x1f800000,
    0x20000000,
    0x00400000,
    0x3f000000
  };

  private static final long[] DOUBLES = {
    0,
    1,
    0xfffffffffffffL,
    0x10000000000000L,
    0x10000000000001L,
    0x3ff0000000000000L,
    0x3fefffffffffffffL,
    0x3ff0000000000001L,
    0x41dfffffffc00000L,
    0x41dfffffffe00000L,
    0x41e0000000000000L,
    0x41e0000000100000L,
    0x47efffffe0000000L,
    0x47efffffefffffffL,
    0x47effffff0000000L,
    0x380fffffffffffffL,
    0x3810000000000000L,
    0x380fffffe0000000L,
    0x36a0000000000000L,
    0x3690000000000000L,
    0x7fefffffffffffffL,
    0x7ff0000000000000L,
    0x7ff0000000000001L,
    0x7ff7ffffffffffffL,
    0x7ff8000000000000L,
    0x7fffffffffffffffL,
    0x1ff0000000000000L,
    0x3fe0000000000000L
  };

  private static final long[] INTEGERS = {
    0,
    1,
    0x7f,
    0x80,
    0xff,
    0x7fff,
    0x8000,
    0xffff,
    0x7fffffff,
    0x80000000L,
    0xffffffffL,
    15,
    16,
    31,
    32,
    63,
    64,
    0x7fffffffffffffffL,
    0x8000000000000000L,
    -1
  };

  final byte[] image = new byte[512];
  final byte[] memory = new byte[MEMORY];
  int eax;
  int flags;

  private final ByteBuffer view = ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN);

  /** Draws everything, with all exceptions masked. */
  void draw(SplittableRandom random) {
    view.putShort(0, (short) 0x37f);
    view.putShort(2, (short) (random.nextInt(8) << 11));
    view.putShort(4, (short) random.nextInt(0x100));
    int control = 0x1f80 | random.nextInt(4) << 13;
    control |= random.nextInt(4) == 0 ? random.nextInt(0x40) : 0x20;
    control |= random.nextInt(4) == 0 ? Mxcsr.DAZ : 0;
    control |= random.nextInt(4) == 0 ? Mxcsr.FTZ : 0;
    if (random.nextInt(2) == 0) {
      control &= ~Mxcsr.RC;
    }
    view.putInt(MXCSR, control);
    for (int n = 0; n < 8; n++) {
      view.putLong(ST + 16 * n, value(random));
      view.putShort(ST + 16 * n + 8, (short) random.nextInt());
      view.putLong(XMM + 16 * n, value(random));
      view.putLong(XMM + 16 * n + 8, value(random));
    }
    ByteBuffer bytes = ByteBuffer.wrap(memory).order(ByteOrder.LITTLE_ENDIAN);
    for (int n = 0; n < MEMORY; n += 8) {
      bytes.putLong(n, value(random));
    }
    eax = (int) value(random);
    flags = random.nextInt() & 0x8d5;
  }

  private static long value(SplittableRandom random) {
    return switch (random.nextInt(8)) {
      case 0 -> random.nextLong();
      case 1 -> pick(random, INTEGERS);
      case 2 -> pick(random, INTEGERS) & 0xffffffffL | pick(random, INTEGERS) << 32;
      case 3, 4 -> single(random) | single(random) << 32;
      case 5 -> pick(random, DOUBLES) | random.nextLong() & Long.MIN_VALUE;
      case 6 -> near(random, pick(random, DOUBLES));
      default -> // doubles of like magnitude
          random.nextLong() & 0x800f_ffff_ffff_ffffL
              | 0x3ff0_0000_0000_0000L + ((long) random.nextInt(-60, 60) << 52);
    };
  }

  private static long single(SplittableRandom random) {
    long bits =
        switch (random.nextInt(4)) {
          case 0 -> random.nextInt();
          case 1 -> near(random, pick(random, SINGLES));
          case 2 -> random.nextInt() & 0x807f_ffff | 0x3f80_0000 + (random.nextInt(-30, 30) << 23);
          default -> pick(random, SINGLES) | random.nextInt() & Integer.MIN_VALUE;
        };
    return bits & 0xffff_ffffL;
  }

  private static long near(SplittableRandom random, long value) {
    return value + random.nextInt(-3, 4);
  }

  private static long pick(SplittableRandom random, long[] values) {
    return values[random.nextInt(values.length)];
  }

  /** Whether all that both sides define is equal. */
  boolean sameAs(SimdCase other) {
    return eax == other.eax
        && flags == other.flags
        && Arrays.equals(memory, other.memory)
        && Arrays.equals(image, 0, 5, other.image, 0, 5)
        && Arrays.equals(image, MXCSR, MXCSR + 4, other.image, MXCSR, MXCSR + 4)
        && Arrays.equals(image, ST, XMM + 128, other.image, ST, XMM + 128);
  }

  private static String hex(byte[] bytes, int from, int length) {
    StringBuilder text = new StringBuilder();
    for (int n = length - 1; n >= 0; n--) {
      text.append(HexFormat.of().toHexDigits(bytes[from + n]));
    }
    return text.toString();
  }

  /** What is compared: all that both sides define. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            "fsw %s ftw %02x mxcsr %08x eax %08x flags %03x%n",
            hex(image, 2, 2), image[4], view.getInt(MXCSR), eax, flags));
    for (int n = 0; n < 8; n++) {
      text.append("st").append(n).append(' ').append(hex(image, ST + 16 * n, 10));
      text.append("  xmm").append(n).append(' ').append(hex(image, XMM + 16 * n, 16)).append('\n');
    }
    return text.append("memory ").append(hex(memory, 0, MEMORY)).append('\n').toString();
  }
}
