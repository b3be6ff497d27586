package org.trampoline.emulator.oracle;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import org.trampoline.emulator.engine.GuestPages;

/**
 * What {@link UnicornEngine} has to know about an instruction that Unicorn has just executed. A
 * decoder of its own, of a byte or two: the oracle must not depend on the decoder it checks.
 */
final class FirstOpcode {
  private static final int IRET = 0xcf;
  private static final int STI = 0xfb;
  private static final int POP_SS = 0x17;
  private static final int MOV_TO_SEGMENT = 0x8e;
  private static final int MAXIMUM_LENGTH = 15;

  private final MemorySegment ram;
  private final GuestPages pages;

  /** Of prefixes and first opcode byte. */
  private int length;

  FirstOpcode(MemorySegment ram) {
    this.ram = ram;
    pages = new GuestPages(ram);
  }

  /** The control registers to find instructions with. */
  void control(int cr0, int cr3, int cr4) {
    pages.control(cr0, cr3, cr4);
  }

  /** Whether the instruction at a linear address sets eip and so may come to itself again. */
  boolean isControlTransfer(int linear) {
    int opcode = read(linear);
    return switch (opcode >>> 4) {
      case 0x7 -> true; // jcc
      case 0x9 -> opcode == 0x9a; // far call
      case 0xc -> opcode <= 0xc3 && opcode >= 0xc2 || opcode >= 0xca; // ret, int, iret
      case 0xe -> opcode <= 0xe3 || opcode >= 0xe8 && opcode <= 0xeb; // loop, jecxz, call, jmp
      case 0xf -> opcode == 0xff && isCallOrJump(at(linear, length));
      default -> opcode == 0x0f && (at(linear, length) & 0xf0) == 0x80; // jcc
    };
  }

  /** FF /2 to /5. */
  private static boolean isCallOrJump(int modrm) {
    int extension = modrm >> 3 & 7;
    return extension >= 2 && extension <= 5;
  }

  /** Whether the instruction at a linear address is an interrupt return. */
  boolean isInterruptReturn(int linear) {
    return read(linear) == IRET;
  }

  /** Whether the instruction at a linear address is STI. */
  boolean isSti(int linear) {
    return read(linear) == STI;
  }

  /** Whether the instruction at a linear address is MOV to SS, or POP SS. */
  boolean loadsStackSegment(int linear) {
    int opcode = read(linear);
    return opcode == POP_SS || opcode == MOV_TO_SEGMENT && (at(linear, length) >> 3 & 7) == 2;
  }

  /** The byte after the prefixes; -1 if it cannot be read. */
  private int read(int linear) {
    for (int i = 0; i < MAXIMUM_LENGTH; i++) {
      int b = at(linear, i);
      switch (b) {
        case 0xf2, 0xf3, 0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x66, 0x67, 0xf0 -> {}
        default -> {
          length = i + 1;
          return b;
        }
      }
    }
    return -1;
  }

  private int at(int linear, int offset) {
    long address = pages.physical(linear + offset);
    return address == GuestPages.NOWHERE ? -1 : ram.get(JAVA_BYTE, address) & 0xff;
  }
}
