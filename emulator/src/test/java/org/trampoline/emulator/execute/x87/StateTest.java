package org.trampoline.emulator.execute.x87;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.trampoline.emulator.coverage.ExecutedForms;
import org.trampoline.emulator.cpu.Control;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.decode.Insn;
import org.trampoline.emulator.fault.GuestFault;
import org.trampoline.emulator.fault.Vector;

/** The x87 state and its images in memory (SDM vol. 1, 8.1; vol. 3, 9.2 and 12.2). */
class StateTest {
  private static final int AT = EmulatedX87.ADDRESS;
  private static final int[] FNINIT = {0xdb, 0xe3};
  private static final int[] FLDPI = {0xd9, 0xeb};
  private static final int[] FLDZ = {0xd9, 0xee};
  private static final int[] FLD1 = {0xd9, 0xe8};
  private static final int[] FADD_M32 = {0xd8, 0x42, 0x40}; // fadds 64(%edx)
  private static final int[] FNSTENV = {0xd9, 0x32};
  private static final int[] FNSTENV_16 = {0x66, 0xd9, 0x32};
  private static final int[] FLDENV = {0xd9, 0x22};
  private static final int[] FLDENV_16 = {0x66, 0xd9, 0x22};
  private static final int[] FNSAVE = {0xdd, 0x32};
  private static final int[] FRSTOR = {0xdd, 0x22};

  private final EmulatedX87 machine = new EmulatedX87();
  private final Cpu cpu = machine.cpu;
  private final Fpu fpu = cpu.fpu;

  @BeforeEach
  void initialize() {
    execute(FNINIT);
    cpu.reg[Cpu.EDX] = AT;
  }

  private void execute(int... bytes) {
    Insn insn = machine.decode(bytes);
    cpu.eip = 0x5_1000 + insn.length;
    ExecutedForms.note(insn.form);
    X87Dispatch.execute(cpu, insn);
  }

  private int word(int offset) {
    return cpu.mmu.read16(AT + offset);
  }

  private int doubleword(int offset) {
    return cpu.mmu.read32(AT + offset);
  }

  /** SDM vol. 3, table 9-1. */
  @Test
  void reset() {
    fpu.reset();
    assertEquals(0x40, fpu.controlWord());
    assertEquals(0, fpu.statusWord());
    assertEquals(0x5555, fpu.tagWord());
  }

  @Test
  void initialization() {
    assertEquals(0x37f, fpu.controlWord());
    assertEquals(0, fpu.statusWord());
    assertEquals(0xffff, fpu.tagWord());
  }

  /** Tags: 0 valid, 1 zero, 2 special, 3 empty. */
  @Test
  void tags() {
    execute(FLD1);
    execute(FLDZ);
    cpu.mmu.write64(AT, 1);
    execute(0xdb, 0x2a); // fld m80: a denormal
    assertEquals(0b00_01_10_11_11_11_11_11, fpu.tagWord());
    assertEquals(5, fpu.top);
  }

  /** SDM vol. 1, figure 8-9. */
  @Test
  void protectedMode32() {
    execute(FLD1);
    execute(FADD_M32);
    execute(FNSTENV);
    assertEquals(0xffff_037f, doubleword(0));
    assertEquals(0xffff_3800, doubleword(4));
    assertEquals(0xffff_3fff, doubleword(8));
    assertEquals(0x5_1000, doubleword(12));
    assertEquals(0x0042_0060, doubleword(16)); // opcode D8 42 & 7FF, CS
    assertEquals(AT + 64, doubleword(20));
    assertEquals(0xffff_0068, doubleword(24));
    assertEquals(0x37f, fpu.controlWord());
  }

  /** SDM vol. 1, figure 8-11. */
  @Test
  void protectedMode16() {
    execute(FLD1);
    execute(FADD_M32);
    execute(FNSTENV_16);
    int[] expected = {0x37f, 0x3800, 0x3fff, 0x1000, 0x60, AT + 64, 0x68};
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], word(2 * i));
    }
  }

  private void realMode() {
    cpu.cr0 &= ~Control.CR0_PE;
    cpu.segment[1].selector = 0x1234;
    cpu.segment[3].selector = 0x0100;
  }

  /** SDM vol. 1, figure 8-10; addresses are linear. */
  @Test
  void realMode32() {
    realMode();
    execute(FLD1);
    execute(FADD_M32);
    execute(FNSTENV);
    assertEquals(0xffff_3340, doubleword(12)); // 12340 + 51000 = 63340
    assertEquals(0x6_042, doubleword(16));
    assertEquals(0xffff_0000 | 0x1000 + AT + 64, doubleword(20));
    assertEquals(0, doubleword(24));
  }

  /** SDM vol. 1, figure 8-12. */
  @Test
  void realMode16() {
    realMode();
    execute(FLD1);
    execute(FADD_M32);
    execute(FNSTENV_16);
    assertEquals(0x3340, word(6));
    assertEquals(0x6042, word(8));
    assertEquals(0x1000 + AT + 64, word(10));
    assertEquals(0, word(12));
  }

  @Test
  void environmentComesBack() {
    for (boolean real : new boolean[] {false, true}) {
      for (boolean narrow : new boolean[] {false, true}) {
        machine.cpu.cr0 |= Control.CR0_PE;
        if (real) {
          realMode();
        }
        execute(FNINIT);
        execute(FLDPI);
        execute(FADD_M32);
        execute(narrow ? FNSTENV_16 : FNSTENV);
        byte[] first = image();
        execute(FNINIT);
        execute(narrow ? FLDENV_16 : FLDENV);
        execute(narrow ? FNSTENV_16 : FNSTENV);
        assertEquals(Arrays.toString(first), Arrays.toString(image()));
      }
    }
  }

  private byte[] image() {
    byte[] bytes = new byte[28];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) cpu.mmu.read8(AT + i);
    }
    return bytes;
  }

  /** Control instructions are not remembered (SDM vol. 1, 8.1.8). */
  @Test
  void controlInstructionsAreNotRemembered() {
    execute(FLD1);
    int[][] control = {
      {0xdb, 0xe2}, {0xd9, 0x2a}, {0xd9, 0x3a}, {0xdd, 0x3a}, {0xdf, 0xe0}, {0x9b}, FNSTENV
    };
    for (int[] bytes : control) {
      execute(bytes);
      assertEquals(0x1e8, fpu.instructionOpcode);
    }
    execute(0xd9, 0xf7); // fincstp
    assertEquals(0x1f7, fpu.instructionOpcode);
  }

  @Test
  void savedStateComesBack() {
    execute(FLD1);
    execute(FLDPI);
    execute(FLDZ);
    execute(FNSAVE);
    assertEquals(0xffff, fpu.tagWord());
    assertEquals(0x37f, fpu.controlWord());
    assertEquals(0, fpu.instructionOpcode);
    execute(FRSTOR);
    assertEquals(5, fpu.top);
    assertEquals(0x07ff, fpu.tagWord());
    assertEquals(0xc90fdaa22168c235L, fpu.significand(1));
    assertEquals(0x4000, fpu.signExponent(1));
    assertEquals(0x1ee, fpu.instructionOpcode);
  }

  /** Bits 15:13 and 7 of the control word do not exist, bit 6 is always set. */
  @Test
  void controlWordBits() {
    cpu.mmu.write16(AT, 0xffff);
    execute(0xd9, 0x2a);
    assertEquals(0x1f7f, fpu.controlWord());
    cpu.mmu.write16(AT, 0);
    execute(0xd9, 0x2a);
    assertEquals(0x0040, fpu.controlWord());
  }

  /** SDM vol. 1, table 10-2. */
  @Test
  void fxsaveImage() {
    execute(FLD1);
    execute(FADD_M32);
    FxsaveImage.store(cpu, AT);
    assertEquals(0x37f, word(0));
    assertEquals(0x3800, word(2));
    assertEquals(0x80, word(4));
    assertEquals(0x042, word(6));
    assertEquals(0x5_1000, doubleword(8));
    assertEquals(0x60, word(12));
    assertEquals(AT + 64, doubleword(16));
    assertEquals(0x68, word(20));
    assertEquals(1L << 63, cpu.mmu.read64(AT + 32));
    assertEquals(0x3fff, cpu.mmu.read64(AT + 40));
    execute(FNINIT);
    FxsaveImage.load(cpu, AT);
    assertEquals(0x3fff, fpu.tagWord());
    assertEquals(7, fpu.top);
    assertEquals(0x3fff, fpu.signExponent(0));
    assertEquals(AT + 64, fpu.dataOffset);
  }

  /** An MMX register is the significand of the physical register (SDM vol. 3, 12.2). */
  @Test
  void mmxRegisters() {
    execute(FLD1); // physical register 7
    assertEquals(1L << 63, fpu.mm(7));
    fpu.enterMmx();
    fpu.setMm(2, 0x0123_4567_89ab_cdefL);
    assertEquals(0, fpu.top);
    assertEquals(0xff, fpu.occupied);
    assertEquals(0xffff, fpu.signExponent(2));
    assertEquals(0x0123_4567_89ab_cdefL, fpu.significand(2));
    fpu.leaveMmx();
    assertEquals(0xffff, fpu.tagWord());
  }

  /** MMX instructions are #UD under emulation, and report pending x87 exceptions. */
  @Test
  void mmxExceptions() {
    Insn fadd = machine.decode(0xd8, 0xc1);
    cpu.cr0 |= Control.CR0_EM;
    assertEquals(Vector.UD, assertThrows(GuestFault.class, () -> fpu.beginMmx(cpu, fadd)).vector);
    cpu.cr0 = cpu.cr0 & ~Control.CR0_EM | Control.CR0_TS;
    assertEquals(Vector.NM, assertThrows(GuestFault.class, () -> fpu.beginMmx(cpu, fadd)).vector);
    cpu.cr0 &= ~Control.CR0_TS;
    fpu.setStatusWord(StatusWord.ZE);
    fpu.setControlWord(0x340);
    assertEquals(Vector.MF, assertThrows(GuestFault.class, () -> fpu.beginMmx(cpu, fadd)).vector);
  }
}
