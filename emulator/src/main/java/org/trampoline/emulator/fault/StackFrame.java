package org.trampoline.emulator.fault;

import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.Descriptor;
import org.trampoline.emulator.cpu.DescriptorTable;
import org.trampoline.emulator.cpu.SegmentRegister;

/**
 * Words about to be pushed by an interrupt or a far call, on the current stack or on that of an
 * inner privilege level. Everything that may fault is asked for by {@link #reserve}; then come the
 * {@linkplain #push pushes}, and only {@link #commit} changes SS and ESP. One per CPU.
 */
public final class StackFrame {
  private final Cpu cpu;
  private final SegmentRegister stack = new SegmentRegister(SegmentRegister.SS);
  private long descriptor;
  private boolean switched;
  private boolean wide;
  private int pointer;
  private int size;

  public StackFrame(Cpu cpu) {
    this.cpu = cpu;
  }

  /**
   * Begins a frame on the current stack.
   *
   * @param size bytes of a word, 2 or 4
   */
  public void current(int size) {
    begin(size, cpu.reg[Cpu.ESP]);
    stack.copyFrom(cpu.segment[SegmentRegister.SS]);
    switched = false;
    wide = stack.big();
  }

  /** Begins a frame on the stack of an inner level; its descriptor has been checked. */
  public void inner(int size, int selector, long descriptor, int esp) {
    begin(size, esp);
    stack.load(selector, descriptor);
    this.descriptor = descriptor;
    switched = true;
    wide = stack.big();
  }

  private void begin(int size, int esp) {
    this.size = size;
    pointer = esp;
  }

  /** Bytes of a word, 2 or 4. */
  public int size() {
    return size;
  }

  /** Selector of the stack it is on. */
  public int selector() {
    return stack.selector;
  }

  private int below(int words) {
    int offset = pointer - words * size;
    return wide ? offset : offset & 0xffff;
  }

  private boolean fits(int offset, int bytes) {
    long first = offset & 0xffff_ffffL;
    return stack.writable && first >= stack.low && first + bytes - 1 <= stack.high;
  }

  /**
   * Makes sure that {@code words} can be pushed.
   *
   * @param errorCode of the #SS if the limit does not allow it
   */
  public void reserve(int words, int errorCode) {
    if (switched && (Descriptor.access(descriptor) & SegmentRegister.ACCESSED) == 0) {
      DescriptorTable.probeAccess(cpu, stack.selector);
    }
    int lowest = below(words);
    int bytes = words * size;
    long end = (lowest & 0xffff_ffffL) + bytes;
    if (end > (wide ? 1L << 32 : 0x10000L)) {
      reserveEach(words, errorCode);
      return;
    }
    if (!fits(lowest, bytes)) {
      throw cpu.fault.set(Vector.SS, errorCode);
    }
    int linear = stack.base + lowest;
    if (((linear ^ linear + bytes - 1) & ~0xfff) != 0) {
      reserveEach(words, errorCode);
    }
    // within one page the first push faults before anything is changed
  }

  private void reserveEach(int words, int errorCode) {
    for (int word = 1; word <= words; word++) {
      if (!fits(below(word), size)) {
        throw cpu.fault.set(Vector.SS, errorCode);
      }
    }
    for (int word = 1; word <= words; word++) {
      int linear = stack.base + below(word);
      if (switched) {
        cpu.mmu.probeWriteSystem(linear, size);
      } else {
        cpu.mmu.probeWrite(linear, size);
      }
    }
  }

  /** Writes the next word. */
  public void push(int value) {
    int offset = below(1);
    int linear = stack.base + offset;
    if (switched) {
      if (size == 4) {
        cpu.mmu.write32System(linear, value);
      } else {
        cpu.mmu.write16System(linear, value);
      }
      if (cpu.dataBreakpoints) {
        DebugTraps.access(cpu, linear, size, true);
      }
    } else if (size == 4) {
      cpu.mmu.write32(linear, value);
    } else {
      cpu.mmu.write16(linear, value);
    }
    pointer = offset;
  }

  /**
   * Makes the stack current, with ESP at the last word pushed; a 16-bit stack changes SP only. The
   * descriptor of an inner stack is marked as accessed, which {@link #reserve} has made sure of.
   */
  public void commit() {
    if (switched) {
      DescriptorTable.markAccessed(cpu, stack.selector, descriptor);
      cpu.segment[SegmentRegister.SS].copyFrom(stack);
    }
    cpu.reg[Cpu.ESP] = wide ? pointer : cpu.reg[Cpu.ESP] & 0xffff_0000 | pointer & 0xffff;
  }
}
