package org.trampoline.emulator.translate.trap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.cpu.Control;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.translate.lockstep.MachineState;

/**
 * Page faults that translated code delivers by itself: both engines are in the same state after any
 * number of instructions, and none of the usual faults is the interpreter's.
 */
class PageFaultTest extends BothEngines {
  private static final int HANDLER = 0x4000;
  private static final int CODE = 0x6000;
  private static final int DIRECTORY = 0x20000;
  private static final int TABLE = 0x21000;
  private static final int FAULTS = 2000;

  /** Passes over the instruction, of which ebp has the length, and adds up what it is told. */
  private static final String PASS =
      """
        addl (%esp), %ebx
        movl %cr2, %edx
        addl %edx, %ebx
        addl 12(%esp), %ebx
        popl %edx
        addl %ebp, (%esp)
        iretl
      """;

  /** Page 0x30 is absent, 0x31 read-only, 0x32 the supervisor's; nothing lies above 4 MB. */
  private static void prepare(Machine machine, String handler, String code, boolean user) {
    machine.flatProtectedMode();
    TrapTables.write(machine);
    TrapTables.gate(machine, 14, HANDLER, TrapTables.INTERRUPT_GATE);
    TrapTables.word(machine, DIRECTORY, TABLE | 7);
    for (int page = 0; page < 256; page++) {
      TrapTables.word(machine, TABLE + 4 * page, page << 12 | 7);
    }
    TrapTables.word(machine, TABLE + 4 * 0x30, 0x30006);
    TrapTables.word(machine, TABLE + 4 * 0x31, 0x31005);
    TrapTables.word(machine, TABLE + 4 * 0x32, 0x32003);
    machine.load(HANDLER, TrapTables.assemble(handler, HANDLER));
    machine.load(CODE, TrapTables.assemble(code, CODE));
    Cpu c = machine.cpu();
    c.cr0 |= Control.CR0_PG | Control.CR0_WP;
    c.cr3 = DIRECTORY;
    c.mmu.setControl(c.cr0, c.cr3, c.cr4);
    TrapTables.enter(c, CODE, user);
  }

  /** Runs both: by turns of many lengths, then long, when all faults are the translated code's. */
  private void compare(boolean user, String handler, String code, int least) {
    prepare(interpreter, handler, code, user);
    prepare(translator, handler, code, user);
    for (int n = 0; n <= 300; n++) {
      step(n == 0 ? 3000 : n);
    }
    long before = translator.translatorStatistics().faults();
    step(10 * FAULTS);
    long faults = translator.translatorStatistics().faults() - before;
    assertTrue(faults >= least, faults + " faults without the interpreter");
  }

  private void step(int count) {
    var first = interpreter.run(count);
    var second = translator.run(count);
    String expected = MachineState.of(interpreter) + " " + first;
    assertEquals(expected, MachineState.of(translator) + " " + second, "run of " + count);
    assertEquals(interpreter.cpu().cr2, translator.cpu().cr2, "CR2");
    assertEquals(-1, interpreter.ram().mismatch(translator.ram()), "memory");
  }

  @Test
  void pagesThatAreAbsentInTheSupervisorsCode() {
    compare(
        false,
        PASS,
        """
          movl $5, %ebp
        1: movl 0x30010, %eax
          incl %ecx
          movl %eax, 0x30123456
          jmp 1b
        """,
        FAULTS);
  }

  @Test
  void pagesThatForbidTheUsersAccess() {
    compare(
        true,
        PASS,
        """
          movl $6, %ebp
        1: movl %ecx, 0x31020
          addl $0x123457, %ecx
          addl %ecx, 0x32040
          movl 0x32044, %esi
          jmp 1b
        """,
        FAULTS);
  }

  @Test
  void flagsThatOnlyTheHandlerSees() {
    compare(
        false,
        PASS,
        """
          movl $5, %ebp
        1: addl $0x1234567, %ecx
          movl 0x30010, %eax
          subl %ecx, %esi
          jmp 1b
        """,
        FAULTS / 2);
  }

  /** The page comes and goes; the store to the table is another reason to leave. */
  @Test
  void aPageThatTheHandlerMaps() {
    compare(
        true,
        """
          xorl $1, %ss:0x210c0
          addl (%esp), %ebx
          popl %edx
          iretl
        """,
        """
        1: incl %ecx
          addl 0x30000, %ecx
          movl %ecx, 0x31000
          jmp 1b
        """,
        FAULTS / 8);
  }

  /**
   * Each fault shortens a run by an instruction: that in which it came, also if a stop ended it.
   */
  @Test
  void faultsBeforeAStopShortenNoLaterRun() {
    String code =
        """
          movl $5, %ebp
        1: movl 0x30010, %eax
          incl %ecx
          testb $7, %cl
          jnz 1b
          .org 0x40
          incl %esi
          jmp 1b
        """;
    for (Machine machine : new Machine[] {interpreter, translator}) {
      prepare(machine, PASS, code, false);
      machine.stopAt(CODE + 0x40);
    }
    long before = translator.translatorStatistics().faults();
    for (int round = 0; round < 500; round++) {
      step(100_000); // to the stop, through eight faults
      step(5);
    }
    long faults = translator.translatorStatistics().faults() - before;
    assertTrue(faults >= 2000, faults + " faults without the interpreter");
  }

  /** A fault at the instruction behind STI and behind IRET, and one whose frame has no room. */
  @Test
  void shadowsAndStacks() {
    compare(
        false,
        PASS,
        """
          movl $5, %ebp
        1: sti
          movl 0x30010, %eax
          movl 0x30020, %eax
          incl %ecx
          cli
          testb $7, %cl
          jnz 1b
          xchgl %esp, %edi
          movl $0x40, %esp
          movl 0x30030, %eax
          xchgl %esp, %edi
          jmp 1b
        """,
        FAULTS / 2);
  }

  /** What blocked NMIs ends without anybody looking for one; the delivery of a fault does. */
  @Test
  void anNmiThatIsNoLongerBlockedIsTakenBehindAFault() {
    String handlers = PASS + ".org 0x200\n incl 0x7000\n addl (%esp), %ebx\n iretl\n";
    String code = "movl $5, %ebp\n1: movl 0x30010, %eax\n incl %ecx\n jmp 1b\n";
    for (Machine machine : new Machine[] {interpreter, translator}) {
      prepare(machine, handlers, code, false);
      TrapTables.word(
          machine, TrapTables.IDT + 8 * 2, TrapTables.KERNEL_CODE << 16 | HANDLER + 0x200);
      TrapTables.word(machine, TrapTables.IDT + 8 * 2 + 4, 0x8e00);
    }
    step(3000);
    for (int n = 0; n < 40; n++) {
      for (Machine machine : new Machine[] {interpreter, translator}) {
        machine.cpu().nmiBlocked = true;
        machine.injectNmi();
      }
      step(1);
      interpreter.cpu().nmiBlocked = false;
      translator.cpu().nmiBlocked = false;
      step(500 + n);
    }
    assertEquals(40, interpreter.ram().get(ValueLayout.JAVA_INT, 0x7000));
  }
}
