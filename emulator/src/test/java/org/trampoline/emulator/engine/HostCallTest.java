package org.trampoline.emulator.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.trampoline.emulator.StopReason;
import org.trampoline.emulator.device.Ports;

/**
 * A host function stands at a linear address, whatever else is mapped to the same memory, and
 * whatever memory is mapped there: {@link GuestWorld} has all of its own twice.
 */
class HostCallTest {
  private static final int LOW = 0x3004;
  private static final int HIGH = 0xc000_3004;
  private static final StopReason HALTED = new StopReason.Halted();

  /** Calls 3000H and C0003000H in turns, so often that the translator has both. */
  private static final String IN_TURNS =
      """
      bd 28 00 00 00 # 1100 movl $40,%ebp
      b8 00 30 00 00 # 1105 movl $0x3000,%eax
      ff d0 # 110a calll *%eax
      35 00 00 00 c0 # 110c xorl $0xc0000000,%eax
      4d # 1111 decl %ebp
      75 f6 # 1112 jne 110a
      f4 # hlt\
      """;

  /** In two blocks, of which the second begins in the middle of the first. */
  private static final String SUBROUTINE =
      """
      43 # 3000 incl %ebx
      90 # nop
      90 # nop
      90 # nop
      41 # 3004 incl %ecx
      90 # nop
      c3 # ret\
      """;

  private final List<Integer> called = new ArrayList<>();

  private Engine open(TestEngine kind, String program) {
    Engine engine = kind.open(Ports.NONE);
    GuestWorld.with(engine, program).code(0x3000, SUBROUTINE);
    engine.set(Register.EBX, 0);
    engine.set(Register.ECX, 0);
    return engine;
  }

  @ParameterizedTest
  @EnumSource
  void otherAddressesOfItsPageCallNothing(TestEngine kind) {
    try (Engine engine = open(kind, IN_TURNS)) {
      engine.hostCall(HIGH, (_, linear) -> called.add(linear));
      assertEquals(HALTED, engine.run(10_000));
      assertEquals(20, called.size());
      assertEquals(40, engine.get(Register.EBX));
      assertEquals(40, engine.get(Register.ECX));
    }
  }

  @ParameterizedTest
  @EnumSource
  void eachAddressOfAPageHasItsOwn(TestEngine kind) {
    try (Engine engine = open(kind, IN_TURNS)) {
      engine.hostCall(HIGH, (_, linear) -> called.add(linear));
      engine.hostCall(LOW, (_, linear) -> called.add(linear));
      engine.hostCall(LOW - 4, (_, linear) -> called.add(linear));
      assertEquals(HALTED, engine.run(10_000));
      assertEquals(60, called.size());
      for (int i = 0; i < 60; i += 3) {
        assertEquals(List.of(LOW - 4, LOW, HIGH), called.subList(i, i + 3));
      }
      called.clear();
      engine.hostCall(LOW, null);
      engine.hostCall(LOW - 4, null);
      engine.set(Register.EIP, GuestWorld.PROGRAM);
      assertEquals(HALTED, engine.run(10_000));
      assertEquals(Collections.nCopies(20, HIGH), called);
    }
  }

  @ParameterizedTest
  @EnumSource
  void itIsThereWhenTheCodeIsKnownByAnotherAddress(TestEngine kind) {
    try (Engine engine = open(kind, IN_TURNS)) {
      engine.hostCall(HIGH, (_, linear) -> called.add(linear));
      engine.stopAt(LOW - 4);
      assertEquals(new StopReason.Reached(LOW - 4), engine.run(10_000));
      engine.clearStop(LOW - 4);
      engine.set(Register.EBP, 39);
      assertEquals(HALTED, engine.run(10_000));
      assertEquals(19, called.size());
    }
  }

  @ParameterizedTest
  @EnumSource
  void itIsThereWhenItsPageIsMappedToKnownCode(TestEngine kind) {
    String program =
        """
        bd 28 00 00 00 # 1100 movl $40,%ebp
        e8 f6 2e 00 00 # 1105 calll 4000
        4d # 110a decl %ebp
        75 f8 # 110b jne 1105
        c7 05 0c 20 10 00 07 40 00 00 # 110d movl $0x4007,0x10200c
        0f 01 3d 00 30 00 00 # 1117 invlpg 0x3000
        e8 dd 1e 00 00 # 111e calll 3000
        e8 d8 2e 00 00 # 1123 calll 4000
        c7 05 0c 20 10 00 07 30 00 00 # 1128 movl $0x3007,0x10200c
        0f 01 3d 00 30 00 00 # 1132 invlpg 0x3000
        e8 c2 1e 00 00 # 1139 calll 3000
        f4 # hlt\
        """;
    try (Engine engine = open(kind, program)) {
      MemorySegment ram = engine.ram();
      MemorySegment.copy(ram, 0x3000, ram, 0x4000, 0x20);
      engine.hostCall(LOW, (e, linear) -> called.add(linear + e.get(Register.EBX)));
      assertEquals(HALTED, engine.run(10_000));
      assertEquals(List.of(LOW + 41, LOW + 43), called);
      assertEquals(43, engine.get(Register.ECX));
    }
  }

  @ParameterizedTest
  @EnumSource
  void aStopIsAtItsAddressOnly(TestEngine kind) {
    try (Engine engine = open(kind, IN_TURNS)) {
      engine.stopAt(HIGH);
      for (int i = 1; i <= 20; i++) {
        assertEquals(new StopReason.Reached(HIGH), engine.run(10_000));
        assertEquals(2 * i, engine.get(Register.EBX));
      }
      assertEquals(HALTED, engine.run(10_000));
    }
  }
}
