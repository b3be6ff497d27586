package org.trampoline.emulator.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.trampoline.emulator.engine.GuestWorld.BOOT_LENGTH;
import static org.trampoline.emulator.engine.GuestWorld.ENTER_RING_3;
import static org.trampoline.emulator.engine.GuestWorld.PROGRAM;
import static org.trampoline.emulator.engine.GuestWorld.STACK;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.trampoline.emulator.StopReason;
import org.trampoline.emulator.device.Ports;
import org.trampoline.emulator.fault.MachineStop;

/** What {@link Engine} promises, on each engine. */
class EngineContractTest {
  private static final StopReason LIMIT = new StopReason.InstructionLimit();
  private static final StopReason HALTED = new StopReason.Halted();

  /** Calls 0x3000, where a host function stands, for ever. */
  private static final String CALLS =
      """
      31 c0 # 1100 xorl %eax,%eax
      bf 00 40 00 00 # 1102 movl $0x4000,%edi
      b9 05 00 00 00 # 1107 movl $0x5,%ecx
      f3 ab # 110c rep stosl %eax,%es:(%edi)
      43 # 110e incl %ebx
      e8 ec 1e 00 00 # 110f calll 3000
      eb f8 # 1114 jmp 110e\
      """;

  @ParameterizedTest
  @EnumSource
  void theResetStateIsTheManuals(TestEngine kind) {
    // SDM vol. 3, table 10-1
    try (Engine engine = kind.open(Ports.NONE)) {
      assertEquals(0xfff0, engine.get(Register.EIP));
      assertEquals(0xf000, engine.get(Register.CS));
      assertEquals(2, engine.get(Register.EFLAGS));
      assertEquals(0x6000_0010, engine.get(Register.CR0));
      assertEquals(0, engine.get(Register.CR4));
      assertEquals(0x686, engine.get(Register.EDX));
      assertEquals(0, engine.instructions());
    }
  }

  @ParameterizedTest
  @EnumSource
  void aRepeatedStringInstructionIsOne(TestEngine kind) {
    try (Engine engine = kind.open(Ports.NONE)) {
      GuestWorld.with(engine, CALLS);
      assertEquals(LIMIT, engine.run(BOOT_LENGTH));
      assertEquals(PROGRAM, engine.get(Register.EIP));
      assertEquals(LIMIT, engine.run(3));
      assertEquals(5, engine.get(Register.ECX));
      assertEquals(LIMIT, engine.run(1));
      assertEquals(0, engine.get(Register.ECX));
      assertEquals(0x4014, engine.get(Register.EDI));
      assertEquals(0x110e, engine.get(Register.EIP));
      assertEquals(BOOT_LENGTH + 4, engine.instructions());
    }
  }

  @ParameterizedTest
  @EnumSource
  void aHostFunctionRunsWhenExecutionArrives(TestEngine kind) {
    try (Engine engine = kind.open(Ports.NONE)) {
      GuestWorld world = GuestWorld.with(engine, CALLS);
      world.code(0x3000, "c3 # ret");
      int[] calls = {0};
      engine.hostCall(
          0x3000,
          (e, address) -> {
            assertEquals(0x3000, address);
            assertEquals(0x1114, world.word(e.get(Register.ESP)));
            calls[0]++;
            e.set(Register.EAX, e.get(Register.EAX) + 0x10);
            world.word(0x6000, e.get(Register.EBX));
          });
      engine.run(BOOT_LENGTH + 6); // up to and with the call
      assertEquals(0, calls[0]);
      assertEquals(0x3000, engine.get(Register.EIP));
      engine.run(1); // the function and ret
      assertEquals(1, calls[0]);
      assertEquals(0x1114, engine.get(Register.EIP));
      engine.run(8);
      assertEquals(3, calls[0]);
      assertEquals(0x30, engine.get(Register.EAX));
      assertEquals(3, world.word(0x6000));
      assertEquals(STACK, engine.get(Register.ESP));
      engine.hostCall(0x3000, null);
      engine.run(8);
      assertEquals(3, calls[0]);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aHostFunctionMayGoElsewhere(TestEngine kind) {
    try (Engine engine = kind.open(Ports.NONE)) {
      GuestWorld world = GuestWorld.with(engine, CALLS);
      world.code(0x3000, "0f 0b # ud2, never executed");
      world.code(0x3100, "f4 # hlt");
      engine.hostCall(0x3000, (e, _) -> e.set(Register.EIP, 0x3100));
      assertEquals(HALTED, engine.run(1000));
      assertEquals(0x3101, engine.get(Register.EIP));
    }
  }

  @ParameterizedTest
  @EnumSource
  void pageTablesThatAHostFunctionEditsAct(TestEngine kind) {
    try (Engine engine = kind.open(Ports.NONE)) {
      GuestWorld world =
          GuestWorld.with(
              engine,
              """
              a1 00 60 00 00 # movl 0x6000,%eax
              e8 f6 1e 00 00 # calll 3000
              8b 1d 00 60 00 00 # movl 0x6000,%ebx
              f4 # hlt\
              """);
      world.code(0x3000, "c3 # ret");
      world.word(0x6000, 1);
      world.word(0xa000, 2);
      engine.hostCall(
          0x3000,
          (e, _) -> {
            world.word(GuestWorld.TABLE + 4 * 6, 0xa007);
            e.codeChanged(GuestWorld.TABLE + 4 * 6, 4);
          });
      assertEquals(HALTED, engine.run(1000));
      assertEquals(1, engine.get(Register.EAX));
      assertEquals(2, engine.get(Register.EBX));
    }
  }

  @ParameterizedTest
  @EnumSource
  void aStopActsOnArrivalAndIsPassedAtTheStart(TestEngine kind) {
    try (Engine engine = kind.open(Ports.NONE)) {
      GuestWorld.with(engine, CALLS).code(0x3000, "c3 # ret");
      engine.stopAt(0x110f);
      assertEquals(new StopReason.Reached(0x110f), engine.run(1000));
      assertEquals(1, engine.get(Register.EBX));
      assertEquals(0x110f, engine.get(Register.EIP));
      assertEquals(new StopReason.Reached(0x110f), engine.run(1000));
      assertEquals(2, engine.get(Register.EBX));
      engine.clearStop(0x110f);
      assertEquals(LIMIT, engine.run(1000));
    }
  }

  @ParameterizedTest
  @EnumSource
  void faultsAndSystemCallsGoThroughTheIdtWithAStackSwitch(TestEngine kind) {
    String program =
        ENTER_RING_3
            + """
            31 c0 # 111b xorl %eax,%eax
            cd 80 # 111d int $0x80
            8b 15 00 50 00 00 # 111f movl 0x5000,%edx: the supervisor's page
            cd 81 # 1125 int $0x81: the gate is ring 0's
            40 # 1127 incl %eax
            eb fe # 1128 jmp .\
            """;
    try (Engine engine = kind.open(Ports.NONE)) {
      GuestWorld world = GuestWorld.with(engine, program);
      List<String> events = new ArrayList<>();
      engine.observe(
          new Observer() {
            @Override
            public void fault(Engine e, int vector, int errorCode, int linear) {
              events.add("fault %d %x %x".formatted(vector, errorCode, linear));
            }
          });
      assertEquals(LIMIT, engine.run(1000));
      assertEquals(List.of("fault 14 5 5000", "fault 13 40a 0"), events);
      assertEquals(1, engine.get(Register.EAX));
      assertEquals(1, engine.get(Register.EBX), "system calls");
      assertEquals(0x111f, engine.get(Register.ECX), "the return address of the system call");
      assertEquals(5, engine.get(Register.EDI), "error code of #PF: protection, read, user");
      assertEquals(0x5000, engine.get(Register.ESI), "CR2");
      assertEquals(0x5000, engine.get(Register.CR2));
      assertEquals(0x81 * 8 + 2, engine.get(Register.EBP), "error code of #GP: the gate");
      assertEquals(0x73, engine.get(Register.CS));
      assertEquals(0x8000, engine.get(Register.ESP));
      assertEquals(0x7b, world.word(0x7000 - 4), "ss in the frame on ring 0's stack");
      assertEquals(0x8000, world.word(0x7000 - 8));
      assertEquals(0x1_0202, world.word(0x7000 - 12) & 0x1_0202, "RF is set for faults");
    }
  }

  @ParameterizedTest
  @EnumSource
  void aFaultCountsAgainstTheLimitButIsNoInstruction(TestEngine kind) {
    try (Engine engine = kind.open(Ports.NONE)) {
      GuestWorld.with(engine, ENTER_RING_3 + "a1 00 50 00 00 # movl 0x5000,%eax");
      engine.run(BOOT_LENGTH + 8);
      assertEquals(0x111b, engine.get(Register.EIP));
      assertEquals(LIMIT, engine.run(1));
      assertEquals(0x2100, engine.get(Register.EIP), "the handler");
      assertEquals(0x60, engine.get(Register.CS));
      assertEquals(0x7000 - 24, engine.get(Register.ESP));
      assertEquals(BOOT_LENGTH + 8, engine.instructions());
    }
  }

  @ParameterizedTest
  @EnumSource
  void hltWithNothingToWakeItStops(TestEngine kind) {
    try (Engine engine = kind.open(Ports.NONE)) {
      GuestWorld.with(engine, "90 f4 40 f4 # nop; hlt; incl %eax; hlt");
      assertEquals(HALTED, engine.run(1000));
      assertEquals(0x1102, engine.get(Register.EIP));
      assertEquals(BOOT_LENGTH + 2, engine.instructions());
      assertEquals(HALTED, engine.run(1000));
      assertEquals(0x1102, engine.get(Register.EIP), "nothing woke it");
      engine.set(Register.EIP, 0x1102);
      assertEquals(HALTED, engine.run(1000));
      assertEquals(PROGRAM + 1, engine.get(Register.EAX));
    }
  }

  @ParameterizedTest
  @EnumSource
  void thereIsNoMemoryBeyondRam(TestEngine kind) {
    try (Engine engine = kind.open(Ports.NONE)) {
      GuestWorld world = GuestWorld.with(engine, "a3 10 60 00 00 # movl %eax,0x6010");
      world.word(GuestWorld.TABLE + 4 * 6, 0x0080_0007);
      assertEquals(new StopReason.NoMemory(0x0080_0010, true), engine.run(1000));
      assertEquals(PROGRAM, engine.get(Register.EIP));
    }
  }

  @ParameterizedTest
  @EnumSource
  void aPortMayEndTheRun(TestEngine kind) {
    List<String> accesses = new ArrayList<>();
    Ports ports =
        new Ports() {
          @Override
          public int in(int port, int size) {
            accesses.add("in %x %d".formatted(port, size));
            return 0x5a;
          }

          @Override
          public void out(int port, int size, int value) {
            accesses.add("out %x %d %x".formatted(port, size, value));
            throw new MachineStop(new StopReason.Exited(value));
          }
        };
    try (Engine engine = kind.open(ports)) {
      GuestWorld.with(engine, "e4 10 e6 f4 40 # inb $0x10,%al; outb %al,$0xf4; incl %eax");
      assertEquals(new StopReason.Exited(0x5a), engine.run(1000));
      assertEquals(List.of("in 10 1", "out f4 1 5a"), accesses);
      assertEquals(0x1102, engine.get(Register.EIP));
      assertEquals(BOOT_LENGTH + 1, engine.instructions());
    }
  }

  @ParameterizedTest
  @EnumSource
  void aStopCanBeRequestedFromAHostFunctionAndFromAnotherThread(TestEngine kind)
      throws InterruptedException {
    try (Engine engine = kind.open(Ports.NONE)) {
      GuestWorld.with(engine, CALLS).code(0x3000, "c3 # ret");
      engine.hostCall(0x3000, (e, _) -> e.requestStop());
      assertEquals(new StopReason.Requested(), engine.run(1000));
      assertEquals(0x1114, engine.get(Register.EIP), "the instruction there is completed");
      engine.hostCall(0x3000, null);
      Thread stopper =
          Thread.ofPlatform()
              .start(
                  () -> {
                    try {
                      Thread.sleep(20);
                    } catch (InterruptedException e) {
                      throw new AssertionError(e);
                    }
                    engine.requestStop();
                  });
      assertEquals(new StopReason.Requested(), engine.run(Long.MAX_VALUE));
      stopper.join();
    }
  }

  @ParameterizedTest
  @EnumSource
  void changedCodeIsExecuted(TestEngine kind) {
    try (Engine engine = kind.open(Ports.NONE)) {
      GuestWorld world = GuestWorld.with(engine, "b8 01 00 00 00 f4 # movl $1,%eax; hlt");
      engine.run(1000);
      world.code(PROGRAM, "b8 02 00 00 00 f4 # movl $2,%eax; hlt");
      engine.set(Register.EIP, PROGRAM);
      engine.run(1000);
      assertEquals(2, engine.get(Register.EAX));
    }
  }

  @ParameterizedTest
  @EnumSource
  void theObserverSeesEveryInstructionOnceWithTheStateBeforeIt(TestEngine kind) {
    try (Engine engine = kind.open(Ports.NONE)) {
      GuestWorld.with(engine, CALLS).code(0x3000, "c3 # ret");
      engine.run(BOOT_LENGTH);
      List<String> seen = new ArrayList<>();
      engine.observe(
          new Observer() {
            @Override
            public void instruction(Engine e, int address) {
              seen.add("%x %x %x".formatted(address, e.get(Register.EIP), e.get(Register.ECX)));
            }
          });
      engine.run(7);
      engine.observe(null);
      engine.run(7);
      assertEquals(
          List.of(
              "1100 1100 0",
              "1102 1102 0",
              "1107 1107 0",
              "110c 110c 5",
              "110e 110e 0",
              "110f 110f 0",
              "3000 3000 0"),
          seen);
    }
  }

  @ParameterizedTest
  @EnumSource
  void cpuidIsTheModels(TestEngine kind) {
    try (Engine engine = kind.open(Ports.NONE)) {
      GuestWorld.with(engine, "b8 01 00 00 00 0f a2 f4 # movl $1,%eax; cpuid; hlt");
      engine.run(1000);
      assertEquals(0x686, engine.get(Register.EAX));
      int edx = org.trampoline.emulator.cpu.CpuModel.PENTIUM3.cpuid(1, 0, 3);
      assertEquals(edx, engine.get(Register.EDX));
    }
  }
}
