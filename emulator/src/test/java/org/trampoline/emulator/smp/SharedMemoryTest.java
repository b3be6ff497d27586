package org.trampoline.emulator.smp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.trampoline.emulator.StopReason;
import org.trampoline.emulator.memory.TlbGeometry;
import org.trampoline.emulator.memory.TlbModel;
import org.trampoline.emulator.snapshot.Snapshot;

/** What one processor does to memory, code and page tables is what the others see. */
class SharedMemoryTest {
  private static final String COUNTING =
      """
      main:   WAKE_OTHERS
              xorl %%ebx, %%ebx
      ap:     movl $20000, %%ecx
      1:      %s
              loop 1b
              lock incl 0x5004
      2:      pause
              cmpl $3, 0x5004
              jne 2b
              cli
              hlt
      """;

  private static int count(String add, long seed, boolean translate, long chunk) {
    try (Several s = new Several(3, seed, translate)) {
      s.loadAll(COUNTING.formatted(add));
      StopReason reason = s.run(chunk);
      while (reason instanceof StopReason.InstructionLimit) {
        reason = s.run(chunk);
      }
      assertInstanceOf(StopReason.Halted.class, reason);
      return s.result(0);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void lockedAdditionsAreAllThere(boolean translate) {
    assertEquals(60_000, count("lock addl $1, 0x5000", 1, translate, 10_000_000));
  }

  /** Three instructions, between which others may come: which additions are lost is the seed's. */
  @Test
  void lostUpdatesDependOnTheSeedAndOnNothingElse() {
    String add = "movl 0x5000, %eax\n incl %eax\n movl %eax, 0x5000";
    Set<Integer> results = new HashSet<>();
    for (long seed = 1; seed <= 5; seed++) {
      int result = count(add, seed, false, 10_000_000);
      assertTrue(result < 60_000, "no update lost with seed " + seed);
      assertEquals(result, count(add, seed, false, 10_000_000), "again");
      assertEquals(result, count(add, seed, true, 10_000_000), "translated");
      assertEquals(result, count(add, seed, false, 777), "in pieces");
      assertEquals(result, count(add, seed, true, 777), "translated and in pieces");
      results.add(result);
    }
    assertTrue(results.size() > 1, "all seeds alike");
  }

  /** Processor 1 calls a function over and over; processor 0 changes what it returns. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void codeThatAnotherProcessorChangesIsExecutedAsItThenIs(boolean translate) {
    try (Several s = new Several(2, 1, translate)) {
      s.loadAll(
          """
          main:   WAKE_OTHERS
                  movl $1, %edi
          1:      movl %edi, function + 1
          2:      pause
                  cmpl %edi, 0x5000               # until it is seen
                  jne 2b
                  incl %edi
                  cmpl $200, %edi
                  jne 1b
                  movl $1, 0x5004
                  hlt
          ap:     call function
                  movl %eax, 0x5000
                  cmpl $1, 0x5004
                  jne ap
                  hlt
                  .balign 64
          function:
                  movl $0, %eax
                  ret
          """);
      assertInstanceOf(StopReason.Halted.class, s.run(10_000_000));
      assertEquals(199, s.result(0));
    }
  }

  /**
   * Two processors on the same page tables at 0x100000, the second 4 MB being mapped to the first
   * page table at 0x101000 and the page at 0x400000 to the frames that processor 0 chooses.
   */
  private static final String PAGING =
      """
      main:   movl $0x101007, 0x100000
              movl $0x102007, 0x100004
              xorl %eax, %eax
              movl $7, %edx
      1:      movl %edx, 0x101000(, %eax, 4)
              addl $0x1000, %edx
              incl %eax
              cmpl $1024, %eax
              jne 1b
              movl $0x103007, 0x100fec        # the APIC
              movl $0xfee00007, 0x103800
              movl $0x200007, 0x102000
              movl $1, 0x200000
              movl $2, 0x201000
              WAKE_OTHERS
              call page
      2:      pause
              cmpl $1, 0x5000                 # it has read the first frame
              jne 2b
              movl $0x201007, 0x102000
              FLUSH
              movl $1, 0x5004
      3:      pause
              cmpl $0, 0x5008
              je 3b
              hlt
      ap:     call page
              movl 0x400000, %eax
              movl %eax, 0x5000
      4:      pause
              cmpl $1, 0x5004
              jne 4b
              movl 0x400000, %eax
              movl %eax, 0x500c
              invlpg 0x400000
              movl 0x400000, %eax
              movl %eax, 0x5008
              hlt
      page:   movl $0x100000, %eax
              movl %eax, %cr3
              movl %cr0, %eax
              orl $0x80000000, %eax
              movl %eax, %cr0
              ret
      """;

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void pageTablesThatAnotherProcessorChangesAreTrueAtOnce(boolean translate) {
    try (Several s = new Several(2, 1, translate)) {
      s.loadAll(PAGING.replace("FLUSH", "invlpg 0x400000"));
      assertInstanceOf(StopReason.Halted.class, s.run(1_000_000));
      assertEquals(2, s.result(3), "at once");
      assertEquals(2, s.result(2));
    }
  }

  /** With TLBs as hardware has them one processor's INVLPG does nothing to another's. */
  @Test
  void anAuthoritativeTlbOfAnotherProcessorStaysStale() {
    try (Several s = new Several(2, 1, false)) {
      for (int i = 0; i < 2; i++) {
        s.machine
            .cpu(i)
            .mmu
            .setTlb(new TlbModel(TlbGeometry.PENTIUM4, TlbModel.Mode.AUTHORITATIVE));
      }
      s.loadAll(PAGING.replace("FLUSH", "invlpg 0x400000"));
      assertInstanceOf(StopReason.Halted.class, s.run(1_000_000));
      assertEquals(1, s.result(3), "stale");
      assertEquals(2, s.result(2), "after its own INVLPG");
      assertNotEquals(s.result(3), s.result(2));
    }
  }

  @Test
  void aSnapshotHoldsAllProcessorsAndWhoseTurnItIs() {
    String add = "movl 0x5000, %eax\n incl %eax\n movl %eax, 0x5000";
    try (Several s = new Several(3, 4, false)) {
      s.loadAll(COUNTING.formatted(add));
      s.run(33_333);
      Snapshot snapshot = s.machine.snapshot();
      s.run(10_000_000);
      int result = s.result(0);
      long time = s.machine.nanos();
      snapshot.restore();
      assertTrue(s.result(0) < result);
      assertInstanceOf(StopReason.Halted.class, s.run(10_000_000));
      assertEquals(result, s.result(0));
      assertEquals(time, s.machine.nanos());
    }
  }
}
