package org.trampoline.emulator.execute;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.trampoline.asm.Assembler;
import org.trampoline.asm.Source;
import org.trampoline.emulator.ExecutionEngine;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.StopReason;
import org.trampoline.emulator.cpu.Control;
import org.trampoline.emulator.engine.Register;
import org.trampoline.emulator.memory.MmioDevice;

/** A device that is read writes into the block that reads it: what follows is the new code. */
class CodeWrittenByDeviceTest {
  private static final int CODE = 0x1000;
  private static final int DEVICE = 0x2000_0000;

  @ParameterizedTest
  @CsvSource({
    "false, 'fldl 0x20000000'",
    "false, 'movq 0x20000000, %mm0'",
    "false, 'movl 0x20000000, %eax'",
    "true, 'fldl 0x20000000'",
    "true, 'movq 0x20000000, %mm0'",
    "true, 'movl 0x20000000, %eax'"
  })
  void theNextInstructionIsTheNewOne(boolean translate, String read) {
    try (Machine machine =
        Machine.builder()
            .memory(1 << 20)
            .engine(translate ? ExecutionEngine.TRANSLATOR : ExecutionEngine.INTERPRETER)
            .build()) {
      machine.flatProtectedMode();
      machine.set(Register.CR4, Control.CR4_OSFXSR);
      String source = "fninit\nnop\n" + read + "\nincl %ebx\nincl %ebx\nhlt\n";
      byte[] code = Assembler.assemble(new Source("test.S", source), CODE, Map.of()).bytes();
      machine.load(CODE, code);
      int next = CODE + code.length - 3;
      machine.mapDevice(
          DEVICE,
          0x1000,
          new MmioDevice() {
            @Override
            public int read(int offset, int size) {
              machine.writeLinear(next, 1, 0x41); // inc ecx
              return 0;
            }

            @Override
            public void write(int offset, int size, int value) {}
          });
      for (int round = 1; round <= 3; round++) {
        machine.writeLinear(next, 1, 0x43); // inc ebx
        machine.set(Register.EIP, CODE);
        assertEquals(new StopReason.Halted(), machine.run(100));
        assertEquals(round, machine.get(Register.ECX));
        assertEquals(round, machine.get(Register.EBX));
      }
    }
  }
}
