package org.trampoline.kernel.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.StopReason;
import org.trampoline.emulator.cpu.CpuModel;
import org.trampoline.emulator.device.Ports;
import org.trampoline.emulator.engine.Engine;
import org.trampoline.emulator.oracle.UnicornEngine;
import org.trampoline.kernel.Booted;
import org.trampoline.kernel.Kernel;
import org.trampoline.kernel.KernelEvent;
import org.trampoline.kernel.KernelVersion;
import org.trampoline.kernel.Needs;
import org.trampoline.kernel.layout.Hex;

/** A bug in a thread ends the thread, with the words of traps.c. */
class OopsTest {
  private static final int MEMORY = 16 << 20;
  private static final long LIMIT = 10_000_000;

  private Kernel kernel;
  private StopReason reason;
  private final List<String> exits = new ArrayList<>();

  private List<String> run(Engine engine, String name, KernelVersion version) {
    Scenario scenario =
        Scenarios.named(name).orElseThrow().loader().load(engine, Booted.image(version));
    kernel = scenario.kernel();
    kernel.listen(
        (time, event) -> {
          if (event instanceof KernelEvent.Exit exit) {
            exits.add(exit.task().pid() + " " + exit.code());
          }
        });
    reason = scenario.run(LIMIT);
    return kernel.printk().lines();
  }

  private List<String> run(String name, KernelVersion version) {
    try (Machine machine = Machine.builder().memory(MEMORY).build()) {
      return run(machine, name, version);
    }
  }

  /** The lines of the first oops, but for the addresses that change with the kernel's code. */
  @Test
  void aWriteThroughNull() {
    List<String> log = run("oops", KernelVersion.V2_6_11);
    int at =
        log.indexOf("Unable to handle kernel NULL pointer dereference at virtual address 00000010");
    assertTrue(at > 0, log::toString);
    int helper = kernel.symbol("kernel_thread_helper") + 5;
    String eip = log.get(at + 2);
    assertEquals(" printing eip:", log.get(at + 1));
    assertTrue(eip.matches("c03[0-9a-f]{5}"), eip);
    assertEquals("*pde = 00000000", log.get(at + 3));
    assertEquals("Oops: 0002 [#1]", log.get(at + 4));
    assertEquals("Modules linked in:", log.get(at + 5));
    assertEquals("CPU:    0", log.get(at + 6));
    assertEquals("EIP:    0060:[<" + eip + ">]    Not tainted VLI", log.get(at + 7));
    assertEquals("EFLAGS: 00010286   (2.6.11) ", log.get(at + 8));
    assertEquals("EIP is at null_write+0x5/0xb [oops]", log.get(at + 9));
    assertTrue(log.get(at + 10).matches("eax: 00000001   ebx: [0-9a-f]{8}   ecx: .*   edx: .*"));
    assertTrue(log.get(at + 11).matches("esi: .{8}   edi: .{8}   ebp: .{8}   esp: .{5}ff0"));
    assertEquals("ds: 007b   es: 007b   ss: 0068", log.get(at + 12));
    assertTrue(
        log.get(at + 13)
            .matches("Process \\S+ \\(pid: \\d+, threadinfo=c[0-9a-f]{4}000 task=c[0-9a-f]{7}\\)"));
    assertEquals("Stack: " + Hex.word(helper) + " 00000000 00000000 00000000 ", log.get(at + 14));
    assertEquals("Call Trace:", log.get(at + 15));
    assertEquals(" [<" + Hex.word(helper) + ">] kernel_thread_helper+0x5/0xb", log.get(at + 16));
    String code = log.get(at + 17);
    assertTrue(code.startsWith("Code: ") && code.contains(" <a3> 10 00 00 00 c3 "), code);
    assertEquals(64, code.trim().split(" ").length - 1);
  }

  @ParameterizedTest
  @EnumSource(KernelVersion.class)
  void everyBugHasItsWordsAndTheRestGoesOn(KernelVersion version) {
    List<String> log = run("oops", version);
    assertNull(kernel.panicMessage());
    assertInstanceOf(StopReason.Halted.class, reason);
    String bug = version == KernelVersion.V2_6_11 ? "Unable" : "BUG: unable";
    List<String> wanted =
        List.of(
            bug + " to handle kernel NULL pointer dereference at virtual address 00000010",
            "Oops: 0002 [#1]",
            bug + " to handle kernel paging request at virtual address 6b6b6b6f",
            "Oops: 0000 [#2]",
            "EIP is at follow+0x0/0x4 [oops]",
            "divide error: 0000 [#3]",
            "invalid operand: 0000 [#4]",
            "------------[ cut here ]------------",
            "kernel BUG at scenario/oops.S:42!",
            "invalid operand: 0000 [#5]",
            bug + " to handle kernel NULL pointer dereference at virtual address 00000000",
            "EIP is at 0x0",
            "Code:  Bad EIP value.",
            "Thread overran stack, or stack corrupted",
            "Oops: 0000 [#7]",
            "the rest goes on");
    int from = 0;
    for (String line : wanted) {
      int found = log.subList(from, log.size()).indexOf(line);
      assertTrue(found >= 0, () -> line + " is not in " + log);
      from += found + 1;
    }
    assertTrue(log.stream().anyMatch(line -> line.startsWith("EIP is at pick_next_task+0x0/")));
    assertEquals(8, exits.size());
    assertEquals(7, exits.stream().filter(exit -> exit.endsWith(" 11")).count());
  }

  @ParameterizedTest
  @CsvSource({"oops-init, Attempted to kill init!", "oops-interrupt, Fatal exception in interrupt"})
  void someBugsAreTheEnd(String name, String message) {
    List<String> log = run(name, KernelVersion.V2_6_11);
    assertEquals(message, kernel.panicMessage());
    assertEquals("Kernel panic - not syncing: " + message, log.getLast());
    assertTrue(log.contains("Oops: 0000 [#1]"));
    assertInstanceOf(StopReason.Requested.class, reason);
  }

  @ParameterizedTest
  @EnumSource(KernelVersion.class)
  void theLogIsTheSameOnUnicorn(KernelVersion version) {
    Needs.unicorn();
    try (UnicornEngine unicorn = new UnicornEngine(CpuModel.PENTIUM4, MEMORY, Ports.NONE)) {
      assertEquals(run("oops", version), run(unicorn, "oops", version));
    }
  }
}
