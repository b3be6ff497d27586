package org.trampoline.kernel.timer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.trampoline.asm.AssembledCode;
import org.trampoline.asm.Source;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.device.Pc;
import org.trampoline.kernel.Booted;
import org.trampoline.kernel.Kernel;
import org.trampoline.kernel.KernelEvent;
import org.trampoline.kernel.KernelVersion;

/** kernel/timer.c: timers in all wheels expire at their jiffy, also when jiffies wraps. */
class TimersTest {
  private static List<String> log(String code) {
    List<String> log = new ArrayList<>();
    try (Pc pc = new Pc(Machine.builder().memory(16 << 20).frequency(1_000_000))) {
      Kernel kernel = new Kernel(pc.machine(), Booted.image(KernelVersion.V2_6_11));
      AssembledCode module = kernel.load(new Source("test.S", code), Map.of());
      kernel.addInitcall(module.symbol("test"));
      kernel.listen(
          (time, event) -> {
            if (event instanceof KernelEvent.Printk(int level, String text) && level == 6) {
              log.add(text);
            }
          });
      kernel.run(200_000_000);
      assertTrue(kernel.poweredOff(), log::toString);
    }
    return log.subList(1, log.size());
  }

  /** The wheels reach to 256, 16384 and 1048576 jiffies; boot is 300000 before the wrap. */
  @ParameterizedTest
  @ValueSource(ints = {1, 255, 256, 257, 16_383, 16_640, 70_000, 310_000})
  void aTimeoutTakesItsTime(int ticks) {
    String code =
        """
                .include "linkage.h"
        test:   movl    jiffies, %%ebx
                SET_CURRENT_STATE TASK_UNINTERRUPTIBLE
                movl    $%d, %%eax
                call    schedule_timeout
                movl    jiffies, %%ecx
                subl    %%ebx, %%ecx
                CALL3   printk, $text, %%eax, %%ecx
                call    machine_power_off
        text:   .asciz  "<6>%%d left after %%d\\n"
        """
            .formatted(ticks);
    assertEquals(List.of("0 left after " + ticks), log(code));
  }

  /** A guest that sets jiffies ahead has its timers come, and the host goes on. */
  @Test
  void aJumpOfJiffiesDoesNotHangTheHost() {
    String code =
        """
                .include "linkage.h"
        test:   addl    $50000, jiffies
                SET_CURRENT_STATE TASK_UNINTERRUPTIBLE
                movl    $10, %eax
                call    schedule_timeout
                CALL2   printk, $text, %eax
                call    machine_power_off
        text:   .asciz  "<6>%d left\\n"
        """;
    assertEquals(List.of("0 left"), log(code));
  }
}
