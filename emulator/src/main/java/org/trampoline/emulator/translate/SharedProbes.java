package org.trampoline.emulator.translate;

import java.util.Arrays;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.SegmentRegister;
import org.trampoline.emulator.decode.Insn;
import org.trampoline.emulator.decode.Operation;

/**
 * Finds memory accesses of a block that lie near each other whatever the registers hold: at known
 * distances from the same value of a register, as those of a stack frame do. The first of a
 * <em>group</em> makes sure that all lie in one page and looks that up once.
 */
final class SharedProbes {
  /** Groups at most. */
  static final int LIMIT = 8;

  /** No group. */
  static final int NONE = -1;

  /** Bytes from the first to the last that a group may have. */
  private static final int SPAN = 512;

  /** Accesses of an instruction at most. */
  private static final int ACCESSES = 2;

  private static final int WIDEST = 16;

  private final Insn[] insns;
  private CodeMode mode;

  // each register is a root, which is a value nobody knows, and an offset
  private final int[] root = new int[8];
  private final int[] offset = new int[8];
  private int roots;

  private final int[] groupRoot = new int[LIMIT];
  private final int[] low = new int[LIMIT];
  private final int[] high = new int[LIMIT];
  private final int[] members = new int[LIMIT];
  private final boolean[] writes = new boolean[LIMIT];
  private int groups;

  private final int[] group;
  private final int[] start;

  SharedProbes(Insn[] insns) {
    this.insns = insns;
    group = new int[ACCESSES * insns.length];
    start = new int[ACCESSES * insns.length];
  }

  /** Looks at the first {@code count} instructions. */
  void find(int count, CodeMode mode) {
    this.mode = mode;
    none(count);
    for (int r = 0; r < 8; r++) {
      root[r] = r;
      offset[r] = 0;
    }
    roots = 8;
    for (int i = 0; i < count; i++) {
      accesses(i);
      step(insns[i]);
    }
  }

  /** Finds none. */
  void none(int count) {
    groups = 0;
    Arrays.fill(group, 0, ACCESSES * count, NONE);
  }

  /** The group of access {@code n} of instruction {@code i}, or {@link #NONE}. */
  int group(int i, int n) {
    int g = n < ACCESSES ? group[ACCESSES * i + n] : NONE;
    return g >= 0 && members[g] > 1 ? g : NONE;
  }

  /** From where on a group's bytes lie, relative to the base register of this access. */
  int start(int i, int n, int g) {
    return low[g] + start[ACCESSES * i + n];
  }

  int span(int g) {
    return high[g] - low[g];
  }

  /** Whether some access of the group writes. */
  boolean writes(int g) {
    return writes[g];
  }

  // ---- accesses

  private void accesses(int i) {
    Insn insn = insns[i];
    boolean toMemory = insn.operation == Operation.POP && insn.kind0 == Insn.MEM;
    if (insn.rep || insn.repne || toMemory) {
      return;
    }
    int n = 0;
    for (int operand = 0; operand < 2; operand++) {
      int kind = operand == 0 ? insn.kind0 : insn.kind1;
      boolean write = insn.form.writes(operand);
      if (kind == Insn.MEM && (write || insn.form.reads(operand))) {
        boolean plain = !insn.address16 && insn.index == Insn.NO_REGISTER;
        plain &= InsnEffects.keepsAddress(insn);
        if (plain && insn.base != Insn.NO_REGISTER && flat(insn.segment)) {
          int size = operand == 0 ? insn.size0 : insn.size1;
          access(i, n, insn.base, insn.displacement, size, write);
        }
        n++;
      }
    }
    if (!mode.stack32 || !flat(SegmentRegister.SS)) {
      return;
    }
    int size = insn.operandSize;
    switch (insn.operation) {
      case PUSH, CALL, CALL_INDIRECT -> access(i, n, Cpu.ESP, -size, size, true);
      case POP -> {
        if (insn.kind0 == Insn.REG && insn.index0 != Cpu.ESP) {
          access(i, n, Cpu.ESP, 0, size, false);
        }
      }
      case RET -> access(i, n, Cpu.ESP, 0, size, false);
      case LEAVE -> access(i, n, Cpu.EBP, 0, size, false);
      default -> {}
    }
  }

  private boolean flat(int segment) {
    return mode.kind(segment) == CodeMode.FLAT;
  }

  private void access(int i, int n, int base, int displacement, int size, boolean write) {
    if (size <= 0 || size > WIDEST || displacement < -SPAN || displacement > SPAN) {
      return;
    }
    int from = offset[base] + displacement;
    // the register itself has to be in the page, too: no address wraps around then
    int lowest = Math.min(from, offset[base]);
    int highest = Math.max(from + size, offset[base] + 1);
    int g = 0;
    while (g < groups && !fits(g, root[base], lowest, highest)) {
      g++;
    }
    if (g == LIMIT) {
      return;
    }
    if (g == groups) {
      groupRoot[g] = root[base];
      low[g] = lowest;
      high[g] = highest;
      members[g] = 0;
      writes[g] = false;
      groups++;
    }
    low[g] = Math.min(low[g], lowest);
    high[g] = Math.max(high[g], highest);
    members[g]++;
    writes[g] |= write;
    group[ACCESSES * i + n] = g;
    start[ACCESSES * i + n] = -offset[base];
  }

  private boolean fits(int g, int root, int lowest, int highest) {
    return groupRoot[g] == root && Math.max(high[g], highest) - Math.min(low[g], lowest) <= SPAN;
  }

  // ---- what becomes of the registers

  private void step(Insn i) {
    boolean wide = i.kind0 == Insn.REG && i.size0 == 4;
    switch (i.operation) {
      case MOV -> {
        if (wide && i.kind1 == Insn.REG) {
          set(i.index0, i.index1, 0);
          return;
        }
      }
      case ADD, SUB -> {
        if (wide && i.kind1 == Insn.IMM) {
          set(i.index0, i.index0, i.operation == Operation.ADD ? i.imm : -i.imm);
          return;
        }
      }
      case INC, DEC -> {
        if (wide) {
          set(i.index0, i.index0, i.operation == Operation.INC ? 1 : -1);
          return;
        }
      }
      case LEA -> {
        boolean plain = !i.address16 && i.index == Insn.NO_REGISTER;
        if (wide && plain && i.base != Insn.NO_REGISTER) {
          set(i.index0, i.base, i.displacement);
          return;
        }
      }
      case PUSH, CALL, CALL_INDIRECT -> {
        set(Cpu.ESP, Cpu.ESP, -i.operandSize);
        return;
      }
      case POP -> {
        set(Cpu.ESP, Cpu.ESP, i.operandSize);
        if (i.kind0 == Insn.REG) {
          forget(1 << i.index0);
        }
        return;
      }
      case LEAVE -> {
        set(Cpu.ESP, Cpu.EBP, i.operandSize);
        forget(1 << Cpu.EBP);
        return;
      }
      default -> {}
    }
    forget(InsnEffects.changes(i));
  }

  private void set(int to, int from, int distance) {
    int sum = offset[from] + distance;
    root[to] = root[from];
    offset[to] = sum;
    if (sum < -(1 << 20) || sum > 1 << 20) {
      forget(1 << to);
    }
  }

  private void forget(int registers) {
    for (int r = 0; r < 8; r++) {
      if ((registers >>> r & 1) != 0) {
        root[r] = roots++;
        offset[r] = 0;
      }
    }
  }
}
