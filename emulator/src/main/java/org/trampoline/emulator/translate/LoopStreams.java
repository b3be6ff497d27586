package org.trampoline.emulator.translate;

import java.util.Arrays;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.decode.Attribute;
import org.trampoline.emulator.decode.Insn;
import org.trampoline.emulator.decode.Operation;

/**
 * Finds the memory accesses of a block that loops to itself whose address moves by the same
 * distance with each iteration: <em>streams</em>. How many iterations they stay in their pages is
 * known before the first of these ({@link LoopEntry}); until then nothing has to be probed.
 *
 * <p>A register's value is a sum of multiples of what the registers held where the iteration began,
 * a constant, and something from 0 to a maximum, as a byte is, modulo 2<sup>32</sup>; or it is not
 * known. Streams that differ in the constant only, and by little, are one group.
 */
final class LoopStreams {
  /** Groups at most. */
  static final int LIMIT = 8;

  /** No stream. */
  static final int NONE = -1;

  /** Bytes from the first to the last that a group may have. */
  private static final int SPAN = 512;

  /** The highest maximum, for tables with an element of 8 bytes for each byte. */
  private static final int WIDEST_TABLE = 2048;

  /** The longest step: there are some iterations in a page then. */
  private static final int LONGEST_STEP = 1024;

  private static final int WIDEST = 16;
  private static final int REGISTERS = 8;

  /** Index of the constant in a sum. */
  private static final int CONSTANT = REGISTERS;

  /** Index of the maximum of what is added to the sum. */
  private static final int MAXIMUM = REGISTERS + 1;

  private static final int BYTE = 0xff;

  private final Insn[] insns;
  private final int[] streams;
  private boolean on;

  // what the registers hold; null: not known
  private final int[][] values = new int[REGISTERS][];

  /** By how much each register is more after an iteration, where that is known. */
  private final int[] steps = new int[REGISTERS];

  private int stepping;

  /** Accesses in a group: all of a page while an iteration lasts. */
  static final class Group {
    /** The address of the lowest byte, in what the registers hold where the iteration begins. */
    final int[] address;

    final int step;
    int bytes;
    boolean writes;

    /** The lowest displacement added to a register without looking for an overflow. */
    int lowest;

    /** The highest. */
    int highest;

    /**
     * What to add to the address of the lowest byte for one that must be divisible by 16, or -1.
     */
    int aligned = -1;

    private Group(int[] address, int step, int bytes) {
      this.address = address;
      this.step = step;
      this.bytes = bytes;
    }

    int constant() {
      return address[CONSTANT];
    }
  }

  private final int[] registers = new int[LIMIT];
  private final Group[] groups = new Group[LIMIT];
  private int count;

  LoopStreams(Insn[] insns) {
    this.insns = insns;
    streams = new int[insns.length];
  }

  /** Whether the code of a loop is being emitted. */
  boolean any() {
    return on;
  }

  /** From here on no access is one of a stream. */
  void none() {
    on = false;
  }

  /**
   * Looks at the first {@code count} instructions.
   *
   * @return whether there are streams, and nothing else stands against going round without probes
   */
  boolean find(int count, CodeMode mode) {
    on = false;
    this.count = 0;
    Arrays.fill(streams, 0, count, NONE);
    for (int n = 0; n < count; n++) {
      if (!suits(insns[n], n == count - 1)) {
        return false;
      }
    }
    begin();
    for (int n = 0; n < count; n++) {
      step(insns[n]);
    }
    stepping = 0;
    for (int r = 0; r < REGISTERS; r++) {
      if (values[r] != null && isItself(values[r], r)) {
        stepping |= 1 << r;
        steps[r] = values[r][CONSTANT];
      }
    }
    begin();
    for (int n = 0; n < count; n++) {
      if (!access(n, mode)) {
        return false;
      }
      step(insns[n]);
    }
    on = this.count > 0;
    spare(count);
    return on;
  }

  /** The group of the memory operand of instruction {@code i}, or {@link #NONE}. */
  int of(int i) {
    return on ? streams[i] : NONE;
  }

  /**
   * The scratch register that has a group's addend during the loop, as nothing in it needs that; or
   * {@link HostAssembler#NONE}.
   */
  int register(int g) {
    return registers[g];
  }

  /** Finds scratch registers that the first {@code n} instructions leave alone. */
  private void spare(int n) {
    boolean all = true;
    boolean allDirect = true;
    boolean noScratch = true;
    for (int i = 0; i < n; i++) {
      if (accesses(insns[i])) {
        boolean stream = streams[i] != NONE;
        all &= stream;
        allDirect &= stream && direct(insns[i]);
        // an offset that is no address takes a register to be noted
        noScratch &= stream || !insns[i].form.has(Attribute.X87);
      }
      noScratch &= InsnEffects.needsNoScratch(insns[i]);
    }
    Arrays.fill(registers, HostAssembler.NONE);
    if (!noScratch) {
      return;
    }
    int next = 0;
    registers[next++] = HostRegisters.VALUE;
    if (allDirect) {
      registers[next++] = HostRegisters.ADDRESS;
    }
    if (all && count <= next + 1) {
      registers[next] = HostRegisters.ADDEND;
    }
  }

  private static boolean accesses(Insn i) {
    return (i.kind0 == Insn.MEM || i.kind1 == Insn.MEM) && i.operation != Operation.LEA;
  }

  /** Whether instruction {@code n} cannot leave the loop, other than as a branch. */
  boolean stays(int n) {
    Insn i = insns[n];
    if (!Templates.mayExit(i)) {
      return true;
    }
    boolean sure = accesses(i) ? InsnEffects.keepsFlagsAtOperand(i) : Templates.usesUnit(i);
    return on && sure && (streams[n] != NONE || !accesses(i));
  }

  int groups() {
    return count;
  }

  Group group(int g) {
    return groups[g];
  }

  /**
   * Whether the operand may be accessed at its base register, a displacement and the addend: {@link
   * LoopEntry} sees to it that the sum does not overflow.
   */
  static boolean direct(Insn i) {
    boolean alone = i.index == Insn.NO_REGISTER && i.base != Insn.NO_REGISTER;
    return alone && i.displacement >= -SPAN && InsnEffects.keepsAddress(i);
  }

  // ---- instructions

  private static boolean suits(Insn i, boolean last) {
    if (i.rep || i.repne || i.address16) {
      return false;
    }
    return switch (i.operation) {
      case JCC, JMP -> true;
      case LOOP -> last;
      case ADD, OR, ADC, SBB, AND, SUB, XOR, CMP, TEST, INC, DEC, NOT, NEG -> true;
      case ROL, ROR, SHL, SHR, SAR, SHLD, SHRD -> true;
      case BT, BTS, BTR, BTC, BSF, BSR, BSWAP, IMUL_TRUNCATED, MUL, IMUL -> true;
      case MOV -> i.kind0 != Insn.SEGMENT && i.kind1 != Insn.SEGMENT;
      case MOVZX, MOVSX, LEA, CMOVCC, SETCC, NOP, CBW, CWDE, CWD, CDQ -> true;
      case FLDCW, FNINIT, LDMXCSR, STMXCSR -> false;
      default -> Templates.usesUnit(i) && !i.form.has(Attribute.ENDS_BLOCK);
    };
  }

  /** Notes an access; false if it cannot succeed each time. */
  private boolean access(int n, CodeMode mode) {
    Insn i = insns[n];
    int operand = i.kind0 == Insn.MEM ? 0 : 1;
    int size = operand == 0 ? i.size0 : i.size1;
    boolean bits = i.operation == Operation.BT || i.operation == Operation.BTS;
    bits |= i.operation == Operation.BTR || i.operation == Operation.BTC;
    if (!accesses(i) || bits) {
      return true;
    }
    int[] address = address(i);
    if (address == null || size <= 0 || size > WIDEST || address[MAXIMUM] > WIDEST_TABLE) {
      return true;
    }
    boolean aligned = i.form.has(Attribute.ALIGN16);
    if (aligned && address[MAXIMUM] != 0) {
      return true;
    }
    int step = 0;
    int terms = 0;
    for (int r = 0; r < REGISTERS; r++) {
      if (address[r] != 0) {
        if ((stepping >>> r & 1) == 0) {
          return true;
        }
        step += address[r] * steps[r];
        terms++;
      }
    }
    boolean flat = mode.kind(i.segment) == CodeMode.FLAT;
    if (!flat || terms > 3 || step < -LONGEST_STEP || step > LONGEST_STEP) {
      return true;
    }
    if (aligned && step % 16 != 0) {
      return false;
    }
    int g = join(address, step, size + address[MAXIMUM]);
    if (g == NONE) {
      return true;
    }
    Group group = groups[g];
    group.writes |= i.form.writes(operand);
    if (direct(i)) {
      group.lowest = Math.min(group.lowest, i.displacement);
      group.highest = Math.max(group.highest, i.displacement);
    }
    streams[n] = g;
    int more = address[CONSTANT] - group.constant() & 15;
    boolean differ = aligned && group.aligned >= 0 && group.aligned != more;
    group.aligned = aligned ? more : group.aligned;
    return !differ;
  }

  private int join(int[] address, int step, int size) {
    for (int g = 0; g < count; g++) {
      Group group = groups[g];
      int from = address[CONSTANT] - group.constant();
      boolean same = group.step == step;
      for (int r = 0; r < REGISTERS; r++) {
        same &= group.address[r] == address[r];
      }
      if (same && from >= -SPAN && from <= SPAN) {
        int lowest = Math.min(from, 0);
        int bytes = Math.max(from + size, group.bytes) - lowest;
        if (bytes <= SPAN || bytes == group.bytes) {
          group.address[CONSTANT] += lowest;
          group.bytes = bytes;
          group.aligned = group.aligned < 0 ? -1 : group.aligned - lowest & 15;
          return g;
        }
      }
    }
    if (count == LIMIT) {
      return NONE;
    }
    groups[count] = new Group(address, step, size);
    return count++;
  }

  // ---- values

  private void begin() {
    for (int r = 0; r < REGISTERS; r++) {
      values[r] = constant(0);
      values[r][r] = 1;
    }
  }

  private static boolean isItself(int[] value, int register) {
    for (int r = 0; r < REGISTERS; r++) {
      if (value[r] != (r == register ? 1 : 0)) {
        return false;
      }
    }
    return value[MAXIMUM] == 0;
  }

  private int[] address(Insn i) {
    int[] sum = constant(i.displacement);
    if (i.base != Insn.NO_REGISTER) {
      sum = plus(sum, values[i.base], 1);
    }
    if (i.index != Insn.NO_REGISTER) {
      sum = plus(sum, values[i.index], 1 << i.scale);
    }
    return sum;
  }

  private static int[] constant(int value) {
    int[] sum = new int[MAXIMUM + 1];
    sum[CONSTANT] = value;
    return sum;
  }

  private static int[] upTo(int maximum) {
    int[] sum = constant(0);
    sum[MAXIMUM] = maximum;
    return sum;
  }

  private static int[] plus(int[] a, int[] b, int times) {
    if (a == null || b == null) {
      return null;
    }
    boolean large = times < 0 || times > WIDEST_TABLE || b[MAXIMUM] > WIDEST_TABLE;
    if (b[MAXIMUM] != 0 && large) {
      return null;
    }
    int[] sum = a.clone();
    for (int n = 0; n <= MAXIMUM; n++) {
      sum[n] += b[n] * times;
    }
    return sum;
  }

  /** What an instruction does to the registers. */
  private void step(Insn i) {
    if (i.kind0 == Insn.REG && i.size0 == 4) {
      int to = i.index0;
      int[] source =
          switch (i.kind1) {
            case Insn.REG -> values[i.index1];
            case Insn.IMM -> constant(i.imm);
            default -> null;
          };
      switch (i.operation) {
        case MOV -> {
          values[to] = source;
          return;
        }
        case ADD, SUB -> {
          values[to] = plus(values[to], source, i.operation == Operation.ADD ? 1 : -1);
          return;
        }
        case INC, DEC -> {
          values[to] = plus(values[to], constant(1), i.operation == Operation.INC ? 1 : -1);
          return;
        }
        case LEA -> {
          values[to] = address(i);
          return;
        }
        case SHL -> {
          if (i.kind1 == Insn.IMM) {
            values[to] = plus(constant(0), values[to], 1 << (i.imm & 31));
            return;
          }
        }
        default -> {}
      }
    }
    if (i.operation == Operation.LOOP) {
      values[Cpu.ECX] = plus(values[Cpu.ECX], constant(-1), 1);
      return;
    }
    int changed = InsnEffects.changes(i);
    if (i.kind0 == Insn.REG && changed == 1 << i.index0 && remainsSmall(i)) {
      values[i.index0] = upTo(i.operation == Operation.AND ? i.imm : BYTE);
      return;
    }
    for (int r = 0; r < REGISTERS; r++) {
      if ((changed >>> r & 1) != 0) {
        values[r] = null;
      }
    }
  }

  /** Whether the register has no more than a byte behind it, or no more than the mask of AND. */
  private boolean remainsSmall(Insn i) {
    if (i.operation == Operation.MOVZX) {
      return i.size0 == 4 && i.size1 == 1;
    }
    if (i.operation == Operation.AND && i.size0 == 4) {
      return i.kind1 == Insn.IMM && i.imm >= 0 && i.imm <= WIDEST_TABLE;
    }
    int[] before = values[i.index0];
    return i.size0 == 1 && isByte(before);
  }

  private static boolean isByte(int[] value) {
    if (value == null || value[MAXIMUM] > BYTE) {
      return false;
    }
    for (int n = 0; n <= CONSTANT; n++) {
      if (value[n] != 0) {
        return false;
      }
    }
    return true;
  }
}
