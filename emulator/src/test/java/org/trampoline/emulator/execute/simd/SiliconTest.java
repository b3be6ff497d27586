package org.trampoline.emulator.execute.simd;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.trampoline.emulator.decode.Form;
import org.trampoline.emulator.decode.Insn;
import org.trampoline.emulator.oracle.Oracles;

/**
 * Every MMX and SSE form gives what the processor of this machine gives, in all of the x87, MMX and
 * SSE state, EFLAGS, EAX and memory. {@code -Dtrampoline.simd.cases=N} and {@code
 * -Dtrampoline.simd.seed=S} make a campaign of it.
 */
class SiliconTest {
  private static final int CASES = Integer.getInteger("trampoline.simd.cases", 500);
  private static final long SEED = Long.getLong("trampoline.simd.seed", 1);

  private static HostSimd host;
  private static EmulatedSimd emulated;

  @BeforeAll
  static void open() throws Throwable {
    Oracles.require(HostSimd.absence());
    host = HostSimd.open();
    emulated = new EmulatedSimd();
  }

  static List<Form> forms() {
    return SimdForms.all();
  }

  @ParameterizedTest
  @MethodSource("forms")
  void agrees(Form form) throws Throwable {
    SimdCase in = new SimdCase();
    SimdCase silicon = new SimdCase();
    SimdCase ours = new SimdCase();
    SplittableRandom random = new SplittableRandom(SEED * 1_000_003 + form.id());
    Insn insn = null;
    for (int k = 0; k < CASES; k++) {
      if (k % 50 == 0) {
        byte[] bytes = SimdForms.encode(form, random);
        host.setInstruction(bytes);
        insn = emulated.decode(bytes);
        assertEquals(form, insn.form);
      }
      in.draw(random);
      emulated.execute(insn, in, ours);
      host.execute(in, silicon);
      if (isApproximate(form)) {
        Approximation.check(insn, in, ours);
        Approximation.check(insn, in, silicon);
      } else if (!silicon.sameAs(ours)) {
        Insn failed = insn;
        assertEquals(
            silicon.toString(),
            ours.toString(),
            () -> failed.form + " " + failed.imm + " from " + in);
      }
    }
  }

  private static boolean isApproximate(Form form) {
    return switch (form.operation()) {
      case RCPPS, RCPSS, RSQRTPS, RSQRTSS -> true;
      default -> false;
    };
  }
}
