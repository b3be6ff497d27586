package org.trampoline.emulator.oracle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.trampoline.emulator.oracle.UnicornRegister.EAX;
import static org.trampoline.emulator.oracle.UnicornRegister.EBX;
import static org.trampoline.emulator.oracle.UnicornRegister.ECX;
import static org.trampoline.emulator.oracle.UnicornRegister.EDX;
import static org.trampoline.emulator.oracle.UnicornRegister.EFLAGS;
import static org.trampoline.emulator.oracle.UnicornRegister.EIP;
import static org.trampoline.emulator.oracle.UnicornRegister.ESP;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What holds inside hooks of Unicorn 2.1.4: the ground the engine and the lockstep stand on. */
class UnicornHookTest {
  private static final String STEPS =
      """
      bf 00 20 00 00 # 1000 movl $0x2000,%edi
      b9 03 00 00 00 # 1005 movl $0x3,%ecx
      f3 ab # 100a rep stosl %eax,%es:(%edi)
      29 d2 # 100c subl %edx,%edx
      42 # 100e incl %edx
      f7 da # 100f negl %edx
      90 # 1011 nop
      6a 05 # 1012 pushl $0x5
      e8 01 00 00 00 # 1014 calll 101a
      f4 # 1019 hlt
      c3 # 101a retl\
      """;

  private static final String TWO_CALLS =
      """
      b8 01 00 00 00 # 1000 movl $0x1,%eax
      e8 f6 1f 00 00 # 1005 calll 3000
      89 c3 # 100a movl %eax,%ebx
      e8 ef 1f 00 00 # 100c calll 3000
      f4 # 1011 hlt\
      """;

  @BeforeEach
  void need() {
    Oracles.requireUnicorn();
  }

  @Test
  void registersEipAndFlagsAreExactBeforeEachInstruction() {
    try (var machine = new PagedMachine(STEPS)) {
      List<String> seen = new ArrayList<>();
      machine.engine.onCode(
          (address, size) ->
              seen.add(
                  "%x+%d eip=%x ecx=%x edx=%x esp=%x flags=%x"
                      .formatted(
                          address,
                          size,
                          machine.get(EIP),
                          machine.get(ECX),
                          machine.get(EDX),
                          machine.get(ESP),
                          machine.get(EFLAGS))));
      machine.run();
      // A repeated string instruction is seen once a round and once more when it is left.
      assertEquals(
          List.of(
              "1000+5 eip=1000 ecx=0 edx=0 esp=8ff0 flags=2",
              "1005+5 eip=1005 ecx=0 edx=0 esp=8ff0 flags=2",
              "100a+2 eip=100a ecx=3 edx=0 esp=8ff0 flags=2",
              "100a+2 eip=100a ecx=2 edx=0 esp=8ff0 flags=2",
              "100a+2 eip=100a ecx=1 edx=0 esp=8ff0 flags=2",
              "100a+2 eip=100a ecx=0 edx=0 esp=8ff0 flags=2",
              "100c+2 eip=100c ecx=0 edx=0 esp=8ff0 flags=2",
              "100e+1 eip=100e ecx=0 edx=0 esp=8ff0 flags=46",
              "100f+2 eip=100f ecx=0 edx=1 esp=8ff0 flags=2",
              "1011+1 eip=1011 ecx=0 edx=ffffffff esp=8ff0 flags=97",
              "1012+2 eip=1012 ecx=0 edx=ffffffff esp=8ff0 flags=97",
              "1014+5 eip=1014 ecx=0 edx=ffffffff esp=8fec flags=97",
              "101a+1 eip=101a ecx=0 edx=ffffffff esp=8fe8 flags=97",
              "1019+1 eip=1019 ecx=0 edx=ffffffff esp=8fec flags=97"),
          seen);
    }
  }

  @Test
  void aStopInACodeHookActsBeforeTheInstruction() {
    try (var machine = new PagedMachine(STEPS)) {
      machine.engine.onCode(
          (address, _) -> {
            if (address == 0x100f) {
              machine.engine.stop();
            }
          });
      machine.run();
      assertEquals(0x100f, machine.get(EIP));
      assertEquals(1, machine.get(EDX));
    }
  }

  @Test
  void aHostFunctionAtAStubChangesRegistersAndMemoryAndTheStubReturns() {
    try (var machine = new PagedMachine(TWO_CALLS)) {
      machine.engine.write(0x3000, (byte) 0xc3); // ret
      machine.engine.onCode(
          0x3000,
          0x3fff,
          (_, _) -> {
            machine.engine.set(EAX, machine.get(EAX) + 0x100);
            machine.engine.set(EFLAGS, 0x8d7);
            machine.engine.writeInt(0x4000, 5);
          });
      machine.run();
      assertEquals(0x101, machine.get(EBX));
      assertEquals(0x201, machine.get(EAX));
      assertEquals(0x8d7, machine.get(EFLAGS));
      assertEquals(PagedMachine.STACK, machine.get(ESP));
      assertEquals(5, machine.engine.readInt(0x4000));
    }
  }

  @Test
  void aHostFunctionMayReturnBySettingEip() {
    try (var machine = new PagedMachine(TWO_CALLS)) {
      machine.engine.write(0x3000, (byte) 0xcc); // int3, never executed
      machine.engine.onCode(
          0x3000,
          0x3fff,
          (_, _) -> {
            int stack = machine.get(ESP);
            machine.engine.set(EAX, 7);
            machine.engine.set(ESP, stack + 4);
            machine.engine.set(EIP, machine.engine.readInt(stack));
          });
      machine.run();
      assertEquals(List.of(), machine.raised);
      assertEquals(7, machine.get(EBX));
      assertEquals(0x1012, machine.get(EIP));
    }
  }

  @Test
  void aHookAddedAfterTheCodeWasTranslatedIsCalled() {
    try (var machine = new PagedMachine(TWO_CALLS)) {
      machine.engine.write(0x3000, (byte) 0xc3);
      machine.run();
      int[] calls = {0};
      machine.engine.onCode(0x3000, 0x3000, (_, _) -> calls[0]++);
      machine.run();
      assertEquals(2, calls[0]);
    }
  }

  @Test
  void storesAreReportedByPhysicalAddressInPiecesOfAtMostEightBytes() {
    String listing =
        """
        68 88 77 66 55 # pushl $0x55667788
        e8 00 00 00 00 # calll 100a
        b8 11 22 33 44 # movl $0x44332211,%eax
        a3 fe 2f 00 00 # movl %eax,0x2ffe
        be 00 20 00 00 # movl $0x2000,%esi
        bf 00 30 00 00 # movl $0x3000,%edi
        b9 02 00 00 00 # movl $0x2,%ecx
        66 f3 a5 # rep movsw %ds:(%esi),%es:(%edi)
        87 05 00 40 00 00 # xchgl %eax,0x4000
        f0 0f c1 05 00 40 00 00 # lock xaddl %eax,0x4000
        d9 eb # fldpi
        db 3d 00 50 00 00 # fstpt 0x5000
        0f 11 05 00 60 00 00 # movups %xmm0,0x6000
        a3 00 70 00 c0 # movl %eax,0xc0007000
        a2 04 70 00 00 # movb %al,0x7004
        0f b1 15 00 70 00 00 # cmpxchgl %edx,0x7000
        c7 05 08 70 00 00 ff ff ff ff # movl $-1,0x7008
        f4 # hlt\
        """;
    try (var machine = new PagedMachine(listing)) {
      machine.pageEntry(3, 0x9007); // linear 0x3000 is physical 0x9000
      machine.engine.writeInt(0x2000, 0xbbbbaaaa);
      List<String> stores = new ArrayList<>();
      machine.engine.onWrite(
          (_, address, size, value) -> stores.add("%x:%d=%x".formatted(address, size, value)));
      machine.run();
      assertEquals(
          List.of(
              "8fec:4=55667788",
              "8fe8:4=100a",
              "2ffe:4=44332211", // crosses into physical 0x9000, which it does not say
              "9000:2=aaaa",
              "9002:2=bbbb",
              "4000:4=44332211",
              "4000:4=44332211",
              "5000:8=c90fdaa22168c235",
              "5008:2=4000",
              "6000:8=0",
              "6008:8=0",
              "7000:4=44332211",
              "7004:1=11",
              "7000:4=0",
              "7008:4=ffffffff"),
          stores);
    }
  }

  @Test
  void theHookHasAStoreBeforeMemoryHasIt() {
    try (var machine = new PagedMachine("c7 05 00 50 00 00 07 00 00 00 f4 # movl $7,0x5000; hlt")) {
      int[] during = {-1};
      machine.engine.onWrite((_, address, _, _) -> during[0] = machine.engine.readInt(address));
      machine.run();
      assertEquals(0, during[0]);
      assertEquals(7, machine.engine.readInt(0x5000));
    }
  }

  @Test
  void portsAreReadAndWritten() {
    String listing =
        """
        b8 67 45 23 81 # movl $0x81234567,%eax
        e6 80 # outb %al,$0x80
        ba f8 03 00 00 # movl $0x3f8,%edx
        ef # outl %eax,(%dx)
        66 ed # inw (%dx),%ax
        f4 # hlt\
        """;
    try (var machine = new PagedMachine(listing)) {
      List<String> accesses = new ArrayList<>();
      machine.engine.onPortWrite(
          (port, size, value) -> accesses.add("out %x:%d=%x".formatted(port, size, value)));
      machine.engine.onPortRead(
          (port, size) -> {
            accesses.add("in %x:%d".formatted(port, size));
            return 0xffff_abcd;
          });
      machine.run();
      assertEquals(List.of("out 80:1=67", "out 3f8:4=81234567", "in 3f8:2"), accesses);
      assertEquals(0x8123abcd, machine.get(EAX));
    }
  }

  @Test
  void anInvalidOpcodeCanBeSteppedOver() {
    try (var machine = new PagedMachine("90 0f 0b 40 f4 # nop; ud2; incl %eax; hlt")) {
      machine.engine.onInvalidInstruction(
          () -> {
            assertEquals(0x1001, machine.get(EIP));
            machine.engine.set(EIP, 0x1003);
            return true;
          });
      assertEquals(UnicornError.OK, machine.run());
      assertEquals(1, machine.get(EAX));
    }
  }

  @Test
  void aRemovedHookIsNotCalled() {
    try (var machine = new PagedMachine("40 f4 # incl %eax; hlt")) {
      int[] calls = {0};
      long hook = machine.engine.onCode((_, _) -> calls[0]++);
      machine.run();
      machine.engine.removeHook(hook);
      machine.run();
      assertEquals(2, calls[0]);
    }
  }
}
