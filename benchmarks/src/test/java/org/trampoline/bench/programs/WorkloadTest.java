package org.trampoline.bench.programs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.StopReason;
import org.trampoline.emulator.device.Pc;
import org.trampoline.emulator.engine.Register;

/** Each guest program has the result on our machine that it has on an IA-32 processor. */
class WorkloadTest {
  @ParameterizedTest
  @EnumSource
  void hasTheResultOfSilicon(Workload workload) {
    Frame frame = Frame.forEngine(workload);
    Machine.Builder builder = Machine.builder().memory(Frame.MEMORY);
    try (Machine machine =
        workload.system() == Program.Needs.TIMER ? new Pc(builder).machine() : builder.build()) {
      machine.flatProtectedMode();
      machine.load(Frame.ORIGIN, frame.image());
      run(machine, frame.symbol("_start"));
      machine.set(Register.EBX, workload.testPasses);
      run(machine, frame.symbol("round"));
      assertEquals(
          Integer.toHexString(workload.testResult), Integer.toHexString(machine.get(Register.EAX)));
    }
  }

  private static void run(Machine machine, int eip) {
    machine.set(Register.EIP, eip);
    assertEquals(new StopReason.Halted(), machine.run(100_000_000));
  }
}
