package org.trampoline.emulator.execute.x87;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.trampoline.emulator.decode.Form;
import org.trampoline.emulator.decode.Insn;
import org.trampoline.emulator.decode.Operation;

/**
 * As {@link SiliconTest}, with cases recorded on a processor, for hosts that have no x87. Its
 * {@link #main} records them anew.
 */
class RecordedTest {
  private static final String RESOURCE = "silicon.txt";
  private static final int CASES_PER_FORM = 16;

  /** What is more than the recorded part of the state shows; {@link StateTest} has tests. */
  private static final EnumSet<Operation> NOT_RECORDED =
      EnumSet.of(
          Operation.FNSAVE,
          Operation.FRSTOR,
          Operation.FNSTENV,
          Operation.FLDENV,
          Operation.FNINIT,
          Operation.FLDCW);

  @Test
  void agrees() throws IOException {
    EmulatedX87 emulated = new EmulatedX87();
    X87State ours = new X87State();
    int cases = 0;
    for (String line : lines()) {
      if (line.startsWith("#")) {
        continue;
      }
      RecordedCase recorded = RecordedCase.parse(line);
      Insn insn = emulated.decode(recorded.bytes());
      emulated.execute(insn, recorded.before(), ours);
      SiliconDifferences.forgive(insn.operation, recorded.before(), ours, recorded.after());
      String[] parts = line.split(" > ", -1);
      String actual = new RecordedCase(recorded.bytes(), recorded.before(), ours).toString();
      assertEquals(parts[1], actual.split(" > ", -1)[1], () -> insn.form + ": " + parts[0]);
      cases++;
    }
    assertTrue(cases > 2000, "cases: " + cases);
  }

  private static List<String> lines() throws IOException {
    try (var stream = RecordedTest.class.getResourceAsStream(RESOURCE)) {
      return new String(stream.readAllBytes(), StandardCharsets.US_ASCII).lines().toList();
    }
  }

  /** Writes the file named by the argument from what this machine's processor does. */
  public static void main(String[] arguments) throws Throwable {
    HostX87 host = HostX87.open();
    List<String> lines = new ArrayList<>();
    lines.add("# x87 instructions as executed by " + processor() + "; see RecordedCase");
    for (Form form : X87Forms.all()) {
      if (NOT_RECORDED.contains(form.operation())) {
        continue;
      }
      StateMix mix = new StateMix(form.id());
      for (int k = 0; k < CASES_PER_FORM; k++) {
        X87State before = new X87State();
        X87State after = new X87State();
        mix.fill(before, StateMix.Spread.values()[k % 3]);
        for (int i = 3; i < 8; i++) {
          before.significand[i] = 0;
          before.signExponent[i] = 0;
        }
        Arrays.fill(before.memory, 10, before.memory.length, (byte) 0);
        before.ax = 0;
        int[] bytes = X87Forms.encode(form, 1 + mix.below(2));
        host.setInstruction(bytes);
        host.execute(before, after);
        lines.add(new RecordedCase(bytes, before, after).toString());
      }
    }
    Files.write(Path.of(arguments[0]), lines, StandardCharsets.US_ASCII);
  }

  private static String processor() throws IOException {
    List<String> names = new ArrayList<>();
    for (String line : Files.readAllLines(Path.of("/proc/cpuinfo"))) {
      String[] field = line.split("\\s*:\\s*", -1);
      if (field[0].matches("vendor_id|cpu family|model|stepping") && names.size() < 4) {
        names.add(field[0].replace("vendor_id", "").trim() + " " + field[1]);
      }
    }
    return String.join(", ", names).trim();
  }
}
