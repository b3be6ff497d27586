package org.trampoline.kernel.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.StopReason;
import org.trampoline.kernel.Booted;
import org.trampoline.kernel.KernelEvent.FaultOutcome;
import org.trampoline.kernel.KernelVersion;
import org.trampoline.kernel.scenario.PageOffset.Access;
import org.trampoline.kernel.scenario.PageOffset.PageFault;

/** Paging draws the line at PAGE_OFFSET (SDM vol. 3, 4.6 and 4.7). */
class PageOffsetTest {
  private static final int LOW = 0x1000;
  private static final int HIGH = 0xc000_1000;
  private static final int TEXT = 0x0804_8000;

  /** The first instruction of the program: movl $0x08048000, %eax. */
  private static final int CODE = 0x0480_00b8;

  private static Access ok(boolean thread, int ring, String memory, int address, int value) {
    return new Access(
        thread ? 2 : 3, thread ? "swapper" : "probe", thread, ring, memory, address, value, null);
  }

  private static Access bad(
      boolean thread, int ring, String memory, int address, int error, FaultOutcome outcome) {
    return new Access(
        thread ? 2 : 3,
        thread ? "swapper" : "probe",
        thread,
        ring,
        memory,
        address,
        0,
        new PageFault(address, error, outcome));
  }

  @ParameterizedTest
  @EnumSource(KernelVersion.class)
  void kernelAndUserReadWhatTheyMay(KernelVersion version) {
    try (Machine machine = Machine.builder().build()) {
      PageOffset scenario = new PageOffset(machine, Booted.image(version));
      assertInstanceOf(StopReason.Halted.class, scenario.run(10_000_000));
      assertNull(scenario.kernel().panicMessage());
      assertEquals(
          List.of(
              bad(true, 0, "swapper_pg_dir", LOW, 0, FaultOutcome.FIXUP),
              ok(true, 0, "swapper_pg_dir", HIGH, 0x2611),
              ok(false, 3, "own", TEXT, CODE),
              ok(false, 0, "own", HIGH, 0x2611),
              ok(false, 0, "own", TEXT, CODE),
              ok(true, 0, "borrowed", TEXT, CODE),
              bad(true, 0, "borrowed", LOW, 0, FaultOutcome.FIXUP),
              bad(false, 3, "own", HIGH, 5, FaultOutcome.SIGNAL)),
          scenario.accesses());
    }
  }
}
