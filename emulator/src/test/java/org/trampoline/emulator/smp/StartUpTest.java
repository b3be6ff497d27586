package org.trampoline.emulator.smp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.StopReason;
import org.trampoline.emulator.cpu.Control;
import org.trampoline.emulator.cpu.Cpu;

/** INIT, the wait for a start-up IPI, and what a processor is then: SDM vol. 3, 8.4 and 10.6. */
class StartUpTest {
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void eachProcessorFindsItsOwnIdAndStartsWhereTheVectorSays(boolean translate) {
    try (Several s = new Several(4, 1, translate)) {
      s.loadAll(
          """
          main:   WAKE_OTHERS
                  movl $1, %eax
                  cpuid
                  movl %ebx, 0x5000
                  movl $0x1b, %ecx
                  rdmsr
                  movl %eax, 0x5020
          1:      cmpl $3, 0x5010
                  jne 1b
                  hlt
          ap:     movl %ebx, %esi
                  movl $1, %eax
                  cpuid
                  movl %ebx, 0x5000(, %esi, 4)
                  movl $0x1b, %ecx
                  rdmsr
                  movl %eax, 0x5020(, %esi, 4)
                  lock incl 0x5010
                  hlt
          """);
      assertInstanceOf(StopReason.Halted.class, s.run(100_000));
      for (int i = 0; i < 4; i++) {
        assertEquals(i, s.result(i) >>> 24, "initial APIC ID in CPUID.1:EBX");
        assertEquals(i == 0, (s.result(8 + i) & 0x100) != 0, "IA32_APIC_BASE: boot processor");
      }
    }
  }

  @Test
  void othersExecuteNothingBeforeAStartUpIpi() {
    try (Several s = new Several(2, 1, false)) {
      s.load(
          """
          main:   movl $1000, %ecx
          1:      loop 1b
                  APIC_WRITE 0x300, 0xc4500       # INIT alone starts nobody
                  movl $1000, %ecx
          1:      loop 1b
                  hlt
          """);
      assertInstanceOf(StopReason.Halted.class, s.run(100_000));
      assertEquals(0, s.machine.cpu(1).instructions);
      assertTrue(s.machine.cpu(1).waitsForSipi);
    }
  }

  @Test
  void aStartUpIpiToARunningProcessorIsIgnored() {
    try (Several s = new Several(2, 1, false)) {
      s.loadAll(
          """
          main:   WAKE_OTHERS
          1:      cmpl $1, 0x5000
                  jne 1b
                  APIC_WRITE 0x300, 0xc4608
                  movl $1000, %ecx
          1:      loop 1b
                  hlt
          ap:     lock incl 0x5000
          1:      incl 0x5004
                  jmp 1b
          """);
      s.run(20_000);
      assertEquals(1, s.result(0), "it did not start again");
      assertTrue(s.result(1) > 1000);
    }
  }

  /** SDM vol. 3, table 9-1: INIT keeps model-specific and floating-point registers. */
  @Test
  void initTakesARunningProcessorBackAndKeepsWhatTable9_1Says() {
    try (Several s = new Several(2, 1, false)) {
      s.loadAll(
          """
          main:   WAKE_OTHERS
          1:      cmpl $1, 0x5000
                  jne 1b
                  APIC_WRITE 0x310, 0x01000000    # to processor 1
                  APIC_WRITE 0x300, 0x4500
                  movl 0x5004, %eax
                  movl $1000, %ecx
          1:      loop 1b
                  subl 0x5004, %eax
                  movl %eax, 0x5008
                  hlt
          ap:     movl $0x174, %ecx
                  movl $0x1234, %eax
                  xorl %edx, %edx
                  wrmsr
                  fninit
                  fldpi
                  lock incl 0x5000
          1:      incl 0x5004
                  jmp 1b
          """);
      assertInstanceOf(StopReason.Halted.class, s.run(100_000));
      Cpu c = s.machine.cpu(1);
      assertEquals(0, s.result(2), "it counted no more");
      assertTrue(c.waitsForSipi);
      assertEquals(0xfff0, c.eip);
      assertEquals(0, c.cr0 & Control.CR0_PE);
      assertEquals(0x1234, c.msr.sysenterCs);
      assertTrue(c.fpu.occupied != 0, "fldpi's register");
    }
  }

  @Test
  void numbersOfProcessorsBeyondTheLimitsAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> Machine.builder().processors(0, 1));
    assertThrows(
        IllegalArgumentException.class,
        () -> Machine.builder().processors(Machine.MAX_PROCESSORS + 1, 1));
  }
}
