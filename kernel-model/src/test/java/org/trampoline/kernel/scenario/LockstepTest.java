package org.trampoline.kernel.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.StopReason;
import org.trampoline.emulator.cpu.CpuModel;
import org.trampoline.emulator.device.Ports;
import org.trampoline.emulator.differential.Comparison;
import org.trampoline.emulator.differential.Lockstep;
import org.trampoline.emulator.oracle.UnicornEngine;
import org.trampoline.kernel.Booted;
import org.trampoline.kernel.KernelVersion;
import org.trampoline.kernel.Needs;
import org.trampoline.kernel.Vmlinux;

/** The whole model, boot and all, instruction for instruction on our machine and on Unicorn. */
class LockstepTest {
  private static final int MEMORY = 16 << 20;
  private static final int LIMIT = 10_000_000;

  @BeforeEach
  void needsUnicorn() {
    Needs.unicorn();
  }

  @ParameterizedTest
  @EnumSource(KernelVersion.class)
  void theMainJobIsTheSameOnUnicorn(KernelVersion version) {
    Vmlinux image = Booted.image(version);
    try (Machine ours = Machine.builder().memory(MEMORY).build();
        UnicornEngine unicorn = new UnicornEngine(CpuModel.PENTIUM4, MEMORY, Ports.NONE)) {
      MainJob first = new MainJob(ours, image, MainJob.defaultFunction(), 41);
      MainJob second = new MainJob(unicorn, image, MainJob.defaultFunction(), 41);
      first.forLockstep();
      second.forLockstep();
      Comparison result = new Lockstep(ours, unicorn).run(LIMIT);
      Comparison.Equal equal = assertInstanceOf(Comparison.Equal.class, result, result::toString);
      assertInstanceOf(StopReason.Halted.class, equal.reason());
      assertTrue(equal.instructions() > 10_000, "from reset to the idle loop");
      assertEquals(0, second.kernel().current().pid());
    }
  }

  /**
   * Page faults through the guest's IDT and system calls from ring 3 have the same outcomes. Not in
   * lockstep: PUSH of a segment register leaves the upper half of its stack slot alone on ours as
   * on recent silicon, and zeroes it on Unicorn (SDM vol. 2, PUSH, allows both).
   */
  @ParameterizedTest
  @EnumSource(KernelVersion.class)
  void pageOffsetIsTheSameOnUnicorn(KernelVersion version) {
    Vmlinux image = Booted.image(version);
    try (Machine ours = Machine.builder().memory(MEMORY).build();
        UnicornEngine unicorn = new UnicornEngine(CpuModel.PENTIUM4, MEMORY, Ports.NONE)) {
      PageOffset first = new PageOffset(ours, image);
      PageOffset second = new PageOffset(unicorn, image);
      assertInstanceOf(StopReason.Halted.class, first.run(LIMIT));
      assertInstanceOf(StopReason.Halted.class, second.run(LIMIT));
      assertEquals(8, first.accesses().size());
      assertEquals(first.accesses(), second.accesses());
      assertEquals(ours.instructions(), unicorn.instructions());
    }
  }
}
