package org.trampoline.emulator.execute;

import static org.trampoline.emulator.execute.MicroOp.*;

import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.Eflags;
import org.trampoline.emulator.cpu.SegmentRegister;
import org.trampoline.emulator.memory.Host;
import org.trampoline.emulator.memory.TranslationMap;

/**
 * The hot loop: executes the micro-operations of one block after the other. It is one method on
 * purpose (as a dispatch loop has to be for the JIT compiler) and longer than house rules allow.
 *
 * <p>It throws nothing and faults never: whatever is not common makes it leave, with eip at an
 * instruction that has not begun. Its form is what the JIT compiler makes fast code of, whatever
 * mix of programs runs:
 *
 * <ul>
 *   <li>Each kind of access to memory stands here once, as it is some 600 bytes of bytecode to the
 *       compiler, which inlines until a method has 8000.
 *   <li>Each case loads its word itself. Were the word loaded before the switch, the compiler would
 *       do there whatever two cases have in common, every sum and difference, each time.
 *   <li>Operands are taken out of the word by hand: what is called in a case that was rare when the
 *       loop was compiled stays a call.
 * </ul>
 */
final class HotLoop {
  // why run() has returned

  /**
   * The instruction to which the micro-operation at {@code position} belongs is to be executed
   * through {@link Semantics}: an operand of it needs care.
   */
  static final int AT_INSN = 0;

  /** At the start of a block that is to be found. */
  static final int AT_BLOCK = 1;

  /** As {@link #AT_BLOCK}, and {@link #link} is to be set to it. */
  static final int AT_LINK = 2;

  /**
   * Before a block that is too long for the instructions left, or dropped; or events are pending.
   */
  static final int AT_BOUNDARY = 3;

  /** {@link #block} is too near the end of its code segment for this. */
  static final int AT_SEGMENT_END = 4;

  /** At an {@link MicroOp#INSN}. */
  static final int AT_SEMANTICS = 5;

  private static final int A = A_SHIFT;
  private static final int B = B_SHIFT;
  private static final int X = X_SHIFT;

  private final MicroCode store;

  // where execution is; in use before and after run()

  /** Position of the micro-operation to begin with, then of the one that made it leave. */
  int position;

  /** Position of the block's head. */
  int block;

  /** eip of the block's first instruction. */
  int base;

  /** Instructions that may still begin. */
  int left;

  /** Position of the jump whose target is sought, × 2, + 1 for the upper half. */
  int link;

  HotLoop(MicroCode store) {
    this.store = store;
  }

  /** Which bit of a condition's truth applies: ZF, SF, CF, CF ≠ OF from bit 3 down. */
  private static int flags(Cpu c) {
    return (c.zero == 0 ? 8 : 0) | c.sign >>> 31 << 2 | c.carry >>> 30;
  }

  /**
   * The truth of a condition for each value of {@link #flags}, a bit each; -1 for those of PF,
   * which the loop does not test.
   *
   * @param condition 0–15 as in the opcode
   */
  static int truth(int condition) {
    int truth =
        switch (condition >> 1) {
          case 0 -> 0x6666; // OF: CF xor (CF xor OF)
          case 1 -> 0xcccc;
          case 2 -> 0xff00;
          case 3 -> 0xff00 | 0xcccc;
          case 4 -> 0xf0f0;
          case 6 -> 0xf0f0 ^ 0x6666;
          case 7 -> 0xff00 | 0xf0f0 ^ 0x6666;
          default -> -1;
        };
    return truth < 0 || (condition & 1) == 0 ? truth : ~truth & 0xffff;
  }

  /** Executes from {@link #position} on; returns why it leaves. */
  @SuppressWarnings("LabelledBreakTarget") // the way out of a case; a call would cost more
  int run(Cpu c, int mode) {
    final long[] code = store.code;
    final int[] r = c.reg;
    final int m = r.length - 1; // an index with & m needs no check of bounds
    final long read = c.mmu.map();
    final int segmentBase = c.segment[SegmentRegister.CS].base;
    int p = position;
    int op = (int) code[p - 1] & 0xff;
    int eip = base;
    int left = this.left;
    int slot = 0;
    long host = 0;
    int reason;
    dispatch:
    while (true) {
      if (op >= FIRST_MEMORY) {
        long access = code[p];
        int w = (int) access;
        int linear =
            r[w >>> B & m] + (int) (access >>> 32) + (r[w >>> X & m] << (w >>> SCALE_SHIFT & 3));
        long addend = TranslationMap.addend(read + (w >>> WRITE_MAP_SHIFT & WRITE_MAP), linear);
        if (addend == 0 || (linear & 0xfff) > 0x1000 - (1 << (w >>> SIZE_SHIFT & 3))) {
          reason = AT_INSN;
          break;
        }
        host = TranslationMap.host(addend, linear);
      }
      int to;
      jump:
      {
        long word;
        int flags = -1;
        conditional:
        {
          /* Left by what sets flags: a conditional jump behind it is done at once. */
          fusible:
          {
            switch (op) {
              case MOV -> {
                word = code[p];
                int w = (int) word;
                r[w >>> A & m] = r[w >>> B & m] + (int) (word >>> 32);
              }
              case LEA -> {
                word = code[p];
                int w = (int) word;
                r[w >>> A & m] =
                    r[w >>> B & m]
                        + (int) (word >>> 32)
                        + (r[w >>> X & m] << (w >>> SCALE_SHIFT & 3));
              }
              case ADD -> {
                word = code[p];
                int w = (int) word;
                int a = w >>> A & m;
                r[a] = Arithmetic.add32(c, r[a], r[w >>> B & m] + (int) (word >>> 32));
                break fusible;
              }
              case SUB -> {
                word = code[p];
                int w = (int) word;
                int a = w >>> A & m;
                r[a] = Arithmetic.sub32(c, r[a], r[w >>> B & m] + (int) (word >>> 32));
                break fusible;
              }
              case AND -> {
                word = code[p];
                int w = (int) word;
                int a = w >>> A & m;
                r[a] = Logic.flags32(c, r[a] & r[w >>> B & m] + (int) (word >>> 32));
                break fusible;
              }
              case OR -> {
                word = code[p];
                int w = (int) word;
                int a = w >>> A & m;
                r[a] = Logic.flags32(c, r[a] | r[w >>> B & m] + (int) (word >>> 32));
                break fusible;
              }
              case XOR -> {
                word = code[p];
                int w = (int) word;
                int a = w >>> A & m;
                r[a] = Logic.flags32(c, r[a] ^ r[w >>> B & m] + (int) (word >>> 32));
              }
              case CMP -> {
                word = code[p];
                int w = (int) word;
                Arithmetic.sub32(c, r[w >>> A & m], r[w >>> B & m] + (int) (word >>> 32));
                break fusible;
              }
              case TEST -> {
                word = code[p];
                int w = (int) word;
                Logic.flags32(c, r[w >>> A & m] & r[w >>> B & m] + (int) (word >>> 32));
                break fusible;
              }
              case INC -> {
                word = code[p];
                int w = (int) word;
                int a = w >>> A & m;
                r[a] = Arithmetic.inc32(c, r[a]);
                break fusible;
              }
              case DEC -> {
                word = code[p];
                int w = (int) word;
                int a = w >>> A & m;
                r[a] = Arithmetic.dec32(c, r[a]);
                break fusible;
              }
              case CMP8 -> {
                word = code[p];
                int w = (int) word;
                Arithmetic.sub8(
                    c,
                    r[w >>> A & m] >>> (w >>> HIGH_A_SHIFT & 8),
                    (r[w >>> B & m] + (int) (word >>> 32)) >>> (w >>> HIGH_B_SHIFT & 8));
                break fusible;
              }
              case TEST8 -> {
                word = code[p];
                int w = (int) word;
                Logic.flags8(
                    c,
                    r[w >>> A & m] >>> (w >>> HIGH_A_SHIFT & 8)
                        & (r[w >>> B & m] + (int) (word >>> 32)) >>> (w >>> HIGH_B_SHIFT & 8));
                break fusible;
              }
              case SHL -> {
                word = code[p];
                int w = (int) word;
                int a = w >>> A & m;
                r[a] = Shifts.shl(c, 4, r[a], r[w >>> B & m] + (int) (word >>> 32));
              }
              case SHR -> {
                word = code[p];
                int w = (int) word;
                int a = w >>> A & m;
                r[a] = Shifts.shr(c, 4, r[a], r[w >>> B & m] + (int) (word >>> 32));
              }
              case SAR -> {
                word = code[p];
                int w = (int) word;
                int a = w >>> A & m;
                r[a] = Shifts.sar(c, 4, r[a], r[w >>> B & m] + (int) (word >>> 32));
              }
              case ROL -> {
                word = code[p];
                int w = (int) word;
                int a = w >>> A & m;
                r[a] = Shifts.rol(c, 4, r[a], r[w >>> B & m] + (int) (word >>> 32));
              }
              case ROR -> {
                word = code[p];
                int w = (int) word;
                int a = w >>> A & m;
                r[a] = Shifts.ror(c, 4, r[a], r[w >>> B & m] + (int) (word >>> 32));
              }
              case IMUL -> {
                word = code[p];
                int w = (int) word;
                int a = w >>> A & m;
                r[a] = Arithmetic.imul32(c, r[a], r[w >>> B & m] + (int) (word >>> 32));
              }
              case IMUL3 -> {
                word = code[p];
                int w = (int) word;
                r[w >>> A & m] = Arithmetic.imul32(c, r[w >>> B & m], (int) (word >>> 32));
              }
              case MOVZX8 -> {
                word = code[p];
                int w = (int) word;
                r[w >>> A & m] =
                    (r[w >>> B & m] + (int) (word >>> 32)) >>> (w >>> HIGH_B_SHIFT & 8) & 0xff;
              }
              case MOVSX8 -> {
                word = code[p];
                int w = (int) word;
                r[w >>> A & m] =
                    (byte) ((r[w >>> B & m] + (int) (word >>> 32)) >>> (w >>> HIGH_B_SHIFT & 8));
              }
              case MOVZX16 -> {
                word = code[p];
                int w = (int) word;
                r[w >>> A & m] = (r[w >>> B & m] + (int) (word >>> 32)) & 0xffff;
              }
              case MOVSX16 -> {
                word = code[p];
                int w = (int) word;
                r[w >>> A & m] = (short) (r[w >>> B & m] + (int) (word >>> 32));
              }
              case MOV16 -> {
                word = code[p];
                int w = (int) word;
                int a = w >>> A & m;
                r[a] = r[a] & 0xffff_0000 | (r[w >>> B & m] + (int) (word >>> 32)) & 0xffff;
              }
              case SIGN -> {
                word = code[p];
                int w = (int) word;
                r[w >>> A & m] = (r[w >>> B & m] + (int) (word >>> 32)) >> 31;
              }

              case LOAD32, POP, LEAVE, RET -> {
                word = code[p];
                int w = (int) word;
                int value = Host.get32(host);
                if (op >= POP) {
                  int esp = (r[w >>> B & m] + (int) (word >>> 32)) + 4;
                  if (op == RET) {
                    eip = value;
                    r[Cpu.ESP & m] = esp + (int) code[p + 1];
                    to = -1;
                    break jump;
                  }
                  r[Cpu.ESP & m] = esp;
                }
                r[w >>> A & m] = value;
              }
              case LOAD16, LOAD16S -> {
                word = code[p];
                int w = (int) word;
                int value = Host.get16(host);
                r[w >>> A & m] = op == LOAD16 ? value : (short) value;
              }
              case LOAD8, LOAD8S, LOAD8_R8 -> {
                word = code[p];
                int w = (int) word;
                int a = w >>> A & m;
                int value = Host.get8(host);
                if (op == LOAD8_R8) {
                  int shift = (w >>> HIGH_A_SHIFT & 8);
                  r[a] = r[a] & ~(0xff << shift) | value << shift;
                } else {
                  r[a] = op == LOAD8S ? (byte) value : value;
                }
              }
              case STORE32, BACK32, PUSH, CALL, CALL_R -> {
                word = code[p];
                int w = (int) word;
                int value = r[w >>> A & m];
                int target = value;
                long more = 0;
                if (op >= CALL) {
                  more = code[p + 1];
                  value = eip + (int) (more >>> 32);
                }
                Host.put32(host, value);
                if (op >= PUSH) {
                  r[Cpu.ESP & m] = r[w >>> B & m] + (int) (word >>> 32);
                  if (op >= CALL) {
                    eip = op == CALL ? eip + (int) code[p + 2] : target;
                    to = (int) more;
                    slot = 2;
                    break jump;
                  }
                }
              }
              case STORE16, BACK16 -> {
                word = code[p];
                int w = (int) word;
                Host.put16(host, r[w >>> A & m]);
              }
              case STORE8, BACK8 -> {
                word = code[p];
                int w = (int) word;
                Host.put8(host, r[w >>> A & m] >>> (w >>> HIGH_A_SHIFT & 8));
              }
              case JCC -> {
                break conditional;
              }
              case JMP -> {
                word = code[p];
                int w = (int) word;
                eip += (int) (word >>> 32);
                slot = 2;
                to = (int) code[p + 1];
                break jump;
              }
              case JMP_R -> {
                word = code[p];
                int w = (int) word;
                eip = r[w >>> A & m];
                to = -1;
                break jump;
              }
              case LOOP, LOOP16, JECXZ, JCXZ -> {
                word = code[p];
                int w = (int) word;
                int width = op == LOOP16 || op == JCXZ ? 0xffff : -1;
                int a = w >>> A & m;
                int ecx = r[a];
                if (op <= LOOP16) {
                  int count = ecx - 1 & width;
                  r[a] = ecx & ~width | count;
                  flags = count != 0 ? 1 : 0;
                } else {
                  flags = (ecx & width) == 0 ? 1 : 0;
                }
                p++;
                break conditional;
              }

              case ADC -> {
                word = code[p];
                int w = (int) word;
                int a = w >>> A & m;
                r[a] = Arithmetic.adc(c, 4, r[a], r[w >>> B & m] + (int) (word >>> 32));
              }
              case SBB -> {
                word = code[p];
                int w = (int) word;
                int a = w >>> A & m;
                r[a] = Arithmetic.sbb(c, 4, r[a], r[w >>> B & m] + (int) (word >>> 32));
              }
              case NEG -> {
                word = code[p];
                int w = (int) word;
                int a = w >>> A & m;
                r[a] = Arithmetic.sub32(c, 0, r[a]);
              }
              case NOT -> {
                word = code[p];
                int w = (int) word;
                int a = w >>> A & m;
                r[a] = ~r[a];
              }
              case MUL -> {
                word = code[p];
                int w = (int) word;
                Arithmetic.mul(c, r[w >>> A & m], 4);
              }
              case XCHG -> {
                word = code[p];
                int w = (int) word;
                int a = w >>> A & m;
                int b = w >>> B & m;
                int value = r[a];
                r[a] = r[b];
                r[b] = value;
              }
              case CMOV -> {
                word = code[p];
                int w = (int) word;
                if (((int) (word >>> 32) >>> flags(c) & 1) != 0) {
                  r[w >>> A & m] = r[w >>> B & m];
                }
              }
              case MOV8, SETCC, ADD8, SUB8, AND8, OR8, XOR8, INC8, DEC8 -> {
                word = code[p];
                int w = (int) word;
                int a = w >>> A & m;
                int shift = (w >>> HIGH_A_SHIFT & 8);
                int x = r[a] >>> shift;
                int y = (r[w >>> B & m] + (int) (word >>> 32)) >>> (w >>> HIGH_B_SHIFT & 8);
                int value =
                    switch (op) {
                      case MOV8 -> y;
                      case SETCC -> (int) (word >>> 32) >>> flags(c) & 1;
                      case ADD8 -> Arithmetic.add(c, 1, x, y);
                      case SUB8 -> Arithmetic.sub(c, 1, x, y);
                      case INC8 -> Arithmetic.inc(c, 1, x);
                      case DEC8 -> Arithmetic.dec(c, 1, x);
                      default -> Logic.flags8(c, op == AND8 ? x & y : op == OR8 ? x | y : x ^ y);
                    };
                r[a] = r[a] & ~(0xff << shift) | (value & 0xff) << shift;
                break fusible;
              }
              case ADD16, SUB16, CMP16, AND16, OR16, XOR16, TEST16, INC16, DEC16 -> {
                word = code[p];
                int w = (int) word;
                int a = w >>> A & m;
                int x = r[a];
                int y = r[w >>> B & m] + (int) (word >>> 32);
                int value =
                    switch (op) {
                      case ADD16 -> Arithmetic.add(c, 2, x, y);
                      case SUB16, CMP16 -> Arithmetic.sub(c, 2, x, y);
                      case INC16 -> Arithmetic.inc(c, 2, x);
                      case DEC16 -> Arithmetic.dec(c, 2, x);
                      default ->
                          Logic.flags(c, 2, op == OR16 ? x | y : op == XOR16 ? x ^ y : x & y);
                    };
                if (op != CMP16 && op != TEST16) {
                  r[a] = x & 0xffff_0000 | value & 0xffff;
                }
                break fusible;
              }
              case SHIFT -> {
                word = code[p];
                int w = (int) word;
                int a = w >>> A & m;
                int shift = w >>> HIGH_A_SHIFT & 8;
                int bytes = 1 << (w >>> SIZE_SHIFT & 3);
                int bits = Arithmetic.mask(bytes) << shift;
                int count = r[w >>> B & m] + (int) (word >>> 32);
                int value = Shifts.shift(c, w >>> X & 7, bytes, r[a] >>> shift, count);
                r[a] = r[a] & ~bits | value << shift & bits;
                break fusible;
              }
              case EA -> {
                word = code[p];
                int w = (int) word;
                int offset =
                    r[w >>> B & m]
                        + (int) (word >>> 32)
                        + (r[w >>> X & m] << (w >>> SCALE_SHIFT & 3));
                if ((w & ADDRESS16) != 0) {
                  offset &= 0xffff;
                }
                SegmentRegister s = c.segment[w >>> SEGMENT_SHIFT & 7];
                long first = offset & 0xffff_ffffL;
                if (first < s.low
                    || first + (1 << (w >>> SIZE_SHIFT & 3)) - 1 > s.high
                    || !((w & MicroOp.WRITE) != 0 ? s.writable : s.readable)) {
                  reason = AT_INSN;
                  break dispatch;
                }
                r[LINEAR & m] = s.base + offset;
              }
              case EA_STACK -> {
                word = code[p];
                int w = (int) word;
                int step = (int) (word >>> 32);
                int esp = r[w >>> B & m];
                int width = c.stack32 ? -1 : 0xffff;
                int offset = (step < 0 ? esp + step : esp) & width;
                SegmentRegister s = c.segment[SegmentRegister.SS];
                long first = offset & 0xffff_ffffL;
                if (first < s.low
                    || first + Math.abs(step) - 1 > s.high
                    || !(step < 0 ? s.writable : s.readable)) {
                  reason = AT_INSN;
                  break dispatch;
                }
                r[STACK & m] = esp & ~width | esp + step & width;
                r[LINEAR & m] = s.base + offset;
              }
              case EIP -> {
                word = code[p];
                int w = (int) word;
                r[w >>> A & m] = eip + (int) (word >>> 32);
              }
              case ADVANCE, ADVANCE16 -> {
                word = code[p];
                int w = (int) word;
                int step = (int) (word >>> 32);
                int a = w >>> A & m;
                int value = r[a] + ((c.eflags & Eflags.DF) == 0 ? step : -step);
                r[a] = op == ADVANCE ? value : r[a] & 0xffff_0000 | value & 0xffff;
              }
              case CHECK -> {
                word = code[p];
                int w = (int) word;
                long first = eip & 0xffff_ffffL;
                if (first + ((int) (word >>> LENGTH_SHIFT) & 0x7ff) - 1
                        > c.segment[SegmentRegister.CS].high
                    || (word & BRANCHES16) != 0
                        && (first < ((int) (word >>> BACKWARD_SHIFT) & 0x3_ffff)
                            || first + ((int) (word >>> FORWARD_SHIFT) & 0x1_ffff) > 0xffff)) {
                  reason = AT_SEGMENT_END;
                  break dispatch;
                }
              }
              default -> {
                reason = AT_SEMANTICS;
                break dispatch;
              }
            }
            op = (int) word & 0xff;
            p++;
            continue;
          }
          op = (int) word & 0xff;
          p++;
          if (op != JCC) {
            continue;
          }
        }
        if (flags < 0) {
          flags = flags(c);
        }
        long condition = code[p];
        long links = code[p + 1];
        if (((int) condition >>> flags & 1) != 0) {
          eip += (int) (condition >>> 32);
          slot = 2;
          to = (int) links;
        } else {
          eip += (int) condition >>> 16;
          slot = 3;
          to = (int) (links >>> 32);
        }
      }
      if (to <= 0) {
        if (to == 0) {
          reason = AT_LINK;
          break;
        }
        int linear = segmentBase + eip;
        long addend = TranslationMap.addend(read + TranslationMap.EXECUTE, linear);
        long key = MicroCode.key(TranslationMap.host(addend, linear), mode);
        int[] targets = store.targets;
        to = targets[(linear ^ linear >>> 12) & targets.length - 1];
        if (code[to - 1] != key) {
          reason = AT_BLOCK;
          break;
        }
      }
      long head = code[to];
      int count = (int) head >>> MicroCode.COUNT_SHIFT;
      left -= count;
      if (left < 0 || c.eventsPending) {
        left += count;
        reason = AT_BOUNDARY;
        break;
      }
      block = to;
      p = to + 1;
      op = (int) head & 0xff;
    }
    position = p;
    base = eip;
    this.left = left;
    link = (p << 1) + slot;
    return reason;
  }
}
