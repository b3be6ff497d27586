package org.trampoline.emulator.translate;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.trampoline.asm.Assembler;
import org.trampoline.asm.Source;
import org.trampoline.emulator.ExecutionEngine;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.engine.Register;
import org.trampoline.emulator.translate.lockstep.MachineState;

/**
 * Blocks that go on behind conditional jumps: whichever way is taken, counts and flags are exact.
 */
class FrequentBlocksTest {
  private static final int CODE = 0x1000;

  /** Jumps forward on all kinds of flags, which at their targets are still looked at or are not. */
  private static final String SOURCE =
      """
      1: imull $1103515245, %eax, %eax
         addl $12345, %eax
         testl $0x10000, %eax
         jz 2f
         addl %eax, %ebx
         jc 3f
         shrl $3, %edx
         jc 4f
         decl %esi
         jl 2f
         movl %ebx, 0x5000(%ebp)
         subl 0x5004(%ebp), %edx
         jbe 3f
         cmpb %ah, %dl
         jg 4f
         fld1
         faddp %st, %st(1)
         testb %dl, %dl
         jp 3f
      2: adcl $5, %ebx
         pushl %eax
         popl %edi
         js 4f
      3: movl %eax, 0x5004(%ebp)
         adcl %edx, %edi
         jo 4f
         xorl %ebx, %edx
      4: sbbl $0, %esi
         jmp 1b
      """;

  @Test
  void theyEndAnywhereExactly() {
    byte[] code = Assembler.assemble(new Source("test.S", SOURCE), CODE, Map.of()).bytes();
    try (Machine interpreter = open(ExecutionEngine.INTERPRETER, code);
        Machine translator = open(ExecutionEngine.TRANSLATOR, code)) {
      SplittableRandom random = new SplittableRandom(1);
      for (int slice = 0; slice < 4000; slice++) {
        int count = slice % 8 == 0 ? random.nextInt(70, 3000) : random.nextInt(64, 200);
        interpreter.run(count);
        translator.run(count);
        assertEquals(
            MachineState.of(interpreter).toString(),
            MachineState.of(translator).toString(),
            "slice " + slice);
      }
      assertEquals(-1, interpreter.ram().mismatch(translator.ram()));
    }
  }

  private static Machine open(ExecutionEngine engine, byte[] code) {
    Machine machine = Machine.builder().memory(1 << 20).engine(engine).build();
    machine.flatProtectedMode();
    machine.load(CODE, code);
    machine.set(Register.EIP, CODE);
    machine.set(Register.ESP, 0x8000);
    machine.set(Register.EDX, 0x1234_5678);
    machine.cpu().fpu.initialize();
    return machine;
  }
}
