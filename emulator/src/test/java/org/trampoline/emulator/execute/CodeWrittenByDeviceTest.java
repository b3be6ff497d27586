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

/**
 * A device writes into the block that uses it, or maps another page there: what follows is the new
 * code.
 */
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

  @ParameterizedTest
  @CsvSource({
    "false, 'fldl 0x20000000'",
    "false, 'fstl 0x20000000'",
    "false, 'movl 0x20000000, %eax'",
    "false, 'movl %eax, 0x20000000'",
    "true, 'fldl 0x20000000'",
    "true, 'fstl 0x20000000'",
    "true, 'movl 0x20000000, %eax'",
    "true, 'movl %eax, 0x20000000'"
  })
  void theNextInstructionIsThatOfAnotherPage(boolean translate, String access) {
    ExecutionEngine engine = translate ? ExecutionEngine.TRANSLATOR : ExecutionEngine.INTERPRETER;
    try (Machine machine = Machine.builder().memory(1 << 20).engine(engine).build()) {
      machine.flatProtectedMode();
      int directory = 0x4000;
      int table = 0x5000;
      machine.writeLinear(directory, 4, table | 3);
      machine.writeLinear(directory + 4 * (DEVICE >>> 22), 4, DEVICE | 0x83);
      for (int page = 0; page < 16; page++) {
        machine.writeLinear(table + 4 * page, 4, page << 12 | 3);
      }
      String source = "fninit\nnop\n" + access + "\nincl %ebx\nincl %ebx\nhlt\n";
      byte[] code = Assembler.assemble(new Source("test.S", source), CODE, Map.of()).bytes();
      machine.load(CODE, code);
      code[code.length - 3] = 0x41; // inc ecx
      machine.load(0x8000, code);
      machine.mapDevice(
          DEVICE,
          0x1000,
          new MmioDevice() {
            private void remap() {
              machine.load(table + 4, new byte[] {3, (byte) 0x80, 0, 0});
            }

            @Override
            public int read(int offset, int size) {
              remap();
              return 0;
            }

            @Override
            public void write(int offset, int size, int value) {
              remap();
            }
          });
      machine.set(Register.CR4, Control.CR4_PSE);
      machine.set(Register.CR3, directory);
      machine.set(Register.CR0, machine.get(Register.CR0) | Control.CR0_PG);
      for (int round = 1; round <= 3; round++) {
        machine.load(table + 4, new byte[] {3, 0x10, 0, 0});
        machine.set(Register.EIP, CODE);
        assertEquals(new StopReason.Halted(), machine.run(100));
        assertEquals(round, machine.get(Register.ECX));
        assertEquals(round, machine.get(Register.EBX));
      }
    }
  }
}
