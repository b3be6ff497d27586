package org.trampoline.emulator.execute;

import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.Eflags;
import org.trampoline.emulator.cpu.UndefinedFlags;
import org.trampoline.emulator.decode.Insn;
import org.trampoline.emulator.decode.Operation;

/**
 * Executes an instruction that leaves status flags undefined as {@link Cpu#undefinedFlags} asks:
 * the definition first, then those flags. What Zen does was measured on the processor itself, case
 * by case, and is compared with it in the tests.
 */
final class ProfiledFlags {
  private ProfiledFlags() {}

  static void execute(Cpu c, Insn i) {
    int before = c.getEflags() & Eflags.STATUS;
    int ax = c.reg[Cpu.EAX] & 0xffff;
    int count = count(c, i);
    Semantics.define(c, i);
    int undefined = i.form.undefinedFlags(i, count);
    int after = c.getEflags() & Eflags.STATUS;
    int value =
        c.undefinedFlags == UndefinedFlags.UNCHANGED ? before : zen(c, i, before, after, ax, count);
    c.setStatus(after & ~undefined | value & undefined);
  }

  private static int count(Cpu c, Insn i) {
    boolean immediate = i.kind1 == Insn.IMM || i.kind2 == Insn.IMM;
    return (immediate ? i.imm : c.reg[Cpu.ECX]) & 31;
  }

  /** The flags that Zen shows; only the undefined ones of them count. */
  private static int zen(Cpu c, Insn i, int before, int after, int ax, int count) {
    return switch (i.operation) {
      case SHL, SHR, SAR -> after | Eflags.AF;
      case SHLD, SHRD -> doubleShift(c, i, after, count);
      case MUL, IMUL, IMUL_TRUNCATED, BT, BTS, BTR, BTC -> before;
      case DIV, IDIV -> before & (Eflags.CF | Eflags.OF) | Eflags.AF;
      case BSF, BSR -> {
        // those of the index, which counts as 0 if there is none
        int index = (after & Eflags.ZF) != 0 ? 0 : c.reg[i.index0];
        yield parity(index);
      }
      case AAA -> sum(ax, adjusted(after) ? 0x106 : 0, 16);
      case AAS -> difference(ax, adjusted(after) ? 0x106 : 0, 16);
      case AAD -> sum(ax & 0xff, (ax >>> 8) * i.imm & 0xff, 8);
      case DAA -> sum(ax & 0xff, c.reg8(Cpu.EAX) - ax & 0xff, 8);
      case DAS -> difference(ax & 0xff, ax - c.reg8(Cpu.EAX) & 0xff, 8);
      default -> after;
    };
  }

  private static boolean adjusted(int flags) {
    return (flags & Eflags.AF) != 0;
  }

  /** OF as of the last bit's move; from the width on SHLD makes it CF, beyond both clear CF. */
  private static int doubleShift(Cpu c, Insn i, int after, int count) {
    boolean beyond = count > 8 * i.size0;
    int cf = beyond ? 0 : after & Eflags.CF;
    int r = i.size0 == 2 ? c.sign << 16 : c.sign; // the result, as Shifts leaves it
    int of = (r ^ r << 1) >>> 31;
    if (i.operation == Operation.SHLD) {
      of = count < 8 * i.size0 ? r >>> 31 ^ cf : cf;
    }
    return after & ~(Eflags.CF | Eflags.OF) | cf | of << 11 | Eflags.AF;
  }

  private static int parity(int value) {
    return (Integer.bitCount(value & 0xff) & 1) == 0 ? Eflags.PF : 0;
  }

  /** All status flags of an addition in so many bits. */
  private static int sum(int a, int b, int bits) {
    int r = a + b;
    return flags(r, a & b | (a | b) & ~r, bits);
  }

  private static int difference(int a, int b, int bits) {
    int r = a - b;
    return flags(r, ~a & b | (~a | b) & r, bits);
  }

  private static int flags(int r, int vector, int bits) {
    int result = r << 32 - bits;
    int carries = vector << 32 - bits;
    return (carries < 0 ? Eflags.CF : 0)
        | parity(r)
        | ((vector & 8) != 0 ? Eflags.AF : 0)
        | (result == 0 ? Eflags.ZF : 0)
        | (result < 0 ? Eflags.SF : 0)
        | ((carries ^ carries << 1) < 0 ? Eflags.OF : 0);
  }
}
