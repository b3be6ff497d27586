package org.trampoline.emulator.translate.trap;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.trampoline.emulator.ExecutionEngine;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.cpu.Control;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.memory.Host;
import org.trampoline.emulator.memory.TranslationMap;

/**
 * As {@code WildAddressTest}, for what traps, page faults and segment loads look at: the way is
 * known to translated code when the maps are spoilt.
 */
class WildTrapTest {
  private static final int KERNEL = 0x4000;
  private static final int CODE = 0x6000;
  private static final int DIRECTORY = 0x20000;
  private static final int TABLE = 0x21000;
  private static final int MEMORY = 1 << 20;

  private Machine machine;
  private Arena arena;
  private MemorySegment other;

  @BeforeEach
  @SuppressWarnings("MustBeClosedChecker") // close() closes it
  void open() {
    machine =
        Machine.builder()
            .memory(MEMORY)
            .engine(ExecutionEngine.TRANSLATOR)
            .checkedAddresses(true)
            .build();
    assumeTrue(machine.translatorStatistics() != null, machine.whyNoTranslator());
    arena = Arena.ofConfined();
    other = arena.allocate(0x1000, 0x1000);
  }

  @AfterEach
  void close() {
    machine.close();
    if (arena != null) {
      arena.close();
    }
  }

  private void prepare(boolean user, boolean paging, String handler, String code) {
    machine.flatProtectedMode();
    TrapTables.write(machine);
    TrapTables.gate(machine, 0x80, KERNEL, 0xee00);
    TrapTables.gate(machine, 14, KERNEL, TrapTables.INTERRUPT_GATE);
    TrapTables.word(machine, DIRECTORY, TABLE | 7);
    for (int page = 0; page < 256; page++) {
      TrapTables.word(machine, TABLE + 4 * page, page << 12 | 0x67);
    }
    TrapTables.word(machine, TABLE + 4 * 0x30, 0x30006);
    machine.load(KERNEL, TrapTables.assemble(handler, KERNEL));
    machine.load(CODE, TrapTables.assemble(code, CODE));
    Cpu c = machine.cpu();
    if (paging) {
      c.cr0 |= Control.CR0_PG | Control.CR0_WP;
      c.cr3 = DIRECTORY;
      c.mmu.setControl(c.cr0, c.cr3, c.cr4);
    }
    TrapTables.enter(c, CODE, user);
  }

  /** Spoils a page in the supervisor's maps, which must have known it. */
  private void plant(int page, long map) {
    plant(page, map, other.address() - page);
  }

  private void plant(int page, long map, long addend) {
    Cpu c = machine.cpu();
    long view = c.mmu.map() - (c.cpl == 3 ? TranslationMap.VIEW_BYTES : 0);
    long entry = view + map + ((long) page >>> 12 << 3);
    assertTrue(Host.get64(entry) != 0, "not in the map");
    Host.put64(entry, addend);
  }

  private void assertFound() {
    var e = assertThrows(IllegalStateException.class, () -> machine.run(10_000));
    String message = e.getMessage();
    assertTrue(message.startsWith("emitted code formed the host address"), message);
    assertTrue(message.endsWith("which is not in guest memory"), message);
    assertTrue(other.mismatch(arena.allocate(0x1000)) < 0, "it was written to");
  }

  private static final String CALLS = "1: int $0x80\n addl $0x01234567, %ecx\n jmp 1b\n";

  /** The tables, the stack in the task-state segment, and the frame both ways. */
  @ParameterizedTest
  @CsvSource({
    "0x1000, true, false",
    "0x1000, false, false",
    "0x2000, true, false",
    "0x2000, false, false",
    "0x3000, true, false",
    "0x8000, true, true",
    "0x9000, false, true",
    "0x8000, true, false",
    "0x9000, false, false"
  })
  void ofATrap(String page, boolean user, boolean write) {
    prepare(user, false, "incl %eax\n iretl\n", CALLS);
    machine.run(10_000);
    plant(Integer.decode(page), write ? TranslationMap.WRITE : TranslationMap.READ);
    assertFound();
  }

  /** A frame that begins in RAM and ends beyond: RAM's end is {@code end} in the stack's page. */
  @ParameterizedTest
  @CsvSource({
    "0x8ff4, true, true",
    "0x8ff4, true, false",
    "0x8ffc, true, false",
    "0x97f8, false, true",
    "0x97f8, false, false"
  })
  void ofAFrameBehindTheEndOfRam(String end, boolean user, boolean write) {
    prepare(user, false, "incl %eax\n iretl\n", CALLS);
    machine.run(10_000);
    int linear = Integer.decode(end);
    // what lies before the end is the frame of the last trap
    MemorySegment.copy(machine.ram(), linear - 16, machine.ram(), MEMORY - 16, 16);
    plant(
        linear & ~0xfff,
        write ? TranslationMap.WRITE : TranslationMap.READ,
        machine.ram().address() + MEMORY - linear);
    assertFound();
  }

  @ParameterizedTest
  @ValueSource(strings = {"movl %eax, %ds", "pushl %eax\n popl %fs"})
  void ofASegmentLoad(String load) {
    prepare(true, false, "iretl\n", "movl $0x23, %eax\n1: " + load + "\n incl %edx\n jmp 1b\n");
    machine.run(10_000);
    plant(TrapTables.GDT, TranslationMap.READ);
    assertFound();
  }

  private static final String PASS = "popl %edx\n addl %ebp, (%esp)\n iretl\n";
  private static final String FAULTS =
      "movl $5, %ebp\n1: movl 0x30010, %eax\n incl %ecx\n jmp 1b\n";

  /** The frame of the supervisor's faults is in the page 0x9000, the user's in 0x8000. */
  @ParameterizedTest
  @CsvSource({
    "0x1000, true, false",
    "0x1000, false, false",
    "0x2000, true, false",
    "0x2000, false, false",
    "0x3000, true, false",
    "0x8000, true, true",
    "0x9000, false, true"
  })
  void ofAPageFault(String page, boolean user, boolean write) {
    prepare(user, true, PASS, FAULTS);
    machine.run(10_000);
    long before = machine.translatorStatistics().faults();
    machine.run(10_000);
    assertTrue(machine.translatorStatistics().faults() > before + 1000, "faults of the code's own");
    plant(Integer.decode(page), write ? TranslationMap.WRITE : TranslationMap.READ);
    assertFound();
  }

  /** What is known of the frames says RAM, where there is none. */
  @Test
  void ofThePageTables() {
    prepare(false, true, PASS, "1: movl 0x400010, %eax\n jmp 1b\n");
    int table = 2 * MEMORY;
    TrapTables.word(machine, DIRECTORY + 4, table | 7);
    Host.put8(machine.cpu().memory.attributesAddress() + (table >>> 12), 0);
    assertFound();
  }

  @Test
  void ofThePageDirectory() {
    prepare(false, true, PASS, FAULTS);
    machine.run(10_000);
    Cpu c = machine.cpu();
    Host.put8(c.memory.attributesAddress() + (2 * MEMORY >>> 12), 0);
    c.cr3 = 2 * MEMORY; // the maps are still those of the tables before
    assertFound();
  }
}
