package org.trampoline.kernel.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.trampoline.kernel.Needs;

/** {@code diff FILE.S}: the snippet ends where it does under {@code run}. */
class DiffCommandTest {
  @TempDir Path folder;

  @BeforeEach
  void unicorn() {
    Needs.unicorn();
  }

  private CommandResult diff(String program, String... more) throws IOException {
    Path file = Files.writeString(folder.resolve("p.S"), program + "\n");
    String[] arguments = new String[2 + more.length];
    arguments[0] = "diff";
    arguments[1] = file.toString();
    System.arraycopy(more, 0, arguments, 2, more.length);
    return CommandResult.of(arguments);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "movl $6, %eax; movl $7, %ecx; mull %ecx | 3",
        "movl $6, %eax; hlt | 2",
        "incl %eax; ret | 2",
        "call 1f; ret; 1: incl %eax; ret | 4",
        "jmp 1f; hlt; 1: nop | 2",
      })
  void itEndsWithTheProgram(String program, int instructions) throws IOException {
    CommandResult result = diff(program);
    assertEquals(0, result.status(), result::toString);
    assertEquals("equal after " + instructions + " instructions\n", result.out());
  }

  @Test
  void aLimitMayComeBefore() throws IOException {
    CommandResult result = diff("1: incl %eax; jmp 1b", "--max-insns", "50");
    assertEquals(0, result.status(), result::toString);
    assertEquals(
        "equal after 50 instructions\nnot finished: more are allowed by --max-insns\n",
        result.out());
  }
}
