package org.trampoline.kernel.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code kernel --insmod} ends as insmod and rmmod do: with 1 and the error if one has failed. */
class InsmodTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "failing.S,insmod failing: -19",
    "permanent.S,rmmod permanent: -16",
    "unresolved.S,insmod unresolved: -2"
  })
  void whatFailsIsSaid(String module, String error) {
    CommandResult result = CommandResult.of("kernel", "--insmod", module);
    assertEquals(1, result.status(), result::toString);
    assertEquals(error, result.lines().getLast());
  }

  @Test
  void inJsonToo() {
    CommandResult result = CommandResult.of("kernel", "--insmod", "failing.S", "--json");
    assertEquals(1, result.status(), result::toString);
    assertTrue(result.out().contains("\"failed\" : \"insmod failing: -19\""), result::toString);
  }

  /** It may use what one before it exports, though the sources are looked at one by one. */
  @Test
  void oneMayNeedAnother() {
    CommandResult result =
        CommandResult.of("kernel", "--insmod", "exporter.S", "--insmod", "importer.S");
    assertEquals(0, result.status(), result::toString);
    assertTrue(result.out().contains("insmod importer: 0"), result::toString);
  }

  @Test
  void whatIsRefusedWhileItGoesOnCounts() throws IOException {
    Path file = Files.writeString(folder.resolve("busy.S"), "init_module: movl $-16, %eax; ret\n");
    CommandResult result =
        CommandResult.of("kernel", "--insmod", file.toString(), "--insmod", "my_thread.S");
    assertEquals(1, result.status(), result::toString);
    assertEquals("insmod busy: -16", result.lines().getLast());
    assertTrue(result.out().contains("rmmod my_thread: 0"), result::toString);
  }
}
