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
 * <p>It calls nothing that is not inlined, throws nothing, and faults never: whatever is not common
 * makes it leave, with eip at an instruction that has not begun. So the compiler can keep the
 * loop's state in registers and its size within its limits (8000 bytes of bytecode, 18,000 nodes),
 * whatever mix of programs runs.
 */
final class HotLoop {
  // why run() has returned

  /** Instruction {@code index} of {@code block} is to be executed through {@link Semantics}. */
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

  private static int a(long word) {
    return (int) word >>> A_SHIFT & 15;
  }

  private static int b(long word) {
    return (int) word >>> B_SHIFT & 15;
  }

  private static int immediate(long word) {
    return (int) (word >>> 32);
  }

  private static int address(int[] r, long word) {
    int w = (int) word;
    return r[w >>> B_SHIFT & 15]
        + (r[w >>> X_SHIFT & 15] << (w >>> SCALE_SHIFT & 3))
        + (int) (word >>> 32);
  }

  private static int a8(int[] r, long word) {
    return r[(int) word >>> A_SHIFT & 15] >>> ((int) word >>> 19 & 8);
  }

  private static int b8(int[] r, long word) {
    return r[(int) word >>> B_SHIFT & 15] >>> ((int) word >>> 20 & 8);
  }

  private static void set8(int[] r, long word, int value) {
    int shift = (int) word >>> 19 & 8;
    int k = (int) word >>> A_SHIFT & 15;
    r[k] = r[k] & ~(0xff << shift) | (value & 0xff) << shift;
  }

  private static void set16(int[] r, long word, int value) {
    int k = (int) word >>> A_SHIFT & 15;
    r[k] = r[k] & 0xffff_0000 | value & 0xffff;
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
    final int[] targets = store.targets;
    final int[] r = c.reg;
    final long read = c.mmu.map();
    final long write = read + TranslationMap.WRITE;
    final long execute = read + TranslationMap.EXECUTE;
    final SegmentRegister[] segments = c.segment;
    final int segmentBase = segments[SegmentRegister.CS].base;
    int p = position;
    int op = (int) code[p - 1] & 0xff;
    int q = block;
    int eip = base;
    int left = this.left;
    int slot = 0;
    long host = 0;
    int reason;
    dispatch:
    while (true) {
      int to;
      jump:
      {
        int flags;
        long word;
        conditional:
        {
          switch (op) {
            case MOV_RR -> {
              word = code[p];
              r[a(word)] = r[b(word)];
            }
            case MOV_RI -> {
              word = code[p];
              r[a(word)] = immediate(word);
            }
            case LEA -> {
              word = code[p];
              r[a(word)] = address(r, word);
            }
            case ADD_RR -> {
              word = code[p];
              r[a(word)] = Arithmetic.add32(c, r[a(word)], r[b(word)]);
            }
            case ADD_RI -> {
              word = code[p];
              r[a(word)] = Arithmetic.add32(c, r[a(word)], immediate(word));
            }
            case SUB_RR -> {
              word = code[p];
              r[a(word)] = Arithmetic.sub32(c, r[a(word)], r[b(word)]);
            }
            case SUB_RI -> {
              word = code[p];
              r[a(word)] = Arithmetic.sub32(c, r[a(word)], immediate(word));
            }
            case AND_RR -> {
              word = code[p];
              r[a(word)] = Logic.flags32(c, r[a(word)] & r[b(word)]);
            }
            case AND_RI -> {
              word = code[p];
              r[a(word)] = Logic.flags32(c, r[a(word)] & immediate(word));
            }
            case OR_RR -> {
              word = code[p];
              r[a(word)] = Logic.flags32(c, r[a(word)] | r[b(word)]);
            }
            case OR_RI -> {
              word = code[p];
              r[a(word)] = Logic.flags32(c, r[a(word)] | immediate(word));
            }
            case XOR_RR -> {
              word = code[p];
              r[a(word)] = Logic.flags32(c, r[a(word)] ^ r[b(word)]);
            }
            case XOR_RI -> {
              word = code[p];
              r[a(word)] = Logic.flags32(c, r[a(word)] ^ immediate(word));
            }
            case CMP_RR -> {
              word = code[p];
              Arithmetic.sub32(c, r[a(word)], r[b(word)]);
            }
            case CMP_RI -> {
              word = code[p];
              Arithmetic.sub32(c, r[a(word)], immediate(word));
            }
            case TEST_RR -> {
              word = code[p];
              Logic.flags32(c, r[a(word)] & r[b(word)]);
            }
            case TEST_RI -> {
              word = code[p];
              Logic.flags32(c, r[a(word)] & immediate(word));
            }
            case INC -> {
              word = code[p];
              r[a(word)] = Arithmetic.inc32(c, r[a(word)]);
            }
            case DEC -> {
              word = code[p];
              r[a(word)] = Arithmetic.dec32(c, r[a(word)]);
            }
            case NEG -> {
              word = code[p];
              r[a(word)] = Arithmetic.sub32(c, 0, r[a(word)]);
            }
            case NOT -> {
              word = code[p];
              r[a(word)] = ~r[a(word)];
            }
            case SHL_RI -> {
              word = code[p];
              r[a(word)] = Shifts.shl(c, 4, r[a(word)], immediate(word));
            }
            case SHR_RI -> {
              word = code[p];
              r[a(word)] = Shifts.shr(c, 4, r[a(word)], immediate(word));
            }
            case SAR_RI -> {
              word = code[p];
              r[a(word)] = Shifts.sar(c, 4, r[a(word)], immediate(word));
            }
            case ROL_RI -> {
              word = code[p];
              r[a(word)] = Shifts.rol(c, 4, r[a(word)], immediate(word));
            }
            case ROR_RI -> {
              word = code[p];
              r[a(word)] = Shifts.ror(c, 4, r[a(word)], immediate(word));
            }
            case SHL_RR -> {
              word = code[p];
              r[a(word)] = Shifts.shl(c, 4, r[a(word)], r[b(word)]);
            }
            case SHR_RR -> {
              word = code[p];
              r[a(word)] = Shifts.shr(c, 4, r[a(word)], r[b(word)]);
            }
            case SAR_RR -> {
              word = code[p];
              r[a(word)] = Shifts.sar(c, 4, r[a(word)], r[b(word)]);
            }
            case IMUL_RR -> {
              word = code[p];
              r[a(word)] = Arithmetic.imul(c, 4, r[a(word)], r[b(word)]);
            }
            case IMUL_RRI -> {
              word = code[p];
              r[a(word)] = Arithmetic.imul(c, 4, r[b(word)], immediate(word));
            }
            case MUL -> {
              word = code[p];
              Arithmetic.mul(c, r[a(word)], 4);
            }
            case MOVZX8 -> {
              word = code[p];
              r[a(word)] = b8(r, word) & 0xff;
            }
            case MOVSX8 -> {
              word = code[p];
              r[a(word)] = (byte) b8(r, word);
            }
            case MOVZX16 -> {
              word = code[p];
              r[a(word)] = r[b(word)] & 0xffff;
            }
            case MOVSX16 -> {
              word = code[p];
              r[a(word)] = (short) r[b(word)];
            }
            case XCHG -> {
              word = code[p];
              int value = r[a(word)];
              r[a(word)] = r[b(word)];
              r[b(word)] = value;
            }
            case MOV8_RR -> {
              word = code[p];
              set8(r, word, b8(r, word));
            }
            case MOV8_RI -> {
              word = code[p];
              set8(r, word, immediate(word));
            }
            case INC8 -> {
              word = code[p];
              set8(r, word, Arithmetic.inc(c, 1, a8(r, word)));
            }
            case DEC8 -> {
              word = code[p];
              set8(r, word, Arithmetic.dec(c, 1, a8(r, word)));
            }
            case MOV16_RR -> {
              word = code[p];
              set16(r, word, r[b(word)]);
            }
            case MOV16_RI -> {
              word = code[p];
              set16(r, word, immediate(word));
            }
            case INC16 -> {
              word = code[p];
              set16(r, word, Arithmetic.inc(c, 2, r[a(word)]));
            }
            case DEC16 -> {
              word = code[p];
              set16(r, word, Arithmetic.dec(c, 2, r[a(word)]));
            }

            case LOAD32 -> {
              word = code[p];
              int linear = address(r, word);
              long addend = TranslationMap.addend(read, linear);
              if (addend == 0 || (linear & 0xfff) > 0xffc) {
                reason = AT_INSN;
                break dispatch;
              }
              r[a(word)] = Host.get32(TranslationMap.host(addend, linear));
            }
            case LOAD8 -> {
              word = code[p];
              int linear = address(r, word);
              long addend = TranslationMap.addend(read, linear);
              if (addend == 0) {
                reason = AT_INSN;
                break dispatch;
              }
              r[a(word)] = Host.get8(TranslationMap.host(addend, linear));
            }
            case LOAD8_R8 -> {
              word = code[p];
              int linear = address(r, word);
              long addend = TranslationMap.addend(read, linear);
              if (addend == 0) {
                reason = AT_INSN;
                break dispatch;
              }
              set8(r, word, Host.get8(TranslationMap.host(addend, linear)));
            }
            case STORE32 -> {
              word = code[p];
              int linear = address(r, word);
              long addend = TranslationMap.addend(write, linear);
              if (addend == 0 || (linear & 0xfff) > 0xffc) {
                reason = AT_INSN;
                break dispatch;
              }
              Host.put32(TranslationMap.host(addend, linear), r[a(word)]);
            }
            case STORE8 -> {
              word = code[p];
              int linear = address(r, word);
              long addend = TranslationMap.addend(write, linear);
              if (addend == 0) {
                reason = AT_INSN;
                break dispatch;
              }
              Host.put8(TranslationMap.host(addend, linear), a8(r, word));
            }
            case BACK32 -> {
              word = code[p];
              Host.put32(host, r[a(word)]);
            }
            case BACK16 -> {
              word = code[p];
              Host.put16(host, r[a(word)]);
            }
            case BACK8 -> {
              word = code[p];
              Host.put8(host, a8(r, word));
            }
            case EA -> {
              word = code[p];
              int offset = address(r, word);
              if (((int) word & ADDRESS16) != 0) {
                offset &= 0xffff;
              }
              SegmentRegister s = segments[(int) word >>> SEGMENT_SHIFT & 7];
              long first = offset & 0xffff_ffffL;
              if (first < s.low
                  || first + (1 << ((int) word >>> SIZE_SHIFT & 3)) - 1 > s.high
                  || !(((int) word & MicroOp.WRITE) != 0 ? s.writable : s.readable)) {
                reason = AT_INSN;
                break dispatch;
              }
              r[LINEAR] = s.base + offset;
            }
            case EIP -> {
              word = code[p];
              r[a(word)] = eip + immediate(word);
            }
            case ADVANCE, ADVANCE16 -> {
              word = code[p];
              int step = immediate(word);
              int value = r[a(word)] + ((c.eflags & Eflags.DF) == 0 ? step : -step);
              if (op == ADVANCE) {
                r[a(word)] = value;
              } else {
                set16(r, word, value);
              }
            }
            case JMP -> {
              word = code[p];
              eip += immediate(word);
              slot = 2;
              to = (int) code[p + 1];
              break jump;
            }
            case JMP_R -> {
              word = code[p];
              eip = r[a(word)];
              to = -1;
              break jump;
            }
            case JCC -> {
              word = code[p];
              flags = -1;
              break conditional;
            }
            case CMP_RR_JCC -> {
              word = code[p];
              Arithmetic.sub32(c, r[a(word)], r[b(word)]);
              flags = -1;
              break conditional;
            }
            case CMP_RI_JCC -> {
              word = code[p];
              Arithmetic.sub32(c, r[a(word)], immediate(word));
              flags = -1;
              break conditional;
            }
            case TEST_RR_JCC -> {
              word = code[p];
              Logic.flags32(c, r[a(word)] & r[b(word)]);
              flags = -1;
              break conditional;
            }
            case TEST_RI_JCC -> {
              word = code[p];
              Logic.flags32(c, r[a(word)] & immediate(word));
              flags = -1;
              break conditional;
            }
            case CMP8_RR_JCC -> {
              word = code[p];
              Arithmetic.sub(c, 1, a8(r, word), b8(r, word));
              flags = -1;
              break conditional;
            }
            case CMP8_RI_JCC -> {
              word = code[p];
              Arithmetic.sub(c, 1, a8(r, word), immediate(word));
              flags = -1;
              break conditional;
            }
            case TEST8_RR_JCC -> {
              word = code[p];
              Logic.flags(c, 1, a8(r, word) & b8(r, word));
              flags = -1;
              break conditional;
            }
            case TEST8_RI_JCC -> {
              word = code[p];
              Logic.flags(c, 1, a8(r, word) & immediate(word));
              flags = -1;
              break conditional;
            }
            case CMP16_RR_JCC -> {
              word = code[p];
              Arithmetic.sub(c, 2, r[a(word)], r[b(word)]);
              flags = -1;
              break conditional;
            }
            case CMP16_RI_JCC -> {
              word = code[p];
              Arithmetic.sub(c, 2, r[a(word)], immediate(word));
              flags = -1;
              break conditional;
            }
            case INC_JCC -> {
              word = code[p];
              r[a(word)] = Arithmetic.inc32(c, r[a(word)]);
              flags = -1;
              break conditional;
            }
            case DEC_JCC -> {
              word = code[p];
              r[a(word)] = Arithmetic.dec32(c, r[a(word)]);
              flags = -1;
              break conditional;
            }
            case SUB_RI_JCC -> {
              word = code[p];
              r[a(word)] = Arithmetic.sub32(c, r[a(word)], immediate(word));
              flags = -1;
              break conditional;
            }
            case AND_RI_JCC -> {
              word = code[p];
              r[a(word)] = Logic.flags32(c, r[a(word)] & immediate(word));
              flags = -1;
              break conditional;
            }
            case CHECK -> {
              word = code[p];
              long first = eip & 0xffff_ffffL;
              if (first + ((int) (word >>> LENGTH_SHIFT) & 0x7ff) - 1
                      > segments[SegmentRegister.CS].high
                  || (word & BRANCHES16) != 0
                      && (first < ((int) (word >>> BACKWARD_SHIFT) & 0x3_ffff)
                          || first + ((int) (word >>> FORWARD_SHIFT) & 0x1_ffff) > 0xffff)) {
                reason = AT_SEGMENT_END;
                break dispatch;
              }
            }
            case ADC_RR, SBB_RR -> {
              word = code[p];
              int x = r[a(word)];
              int y = r[b(word)];
              r[a(word)] = op == ADC_RR ? Arithmetic.adc(c, 4, x, y) : Arithmetic.sbb(c, 4, x, y);
            }
            case SETCC, CMOV -> {
              word = code[p];
              int truth = immediate(word) >>> flags(c) & 1;
              if (op == SETCC) {
                set8(r, word, truth);
              } else if (truth != 0) {
                r[a(word)] = r[b(word)];
              }
            }
            case SIGN -> {
              word = code[p];
              r[a(word)] = r[b(word)] >> 31;
            }
            case ADD8_RR,
                ADD8_RI,
                SUB8_RR,
                SUB8_RI,
                AND8_RR,
                AND8_RI,
                OR8_RR,
                OR8_RI,
                XOR8_RR,
                XOR8_RI,
                CMP8_RR,
                CMP8_RI,
                TEST8_RR,
                TEST8_RI -> {
              word = code[p];
              int x = a8(r, word);
              int y = ((int) word & IMMEDIATE) == 0 ? b8(r, word) : immediate(word);
              switch (op) {
                case ADD8_RR, ADD8_RI -> set8(r, word, Arithmetic.add(c, 1, x, y));
                case SUB8_RR, SUB8_RI -> set8(r, word, Arithmetic.sub(c, 1, x, y));
                case AND8_RR, AND8_RI -> set8(r, word, Logic.flags(c, 1, x & y));
                case OR8_RR, OR8_RI -> set8(r, word, Logic.flags(c, 1, x | y));
                case XOR8_RR, XOR8_RI -> set8(r, word, Logic.flags(c, 1, x ^ y));
                case CMP8_RR, CMP8_RI -> Arithmetic.sub(c, 1, x, y);
                default -> Logic.flags(c, 1, x & y);
              }
            }
            case ADD16_RR,
                ADD16_RI,
                SUB16_RR,
                SUB16_RI,
                AND16_RR,
                AND16_RI,
                OR16_RR,
                OR16_RI,
                XOR16_RR,
                XOR16_RI,
                CMP16_RR,
                CMP16_RI,
                TEST16_RR,
                TEST16_RI -> {
              word = code[p];
              int x = r[a(word)];
              int y = ((int) word & IMMEDIATE) == 0 ? r[b(word)] : immediate(word);
              switch (op) {
                case ADD16_RR, ADD16_RI -> set16(r, word, Arithmetic.add(c, 2, x, y));
                case SUB16_RR, SUB16_RI -> set16(r, word, Arithmetic.sub(c, 2, x, y));
                case AND16_RR, AND16_RI -> set16(r, word, Logic.flags(c, 2, x & y));
                case OR16_RR, OR16_RI -> set16(r, word, Logic.flags(c, 2, x | y));
                case XOR16_RR, XOR16_RI -> set16(r, word, Logic.flags(c, 2, x ^ y));
                case CMP16_RR, CMP16_RI -> Arithmetic.sub(c, 2, x, y);
                default -> Logic.flags(c, 2, x & y);
              }
            }
            case EA_STACK -> {
              word = code[p];
              int step = immediate(word);
              int esp = r[b(word)];
              int mask = c.stack32 ? -1 : 0xffff;
              int offset = (step < 0 ? esp + step : esp) & mask;
              SegmentRegister s = segments[SegmentRegister.SS];
              long first = offset & 0xffff_ffffL;
              if (first < s.low
                  || first + Math.abs(step) - 1 > s.high
                  || !(step < 0 ? s.writable : s.readable)) {
                reason = AT_INSN;
                break dispatch;
              }
              r[STACK] = esp & ~mask | esp + step & mask;
              r[LINEAR] = s.base + offset;
            }
            case LOOP, LOOP16, JECXZ, JCXZ -> {
              word = code[p];
              int mask = op == LOOP16 || op == JCXZ ? 0xffff : -1;
              int ecx = r[a(word)];
              int count = ecx & mask;
              if (op <= LOOP16) {
                count = ecx - 1 & mask;
                r[a(word)] = ecx & ~mask | count;
                flags = count != 0 ? 1 : 0;
              } else {
                flags = count == 0 ? 1 : 0;
              }
              break conditional;
            }
            case INSN -> {
              reason = AT_INSN;
              break dispatch;
            }
            default -> {
              word = code[p];
              int linear = address(r, word);
              long addend =
                  TranslationMap.addend(((int) word & MicroOp.WRITE) != 0 ? write : read, linear);
              if (addend == 0
                  || (linear & 0xfff) + (1 << ((int) word >>> SIZE_SHIFT & 3)) > 0x1000) {
                reason = AT_INSN;
                break dispatch;
              }
              host = TranslationMap.host(addend, linear);
              switch (op) {
                case LOAD16 -> r[a(word)] = Host.get16(host);
                case LOAD16S -> r[a(word)] = (short) Host.get16(host);
                case LOAD8S -> r[a(word)] = (byte) Host.get8(host);
                case STORE16 -> Host.put16(host, r[a(word)]);
                case MODIFY32 -> r[a(word)] = Host.get32(host);
                case MODIFY16 -> r[a(word)] = Host.get16(host);
                case MODIFY8 -> r[a(word)] = Host.get8(host);
                case POP_R -> {
                  r[Cpu.ESP] = linear + 4;
                  r[a(word)] = Host.get32(host);
                }
                case LEAVE -> {
                  r[Cpu.ESP] = linear + 4;
                  r[b(word)] = Host.get32(host);
                }
                case RET -> {
                  eip = Host.get32(host);
                  r[b(word)] = linear + 4 + (int) code[p + 1];
                  to = -1;
                  break jump;
                }
                default -> {
                  long more = code[p + 1];
                  Host.put32(
                      host,
                      op == PUSH_R
                          ? r[a(word)]
                          : op == PUSH_I ? (int) (more >>> 32) : eip + (int) (more >>> 32));
                  if (op == CALL_R) {
                    eip = r[a(word)];
                  }
                  r[b(word)] = linear;
                  if (op == PUSH_I) {
                    word = more;
                    p++;
                  } else if (op == CALL) {
                    eip += (int) code[p + 2];
                    slot = 2;
                    to = (int) more;
                    break jump;
                  } else if (op == CALL_R) {
                    to = -1;
                    break jump;
                  }
                }
              }
            }
          }
          op = (int) word & 0xff;
          p++;
          continue;
        }
        if (flags < 0) {
          flags = flags(c);
        }
        long condition = code[p + 1];
        long links = code[p + 2];
        if (((int) condition >>> flags & 1) != 0) {
          eip += (int) (condition >>> 32);
          slot = 4;
          to = (int) links;
        } else {
          eip += (int) condition >>> 16;
          slot = 5;
          to = (int) (links >>> 32);
        }
      }
      if (to <= 0) {
        if (to == 0) {
          reason = AT_LINK;
          break;
        }
        int linear = segmentBase + eip;
        long key =
            MicroCode.key(
                TranslationMap.host(TranslationMap.addend(execute, linear), linear), mode);
        to = targets[MicroCode.hash(linear)];
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
      q = to;
      p = to + 1;
      op = (int) head & 0xff;
    }
    position = p;
    block = q;
    base = eip;
    this.left = left;
    link = (p << 1) + slot;
    return reason;
  }
}
