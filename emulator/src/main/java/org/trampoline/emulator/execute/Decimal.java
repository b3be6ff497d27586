package org.trampoline.emulator.execute;

import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.Eflags;
import org.trampoline.emulator.fault.Vector;

/** Decimal arithmetic (SDM vol. 1, 5.1.3). Undefined flags follow the result; OF is cleared. */
public final class Decimal {
  private Decimal() {}

  static void daa(Cpu c) {
    int al = c.reg8(Cpu.EAX);
    boolean cf = c.cf();
    boolean af = c.af();
    int r = al;
    if ((al & 15) > 9 || af) {
      r += 6;
      af = true;
    }
    boolean carry = al > 0x99 || cf;
    if (carry) {
      r += 0x60;
    }
    finish(c, r, carry, af);
  }

  static void das(Cpu c) {
    int al = c.reg8(Cpu.EAX);
    boolean cf = c.cf();
    boolean af = c.af();
    boolean carry = false;
    int r = al;
    if ((al & 15) > 9 || af) {
      carry = cf || al < 6;
      r -= 6;
      af = true;
    }
    if (al > 0x99 || cf) {
      r -= 0x60;
      carry = true;
    }
    finish(c, r, carry, af);
  }

  static void aaa(Cpu c) {
    adjust(c, 0x106);
  }

  static void aas(Cpu c) {
    adjust(c, -0x106);
  }

  /** Adds the adjustment to AX if the low digit asks for it, and clears the high nibble of AL. */
  private static void adjust(Cpu c, int adjustment) {
    int ax = c.reg[Cpu.EAX] & 0xffff;
    boolean adjusted = (ax & 15) > 9 || c.af();
    if (adjusted) {
      ax += adjustment;
    }
    c.reg16(Cpu.EAX, ax & 0xff0f);
    status(c, ax & 15, adjusted, adjusted);
  }

  static void aam(Cpu c, int base) {
    int divisor = base & 0xff;
    if (divisor == 0) {
      throw c.fault.set(Vector.DE);
    }
    int al = c.reg8(Cpu.EAX);
    c.reg16(Cpu.EAX, al / divisor << 8 | al % divisor);
    status(c, al % divisor, false, false);
  }

  static void aad(Cpu c, int base) {
    int al = c.reg8(Cpu.EAX) + c.reg8(4) * (base & 0xff) & 0xff;
    c.reg16(Cpu.EAX, al);
    status(c, al, false, false);
  }

  private static void finish(Cpu c, int r, boolean cf, boolean af) {
    c.reg8(Cpu.EAX, r);
    status(c, r, cf, af);
  }

  private static void status(Cpu c, int r, boolean cf, boolean af) {
    c.setStatus((cf ? Eflags.CF : 0) | (af ? Eflags.AF : 0));
    c.zero = (byte) r;
    c.sign = (byte) r;
  }
}
