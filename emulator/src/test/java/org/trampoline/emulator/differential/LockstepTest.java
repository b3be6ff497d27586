package org.trampoline.emulator.differential;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.trampoline.emulator.engine.GuestWorld.BOOT_LENGTH;
import static org.trampoline.emulator.engine.GuestWorld.ENTER_RING_3;

import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.StopReason;
import org.trampoline.emulator.cpu.Eflags;
import org.trampoline.emulator.device.Ports;
import org.trampoline.emulator.engine.Engine;
import org.trampoline.emulator.engine.GuestWorld;
import org.trampoline.emulator.engine.Register;
import org.trampoline.emulator.engine.TestEngine;
import org.trampoline.emulator.oracle.UnicornEngine;

/** The lockstep finds nothing where nothing is, and names the first thing where something is. */
class LockstepTest {
  /** Arithmetic whose flags are partly undefined, stores, calls of nobody; ends with hlt. */
  private static final String ARITHMETIC =
      """
      b8 78 56 34 12 # 1100 movl $0x12345678,%eax
      ba 98 ba dc fe # 1105 movl $0xfedcba98,%edx
      b9 00 02 00 00 # 110a movl $0x200,%ecx
      01 d0 # 110f addl %edx,%eax
      11 c3 # 1111 adcl %eax,%ebx
      c1 d3 03 # 1113 rcll $0x3,%ebx
      0f af d8 # 1116 imull %eax,%ebx
      0f a4 da 07 # 1119 shldl $0x7,%ebx,%edx
      31 d8 # 111d xorl %ebx,%eax
      0f bc f0 # 111f bsfl %eax,%esi
      89 04 8d 00 60 00 00 # 1122 movl %eax,0x6000(,%ecx,4)
      50 # 1129 pushl %eax
      f7 e3 # 112a mull %ebx
      5f # 112c popl %edi
      d3 ef # 112d shrl %cl,%edi
      0f 92 c0 # 112f setb %al
      9c # 1132 pushfl
      5d # 1133 popl %ebp
      e2 d9 # 1134 loopl 110f
      f4 # 1136 hlt\
      """;

  private static final int ARITHMETIC_LENGTH = BOOT_LENGTH + 3 + 0x200 * 16 + 1;

  private Engine machine;
  private Engine unicorn;

  @BeforeEach
  void open() {
    machine = TestEngine.INTERPRETER.open(Ports.NONE);
    unicorn = TestEngine.UNICORN.open(Ports.NONE);
  }

  @AfterEach
  void close() {
    machine.close();
    if (unicorn != null) {
      unicorn.close();
    }
  }

  private void both(Consumer<Engine> preparation) {
    preparation.accept(machine);
    preparation.accept(unicorn);
  }

  private Comparison run(String program) {
    both(engine -> GuestWorld.with(engine, program));
    return new Lockstep(machine, unicorn).run(1_000_000);
  }

  private static Comparison.Equal equal(Comparison result) {
    return assertInstanceOf(Comparison.Equal.class, result, result::toString);
  }

  private static Divergence divergence(Comparison result) {
    return assertInstanceOf(Comparison.Different.class, result, result::toString).divergence();
  }

  @Test
  void theSameProgramIsEqualToItsEnd() {
    Comparison.Equal result = equal(run(ARITHMETIC));
    assertEquals(ARITHMETIC_LENGTH, result.instructions());
    assertEquals(new StopReason.Halted(), result.reason());
    assertEquals("equal after " + ARITHMETIC_LENGTH + " instructions", result.toString());
  }

  @Test
  void ring3SystemCallsAndFaultsAreComparedToo() {
    String program =
        ENTER_RING_3
            + """
            31 c0 # 111b xorl %eax,%eax
            cd 80 # 111d int $0x80
            8b 15 00 50 00 00 # 111f movl 0x5000,%edx: the supervisor's page
            cd 81 # 1125 int $0x81: the gate is ring 0's
            40 # 1127 incl %eax
            f4 # 1128 hlt: #GP, whose handler skips it and the next byte
            90 # nop
            eb fe # 112a jmp .\
            """;
    both(engine -> GuestWorld.with(engine, program));
    Comparison.Equal result = equal(new Lockstep(machine, unicorn).run(1000));
    assertEquals(new StopReason.InstructionLimit(), result.reason());
    assertEquals(1000 - 3, result.instructions(), "three steps were faults");
  }

  @Test
  void hostFunctionsRunOnBothSides() {
    both(
        engine -> {
          GuestWorld world = GuestWorld.with(engine, "e8 fb 1e 00 00 # call 3000\nf4 # hlt");
          world.code(0x3000, "c3 # ret");
          engine.hostCall(
              0x3000,
              (e, _) -> {
                e.set(Register.EAX, e.get(Register.ESP));
                world.word(0x6000, 77);
              });
        });
    Comparison.Equal result = equal(new Lockstep(machine, unicorn).run(1000));
    assertEquals(BOOT_LENGTH + 3, result.instructions());
    assertEquals(GuestWorld.STACK - 4, machine.get(Register.EAX));
  }

  /** The list is the one that cases are held against. */
  @Test
  void knownMistakesArePutRightAndCounted() {
    String program =
        """
        c6 05 00 68 00 00 6d # 1100 movb $0x6d,0x6800
        f0 f6 1d 00 68 00 00 # 1107 lock negb 0x6800
        68 11 11 11 11 # 110e pushl $0x11111111
        58 # 1113 popl %eax
        1e # 1114 pushl %ds
        58 # 1115 popl %eax
        f4 # 1116 hlt\
        """;
    both(engine -> GuestWorld.with(engine, program));
    Comparison.Equal result = equal(new Lockstep(machine, unicorn).run(1000));
    assertEquals(new StopReason.Halted(), result.reason());
    assertEquals(
        List.of(".*\\| neg .*", "o32 .*\\| push [c-gs]s"),
        result.errata().keySet().stream().map(e -> e.forms().pattern()).sorted().toList());
  }

  /** One that leads elsewhere is named with the difference. */
  @Test
  void aKnownMistakeIsNamed() {
    both(engine -> GuestWorld.with(engine, "f7 c8 01 00 00 00 # testl $1,%eax: F7 /1\nf4 # hlt"));
    Divergence found = divergence(new Lockstep(machine, unicorn).run(1000));
    assertTrue(found.erratum().isPresent(), found::toString);
    assertTrue(found.toString().contains("known erratum of unicorn: Undocumented"));
  }

  @Test
  void aWrongRegisterIsFoundAtItsInstruction() {
    both(engine -> GuestWorld.with(engine, ARITHMETIC));
    Engine faulty = new FaultyEngine(machine, 0x1116, e -> e.set(Register.EBX, 0xbad));
    Divergence found = divergence(new Lockstep(faulty, unicorn).run(1_000_000));
    assertEquals(0x1116, found.address());
    assertEquals(BOOT_LENGTH + 6, found.instructions());
    assertEquals("[15, -81, -40]", found.code().toString());
    assertTrue(found.field().startsWith("ebx: interpreter 00000bad, unicorn "), found.field());
    assertEquals(1, found.differences().size());
    assertEquals(0x1116, found.before().get(Register.EIP));
    assertEquals(0x1119, found.second().get(Register.EIP));
  }

  @Test
  void aWrongDefinedFlagIsFoundAndAnUndefinedOneIsNot() {
    both(engine -> GuestWorld.with(engine, ARITHMETIC));
    Engine undefined =
        new FaultyEngine(
            machine, 0x1116, e -> e.set(Register.EFLAGS, e.get(Register.EFLAGS) ^ Eflags.AF));
    equal(new Lockstep(undefined, unicorn).run(1_000_000));

    both(engine -> GuestWorld.with(engine, ARITHMETIC));
    Engine defined =
        new FaultyEngine(
            machine, 0x1116, e -> e.set(Register.EFLAGS, e.get(Register.EFLAGS) ^ Eflags.CF));
    Divergence found = divergence(new Lockstep(defined, unicorn).run(1_000_000));
    assertEquals(0x1116, found.address());
    assertTrue(found.field().startsWith("eflags: "), found.field());
  }

  @Test
  void aWrongStoreIsFoundAtItsInstruction() {
    both(engine -> GuestWorld.with(engine, ARITHMETIC));
    Engine faulty =
        new FaultyEngine(
            machine,
            0x1122,
            e -> e.ram().set(java.lang.foreign.ValueLayout.JAVA_BYTE, 0x6801, (byte) 1));
    Divergence found = divergence(new Lockstep(faulty, unicorn).run(1_000_000));
    assertEquals(0x1122, found.address());
    assertTrue(found.field().startsWith("memory: interpreter [00006800] "), found.field());
  }

  @Test
  void aStoreElsewhereIsFoundInTheEnd() {
    both(engine -> GuestWorld.with(engine, ARITHMETIC));
    Engine faulty =
        new FaultyEngine(
            machine,
            0x1122,
            e -> e.ram().set(java.lang.foreign.ValueLayout.JAVA_BYTE, 0x3f_0000, (byte) 1));
    Divergence found = divergence(new Lockstep(faulty, unicorn).run(1_000_000));
    assertTrue(found.field().startsWith("memory (found later): "), found.field());
  }

  @Test
  void differentInitialStatesAreFoundBeforeTheFirstInstruction() {
    both(engine -> GuestWorld.with(engine, ARITHMETIC));
    machine.set(Register.EDI, 5);
    Divergence found = divergence(new Lockstep(machine, unicorn).run(1000));
    assertEquals(0, found.instructions());
    assertEquals("edi: interpreter 00000005, unicorn 00000000", found.field());
  }

  @Test
  void theReportShowsTheInstructionAndBothStates() {
    both(engine -> GuestWorld.with(engine, ARITHMETIC));
    Engine faulty = new FaultyEngine(machine, 0x110f, e -> e.set(Register.EAX, 0xbad));
    String report = new Lockstep(faulty, unicorn).run(1_000_000).toString();
    assertTrue(report.startsWith("difference after 20 instructions\n  0000110f: 01 d0 "), report);
    assertTrue(report.contains("eax: interpreter 00000bad, unicorn 11111110\n"), report);
    assertTrue(report.contains("  eax     12345678    00000bad    11111110 <\n"), report);
  }

  @Test
  void machinesOfDifferentSizeAreRefused() {
    try (Machine larger = Machine.builder().memory(8 << 20).build()) {
      var e = assertThrows(IllegalArgumentException.class, () -> new Lockstep(larger, unicorn));
      assertEquals(
          "RAM of 8388608 and of 4194304 bytes: lockstep needs equal machines", e.getMessage());
    }
  }

  @Test
  void bothStopWithTheSameReasonOnMissingMemory() {
    String program = "c7 05 18 20 10 00 07 00 80 00 # movl $0x800007,0x102018\na3 00 60 00 00";
    assertEquals(new StopReason.NoMemory(0x80_0000, true), equal(run(program)).reason());
  }

  @Test
  void unicornComparesWithItself() {
    machine.close();
    machine = TestEngine.UNICORN.open(Ports.NONE);
    assertInstanceOf(UnicornEngine.class, machine);
    equal(run(ARITHMETIC));
  }
}
