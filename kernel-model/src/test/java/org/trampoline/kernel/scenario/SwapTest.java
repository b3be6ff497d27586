package org.trampoline.kernel.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.memory.TlbGeometry;
import org.trampoline.emulator.memory.TlbModel;
import org.trampoline.kernel.Booted;
import org.trampoline.kernel.Kernel;
import org.trampoline.kernel.KernelEvent;
import org.trampoline.kernel.KernelVersion;
import org.trampoline.kernel.mm.SwapArea;
import org.trampoline.kernel.mm.SwapInfo;
import org.trampoline.kernel.mm.Zone;

/** Pages of processes to the swap area and back (mm/vmscan.c, mm/swapfile.c, mm/memory.c). */
class SwapTest {
  private static final List<String> DISK =
      List.of(
          "spawn_ksoftirqd",
          "init_workqueues",
          "usermodehelper_init",
          "helper_init",
          "blk_dev_init",
          "kswapd_init");

  private static final List<String> INTACT =
      List.of(
          "init: writing to 5000 pages",
          "init: reading them again",
          "init: all 5000 pages are as they were written; 1200 are kept; fork",
          "init: the child has the same 1200, and overwrites them",
          "init: those of the parent are as they were",
          "init: the heap is given back");

  private static List<String> said(Watched run) {
    return run.lines("init: ");
  }

  /** Hardware that keeps stale entries until they are flushed, on each processor. */
  private static void keepStaleEntries(Kernel kernel) {
    Machine machine = (Machine) kernel.engine();
    for (int i = 0; i < machine.processors(); i++) {
      machine.cpu(i).mmu.setTlb(new TlbModel(TlbGeometry.PENTIUM4, TlbModel.Mode.AUTHORITATIVE));
    }
  }

  @ParameterizedTest
  @EnumSource(KernelVersion.class)
  void whatWasSwappedOutComesBackAsItWas(KernelVersion version) {
    boolean usual = version == KernelVersion.V2_6_11;
    Watched run = usual ? Watched.once("swap") : Watched.run("swap", version);
    assertEquals(INTACT, said(run));
    assertTrue(run.events().stream().filter(e -> e.contains(" swapout ")).count() > 5000);
    assertTrue(run.events().stream().filter(e -> e.contains(" swapin ")).count() > 5000);
  }

  @Test
  void itDoesAlsoWithTlbsThatKeepStaleEntries() {
    Watched run =
        Watched.run(
            "swap",
            Booted.image(KernelVersion.V2_6_11),
            Machine.builder(),
            SwapTest::keepStaleEntries);
    assertEquals(INTACT, said(run));
  }

  @ParameterizedTest
  @CsvSource("3, 5")
  void onSeveralProcessorsKswapdInterruptsThem(int processors, long seed) {
    Watched run =
        Watched.run(
            "swap",
            Booted.smpImage(KernelVersion.V2_6_11),
            Machine.builder().processors(processors, seed),
            SwapTest::keepStaleEntries);
    assertEquals(INTACT, said(run));
    assertTrue(run.events().stream().anyMatch(e -> e.matches(".* flush [0-9a-e].* remote")));
  }

  /** Between the low and the high watermark. */
  @ParameterizedTest
  @ValueSource(strings = {"swap", "kswapd"})
  void kswapdSleepsFromTheHighToTheLowWatermark(String name) {
    List<String> kswapd =
        Watched.once(name).events().stream()
            .map(e -> e.substring(e.indexOf(' ') + 1))
            .filter(e -> e.startsWith("kswapd "))
            .toList();
    assertTrue(kswapd.size() >= 2, kswapd::toString);
    for (int i = 0; i < kswapd.size(); i++) {
      String[] words = kswapd.get(i).split(" ", -1);
      int free = Integer.parseInt(words[2]);
      assertEquals(i % 2 == 0 ? "true" : "false", words[1]);
      assertTrue(i % 2 == 0 ? free <= 80 : free >= 96, kswapd.get(i));
    }
  }

  /**
   * What is in a slot is the page that was there, and when all is over nothing is left but process
   * 1's stack.
   */
  @Test
  void theDiskHasThePagesAndEverythingIsGivenBack() {
    Map<Integer, Integer> slots = new HashMap<>();
    int[] found = new int[2];
    Watched.run(
        "swap",
        Booted.image(KernelVersion.V2_6_11),
        Machine.builder(),
        kernel ->
            kernel.listen(
                (time, event) -> {
                  switch (event) {
                    case KernelEvent.SwapOut out -> slots.put(out.slot(), out.address());
                    case KernelEvent.SwapIn in -> slots.remove(in.slot());
                    case KernelEvent.Write(var task, String text)
                        when text.startsWith("all 5000") ->
                        compare(kernel, slots, found);
                    case KernelEvent.PowerOff off -> littleIsLeft(kernel);
                    default -> {}
                  }
                }));
    assertEquals(0, found[1], "slots with another page");
    assertTrue(found[0] > 1000, () -> "slots: " + found[0]);
  }

  private static void compare(Kernel kernel, Map<Integer, Integer> slots, int[] found) {
    slots.forEach(
        (slot, address) -> {
          byte[] block = kernel.paging().disk().block(SwapArea.FIRST_BLOCK + slot);
          boolean heap = address > 0; // and not the stack, at BFFFE000H
          if (block != null && heap) {
            int word = ByteBuffer.wrap(block).order(ByteOrder.LITTLE_ENDIAN).getInt();
            boolean stillToBeWritten = word != address && word > 0x0804_8000;
            found[word == address || stillToBeWritten ? 0 : 1]++;
          }
        });
  }

  private static void littleIsLeft(Kernel kernel) {
    Zone zone = kernel.paging().lru().zone();
    assertTrue(zone.get(Zone.NR_MAPPED) <= 2, "pages of the stack");
    assertTrue(zone.get(Zone.NR_ACTIVE) + zone.get(Zone.NR_INACTIVE) <= 3);
    assertEquals(0, zone.get(Zone.NR_WRITEBACK));
    int inUse = kernel.symbol("swap_info") + SwapInfo.INUSE_PAGES.offset();
    assertTrue(kernel.memory().read(inUse) <= 2, "slots");
  }

  /** mm/oom_kill.c. */
  @Test
  void whoWantsTooMuchIsKilledAndTheRestGoesOn() {
    Watched run = Watched.once("swap-full");
    assertNull(run.end());
    List<String> log = run.log();
    int oom = log.indexOf("oom-killer: gfp_mask=0x1d2");
    assertTrue(oom > 0, log::toString);
    assertEquals("Free swap:           0kB", log.get(oom + 2));
    assertTrue(log.get(oom + 3).matches("Out of Memory: Killed process \\d+ \\(hungry\\)\\."));
    assertEquals(
        List.of(
            "init: a child has died of signal 9",
            "init: the other process lives",
            "init: init goes on"),
        said(run));
    assertEquals(1, run.lines("Out of Memory").size());
  }

  /** Without a swap area there is nothing to be got from processes either. */
  @Test
  void withoutASwapAreaItIsTheSameSooner() {
    Watched run =
        Watched.run(
            new GuestScenario.Plan("nothing")
                .after(DISK)
                .program("/sbin/init", "swap-full-init.S")
                .program("/bin/hungry", "hungry.S"));
    assertTrue(run.log().contains("Unable to find swap-space signature"), run.log()::toString);
    assertEquals(1, run.lines("Out of Memory: Killed process").size());
    assertEquals("init: init goes on", run.log().getLast());
  }

  @Test
  void swaponRefuses() {
    Watched run = Watched.run(new GuestScenario.Plan("swapon-errors").after(DISK));
    assertEquals(
        List.of("swapon: -2", "Unable to find swap-space signature", "swapon: -22", "swapon: -14"),
        run.log());
  }

  /** Two threads that write to the same pages while these come and go lose nothing. */
  @Test
  void threadsOnTwoProcessorsLoseNothing() {
    Watched run =
        Watched.run(
            new GuestScenario.Plan("nothing")
                .after(DISK)
                .swap(4096)
                .program("/sbin/init", "swap-threads.S"),
            Booted.smpImage(KernelVersion.V2_6_11),
            Machine.builder().processors(2, 1),
            SwapTest::keepStaleEntries);
    assertEquals("init: each page was counted by both", run.log().getLast());
    assertTrue(run.events().stream().anyMatch(e -> e.contains(" swapin ")), "nothing swapped");
  }
}
