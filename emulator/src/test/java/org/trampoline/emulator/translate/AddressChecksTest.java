package org.trampoline.emulator.translate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Debug mode's code for the blocks of {@link GoldenCodeTest}: it has the same instructions and
 * loops as the usual one, and each memory operand that is not the state block's is checked, by the
 * registers that it names.
 */
class AddressChecksTest {
  /** A line of host code: what is executed. */
  private static final Pattern HOST = Pattern.compile(" (cold\\+)?[0-9a-f]{4}  (.*)");

  private static final Pattern OPERAND = Pattern.compile("\\((%r\\w+)(?:,[^)]*)?\\)");
  private static final String COLD = "cold ";
  private static final String STATE = "%r13";
  private static final String VIEW = "%r14";
  private static final String RAM_END = field(TranslatorState.RAM_END);

  /** Column of the host's code, less the blank before it. */
  private static final int COLUMN = 41;

  /** Instructions between a check and what relies on it. */
  private static final int NEAR = 12;

  /** The same where a jump is compared with its targets in between. */
  private static final int FAR = 40;

  /** The same where a register holds the host address of a frame during all of a trap. */
  private static final int TRAP = 120;

  private static String field(int offset) {
    return "0x%x(%%r13)".formatted(offset);
  }

  @TestFactory
  Stream<DynamicTest> blocks() throws IOException, URISyntaxException {
    GoldenCodeTest.assumeTranslator();
    try (Stream<Path> files = Files.list(GoldenCodeTest.directory())) {
      return files.sorted().toList().stream()
          .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> check(file)));
    }
  }

  private static void check(Path file) throws IOException {
    String text = Files.readString(file);
    String head = text.substring(0, text.indexOf("---\n") + 4);
    String usual = GoldenCodeTest.listing(head, false);
    String checked = GoldenCodeTest.listing(head, true);
    assertEquals(guest(usual), guest(checked), "the instructions, and those of the loop");
    List<String> code = host(checked);
    String name = file.getFileName().toString();
    boolean holds = name.startsWith("trap-") || name.equals("repeat.txt");
    for (int n = 0; n < code.size(); n++) {
      String line = code.get(n);
      if (!line.contains("lea ") && !line.contains("nop")) {
        Matcher operand = OPERAND.matcher(line);
        if (operand.find()) {
          check(code, n, operand, holds);
        }
      }
    }
  }

  private static List<String> guest(String listing) {
    return listing
        .lines()
        .filter(l -> l.matches("[0-9a-f]{8}  .*"))
        .map(l -> l.substring(0, Math.min(42, l.length())).strip())
        .toList();
  }

  private static List<String> host(String listing) {
    return listing
        .lines()
        .filter(l -> !l.startsWith("block ") && l.length() > COLUMN)
        .map(HOST::matcher)
        .filter(m -> m.find(COLUMN))
        .map(m -> (m.group(1) == null ? "" : COLD) + m.group(2))
        .toList();
  }

  private static void check(List<String> code, int n, Matcher operand, boolean holdsAddresses) {
    String line = code.get(n);
    String base = operand.group(1);
    if (base.equals(STATE)) {
      if (line.contains("jmp *")) {
        require(code, n, NEAR, field(TranslatorState.CODE_END));
      }
      return;
    }
    if (base.equals(VIEW)) {
      // what is cold belongs to a look-up in the hot code, which comes first
      boolean cold = line.startsWith(COLD);
      int compared =
          require(code, n, cold ? n : FAR, field(TranslatorState.USERS_MAPS) + "," + VIEW);
      assertTrue(code.get(compared + 1).startsWith("jne cold"), line);
      return;
    }
    if (base.equals("%rsp") || base.equals("%rip")) {
      return;
    }
    boolean held = operand.group().indexOf(',') < 0 || operand.group().startsWith("(%rsi,%rcx");
    if (holdsAddresses && held) {
      require(code, n, TRAP, RAM_END);
    } else {
      // the check ends right before, and was of the same registers
      assertEquals("mov " + field(TranslatorState.SAVED_ADDRESS) + ",%r10", code.get(n - 1), line);
      require(code, n, NEAR, operand.group() + ",%r10");
      require(code, n, NEAR, RAM_END);
    }
  }

  /** Returns where it is, the last time. */
  private static int require(List<String> code, int before, int distance, String what) {
    int from = Math.max(0, before - distance);
    for (int n = before - 1; n >= from; n--) {
      if (code.get(n).contains(what)) {
        return n;
      }
    }
    String near = String.join("\n", code.subList(from, before));
    return fail("no " + what + " before " + code.get(before) + "\n" + near);
  }
}
