package org.trampoline.emulator.translate.trap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.trampoline.emulator.ExecutionEngine;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.cpu.Control;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.CpuModel;
import org.trampoline.emulator.cpu.Msr;
import org.trampoline.emulator.translate.lockstep.MachineState;

/**
 * Page faults with entries of 32 bits and of PAE, in the user's and the supervisor's code, on one
 * processor and on two that take turns. The handler changes the page table: it permits what was
 * forbidden, and forbids again what it permitted before. Both engines are in the same state after
 * any number of instructions.
 */
class PageFaultModesTest {
  private static final int HANDLER = 0x4000;
  private static final int CODE = 0x6000;

  /** What to change in the entry of each page, the page changed last, and error codes met. */
  private static final int CHANGES = 0x7000;

  private static final int LAST = 0x7060;
  private static final int CODES = 0x7068;
  private static final int POINTERS = 0x2_0000;
  private static final int DIRECTORY = 0x2_1000;
  private static final int TABLE = 0x2_2000;

  /** Page 0x30 is absent, 0x31 read-only, 0x32 the supervisor's, 0x33 not to be executed. */
  private static final int PAGES = 0x30;

  /** What the second processor has for itself lies so much higher. */
  private static final int APART = 0x5_0000;

  private static final int SEED = 5;

  private static final String HANDLE =
      """
        .macro CHANGE
        movl %ss:0x7000(,%edx,8), %eax
        xorl %eax, %ss:0x22000 + 0x30 * ENTRY(,%edx,ENTRY)
        .if ENTRY == 8
        movl %ss:0x7004(,%edx,8), %eax
        xorl %eax, %ss:0x22004 + 0x30 * ENTRY(,%edx,ENTRY)
        .endif
        .endm
        movl (%esp), %eax
        btsl %eax, %ss:0x7068
        movl %ss:0x7060, %edx
        CHANGE
        shll $12, %edx
        invlpg %ss:0x30000(%edx)
        movl %cr2, %edx
        addl %edx, %ebx
        shrl $12, %edx
        andl $3, %edx
        movl %edx, %ss:0x7060
        CHANGE
        popl %edx
        iretl
      """;

  private static final String ACCESSES =
      """
      1: movl 0x30010, %esi
         incl %ecx
         movl %ecx, 0x31020
         addl 0x32040, %ecx
         movl %ecx, 0x30014
         movl 0x31020, %esi
         orl %ecx, 0x32044
         movl %ecx, 0x31024
         movl $0x33000, %esi
         call *%esi
         jmp 1b
      """;

  private final Machine[] machines = new Machine[2];

  private void open(int processors) {
    ExecutionEngine[] engines = {ExecutionEngine.INTERPRETER, ExecutionEngine.TRANSLATOR};
    for (int i = 0; i < 2; i++) {
      machines[i] =
          Machine.builder()
              .memory(1 << 20)
              .cpu(CpuModel.MAX)
              .processors(processors, SEED)
              .engine(engines[i])
              .build();
    }
    assumeTrue(machines[1].translatorStatistics() != null, machines[1].whyNoTranslator());
  }

  @AfterEach
  void close() {
    for (Machine machine : machines) {
      machine.close();
    }
  }

  private static void entry(Machine machine, int bytes, int table, int index, int low, int high) {
    TrapTables.word(machine, table + bytes * index, low);
    if (bytes == 8) {
      TrapTables.word(machine, table + bytes * index + 4, high);
    }
  }

  private static void prepare(Machine machine, boolean user, boolean pae) {
    int bytes = pae ? 8 : 4;
    TrapTables.write(machine);
    TrapTables.gate(machine, 14, HANDLER, TrapTables.INTERRUPT_GATE);
    machine.load(HANDLER, TrapTables.assemble(".set ENTRY, " + bytes + "\n" + HANDLE, HANDLER));
    machine.load(CODE, TrapTables.assemble(ACCESSES, CODE));
    for (int i = 0; i < machine.processors(); i++) {
      machine.load(PAGES + 3 << 12, new byte[] {(byte) 0xc3});
      int apart = APART * i;
      int[] changes = {1, 0, 2, 0, 4, 0, 0, pae ? 1 << 31 : 0};
      for (int n = 0; n < changes.length; n++) {
        TrapTables.word(machine, CHANGES + apart + 4 * n, changes[n]);
      }
      TrapTables.word(machine, LAST + apart, 4); // none of them: nothing is changed
      tables(machine, bytes, apart);
      start(machine.cpu(i), user, pae, apart);
    }
  }

  /** The pages of what is changed, of stacks, and of the table are each processor's own. */
  private static void tables(Machine machine, int bytes, int apart) {
    if (bytes == 8) {
      entry(machine, 8, POINTERS + apart, 0, DIRECTORY + apart | 1, 0);
    }
    entry(machine, bytes, DIRECTORY + apart, 0, TABLE + apart | 7, 0);
    for (int page = 0; page < 256; page++) {
      int address = page << 12;
      boolean own = address >= CHANGES && address < 0x1_0000 || address == TABLE;
      entry(machine, bytes, TABLE + apart, page, (own ? address + apart : address) | 7, 0);
    }
    int[] rights = {6, 5, 3, 7};
    for (int n = 0; n < 4; n++) {
      int low = PAGES + n << 12 | rights[n];
      entry(machine, bytes, TABLE + apart, PAGES + n, low, n == 3 ? 1 << 31 : 0);
    }
  }

  private static void start(Cpu c, boolean user, boolean pae, int apart) {
    c.cr0 |= Control.CR0_PE | Control.CR0_PG | Control.CR0_WP;
    c.cr3 = (pae ? POINTERS : DIRECTORY) + apart;
    c.cr4 = pae ? Control.CR4_PAE : 0;
    c.msr.efer = pae ? Msr.EFER_NXE : 0;
    c.waitsForSipi = false;
    c.mmu.setNoExecute(pae);
    c.mmu.setControl(c.cr0, c.cr3, c.cr4);
    TrapTables.enter(c, CODE, user);
  }

  @ParameterizedTest
  @CsvSource({
    "1, false, false, d", // read and write of an absent page, write of a read-only one
    "1, false, true, f0", // the same, and the supervisor's
    "1, true, false, 2000d", // with fetches
    "1, true, true, 2000f0",
    "2, false, false, d",
    "2, false, true, f0",
    "2, true, false, 2000d",
    "2, true, true, 2000f0"
  })
  void handlersChangeTheTable(int processors, boolean pae, boolean user, String codes) {
    open(processors);
    for (Machine machine : machines) {
      prepare(machine, user, pae);
    }
    for (int n = 0; n <= 300; n++) {
      step(n == 0 ? 3000 : n);
    }
    step(20_000);
    for (int i = 0; i < processors; i++) {
      int met = machines[0].ram().get(ValueLayout.JAVA_INT_UNALIGNED, CODES + APART * i);
      assertEquals(codes, Integer.toHexString(met), "error codes");
    }
    long faults = machines[1].translatorStatistics().faults();
    assertTrue(faults > 100, faults + " faults without the interpreter");
  }

  private void step(int count) {
    var first = machines[0].run(count);
    var second = machines[1].run(count);
    String expected = MachineState.of(machines[0]) + " " + first;
    assertEquals(expected, MachineState.of(machines[1]) + " " + second, "run of " + count);
    assertEquals(-1, machines[0].ram().mismatch(machines[1].ram()), "memory");
  }
}
