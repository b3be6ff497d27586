package org.trampoline.emulator.differential.cases;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.util.EnumSet;
import org.junit.jupiter.api.Test;
import org.trampoline.emulator.cpu.Eflags;
import org.trampoline.emulator.memory.Host;

/** The instruction of a sequence that is wrong is found, however late it comes. */
class SequenceStepsTest {
  /** Our machine with CF wrong in {@code add al, imm8}. */
  private static final class Wrong extends MistakenOracle {
    @Override
    protected int wrong(CaseRun run, int eax) {
      return run.form().notation().equals("add al, imm8") ? Eflags.CF : 0;
    }
  }

  /** Found on silicon: FCOMPP, of which an erratum tells, behind nested loops of 2900 steps. */
  @Test
  void behindALongLoop() {
    int[] code = {
      0xb9,
      0x00,
      0x08,
      0x00,
      0x00, // mov ecx, 2048
      0x49, // dec ecx
      0x75,
      0xfd, // jnz back to it
      0x04,
      0x01 // add al, 1
    };
    byte[] bytes = new byte[code.length];
    for (int i = 0; i < code.length; i++) {
      bytes[i] = (byte) code[i];
    }
    byte[] state = new byte[CaseRecord.SIZE];
    try (CaseBatch batch = new CaseBatch();
        Oracle machine = new MachineOracle();
        Oracle wrong = new Wrong();
        SequenceSteps steps = new SequenceSteps(machine, wrong)) {
      CaseBuilder.add(batch, code[0], code[1], code[2], code[3], code[4]);
      int at = batch.run(0).at();
      for (int i = 0; i < state.length; i++) {
        state[i] = (byte) Host.get8(batch.record(0) + i);
      }
      CaseDivergence found =
          steps.firstWrong(
              new CaseDivergence(
                  batch.run(0).form(),
                  CaseBatch.Mode.SEQUENCE,
                  0,
                  0,
                  EnumSet.of(StateField.FLAGS),
                  at,
                  bytes,
                  state,
                  new byte[CaseWorld.DATA_SIZE],
                  state,
                  state,
                  0,
                  0,
                  0));
      assertNotNull(found);
      assertEquals("add al, imm8", found.form().notation());
      assertEquals(at + 8, found.at());
    }
  }
}
