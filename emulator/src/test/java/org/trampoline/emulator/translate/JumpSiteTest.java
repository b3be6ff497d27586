package org.trampoline.emulator.translate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.ValueLayout;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.trampoline.asm.AssembledCode;
import org.trampoline.asm.Assembler;
import org.trampoline.asm.Source;
import org.trampoline.emulator.ExecutionEngine;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.StopReason;
import org.trampoline.emulator.cpu.Control;
import org.trampoline.emulator.engine.Register;

/** Indirect jumps go where they are told, however many targets they have and whatever changes. */
class JumpSiteTest {
  private static final int CODE = 0x1000;
  private static final int FAR = 0x3000;
  private static final int OTHER_FAR = 0x4000;
  private static final int DIRECTORY = 0x9_0000;
  private static final int TABLE = 0x9_1000;

  /** Calls what a mask of the counter chooses of two functions here and two in another page. */
  private static final String SOURCE =
      """
      calls:
      1: movl %ecx, %edx
         andl %esi, %edx
         call *targets(,%edx,4)
         decl %ecx
         jnz 1b
         hlt
      patch:
         movb %al, near+2
         hlt
      remap:
         movl %eax, 0x91000+4*3
         invlpg 0x3000
         hlt
      near:
         addl $1, %ebx
         ret
      nearby:
         addl $0x10, %ebx
         ret
         .balign 4
      targets:
         .long near, 0x3000, nearby, 0x3010
      """;

  private final AssembledCode program =
      Assembler.assemble(new Source("test.S", SOURCE), CODE, Map.of());
  private Machine machine;

  private void open(ExecutionEngine engine) {
    machine = Machine.builder().memory(1 << 20).engine(engine).build();
    machine.flatProtectedMode();
    machine.load(CODE, program.bytes());
    machine.load(FAR, far(1));
    machine.load(OTHER_FAR, far(2));
    word(DIRECTORY, TABLE | 7);
    for (int i = 0; i < 256; i++) {
      word(TABLE + 4 * i, i << 12 | 7);
    }
    machine.set(Register.CR3, DIRECTORY);
    machine.set(Register.CR0, machine.get(Register.CR0) | Control.CR0_PG | Control.CR0_WP);
    machine.set(Register.ESP, 0x8000);
  }

  private static byte[] far(int digit) {
    String source =
        """
           addl $0x%1$x00, %%ebx
           ret
           .balign 16
           addl $0x%1$x000, %%ebx
           ret
        """
            .formatted(digit);
    return Assembler.assemble(new Source("far.S", source), FAR, Map.of()).bytes();
  }

  @AfterEach
  void close() {
    if (machine != null) {
      machine.close();
    }
  }

  private void word(int at, int value) {
    machine.ram().set(ValueLayout.JAVA_INT_UNALIGNED, at, value);
  }

  private void run(String symbol) {
    machine.set(Register.EIP, program.symbol(symbol));
    assertEquals(new StopReason.Halted(), machine.run(10_000_000));
  }

  /** What 400 calls add, of the targets that a mask leaves. */
  private int calls(int mask) {
    machine.set(Register.ESI, mask);
    machine.set(Register.ECX, 400);
    machine.set(Register.EBX, 0);
    run("calls");
    return machine.get(Register.EBX);
  }

  private void patch(int immediate) {
    machine.set(Register.EAX, immediate);
    run("patch");
  }

  private void remap(int physical) {
    machine.set(Register.EAX, physical | 7);
    run("remap");
  }

  @ParameterizedTest
  @EnumSource(ExecutionEngine.class)
  void oneTargetMayChange(ExecutionEngine engine) {
    open(engine);
    for (int immediate = 1; immediate < 9; immediate++) {
      patch(immediate);
      assertEquals(400 * immediate, calls(0));
    }
  }

  @ParameterizedTest
  @EnumSource(ExecutionEngine.class)
  void targetsMayBeRemapped(ExecutionEngine engine) {
    open(engine);
    for (int round = 0; round < 8; round++) {
      remap(round % 2 == 0 ? FAR : OTHER_FAR);
      assertEquals(200 * (1 + (round % 2 + 1) * 0x100), calls(1));
    }
    assertEquals(200 * 0x11, calls(2));
  }

  @ParameterizedTest
  @EnumSource(ExecutionEngine.class)
  void manyTargetsMayChange(ExecutionEngine engine) {
    open(engine);
    for (int round = 0; round < 8; round++) {
      int digit = round % 2 + 1;
      remap(digit == 1 ? FAR : OTHER_FAR);
      patch(round);
      assertEquals(100 * (round + digit * 0x100 + 0x10 + digit * 0x1000), calls(3));
    }
  }

  @Test
  void theyLeaveTranslatedCodeSeldom() {
    open(ExecutionEngine.TRANSLATOR);
    if (machine.translatorStatistics() == null) {
      return;
    }
    for (int round = 0; round < 100; round++) {
      calls(3);
    }
    assertTrue(machine.translatorStatistics().exits[Exit.TARGET.ordinal()] < 20);
    assertTrue(machine.translatorStatistics().exits[Exit.JUMP.ordinal()] < 20);
  }
}
