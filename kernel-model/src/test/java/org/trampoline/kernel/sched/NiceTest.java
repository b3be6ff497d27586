package org.trampoline.kernel.sched;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.trampoline.kernel.Booted;

/** set_user_nice: kernel/sched.c. */
class NiceTest {
  /** Process 1 has lost 5 levels by then; 125 + 19 would be beyond the last list. */
  @Test
  void theNewPriorityIsThatOfTheNiceValueWhateverTheBonusWas() {
    String code =
        """
                .include "linkage.h"
        test:   GET_CURRENT %eax
                movl    TASK_prio(%eax), %ecx
                movl    %ecx, before
                movl    $19, %edx
                call    set_user_nice
                GET_CURRENT %eax
                movl    TASK_prio(%eax), %ecx
                movl    %ecx, after
                xorl    %eax, %eax
                ret
                .balign 4
                .globl  before, after
        before: .long   0
        after:  .long   0
        """;
    try (Booted booted = Booted.with(code)) {
      assertEquals(125, booted.kernel.memory().read(booted.module.symbol("before")));
      assertEquals(
          TaskStruct.MAX_PRIO - 1, booted.kernel.memory().read(booted.module.symbol("after")));
    }
  }
}
