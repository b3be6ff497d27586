package org.trampoline.emulator.execute;

import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.Eflags;
import org.trampoline.emulator.cpu.SegmentRegister;
import org.trampoline.emulator.decode.Insn;
import org.trampoline.emulator.decode.Operation;

/**
 * String instructions (SDM vol. 1, 7.3.9; REP in vol. 2, chapter 4). A repeated one commits its
 * registers after every element, so a fault leaves it restartable. Whenever a multiple of {@link
 * #BURST} elements is left it goes back to its own start, where the engine looks for events: that
 * makes it interruptible and keeps the host responsive. It is fetched again there, so that where
 * this happens must not depend on how often an engine has left it before.
 */
public final class Strings {
  /** Elements done between two looks for events, a power of two. */
  private static final int BURST = 4096;

  private Strings() {}

  /**
   * Executes a string instruction with its prefix.
   *
   * @param size element size in bytes: 1, 2 or 4
   */
  static void execute(Cpu c, Insn i, int size) {
    // what is pending may have to be taken after each element, as a single-step trap is
    execute(c, i, size, c.eventsPending);
  }

  /** Whether an unfinished repeated instruction has come to where it is fetched again. */
  public static boolean betweenBursts(Cpu c, Insn i) {
    return (ControlTransfer.counter(c, i) & BURST - 1) == 0;
  }

  /**
   * Executes one element of a repeated string instruction that moves or compares memory; if there
   * are more it goes back to its own start.
   */
  public static void executeElement(Cpu c, Insn i) {
    execute(c, i, i.size0, true);
  }

  /**
   * Executes the other elements of an unfinished one up to where it is fetched again, whatever is
   * pending by now.
   */
  public static void executeBurst(Cpu c, Insn i) {
    execute(c, i, i.size0, false);
  }

  private static void execute(Cpu c, Insn i, int size, boolean onlyOne) {
    Operation operation = i.operation;
    if (!i.rep && !i.repne) {
      element(c, i, operation, size);
      return;
    }
    if (operation == Operation.INS || operation == Operation.OUTS) {
      InputOutput.check(c, c.reg[Cpu.EDX] & 0xffff, size); // even if nothing is to be transferred
    }
    boolean compares = operation == Operation.CMPS || operation == Operation.SCAS;
    boolean runs =
        !onlyOne && operation != Operation.INS && operation != Operation.OUTS && c.mmu.direct();
    for (int count = ControlTransfer.counter(c, i); count != 0; ) {
      int done = 0;
      if (runs) {
        int toBoundary = (count - 1 & BURST - 1) + 1;
        done = StringRun.execute(c, i, operation, size, toBoundary);
      }
      if (done == 0) {
        element(c, i, operation, size);
        done = 1;
      }
      count -= done;
      ControlTransfer.setCounter(c, i, count);
      if (compares && c.zf() == i.repne) {
        return;
      }
      if (count != 0 && (onlyOne || (count & BURST - 1) == 0)) {
        c.repeatInstruction(i.length);
        return;
      }
    }
  }

  private static void element(Cpu c, Insn i, Operation operation, int size) {
    switch (operation) {
      case MOVS -> {
        int value = source(c, i, size);
        store(c, i, size, value);
        advance(c, i, Cpu.ESI, size);
        advance(c, i, Cpu.EDI, size);
      }
      case STOS -> {
        store(c, i, size, c.reg[Cpu.EAX]);
        advance(c, i, Cpu.EDI, size);
      }
      case LODS -> {
        Operands.register(c, Cpu.EAX, size, source(c, i, size));
        advance(c, i, Cpu.ESI, size);
      }
      case CMPS -> {
        // hardware reads es:edi first, which shows when both fault
        int second = destination(c, i, size);
        int first = source(c, i, size);
        Arithmetic.sub(c, size, first, second);
        advance(c, i, Cpu.ESI, size);
        advance(c, i, Cpu.EDI, size);
      }
      case SCAS -> {
        int second = destination(c, i, size);
        Arithmetic.sub(c, size, Operands.register(c, Cpu.EAX, size), second);
        advance(c, i, Cpu.EDI, size);
      }
      case INS -> {
        int port = c.reg[Cpu.EDX] & 0xffff;
        InputOutput.check(c, port, size);
        // writability first: a port must not be read for a store that then faults
        int linear = c.writeAddress(SegmentRegister.ES, index(c, i, Cpu.EDI), size);
        c.mmu.probeWrite(linear, size);
        Operands.store(c, linear, size, InputOutput.read(c, port, size));
        advance(c, i, Cpu.EDI, size);
      }
      case OUTS -> {
        int port = c.reg[Cpu.EDX] & 0xffff;
        InputOutput.check(c, port, size);
        InputOutput.write(c, port, size, source(c, i, size));
        advance(c, i, Cpu.ESI, size);
      }
      default -> throw new IllegalStateException("not a string instruction: " + operation);
    }
  }

  private static int index(Cpu c, Insn i, int register) {
    return i.address16 ? c.reg[register] & 0xffff : c.reg[register];
  }

  private static void advance(Cpu c, Insn i, int register, int size) {
    int value = c.reg[register] + ((c.eflags & Eflags.DF) == 0 ? size : -size);
    if (i.address16) {
      c.reg16(register, value);
    } else {
      c.reg[register] = value;
    }
  }

  /** The element at DS:(E)SI, or in the segment of a prefix. */
  private static int source(Cpu c, Insn i, int size) {
    return Operands.load(c, c.readAddress(i.segment, index(c, i, Cpu.ESI), size), size);
  }

  private static int destination(Cpu c, Insn i, int size) {
    int linear = c.readAddress(SegmentRegister.ES, index(c, i, Cpu.EDI), size);
    return Operands.load(c, linear, size);
  }

  private static void store(Cpu c, Insn i, int size, int value) {
    int linear = c.writeAddress(SegmentRegister.ES, index(c, i, Cpu.EDI), size);
    Operands.store(c, linear, size, value);
  }
}
