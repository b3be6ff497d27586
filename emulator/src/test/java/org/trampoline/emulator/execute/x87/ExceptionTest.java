package org.trampoline.emulator.execute.x87;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.trampoline.emulator.coverage.ExecutedForms;
import org.trampoline.emulator.cpu.Control;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.decode.Insn;
import org.trampoline.emulator.fault.GuestFault;
import org.trampoline.emulator.fault.Vector;

/** When x87 instructions raise #NM and #MF (SDM vol. 1, 8.6 and 8.7; vol. 3, 2.5 and 9.2.2). */
class ExceptionTest {
  private static final int[] FADD = {0xd8, 0xc1};
  private static final int[] FWAIT = {0x9b};
  private static final int[] FNINIT = {0xdb, 0xe3};
  private static final int[] FNCLEX = {0xdb, 0xe2};
  private static final int[] FNSTSW_AX = {0xdf, 0xe0};
  private static final int[] FNSTCW = {0xd9, 0x3a};
  private static final int[] FLDCW = {0xd9, 0x2a};
  private static final int[] FLD_M64 = {0xdd, 0x02};
  private static final int[] FST_M64 = {0xdd, 0x12};
  private static final int[] FDIV = {0xd8, 0xf1};
  private static final int[] FLDZ = {0xd9, 0xee};
  private static final int[] FLD1 = {0xd9, 0xe8};
  private static final int[] FNOP = {0xd9, 0xd0};

  private final EmulatedX87 machine = new EmulatedX87();
  private final Cpu cpu = machine.cpu;

  @BeforeEach
  void initialize() {
    execute(FNINIT);
    cpu.reg[Cpu.EDX] = EmulatedX87.ADDRESS;
  }

  private void execute(int... bytes) {
    Insn insn = machine.decode(bytes);
    cpu.eip = 0x1000 + insn.length;
    ExecutedForms.note(insn.form);
    X87Dispatch.execute(cpu, insn);
  }

  private int vector(int... bytes) {
    return assertThrows(GuestFault.class, () -> execute(bytes)).vector;
  }

  /** 1 ÷ 0 with ZE unmasked. */
  private void makePending() {
    cpu.fpu.setControlWord(Fpu.INITIAL_CONTROL & ~StatusWord.ZE);
    execute(FLDZ);
    execute(FLD1);
    execute(FDIV);
  }

  @ParameterizedTest
  @CsvSource({
    // EM, MP, TS, #NM by x87, #NM by wait: SDM vol. 3, table 2-2
    "false, false, false, false, false",
    "false, false, true, true, false",
    "false, true, false, false, false",
    "false, true, true, true, true",
    "true, false, false, true, false",
    "true, false, true, true, false",
    "true, true, false, true, false",
    "true, true, true, true, true"
  })
  void deviceNotAvailable(boolean em, boolean mp, boolean ts, boolean x87, boolean wait) {
    cpu.cr0 |= (em ? Control.CR0_EM : 0) | (mp ? Control.CR0_MP : 0) | (ts ? Control.CR0_TS : 0);
    for (int[] bytes : List.of(FADD, FNINIT, FNCLEX, FNSTSW_AX, FNSTCW, FLDCW, FNOP)) {
      if (x87) {
        assertEquals(Vector.NM, vector(bytes));
      } else {
        assertDoesNotThrow(() -> execute(bytes));
      }
    }
    if (wait) {
      assertEquals(Vector.NM, vector(FWAIT));
    } else {
      assertDoesNotThrow(() -> execute(FWAIT));
    }
  }

  @Test
  void exceptionIsReportedByTheNextWaitingInstruction() {
    makePending();
    int status = cpu.fpu.statusWord();
    assertEquals(StatusWord.ZE | StatusWord.ES | StatusWord.B, status & ~(7 << 11));
    for (int[] bytes : List.of(FADD, FWAIT, FLDCW, FLD_M64, FNOP)) {
      assertEquals(Vector.MF, vector(bytes));
      assertEquals(status, cpu.fpu.statusWord());
    }
  }

  @Test
  void notAvailableComesBeforePending() {
    makePending();
    cpu.cr0 |= Control.CR0_TS;
    assertEquals(Vector.NM, vector(FADD));
  }

  @Test
  void instructionsThatDoNotWait() {
    makePending();
    execute(FNSTSW_AX);
    assertEquals(cpu.fpu.statusWord(), cpu.reg[Cpu.EAX] & 0xffff);
    execute(FNSTCW);
    execute(FNCLEX);
    assertEquals(0, cpu.fpu.statusWord() & 0x80ff);
    assertDoesNotThrow(() -> execute(FWAIT));
    makePending();
    execute(FNINIT);
    assertEquals(0, cpu.fpu.statusWord());
    assertDoesNotThrow(() -> execute(FWAIT));
  }

  @Test
  void unmaskedZeroDivideLeavesTheOperands() {
    makePending();
    assertEquals(0x3fff, cpu.fpu.signExponent(0));
    assertEquals(0, cpu.fpu.significand(1));
  }

  /** SDM vol. 1, 8.1.3.3: a change of the masks changes ES. */
  @Test
  void maskingEndsWhatIsPending() {
    execute(FLDZ);
    execute(FLD1);
    execute(FDIV); // masked
    cpu.mmu.write16(EmulatedX87.ADDRESS, Fpu.INITIAL_CONTROL & ~StatusWord.ZE);
    execute(FLDCW);
    assertEquals(Vector.MF, vector(FWAIT));
    cpu.fpu.setControlWord(Fpu.INITIAL_CONTROL);
    assertDoesNotThrow(() -> execute(FWAIT));
  }

  /** SDM vol. 1, 8.7.2: FERR# and a processor that waits for the interrupt it causes. */
  @Test
  void withoutNumericErrorBitTheProcessorWaitsForAnInterrupt() {
    List<Boolean> line = new ArrayList<>();
    cpu.fpu.errorLine().connect(line::add);
    cpu.cr0 &= ~Control.CR0_NE;
    makePending();
    assertEquals(Vector.NONE, vector(FADD));
    assertTrue(cpu.halted);
    assertEquals(List.of(true), line);
    assertEquals(Vector.NONE, vector(FADD));
    assertEquals(List.of(true), line);
    execute(FNCLEX);
    assertEquals(List.of(true, false), line);
    cpu.halted = false;
    assertDoesNotThrow(() -> execute(FADD));
    assertFalse(cpu.halted);
  }

  @Test
  void ignoredNumericErrorDoesNotStopTheProcessor() {
    cpu.cr0 &= ~Control.CR0_NE;
    cpu.fpu.errorLine().ignoreNumericError = true;
    makePending();
    assertDoesNotThrow(() -> execute(FADD));
    assertTrue(cpu.fpu.errorLine().asserted());
  }

  /** A fault of the memory operand comes before anything is changed. */
  @Test
  void segmentFaultLeavesEverything() {
    execute(FLD1);
    cpu.segment[3].set(0x68, 0, 0xfff, 0xc093 & ~0x8000); // ds ends below [edx]
    X87State before = new X87State();
    X87State after = new X87State();
    machine.store(before);
    for (int[] bytes : List.of(FLD_M64, FST_M64, FLDCW, FNSTCW, new int[] {0xdd, 0x32})) {
      assertEquals(Vector.GP, vector(bytes));
      machine.store(after);
      assertTrue(before.sameAs(after));
    }
  }
}
