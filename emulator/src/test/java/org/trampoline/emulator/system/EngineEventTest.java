package org.trampoline.emulator.system;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.trampoline.asm.AssembledCode;
import org.trampoline.asm.Assembler;
import org.trampoline.asm.Source;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.StopReason;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.SegmentRegister;

/**
 * The interpreter stops between the right instructions: guest programs that trap, break and are
 * interrupted (SDM vol. 3, 6.8 and 17.3). Handlers append the interrupted eip to a log at 6000H.
 */
class EngineEventTest {
  private static final int ORIGIN = 0x10000;
  private static final int LOG = 0x6000;

  /** Comes before the program. */
  private static final String SETUP =
      GuestTables.LOAD
          + """
                  movl $0x6000, %ebp
          """;

  /** Comes after it: handlers for #DB, #UD and interrupt 32, and the tables. */
  private static final String REST =
      """
              hlt
      log:    xchgl %eax, (%esp)          # the interrupted eip
              movl %eax, (%ebp)
              addl $4, %ebp
              xchgl %eax, (%esp)
              iretl
      invalid: addl $2, (%esp)             # past the ud2
              jmp log
      """
          + GuestTables.DESCRIPTORS
          + """
          idt:    .quad 0
                  .word log - 0x10000, 8, 0x8e00, 1
                  .skip 32
                  .word invalid - 0x10000, 8, 0x8e00, 1
                  .skip 200
                  .word log - 0x10000, 8, 0x8e00, 1
                  .skip 0x700
          """;

  private final Machine machine = Machine.builder().memory(1 << 20).build();
  private final Cpu c = machine.cpu();
  private AssembledCode code;

  @AfterEach
  void close() {
    machine.close();
  }

  private void run(String program) {
    code = Assembler.assemble(new Source("test.S", SETUP + program + REST), ORIGIN, Map.of());
    machine.flatProtectedMode();
    machine.load(ORIGIN, code.bytes());
    c.segment[SegmentRegister.CS].set(8, 0, -1, 0xc09b);
    c.eip = ORIGIN;
    assertEquals(new StopReason.Halted(), machine.run(100_000));
  }

  /** The interrupted places must be those labels. */
  private void assertLog(String... labels) {
    int entries = (c.reg[Cpu.EBP] - LOG) / 4;
    StringBuilder actual = new StringBuilder();
    StringBuilder expected = new StringBuilder();
    for (int i = 0; i < entries; i++) {
      actual.append(Integer.toHexString(c.memory.read32(LOG + 4 * i))).append(' ');
    }
    for (String label : labels) {
      expected.append(Integer.toHexString(code.symbol(label))).append(' ');
    }
    assertEquals(expected.toString(), actual.toString());
  }

  @Test
  void everyInstructionIsStepped_17_3_1_4() {
    run(
        """
                pushl $0x102
                popfl
                nop
        a:      movl $1, %ecx
        b:      jmp c
                nop
        c:      pushl $2
        d:      popfl
        e:      nop
        """);
    assertLog("a", "b", "c", "d", "e");
  }

  @Test
  void aStepIntoTheMiddleOfALoop_17_3_1_4() {
    run(
        """
                movl $3, %ecx
        1:      loop 1b
                movl $2, %ecx
                pushl $0x102
                popfl
        1:      loop 1b
        a:      pushl $2
        b:      popfl
        c:
        """);
    // the first loop runs free; of the second each round is seen, and the popf that ends it
    int loop = code.symbol("a") - 2;
    assertEquals(loop, c.memory.read32(LOG));
    assertEquals(code.symbol("a"), c.memory.read32(LOG + 4));
    assertEquals(code.symbol("b"), c.memory.read32(LOG + 8));
    assertEquals(code.symbol("c"), c.memory.read32(LOG + 12));
  }

  @Test
  void movSsIsNotStepped_6_8_3() {
    run(
        """
                movl $16, %eax
                pushl $0x102
                popfl
                nop
        a:      movl %eax, %ss
                nop
        b:      pushl $2
        c:      popfl
        d:
        """);
    assertLog("a", "b", "c", "d");
  }

  @Test
  void dataBreakpointInTheMiddleOfABlock_17_3_1_2() {
    run(
        """
                movl $0x7000, %eax
                movl %eax, %dr0
                movl $0x000d0001, %eax
                movl %eax, %dr7
                incl %ecx
                movl 0x7000, %edx
                movl %edx, 0x7000
        a:      incl %ecx
                pushl 0x7000
                popl 0x7000
        b:      xorl %eax, %eax
                movl %eax, %dr7
                movl %edx, 0x7000
        """);
    assertLog("a", "b");
  }

  @Test
  void codeBreakpointInTheMiddleOfABlock_17_3_1_1() {
    run(
        """
                movl $a, %eax
                movl %eax, %dr3
                movl $0x40, %eax
                movl %eax, %dr7
                incl %ecx
                movl $handler, %eax
                movw %ax, idt + 8
        a:      incl %ecx
                incl %ecx
                jmp done
        handler: orl $0x10000, 8(%esp)      # RF
                jmp log
        done:
        """);
    assertLog("a");
  }

  @Test
  void interruptsComeAfterTheInstructionBehindSti_6_8_1() {
    c.interruptController =
        () -> {
          c.interruptLine = false;
          return 32;
        };
    c.interruptLine = true;
    run(
        """
                nop
                sti
                incl %ecx
        a:      incl %ecx
        """);
    assertLog("a");
    assertEquals(2, c.reg[Cpu.ECX]);
  }

  @Test
  void faultsInABlockNameTheirInstruction_6_5() {
    run(
        """
                incl %ecx
                incl %ecx
                ud2
        a:      incl %ecx
        """);
    assertLog("a");
    assertEquals(3, c.reg[Cpu.ECX]);
  }
}
