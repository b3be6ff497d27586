package org.trampoline.emulator.execute;

import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.SegmentRegister;

/** Pushes and pops on the current stack (SDM vol. 1, 6.2), SP or ESP by SS.B. */
public final class Stack {
  private Stack() {}

  /** The stack pointer as an offset into SS. */
  public static int pointer(Cpu c) {
    return c.stack32 ? c.reg[Cpu.ESP] : c.reg[Cpu.ESP] & 0xffff;
  }

  /** Sets SP or ESP; in a 16-bit stack the upper half of ESP stays. */
  public static void setPointer(Cpu c, int value) {
    if (c.stack32) {
      c.reg[Cpu.ESP] = value;
    } else {
      c.reg16(Cpu.ESP, value);
    }
  }

  /**
   * Offset {@code distance} bytes from the stack pointer (negative: below), wrapped to its width.
   */
  public static int at(Cpu c, int distance) {
    int offset = c.reg[Cpu.ESP] + distance;
    return c.stack32 ? offset : offset & 0xffff;
  }

  /** Pushes {@code size} (2 or 4) bytes; changes nothing if it faults. */
  public static void push(Cpu c, int size, int value) {
    int offset = at(c, -size);
    int linear = c.writeAddress(SegmentRegister.SS, offset, size);
    if (size == 4) {
      c.mmu.write32(linear, value);
    } else {
      c.mmu.write16(linear, value);
    }
    setPointer(c, offset);
  }

  /** The value {@code distance} bytes above the stack pointer, which does not move. */
  public static int peek(Cpu c, int distance, int size) {
    int linear = c.readAddress(SegmentRegister.SS, at(c, distance), size);
    return size == 4 ? c.mmu.read32(linear) : c.mmu.read16(linear);
  }

  /** Moves the stack pointer up, without access. */
  public static void release(Cpu c, int bytes) {
    setPointer(c, c.reg[Cpu.ESP] + bytes);
  }

  /** Pops {@code size} (2 or 4) bytes, zero-extended. */
  public static int pop(Cpu c, int size) {
    int value = peek(c, 0, size);
    release(c, size);
    return value;
  }
}
