package org.trampoline.emulator.execute.x87;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.trampoline.emulator.decode.Form;
import org.trampoline.emulator.decode.Insn;
import org.trampoline.emulator.oracle.Oracles;

/**
 * Every x87 form gives what the processor of this machine gives, in all of the x87 state, EFLAGS
 * and memory, but for {@link SiliconDifferences}. {@code -Dtrampoline.x87.cases=N} and {@code
 * -Dtrampoline.x87.seed=S} make a campaign of it.
 */
class SiliconTest {
  private static final int CASES = Integer.getInteger("trampoline.x87.cases", 1500);
  private static final long SEED = Long.getLong("trampoline.x87.seed", 1);

  private static HostX87 host;
  private static EmulatedX87 emulated;

  @BeforeAll
  static void open() throws Throwable {
    Oracles.require(HostX87.absence());
    host = HostX87.open();
    emulated = new EmulatedX87();
  }

  static List<Form> forms() {
    return X87Forms.all();
  }

  @ParameterizedTest
  @MethodSource("forms")
  void agrees(Form form) throws Throwable {
    X87State in = new X87State();
    X87State silicon = new X87State();
    X87State ours = new X87State();
    StateMix mix = new StateMix(SEED * 1_000_003 + form.id());
    StateMix.Spread[] spreads = StateMix.Spread.values();
    Insn insn = null;
    for (int k = 0; k < CASES; k++) {
      if (k % 100 == 0) {
        int[] bytes = X87Forms.encode(form, mix.below(8));
        host.setInstruction(bytes);
        insn = emulated.decode(bytes);
        assertEquals(form, insn.form);
      }
      mix.fill(in, spreads[k % spreads.length]);
      emulated.execute(insn, in, ours);
      if (!silicon(form, in, ours, silicon)) {
        assertEquals("silicon\n" + silicon + "\n", "silicon\n" + ours + "\n", () -> "from " + in);
      }
    }
  }

  /**
   * Executes on silicon and compares. An AMD processor forgets opcode and pointers if the operating
   * system interrupts it between instruction and FNSAVE, so a difference has to show three times.
   */
  private static boolean silicon(Form form, X87State in, X87State ours, X87State silicon)
      throws Throwable {
    for (int attempt = 0; attempt < 3; attempt++) {
      host.execute(in, silicon);
      SiliconDifferences.forgive(form.operation(), in, ours, silicon);
      if (ours.sameAs(silicon)) {
        return true;
      }
    }
    return false;
  }
}
