package org.trampoline.emulator.execute;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.trampoline.emulator.ExecutionEngine;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.StopReason;
import org.trampoline.emulator.cpu.Control;
import org.trampoline.emulator.engine.Register;

/** A stop counts at its linear address, whatever other address the code is known from. */
class StopAtAliasTest {
  private static final int CODE = 0x1000;
  private static final int ALIAS = 0x7000;
  private static final int DIRECTORY = 0x4000;
  private static final int TABLE = 0x5000;

  @ParameterizedTest
  @EnumSource(ExecutionEngine.class)
  void codeIsKnownFromAnotherAddress(ExecutionEngine engine) {
    try (Machine machine = Machine.builder().memory(1 << 20).engine(engine).build()) {
      machine.flatProtectedMode();
      machine.writeLinear(DIRECTORY, 4, TABLE | 3);
      for (int page = 0; page < 16; page++) {
        int frame = page << 12 == ALIAS ? CODE : page << 12;
        machine.writeLinear(TABLE + 4 * page, 4, frame | 3);
      }
      // nop; inc ebx; jmp back to that: the code goes round on its own links
      machine.load(CODE, new byte[] {(byte) 0x90, 0x43, (byte) 0xeb, (byte) 0xfd});
      machine.set(Register.CR3, DIRECTORY);
      machine.set(Register.CR0, machine.get(Register.CR0) | Control.CR0_PG);
      machine.stopAt(ALIAS + 1);
      machine.set(Register.EIP, CODE);
      assertEquals(new StopReason.InstructionLimit(), machine.run(1000));
      machine.set(Register.EIP, ALIAS);
      assertEquals(new StopReason.Reached(ALIAS + 1), machine.run(1000));
      assertEquals(new StopReason.Reached(ALIAS + 1), machine.run(1000));
      machine.set(Register.EIP, CODE);
      assertEquals(new StopReason.InstructionLimit(), machine.run(1000));
    }
  }
}
