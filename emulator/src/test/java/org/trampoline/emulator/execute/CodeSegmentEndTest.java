package org.trampoline.emulator.execute;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.trampoline.emulator.ExecutionEngine;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.Registers;
import org.trampoline.emulator.StopReason;
import org.trampoline.emulator.cpu.SegmentRegister;
import org.trampoline.emulator.engine.Register;
import org.trampoline.emulator.fault.Vector;

/**
 * The end of a code segment that lies in the middle of code which is known from another segment:
 * the instruction that is fetched from beyond the limit faults, and none before it (SDM vol. 3,
 * 5.3).
 */
class CodeSegmentEndTest {
  private static final int CODE = 0x1_0010;

  /** Known from segment 1000H; met again at FFE0H of segment 3, 32 bytes before its end. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void instructionsBeyondTheLimitAreNotExecuted(boolean translate) {
    try (Machine machine =
        Machine.builder()
            .memory(1 << 20)
            .engine(translate ? ExecutionEngine.TRANSLATOR : ExecutionEngine.INTERPRETER)
            .build()) {
      byte[] code = new byte[101];
      Arrays.fill(code, (byte) 0x40); // inc ax
      code[100] = (byte) 0xf4; // hlt
      machine.load(CODE, code);
      machine.load(0x2030, new byte[] {(byte) 0xc3, (byte) 0xc3}); // ret
      for (int round = 0; round < 3; round++) {
        segment(machine, 0x1000, 0x10);
        assertEquals(new StopReason.Halted(), machine.run(1000));
        assertEquals(100, machine.get(Register.EAX));
        int[] seen = {-1, -1, -1};
        machine.onFault(
            (vector, error, linear) -> {
              seen[0] = vector;
              seen[1] = machine.get(Register.EIP);
              seen[2] = machine.get(Register.EAX);
              machine.requestStop();
              return true;
            });
        machine.load(0x3000, new byte[] {(byte) 0xe0, (byte) 0xff}); // where ret leads
        segment(machine, 3, 0x2000);
        machine.set(Register.ESP, 0x3000);
        assertEquals(new StopReason.Requested(), machine.run(1000));
        assertEquals(Vector.GP, seen[0]);
        assertEquals(0x1_0000, seen[1]);
        assertEquals(32, seen[2]);
        machine.onFault(null);
      }
    }
  }

  private static void segment(Machine machine, int selector, int eip) {
    Registers registers = machine.registers();
    registers.setSegment(
        SegmentRegister.CS, new Registers.Segment(selector, selector << 4, 0xffff, 0x9b));
    machine.set(Register.EIP, eip);
    machine.set(Register.EAX, 0);
  }
}
