package org.trampoline.kernel.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.trampoline.emulator.decode.InstructionTable;

/** The table of evidence as a user gets it; with few cases, so oracles have seen few forms. */
class CoverageCommandTest {
  private static final int FORMS = InstructionTable.get().forms().size();
  @TempDir Path directory;

  private String run(String... args) {
    CommandResult result = CommandResult.of(args);
    assertEquals(1, result.status(), "evidence is missing after so few cases: " + result.error());
    return result.out();
  }

  @Test
  void aRowForEachForm() {
    List<String> lines =
        run("coverage", "--cases", "500", "--dir", directory.toString()).lines().toList();
    assertEquals(FORMS, lines.indexOf("") - 1);
    String lgdt =
        lines.stream().filter(l -> l.startsWith("o16 0F 01 /2 ")).findFirst().orElseThrow();
    assertTrue(lgdt.contains("lgdt m16&32") && lgdt.endsWith("OperandSizeTest"), lgdt);
    assertTrue(lines.getLast().endsWith("of " + FORMS + " have no evidence"), lines.getLast());
  }

  @Test
  void json() throws IOException {
    JsonNode root =
        new ObjectMapper()
            .readTree(run("coverage", "--cases", "500", "--json", "--dir", directory.toString()));
    assertEquals(FORMS, root.get("forms").size());
    long missing = 0;
    for (JsonNode form : root.get("forms")) {
      long cases = 0;
      for (JsonNode count : form.get("cases")) {
        cases += count.asLong();
      }
      missing += cases == 0 && form.get("tests").isEmpty() ? 1 : 0;
      assertEquals(0, form.get("divergences").asLong(), form.toString());
    }
    assertEquals(missing, root.get("missing").asLong());
  }
}
