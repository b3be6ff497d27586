package org.trampoline.emulator.execute.simd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.trampoline.emulator.cpu.Control;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.SegmentRegister;
import org.trampoline.emulator.execute.Semantics;
import org.trampoline.emulator.fault.GuestFault;
import org.trampoline.emulator.fault.Vector;

/** The exceptions of MMX and SSE instructions, and that they leave everything as it was. */
class SimdFaultTest {
  private static final int[] ADDPS = {0x0f, 0x58, 0xc1}; // addps xmm0, xmm1
  private static final int[] ADDPS_MEMORY = {0x0f, 0x58, 0x02}; // addps xmm0, [edx]
  private static final int[] PADDB_MMX = {0x0f, 0xfc, 0xc1}; // paddb mm0, mm1
  private static final int[] DIVSS = {0xf3, 0x0f, 0x5e, 0xc1}; // divss xmm0, xmm1
  private static final int[] LDMXCSR = {0x0f, 0xae, 0x12}; // ldmxcsr [edx]
  private static final int[] FXSAVE = {0x0f, 0xae, 0x02};
  private static final int[] FXRSTOR = {0x0f, 0xae, 0x0a};
  private static final int ONE = 0x3f800000;

  private final EmulatedSimd machine = new EmulatedSimd();
  private final Cpu cpu = machine.cpu;

  SimdFaultTest() {
    cpu.reg[Cpu.EDX] = EmulatedSimd.ADDRESS;
  }

  private int vectorOf(int... code) {
    return assertThrows(GuestFault.class, () -> Semantics.execute(cpu, machine.decode(code)))
        .vector;
  }

  private void execute(int... code) {
    Semantics.execute(cpu, machine.decode(code));
  }

  /** SDM vol. 3, 13.1.2: CR0.EM or no CR4.OSFXSR is #UD, and comes before CR0.TS, which is #NM. */
  @Test
  void needsSystemSupport() {
    cpu.cr0 |= Control.CR0_TS;
    assertEquals(Vector.NM, vectorOf(ADDPS));
    assertEquals(Vector.NM, vectorOf(PADDB_MMX));
    cpu.cr0 |= Control.CR0_EM;
    assertEquals(Vector.UD, vectorOf(ADDPS));
    assertEquals(Vector.UD, vectorOf(PADDB_MMX));
    cpu.cr0 &= ~(Control.CR0_TS | Control.CR0_EM);
    cpu.cr4 &= ~Control.CR4_OSFXSR;
    assertEquals(Vector.UD, vectorOf(ADDPS));
    execute(PADDB_MMX);
  }

  /** SDM vol. 1, 9.5.1: an MMX instruction delivers a pending x87 exception first. */
  @Test
  void deliversPendingX87Exception() {
    cpu.fpu.setControlWord(0x340);
    cpu.fpu.setStatusWord(1);
    assertEquals(Vector.MF, vectorOf(PADDB_MMX));
    execute(ADDPS);
  }

  /** SDM vol. 1, 4.1.1, 11.3: 16-byte operands have to be aligned, unless the move says not. */
  @Test
  void wantsAlignment() {
    cpu.reg[Cpu.EDX] += 8;
    assertEquals(Vector.GP, vectorOf(ADDPS_MEMORY));
    execute(0x0f, 0x10, 0x02); // movups xmm0, [edx]
    assertEquals(Vector.GP, vectorOf(0x0f, 0x29, 0x02)); // movaps [edx], xmm0
    execute(0x0f, 0x11, 0x02);
    assertEquals(Vector.GP, vectorOf(FXSAVE));
    assertEquals(Vector.GP, vectorOf(FXRSTOR));
  }

  /**
   * SDM vol. 1, 11.5.4: MXCSR has the flag, the destination its old value; #UD without OSXMMEXCPT.
   */
  @Test
  void raisesUnmaskedExceptions() {
    cpu.simd.set(0, ONE, 7);
    cpu.simd.set(1, 0, 0);
    cpu.simd.mxcsr = Mxcsr.INITIAL & ~(Mxcsr.ZE << Mxcsr.MASK_SHIFT);
    assertEquals(Vector.XM, vectorOf(DIVSS));
    assertEquals(ONE, cpu.simd.low(0));
    assertEquals(Mxcsr.ZE, cpu.simd.mxcsr & Mxcsr.FLAGS);
    cpu.cr4 &= ~Control.CR4_OSXMMEXCPT;
    assertEquals(Vector.UD, vectorOf(DIVSS));
  }

  /**
   * SDM vol. 1, 11.5.3: if a lane has an unmasked exception found before computing, what other
   * lanes would find when they compute is not reported.
   */
  @Test
  void looksAtAllLanesBeforeComputing() {
    long tiny = 0x00800000L;
    cpu.simd.set(0, ONE | tiny << 32, 0x7f800001L); // 1, tiny, a signalling NaN, 0
    cpu.simd.set(1, 0x33800000L | 0x3eaaaaabL << 32, 0);
    cpu.simd.mxcsr = Mxcsr.INITIAL & ~(Mxcsr.IE << Mxcsr.MASK_SHIFT);
    assertEquals(Vector.XM, vectorOf(0x0f, 0x59, 0xc1)); // mulps xmm0, xmm1
    assertEquals(Mxcsr.IE, cpu.simd.mxcsr & Mxcsr.FLAGS);
    cpu.simd.mxcsr = Mxcsr.INITIAL;
    execute(0x0f, 0x59, 0xc1);
    assertEquals(Mxcsr.IE | Mxcsr.UE | Mxcsr.PE, cpu.simd.mxcsr & Mxcsr.FLAGS);
  }

  /** SDM vol. 1, 4.9.1.5: an unmasked underflow is reported for an exact tiny result, too. */
  @Test
  void reportsExactTinyResultsIfUnmasked() {
    cpu.simd.set(0, 0x00800000, 0);
    cpu.simd.set(1, 0x3f000000, 0); // a half
    execute(0xf3, 0x0f, 0x59, 0xc1); // mulss xmm0, xmm1
    assertEquals(0, cpu.simd.mxcsr & Mxcsr.FLAGS);
    assertEquals(0x00400000, cpu.simd.low(0));
    cpu.simd.set(0, 0x00800000, 0);
    cpu.simd.mxcsr = Mxcsr.INITIAL & ~Mxcsr.UM;
    assertEquals(Vector.XM, vectorOf(0xf3, 0x0f, 0x59, 0xc1));
    assertEquals(Mxcsr.UE, cpu.simd.mxcsr & Mxcsr.FLAGS);
  }

  /**
   * SDM vol. 1, 4.9.1.4 and 4.9.1.5: an unmasked overflow or underflow is inexact only if the
   * result with unbounded exponent is (2^127 times 2 is not, and the host CPU says the same).
   */
  @Test
  void saysOfUnmaskedOverflowWhetherTheUnboundedResultIsInexact() {
    cpu.simd.mxcsr = Mxcsr.INITIAL & ~(Mxcsr.OM | Mxcsr.UM);
    cpu.simd.set(1, 0x40000000, 0);
    cpu.simd.set(0, 0x7f000000, 0);
    assertEquals(Vector.XM, vectorOf(0xf3, 0x0f, 0x59, 0xc1)); // mulss xmm0, xmm1
    assertEquals(1 << 3, cpu.simd.mxcsr & Mxcsr.FLAGS); // OE
    cpu.simd.mxcsr = Mxcsr.INITIAL;
    execute(0xf3, 0x0f, 0x59, 0xc1);
    assertEquals(1 << 3 | Mxcsr.PE, cpu.simd.mxcsr & Mxcsr.FLAGS);
    cpu.simd.mxcsr = Mxcsr.INITIAL & ~Mxcsr.UM;
    cpu.simd.set(0, 0x00800001, 0); // exact with unbounded exponent, not as a denormal
    cpu.simd.set(1, 0x3f000000, 0);
    assertEquals(Vector.XM, vectorOf(0xf3, 0x0f, 0x59, 0xc1));
    assertEquals(Mxcsr.UE, cpu.simd.mxcsr & Mxcsr.FLAGS);
  }

  /** SDM vol. 2, LDMXCSR, FXRSTOR: a reserved bit is #GP(0) and changes nothing. */
  @Test
  void refusesReservedControlBits() {
    cpu.mmu.write32(EmulatedSimd.ADDRESS, 0x1f80 | 1 << 16);
    assertEquals(Vector.GP, vectorOf(LDMXCSR));
    assertEquals(Mxcsr.INITIAL, cpu.simd.mxcsr);
    cpu.mmu.write32(EmulatedSimd.ADDRESS + 24, 1 << 20);
    cpu.simd.set(3, 5, 5);
    assertEquals(Vector.GP, vectorOf(FXRSTOR));
    assertEquals(5, cpu.simd.low(3));
  }

  /** SDM vol. 2, FXSAVE: without CR4.OSFXSR the XMM registers are not in the image. */
  @Test
  void savesWhatTheSystemSupports() {
    cpu.simd.set(0, 0x1234, 0);
    execute(FXSAVE);
    assertEquals(0x1234, cpu.mmu.read32(EmulatedSimd.ADDRESS + 160));
    assertEquals(0xffff, cpu.mmu.read32(EmulatedSimd.ADDRESS + 28));
    cpu.mmu.write32(EmulatedSimd.ADDRESS + 160, 0);
    cpu.cr4 &= ~Control.CR4_OSFXSR;
    execute(FXSAVE);
    assertEquals(0, cpu.mmu.read32(EmulatedSimd.ADDRESS + 160));
  }

  /** SDM vol. 2, MASKMOVDQU: bytes that are not stored are not accessed, and none is before all. */
  @Test
  void storesMaskedBytesAllOrNone() {
    SegmentRegister ds = cpu.segment[SegmentRegister.DS];
    ds.set(0x68, 0, EmulatedSimd.ADDRESS + 3, 0xc093 & ~0x8000 | 0x4000);
    cpu.reg[Cpu.EDI] = EmulatedSimd.ADDRESS;
    cpu.simd.set(0, 0x0807060504030201L, 0);
    cpu.simd.set(1, 0x0000000080008000L, 0);
    execute(0x66, 0x0f, 0xf7, 0xc1); // maskmovdqu xmm0, xmm1
    assertEquals(0x04000200, cpu.mmu.read32(EmulatedSimd.ADDRESS));
    cpu.simd.set(1, 0x0000008000000080L, 0);
    assertEquals(Vector.GP, vectorOf(0x66, 0x0f, 0xf7, 0xc1));
    assertEquals(0x04000200, cpu.mmu.read32(EmulatedSimd.ADDRESS));
  }
}
