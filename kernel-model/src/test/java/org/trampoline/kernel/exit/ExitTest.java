package org.trampoline.kernel.exit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.trampoline.emulator.StopReason;
import org.trampoline.kernel.Booted;
import org.trampoline.kernel.KernelVersion;
import org.trampoline.kernel.fork.FilesStruct;
import org.trampoline.kernel.sched.TaskStruct;

/** kernel/exit.c. */
class ExitTest {
  @Test
  void initMustNotExit() {
    try (Booted booted = Booted.with("test: movl $7, %eax; call do_exit")) {
      assertEquals("Attempted to kill init!", booted.kernel.panicMessage());
      assertInstanceOf(StopReason.Requested.class, booted.reason);
    }
  }

  @Test
  void theIdleTaskMustNotExit() {
    try (Booted booted = new Booted(KernelVersion.V2_6_11)) {
      booted.machine.stopAt(booted.kernel.symbol("cpu_idle"));
      booted.run();
      booted.machine.set(
          org.trampoline.emulator.engine.Register.EIP, booted.kernel.symbol("do_exit"));
      booted.run();
      assertEquals("Attempted to kill the idle task!", booted.kernel.panicMessage());
    }
  }

  /** A thread whose parent exits first is adopted by process 1, and waited for by it. */
  @Test
  void orphansGoToInit() {
    String code =
        """
        test:   pushl   $CLONE_KERNEL
                pushl   $0
                pushl   $father
                call    kernel_thread
                addl    $12, %esp
                ret
        father: pushl   $CLONE_KERNEL
                pushl   $0
                pushl   $child
                call    kernel_thread
                addl    $12, %esp
                movl    $1, %eax
                ret
        child:  movl    $2, %eax
                ret
        """;
    try (Booted booted = Booted.with(code)) {
      assertEquals(
          List.of("exit 2 1", "exit 3 2", "release 2", "release 3"),
          booted.events("exit", "release").stream().sorted().toList());
      assertNull(booted.kernel.findTask(3));
      assertNull(booted.kernel.panicMessage());
    }
  }

  /** exit_signal -1: nobody is to wait, the thread releases itself. */
  @Test
  void aThreadWithoutExitSignalReleasesItself() {
    String code =
        """
        test:   pushl   $CLONE_KERNEL | 0x10000 # CLONE_THREAD
                pushl   $0
                pushl   $fn
                call    kernel_thread
                addl    $12, %esp
                ret
        fn:     xorl    %eax, %eax
                ret
        """;
    try (Booted booted = Booted.with(code)) {
      List<String> end = booted.events("exit", "release", "switch", "free");
      int at = end.indexOf("release 2");
      assertEquals("exit 2 0", end.get(at - 1));
      assertTrue(end.get(at + 1).startsWith("switch 2(32)"), end::toString);
      assertEquals("free 2", end.get(at + 2), "after the switch, on the next one's stack");
    }
  }

  /** CLONE_FILES shares one counted structure; its end takes the count back. */
  @Test
  void sharedStructuresAreCounted() {
    try (Booted booted =
        Booted.with(
            """
            test:   pushl   $CLONE_FILES | CLONE_FS
                    pushl   $0
                    pushl   $fn
                    call    kernel_thread
                    addl    $12, %esp
                    ret
            fn:     xorl    %eax, %eax
                    ret
            """)) {
      TaskStruct init = booted.kernel.findTask(1);
      int files = init.get(TaskStruct.FILES);
      assertEquals(1, new FilesStruct(booted.kernel.memory(), files).get(FilesStruct.COUNT));
      assertEquals(
          booted.kernel.symbol("init_fs"),
          init.get(TaskStruct.FS),
          "process 0 made it with CLONE_FS");
    }
  }
}
