package org.trampoline.emulator.execute;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.ValueLayout;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.trampoline.asm.AssembledCode;
import org.trampoline.asm.Assembler;
import org.trampoline.asm.Source;
import org.trampoline.emulator.ExecutionEngine;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.StopReason;
import org.trampoline.emulator.engine.Register;

/**
 * A comparison and its conditional jump are one micro-operation, several make up other
 * instructions, and blocks are linked: nothing of that may show.
 */
class FusionTest {
  private static final StopReason LIMIT = new StopReason.InstructionLimit();
  private static final StopReason HALTED = new StopReason.Halted();
  private static final int CODE = 0x1000;
  private static final int STACK = 0x8_0000;
  private static final int GDT = 0x2000;
  private static final int IDT = 0x2800;
  private static final int HANDLER = 0x3000;
  private static final int DIRECTORY = 0x9_0000;
  private static final int TABLE = 0x9_1000;

  private Machine machine;
  private AssembledCode code;

  @BeforeEach
  void open() {
    machine = Machine.builder().memory(1 << 20).engine(ExecutionEngine.INTERPRETER).build();
    machine.flatProtectedMode();
    machine.cpu().gdtBase = GDT;
    machine.cpu().gdtLimit = 0x6f;
    machine.cpu().idtBase = IDT;
    machine.cpu().idtLimit = 0x1ff;
    word(GDT + 0x60, 0x0000_ffff);
    word(GDT + 0x64, 0x00cf_9b00);
    word(GDT + 0x68, 0x0000_ffff);
    word(GDT + 0x6c, 0x00cf_9300);
    for (int vector = 0; vector < 0x40; vector++) {
      word(IDT + 8 * vector, 0x60 << 16 | HANDLER);
      word(IDT + 8 * vector + 4, 0x8e00);
    }
    load(HANDLER, "hlt");
    machine.set(Register.ESP, STACK);
  }

  @AfterEach
  void close() {
    machine.close();
  }

  private void load(int at, String source) {
    code = Assembler.assemble(new Source("test.S", source), at, Map.of());
    machine.load(at, code.bytes());
  }

  private void word(int at, int value) {
    machine.ram().set(ValueLayout.JAVA_INT_UNALIGNED, at, value);
  }

  private int word(int at) {
    return machine.ram().get(ValueLayout.JAVA_INT_UNALIGNED, at);
  }

  /** A loop that has run often, linked and fused, and is about to begin again. */
  private void loop() {
    load(
        CODE,
        """
        start:	incl %ebx
        	decl %ecx
        jump:	jnz start
        	hlt
        """);
    machine.set(Register.EBX, 0);
    machine.set(Register.ECX, 1000);
    machine.set(Register.EIP, CODE);
    assertEquals(HALTED, machine.run(10_000));
    assertEquals(1000, machine.get(Register.EBX));
    machine.set(Register.EBX, 0);
    machine.set(Register.ECX, 1000);
    machine.set(Register.EIP, CODE);
  }

  @Test
  void anInstructionLimitMayFallBetweenTheTwo() {
    loop();
    assertEquals(LIMIT, machine.run(302));
    assertEquals(code.symbol("jump"), machine.get(Register.EIP));
    assertEquals(101, machine.get(Register.EBX));
    assertEquals(899, machine.get(Register.ECX));
    assertEquals(LIMIT, machine.run(1));
    assertEquals(CODE, machine.get(Register.EIP));
    assertEquals(HALTED, machine.run(10_000));
    assertEquals(1000, machine.get(Register.EBX));
  }

  @Test
  void everyLimitStopsExactlyThere() {
    for (int n = 1; n < 100; n++) {
      loop();
      assertEquals(LIMIT, machine.run(n));
      assertEquals((n + 2) / 3, machine.get(Register.EBX), "after " + n);
      assertEquals(1000 - (n + 1) / 3, machine.get(Register.ECX), "after " + n);
    }
  }

  @Test
  void aStopMayStandAtTheJump() {
    loop();
    machine.stopAt(code.symbol("jump"));
    assertEquals(new StopReason.Reached(code.symbol("jump")), machine.run(10_000));
    assertEquals(999, machine.get(Register.ECX));
    assertEquals(new StopReason.Reached(code.symbol("jump")), machine.run(10_000));
    assertEquals(998, machine.get(Register.ECX));
    machine.clearStop(code.symbol("jump"));
    assertEquals(HALTED, machine.run(10_000));
    assertEquals(1000, machine.get(Register.EBX));
  }

  @Test
  void aHostFunctionMayStandAtTheJump() {
    loop();
    machine.hostCall(
        code.symbol("jump"),
        (engine, linear) -> engine.set(Register.EDX, engine.get(Register.ECX)));
    assertEquals(HALTED, machine.run(10_000));
    assertEquals(0, machine.get(Register.EDX));
    assertEquals(1000, machine.get(Register.EBX));
  }

  @Test
  void aSingleStepTrapComesBetweenTheTwo() {
    loop();
    machine.set(Register.EIP, CODE + 1);
    machine.set(Register.EFLAGS, 0x102);
    assertEquals(HALTED, machine.run(10)); // in the handler
    assertEquals(code.symbol("jump"), word(machine.get(Register.ESP)));
    assertEquals(999, machine.get(Register.ECX));
  }

  @Test
  void anInstructionBreakpointMayStandAtTheJump() {
    loop();
    machine.cpu().dr[0] = code.symbol("jump");
    machine.cpu().dr[7] = 0x402;
    machine.cpu().codeBreakpoints = true;
    machine.cpu().noticeEvents();
    assertEquals(HALTED, machine.run(10));
    assertEquals(code.symbol("jump"), word(machine.get(Register.ESP)));
    assertEquals(999, machine.get(Register.ECX));
  }

  @Test
  void anInterruptComesBetweenTheTwo() {
    loop();
    machine.set(Register.EFLAGS, 0x202);
    assertEquals(LIMIT, machine.run(302));
    machine.injectInterrupt(0x30);
    assertEquals(HALTED, machine.run(10));
    assertEquals(code.symbol("jump"), word(machine.get(Register.ESP)));
    assertEquals(899, machine.get(Register.ECX));
  }

  @Test
  void theSecondMayBeOverwritten() {
    loop();
    assertEquals(LIMIT, machine.run(300));
    machine.load(code.symbol("jump"), new byte[] {0x74}); // jz, not taken
    assertEquals(HALTED, machine.run(10_000));
    assertEquals(101, machine.get(Register.EBX));
  }

  @Test
  void theFirstMayOverwriteTheSecond() {
    // add (store into jnz: 75 becomes 74), then the jump as it is now
    load(
        CODE,
        """
        	xorl %eax, %eax
        	decb jump
        jump:	jnz taken
        	incl %eax
        taken:	hlt
        """);
    machine.set(Register.EIP, CODE);
    assertEquals(HALTED, machine.run(10));
    assertEquals(1, machine.get(Register.EAX)); // the result 74 is not zero: jz falls through
  }

  @Test
  void aFaultOfTheFirstLeavesBothUndone() {
    for (int page = 0; page < 0x100; page++) {
      word(TABLE + 4 * page, page << 12 | 3);
    }
    word(DIRECTORY, TABLE | 3);
    machine.set(Register.CR3, DIRECTORY);
    machine.set(Register.CR0, machine.get(Register.CR0) | 0x8001_0000);
    load(CODE, "again: addl $1, %eax; compare: cmpl $5, (%esi); jne again; hlt");
    word(0x7000, 5);
    machine.set(Register.ESI, 0x7000);
    machine.set(Register.EIP, CODE);
    assertEquals(HALTED, machine.run(100));
    word(TABLE + 4 * 7, 0);
    machine.codeChanged(TABLE + 4 * 7, 4);
    machine.set(Register.EIP, CODE);
    machine.set(Register.EAX, -1);
    assertEquals(HALTED, machine.run(100)); // in the handler
    int esp = machine.get(Register.ESP);
    assertEquals(code.symbol("compare"), word(esp + 4));
    assertEquals(0x55, word(esp + 12) & 0x8d5); // as addl left them: CF, PF, AF, ZF
  }

  @Test
  void aHighByteIsStoredAtAScaledIndex() {
    load(CODE, "movb %ah, (%ebx,%ecx,2); movb (%ebx,%ecx,2), %dh; addb %dh, 1(%ebx,%ecx,2); hlt");
    machine.set(Register.EAX, 0x1234);
    machine.set(Register.EBX, 0x7000);
    machine.set(Register.ECX, 3);
    machine.set(Register.EIP, CODE);
    assertEquals(HALTED, machine.run(10));
    assertEquals(0x1212, word(0x7006));
    assertEquals(0x1200, machine.get(Register.EDX) & 0xff00);
  }

  @Test
  void aSixteenBitBranchWrapsAtSixtyFourKilobytes() {
    try (Machine real =
        Machine.builder().memory(1 << 20).engine(ExecutionEngine.INTERPRETER).build()) {
      real.set(Register.CS, 0x1000);
      // jmp .+0x20 at fff0, and what lies at 0012
      real.load(0x1_fff0, new byte[] {0x40, (byte) 0xeb, 0x1f});
      real.load(0x1_0012, new byte[] {0x43, (byte) 0xf4}); // inc bx; hlt
      for (int k = 1; k <= 3; k++) {
        real.set(Register.EIP, 0xfff0);
        assertEquals(HALTED, real.run(10));
        assertEquals(0x14, real.get(Register.EIP));
        assertEquals(k, real.get(Register.EAX));
        assertEquals(k, real.get(Register.EBX));
      }
    }
  }
}
