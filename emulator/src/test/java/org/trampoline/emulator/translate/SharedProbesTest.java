package org.trampoline.emulator.translate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.ValueLayout;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.trampoline.asm.Assembler;
import org.trampoline.asm.Source;
import org.trampoline.emulator.ExecutionEngine;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.StopReason;
import org.trampoline.emulator.cpu.Control;
import org.trampoline.emulator.engine.Register;

/** Accesses that have a probe in common: wherever they lie, results are those of single ones. */
class SharedProbesTest {
  private static final int CODE = 0x1000;
  private static final int DIRECTORY = 0x9_0000;
  private static final int TABLE = 0x9_1000;
  private static final int LAST_TABLE = 0x9_2000;
  private static final String FRAMES =
      """
      1: pushl %ecx
         call 2f
         addl $4, %esp
         decl %ecx
         jnz 1b
         hlt
      2: pushl %ebp
         movl %esp, %ebp
         subl $8, %esp
         movl 8(%ebp), %eax
         movl %eax, -8(%ebp)
         addl %eax, -4(%ebp)
         addl -8(%ebp), %ebx
         leave
         ret
      """;

  private Machine machine;

  private void open(ExecutionEngine engine, String source) {
    machine = Machine.builder().memory(1 << 20).engine(engine).build();
    machine.flatProtectedMode();
    byte[] code = Assembler.assemble(new Source("test.S", source), CODE, Map.of()).bytes();
    machine.load(CODE, code);
    machine.set(Register.EIP, CODE);
  }

  @AfterEach
  void close() {
    if (machine != null) {
      machine.close();
    }
  }

  private void word(int at, int value) {
    machine.ram().set(ValueLayout.JAVA_INT_UNALIGNED, at, value);
  }

  private int word(int at) {
    return machine.ram().get(ValueLayout.JAVA_INT_UNALIGNED, at);
  }

  private void page() {
    word(DIRECTORY, TABLE | 7);
    for (int i = 0; i < 256; i++) {
      word(TABLE + 4 * i, i << 12 | 7);
    }
    machine.set(Register.CR3, DIRECTORY);
    machine.set(Register.CR0, machine.get(Register.CR0) | Control.CR0_PG | Control.CR0_WP);
  }

  @ParameterizedTest
  @EnumSource(ExecutionEngine.class)
  void framesMayLieAcrossPages(ExecutionEngine engine) {
    open(engine, FRAMES);
    for (int esp = 0x5fe0; esp < 0x6024; esp++) {
      machine.set(Register.EIP, CODE);
      machine.set(Register.ESP, esp);
      machine.set(Register.EBX, 0);
      machine.set(Register.ECX, 100);
      assertEquals(new StopReason.Halted(), machine.run(100_000));
      assertEquals(5050, machine.get(Register.EBX));
      assertEquals(esp, machine.get(Register.ESP));
    }
  }

  @Test
  void framesAcrossPagesAreTranslatedAllTheSame() {
    open(ExecutionEngine.TRANSLATOR, FRAMES);
    if (machine.translatorStatistics() == null) {
      return;
    }
    machine.set(Register.ESP, 0x6008);
    machine.set(Register.ECX, 20_000);
    assertEquals(new StopReason.Halted(), machine.run(1_000_000));
    assertTrue(machine.translatorStatistics().executed() > 200_000);
  }

  @ParameterizedTest
  @EnumSource(ExecutionEngine.class)
  void theStoreThatFaultsIsNamedAndThoseBeforeItAreDone(ExecutionEngine engine) {
    open(engine, "pushl $1\n pushl $2\n pushl $3\n hlt\n");
    page();
    word(TABLE + 4 * 5, 0);
    machine.set(Register.ESP, 0x6008);
    machine.cpu().idtLimit = 0;
    assertEquals(new StopReason.TripleFault("#PF(0x2)"), machine.run(100));
    assertEquals(0x5ffc, machine.get(Register.CR2));
    assertEquals(0x6000, machine.get(Register.ESP));
    assertEquals(1, word(0x6004));
    assertEquals(2, word(0x6000));
  }

  @ParameterizedTest
  @EnumSource(ExecutionEngine.class)
  void whatMayOnlyBeReadIsReadBeforeAStoreFaults(ExecutionEngine engine) {
    open(engine, "movl 4(%ebx), %eax\n movl %eax, 8(%ebx)\n hlt\n");
    page();
    word(TABLE + 4 * 5, 0x5005);
    word(0x5004, 77);
    machine.set(Register.EBX, 0x5000);
    machine.cpu().idtLimit = 0;
    assertEquals(new StopReason.TripleFault("#PF(0x3)"), machine.run(100));
    assertEquals(77, machine.get(Register.EAX));
    assertEquals(0x5008, machine.get(Register.CR2));
  }

  @ParameterizedTest
  @EnumSource(ExecutionEngine.class)
  void dataBesideCodeIsStored(ExecutionEngine engine) {
    open(
        engine,
        """
        1: movl 4(%ebx), %eax
          addl $3, %eax
          movl %eax, 4(%ebx)
          incl 8(%ebx)
          decl %ecx
          jnz 1b
          hlt
        """);
    machine.set(Register.EBX, CODE + 0x200);
    machine.set(Register.ECX, 1000);
    assertEquals(new StopReason.Halted(), machine.run(100_000));
    assertEquals(3000, word(CODE + 0x204));
    assertEquals(1000, word(CODE + 0x208));
  }

  @ParameterizedTest
  @EnumSource(ExecutionEngine.class)
  void addressesWrapAroundLikeTheGuests(ExecutionEngine engine) {
    open(
        engine,
        """
        1: movl %esi, -4(%ebx)
          movl %esi, 4(%ebx)
          addl -4(%ebx), %eax
          decl %ecx
          jnz 1b
          hlt
        """);
    page();
    word(DIRECTORY + 4 * 0x3ff, LAST_TABLE | 7);
    word(LAST_TABLE + 4 * 0x3ff, 0x6007); // the last linear page
    machine.set(Register.EBX, 0);
    machine.set(Register.ESI, 2);
    machine.set(Register.ECX, 100);
    assertEquals(new StopReason.Halted(), machine.run(100_000));
    assertEquals(2, word(4));
    assertEquals(2, word(0x6ffc));
    assertEquals(200, machine.get(Register.EAX));
  }
}
