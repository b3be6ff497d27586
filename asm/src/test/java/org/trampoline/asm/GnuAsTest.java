package org.trampoline.asm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two thousand instructions, encoded as GNU as encodes them. */
class GnuAsTest {
  private static final HexFormat HEX = HexFormat.of();

  private record Snippet(int bits, String text, String bytes) {}

  private static List<Snippet> snippets() throws IOException {
    try (InputStream in = GnuAsTest.class.getResourceAsStream("gnu-as.txt")) {
      List<Snippet> snippets = new ArrayList<>();
      for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList()) {
        if (!line.startsWith("#")) {
          String[] parts = line.split(" \\| ", -1);
          snippets.add(new Snippet(Integer.parseInt(parts[0]), parts[1], parts[2]));
        }
      }
      return snippets;
    }
  }

  @Test
  void encodesAsTheListSays() throws IOException {
    List<Snippet> snippets = snippets();
    assertTrue(snippets.size() > 2000);
    StringBuilder differences = new StringBuilder();
    for (Snippet snippet : snippets) {
      String source = ".code" + snippet.bits() + "\n" + snippet.text();
      String bytes;
      try {
        bytes = HEX.formatHex(Assembler.assemble(new Source("s", source), 0, Map.of()).bytes());
      } catch (AssemblyException refused) {
        bytes = refused.getMessage();
      }
      if (!bytes.equals(snippet.bytes())) {
        differences.append("%n%s: %s, but as %s".formatted(snippet.text(), bytes, snippet.bytes()));
      }
    }
    assertEquals("", differences.toString());
  }

  @Test
  void theListIsWhatAsSaysHere(@TempDir Path directory) throws Exception {
    GnuAs.require();
    String mark = "\n.byte 0,0,0,0,255,255,255,255,255,255,255,255,255,255,255,255\n";
    for (int bits : new int[] {16, 32}) {
      StringBuilder source = new StringBuilder(".code" + bits + "\n");
      StringBuilder expected = new StringBuilder();
      for (Snippet snippet : snippets()) {
        if (snippet.bits() == bits) {
          source.append(snippet.text()).append(mark);
          expected.append(snippet.bytes()).append("00000000ffffffffffffffffffffffff");
        }
      }
      assertEquals(
          expected.toString(), HEX.formatHex(GnuAs.assemble(directory, source.toString(), 0)));
    }
  }

  /** Branch sizes, fields and expressions: whole programs, byte for byte. */
  @Test
  void randomProgramsComeOutAsWithAsAndLd(@TempDir Path directory) throws Exception {
    GnuAs.require();
    for (int seed = 0; seed < 40; seed++) {
      String source = new RandomProgram(seed).source(20 + seed * 12);
      byte[] expected = GnuAs.assemble(directory, source, 0xc0001000);
      AssembledCode code =
          Assembler.assemble(new Source("seed" + seed, source), 0xc0001000, Map.of());
      int difference = Arrays.mismatch(expected, code.bytes());
      assertEquals(
          -1,
          difference,
          () -> "first difference: " + code.lineAt(0xc0001000 + difference) + " in\n" + source);
    }
  }
}
