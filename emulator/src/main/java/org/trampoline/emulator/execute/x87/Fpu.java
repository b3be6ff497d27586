package org.trampoline.emulator.execute.x87;

import java.util.Arrays;
import org.trampoline.emulator.cpu.Control;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.SegmentRegister;
import org.trampoline.emulator.decode.Insn;
import org.trampoline.emulator.execute.Operands;
import org.trampoline.emulator.fault.Vector;
import org.trampoline.emulator.snapshot.StatePart;

/**
 * The state of the x87 FPU (SDM vol. 1, 8.1), whose registers are also those of MMX.
 *
 * <p>Instructions follow one course: {@link #begin} delivers what is pending; memory is read, which
 * may fault; {@link #remember} notes the instruction; the arithmetic fills {@link #result}; the
 * destination is written, and last the status word, so that a fault finds nothing changed.
 */
public final class Fpu implements StatePart {
  /** Control word after FNINIT: all exceptions masked, 64 bits, to nearest. */
  public static final int INITIAL_CONTROL = 0x37f;

  /** Bits of the control word that exist; bit 6 always reads as 1. */
  private static final int CONTROL_BITS = 0x1f3f;

  private static final int CONTROL_FIXED = 0x40;

  /** Significands of the physical registers R0–R7, which are the MMX registers mm0–mm7. */
  public final long[] significand = new long[8];

  /** Sign and exponent (16 bits) of the physical registers. */
  public final int[] signExponent = new int[8];

  /** Number of the physical register that is st(0), 0–7. */
  public int top;

  /** Bit n: physical register n is not empty; the tag word as FXSAVE stores it. */
  public int occupied;

  /** Offset of the last instruction that was no control instruction, with its prefixes. */
  public int instructionOffset;

  /** Its CS. */
  public int instructionSelector;

  /** Its opcode: the low 3 bits of the first byte (bits 10–8) and the second byte. */
  public int instructionOpcode;

  /** Offset of the last memory operand of such an instruction. */
  public int dataOffset;

  /** Its segment's selector. */
  public int dataSelector;

  /** The arithmetic result under way. */
  final Float80 result = new Float80();

  /** Made when first used: it computes its tables. */
  private Transcendental transcendental;

  private final ErrorLine errorLine = new ErrorLine();
  private int control;
  private int status;

  public Fpu() {
    reset();
  }

  /** The state after RESET (SDM vol. 3, table 9-1): unlike FNINIT's, exceptions are unmasked. */
  public void reset() {
    initialize();
    setControlWord(CONTROL_FIXED);
    occupied = 0xff;
    Arrays.fill(significand, 0);
    Arrays.fill(signExponent, 0);
  }

  /** FNINIT; the registers keep their contents but are empty. */
  public void initialize() {
    setStatusWord(0);
    setControlWord(INITIAL_CONTROL);
    occupied = 0;
    instructionOffset = 0;
    instructionSelector = 0;
    instructionOpcode = 0;
    dataOffset = 0;
    dataSelector = 0;
  }

  /** The pins FERR# and IGNNE#, for exceptions reported as on the PC/AT. */
  public ErrorLine errorLine() {
    return errorLine;
  }

  // ---- control, status and tag word

  public int controlWord() {
    return control;
  }

  /** Sets the control word; what becomes unmasked by it becomes pending. */
  public void setControlWord(int value) {
    control = value & CONTROL_BITS | CONTROL_FIXED;
    result.setControl(control);
    summarize();
  }

  /** The status word, with TOP in bits 13–11. */
  public int statusWord() {
    return status | top << 11;
  }

  /** Sets the status word and TOP; ES and B follow from the exceptions and their masks. */
  public void setStatusWord(int value) {
    top = value >> 11 & 7;
    status = value & ~(7 << 11) & 0xffff;
    summarize();
  }

  private void summarize() {
    if ((status & ~control & StatusWord.EXCEPTIONS) != 0) {
      status |= StatusWord.ES | StatusWord.B;
    } else {
      status &= ~(StatusWord.ES | StatusWord.B);
      errorLine.release();
    }
  }

  /** FNCLEX. */
  void clearExceptions() {
    status &= ~(StatusWord.EXCEPTIONS | StatusWord.SF | StatusWord.ES | StatusWord.B);
    errorLine.release();
  }

  /** The tag word (SDM vol. 1, 8.1.7): two bits for each physical register. */
  public int tagWord() {
    int tags = 0;
    for (int i = 7; i >= 0; i--) {
      tags = tags << 2 | tag(i);
    }
    return tags;
  }

  private int tag(int register) {
    if ((occupied >> register & 1) == 0) {
      return 3;
    }
    return switch (Encoding80.kind(significand[register], signExponent[register])) {
      case Encoding80.NORMAL -> 0;
      case Encoding80.ZERO -> 1;
      default -> 2;
    };
  }

  /** Sets the tag word; only which registers are empty is taken from it (SDM vol. 1, 8.1.7). */
  public void setTagWord(int tags) {
    occupied = 0;
    for (int i = 0; i < 8; i++) {
      occupied |= (tags >> 2 * i & 3) != 3 ? 1 << i : 0;
    }
  }

  // ---- the course of an instruction

  /** #NM if the unit is not available, and any pending exception (SDM vol. 1, 8.6 and 8.7). */
  void begin(Cpu c, Insn i) {
    available(c);
    if ((status & StatusWord.ES) != 0) {
      errorLine.report(c, i);
    }
    result.exceptions = 0;
  }

  /** For the instructions that do not wait: #NM if the unit is not available. */
  static void available(Cpu c) {
    if ((c.cr0 & (Control.CR0_EM | Control.CR0_TS)) != 0) {
      throw c.fault.set(Vector.NM);
    }
  }

  /** FWAIT: #NM only if both MP and TS are set. */
  void await(Cpu c, Insn i) {
    if ((~c.cr0 & (Control.CR0_MP | Control.CR0_TS)) == 0) {
      throw c.fault.set(Vector.NM);
    }
    if ((status & StatusWord.ES) != 0) {
      errorLine.report(c, i);
    }
  }

  /** Notes the instruction for exception handlers (SDM vol. 1, 8.1.8 and 8.1.9). */
  void remember(Cpu c, Insn i) {
    instructionOffset = c.eip - i.length;
    instructionSelector = c.segment[SegmentRegister.CS].selector;
    instructionOpcode = i.imm;
    if (i.kind0 == Insn.MEM) {
      dataOffset = Operands.offset(c, i);
      dataSelector = c.segment[i.segment].selector;
    }
  }

  Transcendental transcendental() {
    if (transcendental == null) {
      transcendental = new Transcendental();
    }
    return transcendental;
  }

  // ---- the register stack

  /** Physical number of st(i). */
  int register(int i) {
    return top + i & 7;
  }

  boolean empty(int i) {
    return (occupied >> register(i) & 1) == 0;
  }

  long significand(int i) {
    return significand[top + i & 7];
  }

  int signExponent(int i) {
    return signExponent[top + i & 7];
  }

  /** Sets st(i), which is no longer empty. */
  void set(int i, long significand, int signExponent) {
    int register = register(i);
    this.significand[register] = significand;
    this.signExponent[register] = signExponent;
    occupied |= 1 << register;
  }

  void pop() {
    occupied &= ~(1 << top);
    top = top + 1 & 7;
  }

  void free(int i) {
    occupied &= ~(1 << register(i));
  }

  /** Makes a stack underflow the result: IE and SF, C1 clear, and the indefinite. */
  void underflow() {
    result.exceptions = StatusWord.IE | StatusWord.SF;
    result.set(Encoding80.INDEFINITE, Encoding80.INDEFINITE_EXPONENT);
  }

  /** Makes a stack overflow the result: IE and SF, C1 set, and the indefinite. */
  void overflow() {
    result.exceptions = StatusWord.IE | StatusWord.SF | StatusWord.C1;
    result.set(Encoding80.INDEFINITE, Encoding80.INDEFINITE_EXPONENT);
  }

  /** Enters the result's exceptions and C1 into the status word. */
  void conclude() {
    int raised = result.exceptions;
    status = status & ~StatusWord.C1 | raised;
    if ((raised & ~control & StatusWord.EXCEPTIONS) != 0) {
      status |= StatusWord.ES | StatusWord.B;
    }
  }

  /** Sets C0, C2 and C3, and sets C1 if it is among {@code conditions}. */
  void setConditions(int conditions) {
    status = status & ~(StatusWord.C0 | StatusWord.C2 | StatusWord.C3) | conditions;
  }

  void setC2(boolean set) {
    status = status & ~StatusWord.C2 | (set ? StatusWord.C2 : 0);
  }

  /** Ends an instruction: the result goes to st(i) unless an unmasked exception keeps it. */
  boolean store(int i) {
    conclude();
    if (result.withheld()) {
      return false;
    }
    set(i, result.significand, result.signExponent);
    return true;
  }

  /**
   * Ends an instruction: pushes the result, or the indefinite if the stack is full. An unmasked DE
   * does not keep the result back.
   */
  void push() {
    if (!empty(-1) && (result.exceptions & StatusWord.SF) == 0) {
      overflow();
    }
    conclude();
    if (!result.invalidUnmasked()) {
      top = register(-1);
      set(0, result.significand, result.signExponent);
    }
  }

  /**
   * Ends an instruction with two results: one replaces st(0), the other is pushed on it. With the
   * stack full both are the indefinite.
   */
  boolean storeAndPush() {
    if ((result.exceptions & StatusWord.SF) == 0 && !empty(-1)) {
      overflow();
    }
    conclude();
    if (result.withheld()) {
      return false;
    }
    set(0, result.significand, result.signExponent);
    top = register(-1);
    if ((result.exceptions & StatusWord.SF) != 0) {
      set(0, result.significand, result.signExponent);
    } else {
      set(0, result.pushedSignificand, result.pushedSignExponent);
    }
    return true;
  }

  // ---- MMX (SDM vol. 1, 9.2; vol. 3, 12.2)

  /** What an MMX instruction does first: exceptions, then TOP is 0 and no register is empty. */
  public void beginMmx(Cpu c, Insn i) {
    if ((c.cr0 & Control.CR0_EM) != 0) {
      throw c.ud();
    }
    begin(c, i);
  }

  /** To be called when an MMX instruction can no longer fault: TOP is 0, no register is empty. */
  public void enterMmx() {
    top = 0;
    occupied = 0xff;
  }

  /** An MMX register. */
  public long mm(int register) {
    return significand[register];
  }

  /** Sets an MMX register; sign and exponent of the x87 register become all ones. */
  public void setMm(int register, long value) {
    significand[register] = value;
    signExponent[register] = 0xffff;
  }

  /** EMMS: TOP is 0 and all registers are empty. */
  public void leaveMmx() {
    top = 0;
    occupied = 0;
  }
}
