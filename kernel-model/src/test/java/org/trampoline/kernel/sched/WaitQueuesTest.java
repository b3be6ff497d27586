package org.trampoline.kernel.sched;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.trampoline.asm.AssembledCode;
import org.trampoline.asm.Source;
import org.trampoline.kernel.Booted;
import org.trampoline.kernel.KernelVersion;

/** kernel/wait.c, kernel/sched.c: who is woken, and in which order. */
class WaitQueuesTest {
  private static List<String> log(Booted booted) {
    return booted.events.stream()
        .filter(event -> event.startsWith("<6>") && !event.startsWith("<6>Memory"))
        .toList();
  }

  private static final String SLEEPERS =
      """
              .include "linkage.h"
      test:   CALL3   kernel_thread, $%1$s, $1, $CLONE_KERNEL
              CALL3   kernel_thread, $%1$s, $2, $CLONE_KERNEL
              CALL3   kernel_thread, $%1$s, $3, $CLONE_KERNEL
              CALL3   kernel_thread, $waker, $0, $CLONE_KERNEL
              ret
      plain:  pushl   %%eax
              movl    $queue, %%eax
              call    sleep_on
      said:   popl    %%eax
              CALL2   printk, $text, %%eax
              xorl    %%eax, %%eax
              ret
      exclusive:
              pushl   %%eax
              subl    $WQ_size, %%esp
              movl    %%esp, %%eax
              call    init_wait
              movl    $queue, %%eax
              movl    %%esp, %%edx
              movl    $TASK_INTERRUPTIBLE, %%ecx
              call    prepare_to_wait_exclusive
              call    schedule
              movl    $queue, %%eax
              movl    %%esp, %%edx
              call    finish_wait
              addl    $WQ_size, %%esp
              jmp     said
      waker:  movl    $queue, %%eax
              call    wake_up
              CALL2   printk, $text, $0
              xorl    %%eax, %%eax
              ret
              .balign 4
      queue:  .long   queue, queue
      text:   .asciz  "<6>%%d\\n"
      """;

  /** The last to come is the first in the queue. */
  @Test
  void wakeUpWakesAllThatAreNotExclusive() {
    try (Booted booted = Booted.with(SLEEPERS.formatted("plain"))) {
      assertEquals(List.of("<6>0", "<6>3", "<6>2", "<6>1"), log(booted));
    }
  }

  @Test
  void wakeUpWakesOneExclusiveSleeper() {
    try (Booted booted = Booted.with(SLEEPERS.formatted("exclusive"))) {
      assertEquals(List.of("<6>0", "<6>1"), log(booted));
    }
  }

  /** A semaphore lets in one after the other. */
  @Test
  void aMutexExcludes() {
    String code =
        """
                .include "linkage.h"
        test:   movl    $mutex, %eax
                movl    $1, %edx
                call    sema_init
                CALL3   kernel_thread, $fn, $1, $CLONE_KERNEL
                CALL3   kernel_thread, $fn, $2, $CLONE_KERNEL
                ret
        fn:     movl    %eax, %ebx
                movl    $mutex, %eax
                call    down
                CALL2   printk, $in, %ebx
                call    yield           # the other one tries
                CALL2   printk, $out, %ebx
                movl    $mutex, %eax
                call    up
                xorl    %eax, %eax
                ret
                .balign 4
        mutex:  .space  SEM_size
        in:     .asciz  "<6>%d in\\n"
        out:    .asciz  "<6>%d out\\n"
        """;
    try (Booted booted = Booted.with(code)) {
      assertEquals(List.of("<6>1 in", "<6>1 out", "<6>2 in", "<6>2 out"), log(booted));
    }
  }

  /** kernel/sched.c: who sleeps with preemption disabled is told of. */
  @Test
  void schedulingWhileAtomicIsReported() {
    String code =
        """
                .include "linkage.h"
        test:   call    preempt_disable
                call    yield
                jmp     preempt_enable
        """;
    try (Booted booted = Booted.with(code)) {
      assertEquals(
          List.of("<3>scheduling while atomic: swapper/0x00000001/1"),
          booted.events.stream().filter(event -> event.startsWith("<3>")).toList());
    }
  }

  /** kernel/kmod.c: khelper's grandchild becomes the program; its exit code comes back. */
  @Test
  void khelperStartsPrograms() {
    String code =
        """
                .include "linkage.h"
        test:   call    init_workqueues
                call    usermodehelper_init
                movl    $path, %eax
                call    call_usermodehelper
                CALL2   printk, $text, %eax
                ret
        path:   .asciz  "/sbin/hotplug"
        text:   .asciz  "<6>status %x\\n"
        """;
    try (Booted booted = new Booted(KernelVersion.V2_6_11)) {
      booted.kernel.addProgram(
          "/sbin/hotplug",
          new Source("hotplug.S", ".include \"unistd.h\"\nSYSCALL exit, $5\n"),
          Map.of());
      AssembledCode module = booted.kernel.load(new Source("test.S", code), Map.of());
      booted.kernel.addInitcall(module.symbol("test"));
      booted.run();
      assertNull(booted.kernel.panicMessage());
      assertEquals(List.of("<6>status 500"), log(booted));
    }
  }
}
