package org.trampoline.kernel.printk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.trampoline.kernel.Booted;

/** kernel/printk.c, kernel/panic.c and lib/vsprintf.c. */
class PrintkTest {
  private static Booted print(String format, String argument) {
    return Booted.with(
        """
        test:   pushl   $7
                pushl   $%s
                pushl   $format
                call    printk
                addl    $12, %%esp
                ret
        string: .asciz  "abc"
        format: .asciz  "%s\\n"
        """
            .formatted(argument, format));
  }

  @ParameterizedTest
  @CsvSource({
    "%d, -5, -5",
    "%5d|, 42, '   42|'",
    "%-5d|, 42, '42   |'",
    "%05d, -42, -0042",
    "%+d, 1, +1",
    "%.3d, 7, 007",
    "%u, -1, 4294967295",
    "%x, 255, ff",
    "%#X, 255, 0XFF",
    "%08lx, 0xc0100000, c0100000",
    "%o, 8, 10",
    "%p, 16, 00000010",
    "%c, 65, A",
    "%s, string, abc",
    "%.2s, string, ab",
    "%5s|, string, '  abc|'",
    "%s, 0, <NULL>",
    "%%%d, 1, %1",
    "%q, 1, %q",
    "%d %d, 3, 3 7",
    "%*d, 3, '  7'"
  })
  void formatsAsTheKernelDoes(String format, String argument, String expected) {
    try (Booted booted = print(format, argument)) {
      assertEquals("<4>" + expected, booted.events.get(booted.events.indexOf("first 1") + 1));
    }
  }

  @Test
  void aLevelInFrontIsTaken() {
    try (Booted booted = print("<3>bad", "0")) {
      assertEquals("<3>bad", booted.events.get(booted.events.indexOf("first 1") + 1));
    }
  }

  @Test
  void panicStopsTheMachineWithItsWords() {
    try (Booted booted =
        Booted.with(
            """
            test:   pushl $5
                    pushl $1f
                    call  panic
            1:      .asciz "No %d"
            """)) {
      assertEquals("No 5", booted.kernel.panicMessage());
      assertEquals(
          "<0>Kernel panic - not syncing: No 5", booted.events.get(booted.events.size() - 2));
    }
  }

  /** Java comes upon the bad address, and the guest's printk faults on it. */
  @Test
  void aFormatOutsideOfMemoryIsAnOopsInPrintk() {
    try (Booted booted = Booted.with("test: pushl $0x10; call printk")) {
      List<String> log = booted.kernel.printk().lines();
      assertTrue(
          log.contains(
              "Unable to handle kernel NULL pointer dereference at virtual address 00000010"));
      assertTrue(
          log.stream().anyMatch(line -> line.startsWith("EIP is at printk+0x0/")), log::toString);
      assertEquals("Attempted to kill init!", booted.kernel.panicMessage());
    }
  }
}
