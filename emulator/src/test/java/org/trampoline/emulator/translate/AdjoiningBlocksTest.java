package org.trampoline.emulator.translate;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.trampoline.asm.AssembledCode;
import org.trampoline.asm.Assembler;
import org.trampoline.asm.Source;
import org.trampoline.emulator.ExecutionEngine;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.StopReason;
import org.trampoline.emulator.engine.Register;

/** Blocks that run into the next one without a jump, until that is dropped and comes elsewhere. */
class AdjoiningBlocksTest {
  private static final int CODE = 0x1000;

  /** What is patched lies behind what the blocks before look at for the sake of their flags. */
  private static final String SOURCE =
      """
      count:
      1: testb $1, %cl
         jz even
         xorl %eax, %eax
      odd:
         addl $1, %ebx
         testb $2, %cl
         jnz 2f
         addl $1, %esi
         testb %al, %al
         js 3f
      even:
         xorl %eax, %eax
         addl $1, %edx
         testb $4, %cl
         jz 3f
      2: addl $1, %edi
      3: decl %ecx
         jnz 1b
         hlt
      patchOdd:
         movb %al, odd+2
         hlt
      patchEven:
         movb %al, even+4
         hlt
      """;

  private final AssembledCode code =
      Assembler.assemble(new Source("test.S", SOURCE), CODE, Map.of());

  private Machine open(ExecutionEngine engine) {
    Machine machine = Machine.builder().memory(1 << 20).engine(engine).build();
    machine.flatProtectedMode();
    machine.load(CODE, code.bytes());
    return machine;
  }

  private static String run(Machine machine, int eip, int count, int immediate) {
    machine.set(Register.EIP, eip);
    machine.set(Register.ECX, count);
    machine.set(Register.EAX, immediate);
    assertEquals(new StopReason.Halted(), machine.run(100_000));
    return "%x %x %x %x after %d"
        .formatted(
            machine.get(Register.EBX),
            machine.get(Register.EDX),
            machine.get(Register.ESI),
            machine.get(Register.EDI),
            machine.instructions());
  }

  /** Which way is taken first decides which block comes behind which. */
  @ParameterizedTest
  @ValueSource(ints = {8, 9, 10, 11, 12, 13, 14, 15})
  void theyMayBeDropped(int first) {
    try (Machine interpreter = open(ExecutionEngine.INTERPRETER);
        Machine translator = open(ExecutionEngine.TRANSLATOR)) {
      for (int round = 1; round < 12; round++) {
        int eip = code.symbol(round % 3 == 0 ? "patchEven" : "patchOdd");
        run(interpreter, eip, 0, round);
        run(translator, eip, 0, round);
        for (int count = first; count < first + 4; count++) {
          int begin = code.symbol("count");
          assertEquals(
              run(interpreter, begin, count + 96, 0),
              run(translator, begin, count + 96, 0),
              "round " + round);
        }
      }
    }
  }
}
