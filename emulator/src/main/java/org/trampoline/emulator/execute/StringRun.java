package org.trampoline.emulator.execute;

import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.Eflags;
import org.trampoline.emulator.cpu.SegmentRegister;
import org.trampoline.emulator.decode.Insn;
import org.trampoline.emulator.decode.Operation;
import org.trampoline.emulator.memory.Host;
import org.trampoline.emulator.memory.TranslationMap;

/**
 * A run of elements of a repeated string instruction that lie in one page of each operand, which
 * the translation maps serve, and in their segments: nothing can happen between two of them, so
 * they are done at once.
 */
final class StringRun {
  /** From so many bytes on a copy is left to the library. */
  private static final int LONG_COPY = 64;

  private StringRun() {}

  /**
   * Executes some elements of MOVS, STOS, LODS, CMPS or SCAS; of a comparison, up to the one that
   * ends it. Flags and pointers are set, the counter is not.
   *
   * @param most how many may be executed, 1 or more
   * @return how many were; 0 if the first one has to be executed by itself
   */
  static int execute(Cpu c, Insn i, Operation operation, int size, int most) {
    boolean source =
        operation == Operation.MOVS || operation == Operation.CMPS || operation == Operation.LODS;
    boolean destination = operation != Operation.LODS;
    boolean writes = operation == Operation.MOVS || operation == Operation.STOS;
    int n = most;
    if (source) {
      n = within(c, i, Cpu.ESI, c.segment[i.segment], size, n, false);
    }
    if (destination && n != 0) {
      n = within(c, i, Cpu.EDI, c.segment[SegmentRegister.ES], size, n, writes);
    }
    if (n == 0) {
      return 0;
    }
    long map = c.mmu.map();
    long from = source ? host(c, i, Cpu.ESI, c.segment[i.segment], map) : 1;
    long to = destination ? host(c, i, Cpu.EDI, c.segment[SegmentRegister.ES], map, writes) : 1;
    if (from == 0 || to == 0) {
      return 0;
    }
    int step = (c.eflags & Eflags.DF) == 0 ? size : -size;
    switch (operation) {
      case MOVS -> copy(from, to, size, step, n);
      case STOS -> {
        for (int k = 0; k < n; k++) {
          put(to + (long) k * step, size, c.reg[Cpu.EAX]);
        }
      }
      case LODS -> Operands.register(c, Cpu.EAX, size, get(from + (long) (n - 1) * step, size));
      case CMPS -> n = compare(c, i, from, to, size, step, n);
      case SCAS -> n = scan(c, i, to, size, step, n);
      default -> throw new IllegalStateException("not a string instruction: " + operation);
    }
    if (source) {
      advance(c, i, Cpu.ESI, n * step);
    }
    if (destination) {
      advance(c, i, Cpu.EDI, n * step);
    }
    return n;
  }

  /** How many of {@code most} elements stay in the page, the segment and the offsets there are. */
  private static int within(
      Cpu c, Insn i, int pointer, SegmentRegister s, int size, int most, boolean write) {
    long offset = (i.address16 ? c.reg[pointer] & 0xffff : c.reg[pointer]) & 0xffff_ffffL;
    int inPage = s.base + (int) offset & 0xfff;
    if (inPage + size > 0x1000 || !(write ? s.writable : s.readable)) {
      return 0;
    }
    boolean down = (c.eflags & Eflags.DF) != 0;
    int n = Math.min(most, down ? inPage / size + 1 : (0x1000 - inPage) / size);
    if (i.address16) {
      n = Math.min(n, (int) (down ? offset / size + 1 : (0x10000 - offset + size - 1) / size));
    }
    long others = (long) (n - 1) * size;
    long low = down ? offset - others : offset;
    long high = (down ? offset : offset + others) + size - 1;
    return low < s.low || high > s.high ? 0 : n;
  }

  private static long host(Cpu c, Insn i, int pointer, SegmentRegister s, long map) {
    return host(c, i, pointer, s, map, false);
  }

  /** Host address of the first element, 0 if the maps do not have it. */
  private static long host(Cpu c, Insn i, int pointer, SegmentRegister s, long map, boolean write) {
    int linear = s.base + (i.address16 ? c.reg[pointer] & 0xffff : c.reg[pointer]);
    long addend = TranslationMap.addend(write ? map + TranslationMap.WRITE : map, linear);
    return addend == 0 ? 0 : TranslationMap.host(addend, linear);
  }

  private static void copy(long from, long to, int size, int step, int n) {
    long bytes = (long) n * size;
    if (bytes >= LONG_COPY && (step > 0 ? to - from : from - to) < 0
        || bytes >= LONG_COPY && Math.abs(to - from) >= bytes) {
      long below = step > 0 ? 0 : bytes - size;
      Host.copy(from - below, to - below, bytes);
      return;
    }
    for (int k = 0; k < n; k++) {
      long at = (long) k * step;
      put(to + at, size, get(from + at, size));
    }
  }

  private static int compare(Cpu c, Insn i, long from, long to, int size, int step, int n) {
    int k = 0;
    int first;
    int second;
    do {
      first = get(from + (long) k * step, size);
      second = get(to + (long) k * step, size);
      k++;
    } while (k < n && first == second != i.repne);
    Arithmetic.sub(c, size, first, second);
    return k;
  }

  private static int scan(Cpu c, Insn i, long to, int size, int step, int n) {
    int value = Operands.register(c, Cpu.EAX, size);
    int k = 0;
    int element;
    do {
      element = get(to + (long) k * step, size);
      k++;
    } while (k < n && element == value != i.repne);
    Arithmetic.sub(c, size, value, element);
    return k;
  }

  private static int get(long host, int size) {
    return switch (size) {
      case 1 -> Host.get8(host);
      case 2 -> Host.get16(host);
      default -> Host.get32(host);
    };
  }

  private static void put(long host, int size, int value) {
    switch (size) {
      case 1 -> Host.put8(host, value);
      case 2 -> Host.put16(host, value);
      default -> Host.put32(host, value);
    }
  }

  private static void advance(Cpu c, Insn i, int register, int bytes) {
    int value = c.reg[register] + bytes;
    if (i.address16) {
      c.reg16(register, value);
    } else {
      c.reg[register] = value;
    }
  }
}
