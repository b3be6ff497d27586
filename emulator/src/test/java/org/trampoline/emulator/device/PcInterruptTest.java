package org.trampoline.emulator.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.trampoline.asm.Assembler;
import org.trampoline.asm.Source;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.StopReason;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.engine.Register;
import org.trampoline.emulator.system.GuestTables;

/** Timer interrupts as a guest meets them: exact in virtual time, the same on every run. */
class PcInterruptTest {
  private static final int ORIGIN = 0x10000;

  /** Cycles of a period of 1193 ticks: 99,984.7. */
  private static final double PERIOD = 1193.0 / Pit8254.FREQUENCY * Clock.DEFAULT_FREQUENCY;

  /** Sets up descriptor tables, both controllers and counter 0 at 1 kHz; interrupts are off. */
  private static final String SETUP =
      GuestTables.LOAD
          + """
          """
          + GuestTables.PIC
          + """
                  movb $0x34, %al
                  outb %al, $0x43
                  movb $0xa9, %al
                  outb %al, $0x40
                  movb $4, %al
                  outb %al, $0x40
                  xorl %ebx, %ebx
          """;

  private static final String REST =
      """
      tick:   incl %ebx
              movl (%esp), %ebp       # the interrupted eip
              movb $0x20, %al
              outb %al, $0x20
              iretl
      """
          + GuestTables.handling("tick");

  private final Pc pc = new Pc(Machine.builder().memory(1 << 20));
  private final Machine machine = pc.machine();
  private final Cpu c = machine.cpu();

  @AfterEach
  void close() {
    pc.close();
  }

  private StopReason run(String program, long limit) {
    byte[] code =
        Assembler.assemble(new Source("test.S", SETUP + program + "\n" + REST), ORIGIN, Map.of())
            .bytes();
    machine.flatProtectedMode();
    machine.load(ORIGIN, code);
    c.eip = ORIGIN;
    return machine.run(limit);
  }

  @Test
  void haltedProcessorIsWokenByTheTimer() {
    StopReason reason =
        run(
            """
                    sti
            1:      hlt
                    cmpl $1000, %ebx
                    jb 1b
                    cli
                    hlt
            """,
            100_000);
    assertEquals(new StopReason.Halted(), reason);
    assertEquals(1000, c.reg[Cpu.EBX]);
    assertEquals(1000.0 * PERIOD, (double) c.clock.now(), 200, "time has jumped");
    assertTrue(c.instructions < 10_000, "instructions have not");
  }

  @Test
  void runningProcessorIsInterruptedAtTheExactInstruction() {
    StopReason reason =
        run(
            """
                    sti
                    xorl %ecx, %ecx
            1:      incl %ecx
                    cmpl $1, %ebx
                    jb 1b
                    cli
                    rdtsc
                    hlt
            """,
            1_000_000);
    assertEquals(new StopReason.Halted(), reason);
    // 23 instructions come before the first turn of three; the count was written within tick 0 and
    // loaded with tick 1
    long due = c.clock.cyclesAt(1 + 1193, Pit8254.FREQUENCY);
    long turns = c.reg[Cpu.ECX] & 0xffff_ffffL;
    // the turn whose comparison comes after the interrupt is the last
    assertEquals((due - 23 + 1) / 3 + 1, turns);
    // 5 instructions of the handler; rdtsc counts what was completed before it
    assertEquals(c.clock.now() - 2, c.reg[Cpu.EAX] & 0xffff_ffffL, "TSC counts the same time");
    assertEquals(23 + 3 * turns + 5 + 3, c.instructions);
  }

  @Test
  void everyRunIsTheSame() {
    String program =
        """
                sti
                xorl %ecx, %ecx
        1:      imull $69069, %ecx, %ecx
                incl %ecx
                cmpl $50, %ebx
                jb 1b
                cli
                hlt
        """;
    run(program, 10_000_000);
    int ecx = c.reg[Cpu.ECX];
    long instructions = c.instructions;
    try (Pc second = new Pc(Machine.builder().memory(1 << 20))) {
      byte[] code =
          Assembler.assemble(new Source("t", SETUP + program + "\n" + REST), ORIGIN, Map.of())
              .bytes();
      second.machine().flatProtectedMode();
      second.machine().load(ORIGIN, code);
      second.machine().set(Register.EIP, ORIGIN);
      StopReason reason = new StopReason.InstructionLimit();
      while (reason instanceof StopReason.InstructionLimit) {
        reason = second.machine().run(777); // stopping in between changes nothing
      }
      assertEquals(ecx, second.machine().get(Register.ECX));
      assertEquals(instructions, second.machine().instructions());
    }
  }

  @Test
  void haltWithInterruptsOffIsTheEnd() {
    assertEquals(new StopReason.Halted(), run("hlt", 1000));
    assertEquals(new StopReason.Halted(), machine.run(1000));
  }

  @Test
  void haltWithTheTimerMaskedIsTheEnd() {
    StopReason reason = run("movb $0xff, %al; outb %al, $0x21; sti; hlt", 1000);
    assertEquals(new StopReason.Halted(), reason);
    assertEquals(0, c.reg[Cpu.EBX]);
  }

  @Test
  void haltInsideTheHandlerIsTheEnd() {
    // the level stays in service, so no further tick can come
    StopReason reason = run("movb $0xfb, tick; movb $0xf4, tick + 1; sti; 1: jmp 1b", 1_000_000);
    assertEquals(new StopReason.Halted(), reason);
  }

  @Test
  void portWriteThatRaisesAnInterruptIsFollowedByIt() {
    StopReason reason =
        run(
            """
                    movb $1, %al
                    outb %al, $0x21
                    movl $200000, %ecx
            1:      decl %ecx
                    jnz 1b
                    sti
                    xorl %eax, %eax
                    outb %al, $0x21
            after:  cli
                    movl $after, %edx
                    hlt
            """,
            1_000_000);
    assertEquals(new StopReason.Halted(), reason);
    assertEquals(1, c.reg[Cpu.EBX]);
    assertEquals(c.reg[Cpu.EDX], c.reg[Cpu.EBP]);
  }
}
