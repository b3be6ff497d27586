package org.trampoline.kernel.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * {@code trampoline run FILE.S} as a user meets it: output, exit status, and one line for errors.
 */
class SnippetCommandTest {
  @TempDir private Path folder;

  private String out;
  private String err;

  private int trampoline(String... args) {
    CommandResult result = CommandResult.of(args);
    out = result.out();
    err = result.error();
    return result.status();
  }

  private String file(String source) throws IOException {
    return Files.writeString(folder.resolve("snippet.S"), source).toString();
  }

  @Test
  void aProgramEndsAtHltAndItsStateIsPrinted() throws IOException {
    assertEquals(
        0, trampoline("run", file("movl $10,%ecx\n1: addl %ecx,%eax\ndecl %ecx\njnz 1b\nhlt\n")));
    assertTrue(out.contains("eax 00000037"), out);
    assertTrue(out.contains("after 32 instructions"), out);
  }

  @ParameterizedTest
  @CsvSource({"eax=41, eax 0000002a", "ax=0xffff, eax 00010000", "ah=1, eax 00000101"})
  void registersCanBeGivenWholeOrInParts(String register, String expected) throws IOException {
    assertEquals(0, trampoline("run", "--reg", register, file("incl %eax")));
    assertTrue(out.contains(expected), out);
  }

  @ParameterizedTest
  @CsvSource({"usual, 00000046", "unchanged, 00000002", "zen, 00000002"})
  void undefinedFlagsFollowTheProfile(String profile, String flags) throws IOException {
    // the SDM leaves all but CF and OF undefined after mul
    String program = file("pushl $2\npopfl\nmull %ecx\npushfl\npopl %eax\n");
    assertEquals(0, trampoline("run", "--undefined-flags", profile, program));
    assertTrue(out.contains("eax " + flags), out);
  }

  @Test
  void theProcessorModelDecidesWhatIsThere() throws IOException {
    String program = file("cmovel %ecx,%eax\n");
    assertEquals(0, trampoline("run", "--cpu", "pentium3", program));
    assertEquals(1, trampoline("run", "--cpu", "pentium", program));
    assertTrue(out.contains("#UD"), out);
    assertEquals(0, trampoline("run", "--cpu", "486"), "the main job");
  }

  @ParameterizedTest
  @CsvSource({
    "--undefined-flags, random, 'expected usual, unchanged or zen'",
    "--cpu, 386, expected",
  })
  void processorsThatAreNotThereAreRefused(String option, String value, String message)
      throws IOException {
    assertEquals(2, trampoline("run", option, value, file("nop")));
    assertTrue(err.contains(option + " " + value + ": "), err);
    assertTrue(err.contains(message), err);
  }

  @Test
  void unicornHasNoChoiceOfProcessors() throws IOException {
    assertEquals(2, trampoline("run", "--engine", "unicorn", "--cpu", "486", file("nop")));
    assertTrue(err.contains("--cpu: expected an engine of our own"), err);
  }

  @Test
  void aReturnFromTheOutermostLevelEndsAProgram() throws IOException {
    assertEquals(0, trampoline("run", file("movl $1,%eax\nret\nmovl $2,%eax")));
    assertTrue(out.contains("eax 00000001"), out);
  }

  @Test
  void aTraceHasALinePerInstruction() throws IOException {
    assertEquals(0, trampoline("run", "--trace", "--at", "0x2000", file("incl %eax\nnop")));
    List<String> lines = out.lines().toList();
    assertTrue(lines.get(0).startsWith("00002000  40 "), lines.get(0));
    assertTrue(lines.get(0).contains("inc    %eax"), lines.get(0));
    assertTrue(lines.get(0).contains("eax=00000001"), lines.get(0));
    assertTrue(lines.get(1).startsWith("00002001  90 "), lines.get(1));
  }

  @Test
  void jsonIsOneObject() throws IOException {
    assertEquals(0, trampoline("run", "--json", file("decl %eax\nhlt")));
    JsonNode root = new ObjectMapper().readTree(out);
    assertEquals(0xffff_ffffL, root.path("registers").path("eax").asLong());
    assertEquals(2, root.path("instructions").asInt());
    assertTrue(root.path("ended").asBoolean());
  }

  @Test
  void anEndlessLoopIsBounded() throws IOException {
    assertEquals(1, trampoline("run", "--max-insns", "1000", file("1: jmp 1b")));
    assertTrue(out.contains("1000 instructions"), out);
  }

  @ParameterizedTest
  @CsvSource({
    "'movl 0xf0000000,%eax', 0xf0000000",
    "ud2, #UD",
    "'xorl %ecx,%ecx\ndivl %ecx', #DE",
    "jmp 0xff000000, 0xff000000"
  })
  void whatGoesWrongInTheGuestIsSaid(String source, String expected) throws IOException {
    assertEquals(1, trampoline("run", "--max-insns", "10000000", file(source)));
    assertTrue(out.contains(expected), out);
    assertEquals("", err);
  }

  @ParameterizedTest
  @CsvSource({
    "'', nothing to execute",
    "'# only a comment', nothing to execute",
    "'nop\nfoo %eax', snippet.S:2:",
    "'movl $1,%eax\n\nmovb $256,%al', snippet.S:3:",
    "call nosuch, nosuch"
  })
  void aSourceThatIsWrongGivesOneLine(String source, String expected) throws IOException {
    assertEquals(2, trampoline("run", file(source)));
    assertOneLine(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "--reg, exx=1, no register 'exx'",
    "--reg, eax, NAME=VALUE",
    "--reg, eax=0x123456789, out of range",
    "--reg, al=300, out of range",
    "--at, zero, no number",
    "--at, 0xfffffff0, end of memory",
    "--max-insns, 0, at least 1",
    "--engine, qemu, unicorn"
  })
  void anOptionThatIsWrongGivesOneLine(String option, String value, String expected)
      throws IOException {
    assertEquals(2, trampoline("run", option, value, file("nop")));
    assertOneLine(expected);
  }

  @Test
  void aFileThatIsNotThereGivesOneLine() {
    assertEquals(2, trampoline("run", folder.resolve("none.S").toString()));
    assertOneLine("no such file");
    assertEquals(2, trampoline("run", folder.toString()));
    assertTrue(err.contains("directory"), err);
  }

  @Test
  void anUnknownCommandGivesOneLine() {
    assertEquals(2, trampoline("rnu"));
    assertOneLine("rnu");
  }

  private void assertOneLine(String expected) {
    assertTrue(err.contains(expected), err);
    assertEquals(1, err.lines().count(), err);
    assertEquals("", out);
  }
}
