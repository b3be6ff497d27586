package org.trampoline.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.trampoline.asm.AssembledCode;
import org.trampoline.asm.Source;
import org.trampoline.emulator.StopReason;
import org.trampoline.emulator.engine.Engine;
import org.trampoline.emulator.engine.Observer;
import org.trampoline.emulator.engine.Register;
import org.trampoline.kernel.arch.PtRegs;
import org.trampoline.kernel.arch.ThreadInfo;
import org.trampoline.kernel.arch.ThreadStruct;
import org.trampoline.kernel.layout.Field;
import org.trampoline.kernel.sched.TaskStruct;

/** The life of a kernel thread: arch/i386/kernel/process.c, kernel/fork.c, kernel/sched.c. */
class KernelThreadTest {
  private static final String JOB =
      """
      test:   pushl   $CLONE_KERNEL
              pushl   $41
              pushl   $fn
              call    kernel_thread
              addl    $12, %esp
              ret
      fn:     leal    1(%eax), %eax           # the argument is in eax
              movl    4(%esp), %ecx           # and on the stack
              incl    %ecx
              cmpl    %eax, %ecx
              je      1f
              movl    $-1, %eax
      1:      ret
      """;

  @ParameterizedTest
  @EnumSource(KernelVersion.class)
  void fnsReturnValueReachesDoExit(KernelVersion version) {
    try (Booted booted = Booted.with(version, JOB)) {
      assertEquals(List.of("exit 2 42"), booted.events("exit"));
      assertInstanceOf(StopReason.Halted.class, booted.reason);
    }
  }

  /** kernel/fork.c and kernel/sched.c: a child that shares the memory runs after its parent. */
  @Test
  void theStepsAreLinuxs() {
    try (Booted booted = Booted.with(JOB)) {
      int birth = booted.events.indexOf("copy_thread 2");
      assertEquals(
          List.of(
              "copy_thread 2",
              "fork 1 -> 2 800f00",
              "wakeup 2",
              "switch 1(1) -> 2",
              "lazy 2",
              "first 2",
              "exit 2 42",
              "wakeup 1",
              "switch 2(32) -> 1",
              "lazy 1",
              "release 2",
              "free 2"),
          booted.events.subList(birth, birth + 12));
    }
  }

  /** copy_thread; the frame at the top of the stack is what RESTORE_ALL will load. */
  @ParameterizedTest
  @CsvSource({"2.6.11, 60, 0", "2.6.20, 64, 8"})
  void copyThreadFillsPtRegs(String release, int size, int reserve) {
    KernelVersion version = KernelVersion.of(release);
    try (Booted booted = new Booted(version)) {
      AssembledCode code = booted.kernel.load(new Source("job.S", JOB), Map.of());
      booted.kernel.addInitcall(code.symbol("test"));
      Map<String, Integer> frame = new HashMap<>();
      booted.kernel.listen(
          (time, event) -> {
            if (event instanceof KernelEvent.CopyThread(TaskStruct child, PtRegs regs)
                && child.pid() == 2) {
              for (Field<PtRegs> field : regs.layout().fields()) {
                frame.put(field.name(), regs.get(field));
              }
              int top = child.get(TaskStruct.THREAD_INFO) + ThreadInfo.THREAD_SIZE - reserve;
              assertEquals(top - size, regs.address());
              assertEquals(regs.address(), child.thread().get(ThreadStruct.ESP));
              assertEquals(top, child.thread().get(ThreadStruct.ESP0));
              assertEquals(
                  booted.kernel.symbol("ret_from_fork"), child.thread().get(ThreadStruct.EIP));
            }
          });
      booted.run();
      assertEquals(size / 4, frame.size());
      assertEquals(code.symbol("fn"), frame.get("EBX"));
      assertEquals(41, frame.get("EDX"));
      assertEquals(0, frame.get("EAX"));
      assertEquals(0x7b, frame.get("DS"));
      assertEquals(0x7b, frame.get("ES"));
      assertEquals(-1, frame.get("ORIG_EAX"));
      assertEquals(booted.kernel.symbol("kernel_thread_helper"), frame.get("EIP"));
      assertEquals(0x60, frame.get("CS"));
      assertEquals(0x286, frame.get("EFLAGS"));
    }
  }

  /** iret to the same privilege level pops three words only (SDM vol. 3, 6.12.1, IRET). */
  @ParameterizedTest
  @CsvSource({"2.6.11, 8", "2.6.20, 16"})
  void theTrampolineStartsJustBelowTheTopOfTheStack(String release, int below) {
    KernelVersion version = KernelVersion.of(release);
    try (Booted booted = new Booted(version)) {
      AssembledCode code = booted.kernel.load(new Source("job.S", JOB), Map.of());
      booted.kernel.addInitcall(code.symbol("test"));
      List<Integer> distances = new ArrayList<>();
      int helper = booted.kernel.symbol("kernel_thread_helper");
      booted.machine.observe(
          new Observer() {
            @Override
            public void instruction(Engine engine, int address) {
              if (address == helper) {
                distances.add(8192 - (engine.get(Register.ESP) & 8191));
              }
            }
          });
      booted.run();
      assertEquals(List.of(below, below), distances, "process 1 and the thread");
    }
  }

  /** Nothing is left over of threads that have come and gone. */
  @Test
  void threadsAreFreedWhole() {
    String many =
        """
        test:   pushl   %ebx
                movl    $COUNT, %ebx
        1:      pushl   $CLONE_KERNEL
                pushl   %ebx
                pushl   $fn
                call    kernel_thread
                addl    $12, %esp
                pushl   $0
                pushl   $__WALL
                pushl   $0
                pushl   $-1
                call    sys_wait4
                addl    $16, %esp
                decl    %ebx
                jnz     1b
                popl    %ebx
                ret
        fn:     ret
        """;
    try (Booted one = Booted.with(".set COUNT, 1\n" + many);
        Booted hundred = Booted.with(".set COUNT, 100\n" + many)) {
      assertEquals(100, hundred.events("exit").size());
      assertEquals("exit 101 1", hundred.events("exit").getLast());
      assertEquals(one.kernel.pages().free(), hundred.kernel.pages().free());
    }
  }

  /** do_fork gives the errors of kernel/fork.c, and leaves nothing behind. */
  @ParameterizedTest
  @CsvSource({"0x20000 | CLONE_FS, -22", "0x10000, -22", "0x4000, -38"})
  void badFlagsAreErrors(String flags, int error) {
    String code =
        """
        test:   pushl   $%s
                pushl   $0
                pushl   $test
                call    kernel_thread
                addl    $12, %%esp
                pushl   %%eax
                pushl   $text
                call    printk
                addl    $8, %%esp
                ret
        text:   .asciz  "%%d\\n"
        """
            .formatted(flags);
    try (Booted booted = Booted.with(code)) {
      assertEquals("<4>" + error, booted.events.get(booted.events.indexOf("first 1") + 1));
    }
  }

  /** kernel/fork.c: at most max_threads, an eighth of the memory in stacks. */
  @Test
  void tooManyThreadsAreRefused() {
    String code =
        """
        test:   pushl   %ebx
                xorl    %ebx, %ebx
        1:      pushl   $CLONE_KERNEL
                pushl   $0
                pushl   $fn
                call    kernel_thread
                addl    $12, %esp
                testl   %eax, %eax
                js      2f
                incl    %ebx
                jmp     1b
        2:      pushl   %ebx
                pushl   %eax
                pushl   $text
                call    printk
                addl    $12, %esp
                popl    %ebx
                ret
        fn:     xorl    %eax, %eax
                ret
        text:   .asciz  "%d after %d\\n"
        """;
    try (Booted booted = Booted.with(code)) {
      // 16 MB are 4096 pages: 256 threads of two pages each, of which process 1 is one
      assertEquals(
          List.of("<4>-11 after 255"),
          booted.events.stream().filter(e -> e.contains("after")).toList());
      assertEquals(255, booted.events("exit").size());
    }
  }
}
