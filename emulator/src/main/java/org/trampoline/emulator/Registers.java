package org.trampoline.emulator;

import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.SegmentRegister;
import org.trampoline.emulator.execute.ModelSpecific;
import org.trampoline.emulator.fault.DebugTraps;
import org.trampoline.emulator.fault.GuestFault;

/**
 * Every register of a machine's processor, to be read and written from outside between two runs or
 * in a hook. Nothing is checked as an instruction would check it, and what is derived from a value
 * follows it. Segments have the numbers of {@link SegmentRegister}: 0 ES, 1 CS, 2 SS, 3 DS, 4 FS, 5
 * GS, 6 LDTR, 7 TR.
 */
public final class Registers {
  private static final int SEGMENTS = 8;
  private static final int LDTR = 6;

  private final Cpu cpu;

  Registers(Cpu cpu) {
    this.cpu = cpu;
  }

  /** A general register in the SDM's numbering: 0 EAX, 1 ECX, 2 EDX, 3 EBX, 4 ESP … 7 EDI. */
  public int general(int number) {
    return cpu.reg[number & 7];
  }

  public void setGeneral(int number, int value) {
    cpu.reg[number & 7] = value;
  }

  public int eip() {
    return cpu.eip;
  }

  /** Sets EIP; a halted processor runs again. */
  public void setEip(int value) {
    cpu.eip = value;
    cpu.halted = false;
  }

  public int eflags() {
    return cpu.getEflags();
  }

  public void setEflags(int value) {
    cpu.setEflags(value);
    cpu.segmentsChanged();
    cpu.noticeEvents();
  }

  // ---- segments

  /**
   * A segment register with its hidden part.
   *
   * @param limit in bytes, scaled by G
   * @param attributes access byte in bits 0–7, AVL, L, D/B and G in bits 12–15
   */
  public record Segment(int selector, int base, int limit, int attributes) {}

  public Segment segment(int number) {
    SegmentRegister s = register(number);
    return new Segment(s.selector, s.base, s.limit, s.attributes);
  }

  /** Sets selector and hidden part; the CPL becomes the DPL of SS when SS is set. */
  public void setSegment(int number, Segment value) {
    register(number).set(value.selector(), value.base(), value.limit(), value.attributes());
    if (number == SegmentRegister.SS) {
      cpu.setCpl(cpu.protectedMode() || cpu.virtual8086() ? register(number).dpl() : 0);
    }
    cpu.segmentsChanged();
  }

  private SegmentRegister register(int number) {
    if (number < 0 || number >= SEGMENTS) {
      throw new IllegalArgumentException("segment register " + number + ": expected 0 to 7");
    }
    return number < LDTR ? cpu.segment[number] : number == LDTR ? cpu.ldtr : cpu.tr;
  }

  /** Current privilege level, 0–3. */
  public int cpl() {
    return cpu.cpl;
  }

  public void setCpl(int cpl) {
    cpu.setCpl(cpl & 3);
  }

  /** Base and limit of GDTR or IDTR. */
  public record Table(int base, int limit) {}

  public Table gdtr() {
    return new Table(cpu.gdtBase, cpu.gdtLimit);
  }

  public void setGdtr(Table table) {
    cpu.gdtBase = table.base();
    cpu.gdtLimit = table.limit() & 0xffff;
  }

  public Table idtr() {
    return new Table(cpu.idtBase, cpu.idtLimit);
  }

  public void setIdtr(Table table) {
    cpu.idtBase = table.base();
    cpu.idtLimit = table.limit() & 0xffff;
  }

  // ---- control, debug and model-specific registers

  /** A control register: 0, 2, 3 or 4. */
  public int control(int number) {
    return switch (number) {
      case 0 -> cpu.cr0;
      case 2 -> cpu.cr2;
      case 3 -> cpu.cr3;
      case 4 -> cpu.cr4;
      default -> throw new IllegalArgumentException("CR" + number + ": expected 0, 2, 3 or 4");
    };
  }

  public void setControl(int number, int value) {
    switch (number) {
      case 0 -> cpu.cr0 = value;
      case 2 -> cpu.cr2 = value;
      case 3 -> cpu.cr3 = value;
      case 4 -> cpu.cr4 = value;
      default -> throw new IllegalArgumentException("CR" + number + ": expected 0, 2, 3 or 4");
    }
    cpu.mmu.setControl(cpu.cr0, cpu.cr3, cpu.cr4);
    cpu.noticeEvents();
  }

  /** A debug register: 0–3, 6 or 7. */
  public int debug(int number) {
    return cpu.dr[number & 7];
  }

  /** Sets a debug register; DR7 arms and disarms breakpoints at once. */
  public void setDebug(int number, int value) {
    if (number == 7) {
      DebugTraps.setControl(cpu, value);
    } else {
      cpu.dr[number & 7] = value;
    }
  }

  /**
   * A model-specific register.
   *
   * @throws IllegalArgumentException if the CPU model does not have it
   */
  public long msr(int number) {
    try {
      return ModelSpecific.read(cpu, number);
    } catch (GuestFault e) {
      throw noMsr(number);
    }
  }

  /**
   * Sets a model-specific register.
   *
   * @throws IllegalArgumentException if the CPU model does not have it or not with this value
   */
  public void setMsr(int number, long value) {
    try {
      ModelSpecific.write(cpu, number, value);
    } catch (GuestFault e) {
      throw noMsr(number);
    }
  }

  private static IllegalArgumentException noMsr(int number) {
    return new IllegalArgumentException(
        "MSR 0x" + Integer.toHexString(number) + ": not of this CPU model, or not this value");
  }

  // ---- x87, MMX, SSE

  /**
   * An x87 register.
   *
   * @param signExponent 16 bits
   */
  public record Extended(int signExponent, long significand) {}

  /** ST(i), whatever its tag says. */
  public Extended st(int i) {
    int register = cpu.fpu.top + i & 7;
    return new Extended(cpu.fpu.signExponent[register], cpu.fpu.significand[register]);
  }

  /** Sets ST(i); its tag is kept, see {@link #setTagWord}. */
  public void setSt(int i, Extended value) {
    int register = cpu.fpu.top + i & 7;
    cpu.fpu.significand[register] = value.significand();
    cpu.fpu.signExponent[register] = value.signExponent() & 0xffff;
  }

  public long mm(int number) {
    return cpu.fpu.significand[number & 7];
  }

  public void setMm(int number, long value) {
    cpu.fpu.setMm(number & 7, value);
  }

  public int controlWord() {
    return cpu.fpu.controlWord();
  }

  public void setControlWord(int value) {
    cpu.fpu.setControlWord(value);
  }

  /** The status word, TOP included. */
  public int statusWord() {
    return cpu.fpu.statusWord();
  }

  public void setStatusWord(int value) {
    cpu.fpu.setStatusWord(value);
  }

  /** The tag word, two bits a register. */
  public int tagWord() {
    return cpu.fpu.tagWord();
  }

  public void setTagWord(int value) {
    cpu.fpu.setTagWord(value);
  }

  /** An XMM register: bits 63–0 and bits 127–64. */
  public record Vector(long low, long high) {}

  public Vector xmm(int number) {
    int at = 2 * (number & 7);
    return new Vector(cpu.simd.xmm[at], cpu.simd.xmm[at + 1]);
  }

  public void setXmm(int number, Vector value) {
    int at = 2 * (number & 7);
    cpu.simd.xmm[at] = value.low();
    cpu.simd.xmm[at + 1] = value.high();
  }

  public int mxcsr() {
    return cpu.simd.mxcsr;
  }

  public void setMxcsr(int value) {
    cpu.simd.mxcsr = value & 0xffff;
  }
}
