package org.trampoline.emulator.execute;

import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.SegmentRegister;
import org.trampoline.emulator.decode.Insn;

/** PUSH, POP, PUSHA, POPA, ENTER, LEAVE (SDM vol. 1, chapter 6). */
public final class StackOperations {
  private StackOperations() {}

  /** A register, memory or immediate operand. */
  static void push(Cpu c, Insn i) {
    Stack.push(c, i.operandSize, Operands.read0(c, i));
  }

  /**
   * PUSH of a segment register: with 32-bit operands the stack pointer moves by four, but only the
   * selector's two bytes are written, as P6 and later do.
   */
  static void pushSegment(Cpu c, Insn i) {
    int selector = c.segment[i.index0].selector;
    int offset = Stack.at(c, -i.operandSize);
    c.mmu.write16(c.writeAddress(SegmentRegister.SS, offset, 2), selector);
    Stack.setPointer(c, offset);
  }

  /**
   * POP into a register or memory: the address is computed with the stack pointer after the pop.
   */
  static void pop(Cpu c, Insn i) {
    int size = i.operandSize;
    int value = Stack.peek(c, 0, size);
    if (i.kind0 == Insn.REG) {
      Stack.release(c, size);
      Operands.register(c, i.index0, size, value);
      return;
    }
    int esp = c.reg[Cpu.ESP];
    Stack.release(c, size);
    int offset = Operands.offset(c, i);
    c.reg[Cpu.ESP] = esp;
    Operands.store(c, c.writeAddress(i.segment, offset, size), size, value);
    Stack.release(c, size);
  }

  static void pusha(Cpu c, Insn i) {
    int size = i.operandSize;
    // all eight writes must be known to succeed before the first is done
    for (int k = 1; k <= 8; k++) {
      c.mmu.probeWrite(c.writeAddress(SegmentRegister.SS, Stack.at(c, -k * size), size), size);
    }
    for (int k = 0; k < 8; k++) {
      int linear = c.writeAddress(SegmentRegister.SS, Stack.at(c, -(k + 1) * size), size);
      Operands.store(c, linear, size, c.reg[k]);
    }
    Stack.release(c, -8 * size);
  }

  static void popa(Cpu c, Insn i) {
    int size = i.operandSize;
    for (int k = 0; k < 8; k++) {
      c.mmu.probeRead(c.readAddress(SegmentRegister.SS, Stack.at(c, k * size), size), size);
    }
    for (int k = 0; k < 8; k++) {
      int number = 7 - k;
      if (number != Cpu.ESP) {
        Operands.register(c, number, size, Stack.peek(c, k * size, size));
      }
    }
    Stack.release(c, 8 * size);
  }

  /** ENTER: a frame of {@code imm} bytes with {@code imm2} mod 32 display pointers. */
  static void enter(Cpu c, Insn i) {
    int size = i.operandSize;
    int level = i.imm2 & 31;
    int frameDistance = -size;
    int frame = Stack.at(c, frameDistance);
    if (!c.stack32) {
      frame |= c.reg[Cpu.ESP] & 0xffff_0000; // FrameTemp is ESP, of which only SP has moved
    }
    int distance = frameDistance;
    probe(c, distance, size);
    for (int k = 1; k < level; k++) {
      distance -= size;
      probe(c, distance, size);
      c.mmu.probeRead(c.readAddress(SegmentRegister.SS, display(c, k, size), size), size);
    }
    if (level > 0) {
      distance -= size;
      probe(c, distance, size);
    }
    int top = Stack.at(c, distance - (i.imm & 0xffff));
    // the new top of stack must be writable, though nothing is written there
    c.mmu.probeWrite(c.writeAddress(SegmentRegister.SS, top, size), size);
    store(c, frameDistance, size, c.reg[Cpu.EBP]);
    distance = frameDistance;
    for (int k = 1; k < level; k++) {
      distance -= size;
      int linear = c.readAddress(SegmentRegister.SS, display(c, k, size), size);
      store(c, distance, size, Operands.load(c, linear, size));
    }
    if (level > 0) {
      distance -= size;
      store(c, distance, size, frame);
    }
    Operands.register(c, Cpu.EBP, size, frame);
    Stack.setPointer(c, top);
  }

  private static int display(Cpu c, int k, int size) {
    int offset = c.reg[Cpu.EBP] - k * size;
    return c.stack32 ? offset : offset & 0xffff;
  }

  private static void probe(Cpu c, int distance, int size) {
    c.mmu.probeWrite(c.writeAddress(SegmentRegister.SS, Stack.at(c, distance), size), size);
  }

  private static void store(Cpu c, int distance, int size, int value) {
    int linear = c.writeAddress(SegmentRegister.SS, Stack.at(c, distance), size);
    Operands.store(c, linear, size, value);
  }

  static void leave(Cpu c, Insn i) {
    int size = i.operandSize;
    int frame = c.stack32 ? c.reg[Cpu.EBP] : c.reg[Cpu.EBP] & 0xffff;
    int linear = c.readAddress(SegmentRegister.SS, frame, size);
    int saved = Operands.load(c, linear, size);
    Stack.setPointer(c, frame + size);
    Operands.register(c, Cpu.EBP, size, saved);
  }
}
