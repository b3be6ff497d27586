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

/** Whatever is wrong with a command line: one line that says what, and exit status 2. */
class BadInputTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | a command is needed",
        "nonsense | 'nonsense'",
        "run --nonsense | Unknown option: '--nonsense'",
        "run none.S | none.S: no such file",
        "run FOLDER | is a directory",
        "run BYTES | is no text: expected assembly source",
        "run --engine qemu HLT | expected one of [interpreter, translator, unicorn]",
        "run --max-insns 0 HLT | --max-insns 0: expected at least 1",
        "run --max-insns many HLT | 'many' is no number of 64 bits",
        "run --at 1G HLT | '1G' is no number",
        "run --at 0xfffffff0 HLT | expected at most 0x1000000",
        "run --reg foo=1 HLT | no register 'foo'",
        "run --reg eax=99999999999 HLT | is out of range",
        "run --reg eax=1 | --reg and --at are of programs: expected FILE.S",
        "run --fn HLT HLT | --fn, --arg and --kernel are of the main job",
        "run --flat HLT --load 0 --kernel 2.6.20 | expected no image",
        "run --flat HLT | expected --load ADDR, too",
        "run --flat HLT --load 0 --memory 3M | expected 4M to 2G",
        "run --flat HLT --load 0 --exit-port 0x12345 | expected 0 to 0xffff",
        "run --cpu 8086 HLT | no CPU model '8086'",
        "diff none.S | none.S: no such file",
        "diff --reg eax=1 | --reg and --at are of programs: expected FILE.S",
        "diff --json HLT | --json is for --cases",
        "diff --kernel 2.6.20 HLT | --kernel is of the main job",
        "diff --cases 0 | expected a count such as 20000 or 20M",
        "diff --seed 5 | Missing required argument(s): --cases=N",
        "diff --cases 9 HLT | takes no FILE.S",
        "diff --cases 9 --max-insns 5 | are not for --cases",
        "diff --cases 9 --oracle bochs | expected host, unicorn",
        "diff --cases 9 --group zz | no group 'zz'",
        "diff --cases 9 --dir HLT | cannot be used",
        "coverage --cases 9 --dir HLT | cannot be used",
        "coverage extra | 'extra'",
        "kernel nosuch | no scenario 'nosuch'",
        "kernel --seed 5 boot | --seed is of several processors: expected --cpus",
        "kernel --rmmod-after 5 | --rmmod-after is for --insmod",
        "kernel --insmod none.S | none.S: no such file",
        "kernel sched --insmod my_thread.S | --insmod is instead of a scenario",
        "kernel --insmod WRONG | w.S:2: unknown instruction",
        "kernel --insmod my_thread.S --insmod WRONG | w.S:2: unknown instruction",
        "kernel --kernel 3 | expected 2.6.11 or 2.6.20",
        "kernel --ps-at now | expected a number of instructions, or a time",
      })
  void isSaidInALine(String arguments, String why) throws IOException {
    String program = Files.writeString(folder.resolve("h.S"), "hlt\n").toString();
    Path bytes = Files.write(folder.resolve("b.S"), new byte[] {(byte) 0xff, (byte) 0xfe, 3});
    Path wrong = Files.writeString(folder.resolve("w.S"), "init_module:\n  foo %eax\n");
    String line =
        arguments
            .replace("WRONG", wrong.toString())
            .replace("HLT", program)
            .replace("BYTES", bytes.toString())
            .replace("FOLDER", folder.toString());
    CommandResult result = CommandResult.of(line.isEmpty() ? new String[0] : line.split(" ", -1));
    assertEquals(2, result.status(), result::toString);
    assertEquals("", result.out());
    assertEquals(1, result.error().lines().count(), result.error());
    assertTrue(result.error().startsWith("trampoline: "), result.error());
    assertTrue(result.error().contains(why), result.error());
  }

  @Test
  void everyCommandHasHelp() {
    for (String command : new String[] {"run", "diff", "coverage", "kernel", "bench"}) {
      CommandResult result = CommandResult.of(command, "--help");
      assertEquals(0, result.status());
      assertTrue(result.out().startsWith("Usage: trampoline " + command + " "), result.out());
    }
    assertTrue(CommandResult.of("--help").out().contains("Commands:"));
  }
}
