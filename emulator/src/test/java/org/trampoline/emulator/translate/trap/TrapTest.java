package org.trampoline.emulator.translate.trap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.StopReason;
import org.trampoline.emulator.cpu.Control;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.Eflags;
import org.trampoline.emulator.translate.lockstep.MachineState;

/**
 * INT and IRET in translated code, one circumstance each: the translator stops at every instruction
 * in the state in which the interpreter does, and has executed the traps itself.
 */
class TrapTest extends BothEngines {
  private static final int KERNEL = 0x4000;
  private static final int CODE = 0x6000;
  private static final int SYSTEM_CALL = 0x80;

  /** A handler for faults: writes down the vector and the error code, and goes on at ebp. */
  private static final String FAULT =
      """
      fault:
        popl %ss:0x7000
        incl %ss:0x7004
        movl %ebp, %ss:(%esp)
        movb $0x93, %ss:0x1015        # the stack's descriptor is good again
        iretl
      """;

  private static void prepare(Machine machine, byte[] kernel, byte[] code, boolean user) {
    machine.flatProtectedMode();
    TrapTables.write(machine);
    TrapTables.gate(machine, SYSTEM_CALL, KERNEL, 0xee00);
    for (int vector : new int[] {10, 11, 12, 13}) {
      TrapTables.gate(machine, vector, KERNEL + 0x100, 0x8e00);
    }
    TrapTables.gate(machine, 0x20, KERNEL, 0x8e00);
    machine.load(KERNEL, kernel);
    machine.load(CODE, code);
    Cpu c = machine.cpu();
    TrapTables.enter(c, CODE, user);
  }

  /** Runs both, at first for a while, then by every number of instructions from 1 to 100. */
  private void compare(boolean user, String handler, String code) {
    byte[] kernel = TrapTables.assemble(handler + "\n.org 0x100\n" + FAULT, KERNEL);
    byte[] program = TrapTables.assemble(code, CODE);
    prepare(interpreter, kernel, program, user);
    prepare(translator, kernel, program, user);
    for (int n = 0; n <= 100; n++) {
      int count = n == 0 ? 3000 : n;
      StopReason first = interpreter.run(count);
      StopReason second = translator.run(count);
      assertEquals(
          MachineState.of(interpreter) + first, MachineState.of(translator) + second, "slice " + n);
      assertEquals(-1, interpreter.ram().mismatch(translator.ram()), "slice " + n);
    }
    // near the end of a slice the interpreter executes
    StopReason first = interpreter.run(20_000);
    StopReason second = translator.run(20_000);
    assertEquals(MachineState.of(interpreter) + first, MachineState.of(translator) + second);
  }

  private void assertTranslated() {
    long executed = translator.translatorStatistics().executed();
    assertTrue(executed > 0.95 * 20_000, executed + " instructions in translated code");
  }

  private static final String CALLS = "1: int $0x80\n addl $0x01234567, %ecx\n jmp 1b\n";

  @Test
  void withinLevelZero() {
    compare(false, "incl %eax\n iretl\n", CALLS);
    assertTranslated();
  }

  @Test
  void fromLevelThreeAndBack() {
    compare(true, "pushfl\n popl %ebx\n movl %esp, %edi\n incl %eax\n iretl\n", CALLS);
    assertTranslated();
  }

  @Test
  void theResumeFlagHoldsForOneInstruction() {
    compare(true, "xorl $0x10000, 8(%esp)\n iretl\n", CALLS);
    assertTranslated();
    compare(
        false,
        "orl $0x10000, 8(%esp)\n iretl\n",
        "1: int $0x80\n int $0x80\n incl %edx\n jmp 1b\n");
    assertTranslated();
  }

  @Test
  void anInterruptRightBehindAReturnSavesTheResumeFlag() {
    byte[] kernel = TrapTables.assemble("orl $0x10000, 8(%esp)\n iretl\n", KERNEL);
    for (Machine machine : new Machine[] {interpreter, translator}) {
      prepare(machine, kernel, TrapTables.assemble("sti\n" + CALLS, CODE), false);
      machine.run(1000);
      int[] seen = new int[3];
      for (int n = 0; n < 3; n++) {
        // the stop lies behind a return, in the middle, or before it
        machine.run(1000 + (1500 + n - machine.instructions() % 1500) % 5);
        machine.injectInterrupt(0x20);
        machine.run(1);
        seen[n] = machine.ram().get(ValueLayout.JAVA_INT_UNALIGNED, 0x9800 - 4) & Eflags.RF;
      }
      assertTrue(seen[0] + seen[1] + seen[2] > 0, "an image with RF");
    }
    assertEquals(-1, interpreter.ram().mismatch(translator.ram()));
  }

  @Test
  void aStackThatIsNoLongerPresentIsAFaultOfTheTrap() {
    compare(
        true,
        "incl %eax\n iretl\n",
        """
          movl $2f, %ebp
        1:
          .rept 9
          int $0x80
          .endr
          movb $0x13, 0x1015
          incl %edx
          int $0x80
        2:
          jmp 1b
        """);
  }

  @Test
  void anotherStackSegmentIsLoaded() {
    compare(
        true,
        "movl %ss, %ebx\n xorl $0x04, %ss:0x1015\n xorl $0x04, %ss:0x1015\n iretl\n",
        "1: int $0x80\n xorb $0x50, 0x1016\n xorb $0x10, 0x1016\n int $0x80\n jmp 1b\n");
  }

  @Test
  void dataSegmentsOfTheKernelBecomeNull() {
    compare(
        true,
        """
          incl %eax
          testl $15, %eax
          jnz 1f
          movl $0x10, %edx
          movl %edx, %fs
        1:
          iretl
        """,
        """
        1: int $0x80
          movl %fs, %ebx
          addl %ebx, %esi
          movl $0x23, %edx
          movl %edx, %fs
          jmp 1b
        """);
  }

  @Test
  void descriptorsAreMarkedAsAccessed() {
    compare(
        true,
        "incl %eax\n iretl\n",
        "1: int $0x80\n andb $0xfe, %ss:0x100d\n int $0x80\n movb 0x100d, %bl\n jmp 1b\n");
  }

  @Test
  void aHandlerChangesItself() {
    compare(true, "1: movl $0, %ebx\n incb %ss:1b+1\n iretl\n", CALLS);
  }

  @Test
  void gatesChangeBetweenTwoTraps() {
    compare(
        true,
        "incl %eax\n iretl\n .org 0x80\n addl $3, %ebx\n iretl\n",
        """
          movl $2f, %ebp
        1: int $0x80
          xorb $0x80, 0x2400
          int $0x80
          xorb $0x01, 0x2405
          int $0x80
          xorb $0x80, 0x2405
          int $0x80
        2: xorb $0x80, 0x2405
          jmp 1b
        """);
  }

  @Test
  void theIdtMovesWhileTrapsGoOn() {
    compare(
        false,
        "incl %eax\n iretl\n .org 0x80\n addl $3, %ebx\n iretl\n",
        """
          movl $0x2400, %esi
          movl $0xc400, %edi
          movl $2, %ecx
          rep movsl
          movb $0x80, 0xc400
          movl $0x7ff, 0x7100
        1:
          xorw $0xe000, 0x7102
          lidt 0x7100
          int $0x80
          int $0x80
          jmp 1b
        """
            .replace("movl $0x7ff, 0x7100", "movl $0x200007ff, 0x7100\n movw $0, 0x7104"));
  }

  @Test
  void theTaskStackMovesAndCrossesPages() {
    compare(
        true,
        """
          incl %eax
          movl %eax, %edx
          andl $12, %edx
          addl $0x9000, %edx
          movl %edx, %ss:0x3004
          iretl
        """,
        CALLS);
  }

  @Test
  void flagsOfTheFrameAreLoaded() {
    for (int flag : new int[] {Eflags.DF, Eflags.IF, Eflags.ID, Eflags.AC, Eflags.NT, Eflags.TF}) {
      close();
      open();
      gateOfSingleStep();
      compare(
          true,
          "incl %eax\n testl $7, %eax\n jnz 1f\n xorl $FLAG, 8(%esp)\n1: iretl\n"
              .replace("FLAG", Integer.toString(flag)),
          "movl $1f, %ebp\n1: int $0x80\n pushfl\n popl %ecx\n jmp 1b\n");
    }
  }

  private void gateOfSingleStep() {
    for (Machine machine : new Machine[] {interpreter, translator}) {
      TrapTables.gate(machine, 1, KERNEL, 0x8e00);
    }
  }

  @Test
  void selectorsOfTheLastFloatingPointInstructionAreOfItsTime() {
    compare(
        true,
        "fnstenv %ss:0x7200\n incl %eax\n iretl\n",
        "1: fld1\n fstp %st(0)\n fnstenv 0x7240\n fld1\n fstp %st(0)\n int $0x80\n jmp 1b\n");
  }

  private void systemCalls(int selector) {
    for (Machine machine : new Machine[] {interpreter, translator}) {
      machine.cpu().msr.sysenterCs = selector;
      machine.cpu().msr.sysenterEip = KERNEL;
      machine.cpu().msr.sysenterEsp = 0x8800;
    }
  }

  private static final String SYSTEM_CALLS =
      """
        movl $2f, %ebp
      1: movl $2f, %edx
        movl %esp, %ecx
        sysenter
      2: pushfl
        popl %esi
        addl $0x01234567, %edi
        jmp 1b
      """;

  @Test
  void fastSystemCalls() {
    systemCalls(0x08);
    compare(true, "pushfl\n popl %ebx\n movw %ss, %bx\n incl %eax\n sysexit\n", SYSTEM_CALLS);
    assertTranslated();
  }

  @Test
  void aFastSystemCallEndsWithAlignmentChecks() {
    systemCalls(0x0b);
    for (Machine machine : new Machine[] {interpreter, translator}) {
      machine.cpu().cr0 |= Control.CR0_AM;
      TrapTables.gate(machine, 17, KERNEL + 0x100, 0x8e00);
    }
    compare(
        true,
        """
          incl %eax
          testl $7, %eax
          jnz 1f
          pushfl
          xorl $0x40000, (%esp)
          popfl
        1: sysexit
        """,
        SYSTEM_CALLS + "movl 1, %esi\n");
  }

  @Test
  void theUnitsSelectorsAreOfTheirTimeInFastSystemCallsToo() {
    systemCalls(0x08);
    compare(
        true,
        "fnstenv %ss:0x7200\n incl %eax\n sysexit\n",
        "fld1\n fstp %st(0)\n" + SYSTEM_CALLS.replace("sysenter", "fld1\n fstp %st(0)\n sysenter"));
  }

  @Test
  void withoutASelectorItIsAFault() {
    systemCalls(0);
    compare(true, "incl %eax\n sysexit\n", SYSTEM_CALLS);
  }
}
