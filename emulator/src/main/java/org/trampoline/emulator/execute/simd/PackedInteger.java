package org.trampoline.emulator.execute.simd;

import static org.trampoline.emulator.execute.simd.Lanes.bytes;
import static org.trampoline.emulator.execute.simd.Lanes.doublewords;
import static org.trampoline.emulator.execute.simd.Lanes.words;

import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.decode.Insn;
import org.trampoline.emulator.decode.Operation;

/**
 * Packed-integer instructions whose 64-bit halves do not depend on each other (SDM vol. 2): the MMX
 * form does to 64 bits what the SSE2 form does to each half.
 */
final class PackedInteger {
  private static final long LOW_32 = 0xffff_ffffL;

  /** The lower byte, and 1, in each of four lanes of 16 bits. */
  private static final long EVEN = 0x00ff_00ff_00ff_00ffL;

  private static final long ONES = 0x0001_0001_0001_0001L;

  private PackedInteger() {}

  /** Executes one of them. */
  static void execute(Cpu c, Insn i) {
    SimdOperands.readSource(c, i);
    long[] source = c.simd.source;
    long low = half(i.operation, SimdOperands.low(c, i), source[0]);
    long high = i.kind0 == Insn.MM ? 0 : half(i.operation, SimdOperands.high(c, i), source[1]);
    SimdOperands.write(c, i, low, high);
  }

  /** What the instruction makes of 64 bits of the destination and the source. */
  static long half(Operation operation, long a, long b) {
    return switch (operation) {
      case PADDB -> Lanes.addBytes(a, b);
      case PADDW -> Lanes.addWords(a, b);
      case PADDD -> Lanes.addDoublewords(a, b);
      case PADDQ -> a + b;
      case PSUBB -> Lanes.subtractBytes(a, b);
      case PSUBW -> Lanes.subtractWords(a, b);
      case PSUBD -> Lanes.subtractDoublewords(a, b);
      case PSUBQ -> a - b;
      case PADDSB -> bytes(a, b, (x, y) -> Lanes.signedByte(x + y));
      case PADDSW -> words(a, b, (x, y) -> Lanes.signedWord(x + y));
      case PADDUSB -> bytes(a, b, (x, y) -> Lanes.unsignedByte((x & 0xff) + (y & 0xff)));
      case PADDUSW -> words(a, b, (x, y) -> Lanes.unsignedWord((x & 0xffff) + (y & 0xffff)));
      case PSUBSB -> bytes(a, b, (x, y) -> Lanes.signedByte(x - y));
      case PSUBSW -> words(a, b, (x, y) -> Lanes.signedWord(x - y));
      case PSUBUSB -> bytes(a, b, (x, y) -> Lanes.unsignedByte((x & 0xff) - (y & 0xff)));
      case PSUBUSW -> words(a, b, (x, y) -> Lanes.unsignedWord((x & 0xffff) - (y & 0xffff)));

      case PAND, ANDPS, ANDPD -> a & b;
      case PANDN, ANDNPS, ANDNPD -> ~a & b;
      case POR, ORPS, ORPD -> a | b;
      case PXOR, XORPS, XORPD -> a ^ b;

      case PCMPEQB -> bytes(a, b, (x, y) -> x == y ? -1 : 0);
      case PCMPEQW -> words(a, b, (x, y) -> x == y ? -1 : 0);
      case PCMPEQD -> doublewords(a, b, (x, y) -> x == y ? -1 : 0);
      case PCMPGTB -> bytes(a, b, (x, y) -> x > y ? -1 : 0);
      case PCMPGTW -> words(a, b, (x, y) -> x > y ? -1 : 0);
      case PCMPGTD -> doublewords(a, b, (x, y) -> x > y ? -1 : 0);

      case PMINUB -> bytes(a, b, (x, y) -> Math.min(x & 0xff, y & 0xff));
      case PMAXUB -> bytes(a, b, (x, y) -> Math.max(x & 0xff, y & 0xff));
      case PMINSW -> words(a, b, Math::min);
      case PMAXSW -> words(a, b, Math::max);
      case PAVGB -> bytes(a, b, (x, y) -> (x & 0xff) + (y & 0xff) + 1 >> 1);
      case PAVGW -> words(a, b, (x, y) -> (x & 0xffff) + (y & 0xffff) + 1 >> 1);

      case PMULLW -> words(a, b, (x, y) -> x * y);
      case PMULHW -> words(a, b, (x, y) -> x * y >> 16);
      case PMULHUW -> words(a, b, (x, y) -> (x & 0xffff) * (y & 0xffff) >>> 16);
      case PMULHRSW -> words(a, b, (x, y) -> (x * y >> 14) + 1 >> 1);
      case PMULUDQ -> (a & LOW_32) * (b & LOW_32);
      case PMADDWD -> doublewords(a, b, PackedInteger::multiplyAndAdd);
      case PMADDUBSW -> words(a, b, PackedInteger::multiplyAndAddUnsigned);
      case PSADBW -> absoluteDifferences(a, b);

      case PSIGNB -> bytes(a, b, (x, y) -> x * Integer.signum(y));
      case PSIGNW -> words(a, b, (x, y) -> x * Integer.signum(y));
      case PSIGND -> doublewords(a, b, (x, y) -> x * Integer.signum(y));
      case PABSB -> bytes(b, b, (x, y) -> Math.abs(x));
      case PABSW -> words(b, b, (x, y) -> Math.abs(x));
      case PABSD -> doublewords(b, b, (x, y) -> Math.abs(x));
      default -> throw new IllegalStateException("not a packed integer operation: " + operation);
    };
  }

  /** Two products of signed words, added. */
  private static int multiplyAndAdd(int x, int y) {
    return (short) x * (short) y + (x >> 16) * (y >> 16);
  }

  /** Two products of an unsigned byte of {@code x} and a signed one of {@code y}, added. */
  private static int multiplyAndAddUnsigned(int x, int y) {
    return Lanes.signedWord((x & 0xff) * (byte) y + (x >> 8 & 0xff) * (y >> 8));
  }

  private static long absoluteDifferences(long a, long b) {
    long even = differences(a & EVEN, b & EVEN);
    long odd = differences(a >>> 8 & EVEN, b >>> 8 & EVEN);
    return (even + odd) * ONES >>> 48;
  }

  /** The absolute differences of bytes that lie in lanes of 16 bits. */
  private static long differences(long a, long b) {
    long difference = (a | ONES << 8) - b; // bit 8 of a lane: a is not the smaller one
    long negative = ~(difference >>> 8) & ONES;
    return (difference & EVEN ^ negative * 0xff) + negative;
  }
}
