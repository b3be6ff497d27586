package org.trampoline.emulator.execute;

import org.trampoline.emulator.StopReason;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.Eflags;
import org.trampoline.emulator.cpu.SegmentRegister;
import org.trampoline.emulator.decode.Decoder;
import org.trampoline.emulator.decode.Insn;
import org.trampoline.emulator.engine.Engine;
import org.trampoline.emulator.engine.FaultHandler;
import org.trampoline.emulator.engine.HostCall;
import org.trampoline.emulator.engine.Observer;
import org.trampoline.emulator.fault.Delivery;
import org.trampoline.emulator.fault.Events;
import org.trampoline.emulator.fault.GuestFault;
import org.trampoline.emulator.fault.MachineStop;
import org.trampoline.emulator.fault.Vector;

/**
 * The reference engine: executes decoded blocks one instruction after the other.
 *
 * <p>The hot loop in {@link #blocks} is one method on purpose (as a dispatch loop has to be for the
 * JIT compiler) and longer than house rules allow. It must stay below the 8000 bytes of bytecode
 * above which HotSpot does not compile.
 */
public final class Interpreter {
  /** Instructions between two entries of the hot loop, so that the JVM can swap better code in. */
  private static final int SLICE = 1 << 16;

  private final Cpu cpu;
  private final BlockCache cache = new BlockCache();
  private final AddressMarks marks = new AddressMarks();
  private final BlockBuilder builder;
  private final Engine engine;

  private volatile boolean stopRequested;
  private Observer observer;
  private FaultHandler faultHandler;

  /**
   * @param engine what host functions are given
   */
  public Interpreter(Cpu cpu, Decoder decoder, Engine engine) {
    this.cpu = cpu;
    this.engine = engine;
    builder = new BlockBuilder(cpu, decoder, marks);
    cpu.memory.addCodeListener(this::codeWritten);
  }

  /** Puts a host function at a linear address; null takes it away. */
  public void hostCall(int linear, HostCall function) {
    marks.function(linear, function);
    cache.clear();
  }

  public void stopAt(int linear, boolean on) {
    marks.stop(linear, on);
    cache.clear();
  }

  /** Watches every instruction and fault; null stops watching. */
  public void observe(Observer watcher) {
    observer = watcher;
  }

  /** Asks an embedder about each fault before it is delivered; null asks nobody. */
  public void onFault(FaultHandler handler) {
    faultHandler = handler;
  }

  /** Takes back a {@link #requestStop} that no run has obeyed yet. */
  public void cancelStop() {
    stopRequested = false;
  }

  /** Ends {@link #run} soon; from any thread. */
  public void requestStop() {
    stopRequested = true;
    cpu.eventsPending = true;
  }

  private void codeWritten(int physical, int size) {
    cache.drop(cpu.memory.ram().address() + (physical & 0xffff_ffffL), size);
  }

  private void markCode(Block block) {
    long host = block.key >>> 1;
    int inFirst = (int) Math.min(block.length, 0x1000 - (host & 0xfff));
    cpu.memory.markCode((int) cpu.memory.physicalOf(host), inFirst);
    if (block.secondPage != 0) {
      int second = (int) cpu.memory.physicalOf(block.secondPage);
      cpu.memory.markCode(second, block.length - inFirst);
    }
  }

  /** Runs at most {@code count} instructions. */
  public StopReason run(long count) {
    Cpu c = cpu;
    long deadline = c.instructions + count;
    if (deadline < 0) {
      deadline = Long.MAX_VALUE;
    }
    boolean arriving = false;
    while (true) {
      try {
        if (c.instructions >= c.clock.dueInstruction()) {
          c.clock.fire();
        }
        if (c.eventsPending) {
          boolean taken = Events.atBoundary(c);
          if (stopRequested) {
            stopRequested = false;
            return new StopReason.Requested();
          }
          if (c.halted && ((c.eflags & Eflags.IF) == 0 || !c.clock.skip())) {
            return new StopReason.Halted();
          }
          if (taken || c.halted) {
            // counts against the limit, as a fault does: endless deliveries and events end too
            deadline--;
            if (c.instructions < deadline) {
              continue;
            }
          }
        }
        if (c.instructions >= deadline) {
          return new StopReason.InstructionLimit();
        }
        // while events are pending, look at them after every instruction
        boolean single = c.eventsPending || observer != null || c.mmu.tlb() != null;
        long slice = single ? 1 : SLICE;
        long until = Math.min(Math.min(deadline, c.clock.dueInstruction()), c.instructions + slice);
        StopReason reason = blocks(c, until, arriving);
        if (reason != null) {
          return reason;
        }
        arriving = true;
      } catch (GuestFault fault) {
        arriving = true;
        // a fault counts against the limit: endless faults end too
        deadline--;
        if (fault.vector != Vector.NONE && handled(fault)) {
          c.debugTraps = 0; // what the instruction would have trapped on has not happened
          continue;
        }
        try {
          Delivery.deliver(c, fault);
        } catch (MachineStop stop) {
          return stop.reason();
        }
      } catch (MachineStop stop) {
        return stop.reason();
      }
    }
  }

  /** Tells the observer of a fault; true if an embedder takes care of it. */
  private boolean handled(GuestFault fault) {
    int linear = fault.vector == Vector.PF ? fault.linear : 0;
    if (observer != null) {
      observer.fault(engine, fault.vector, fault.errorCode, linear);
    }
    return faultHandler != null && faultHandler.handle(fault.vector, fault.errorCode, linear);
  }

  /** The block at eip, or one for a single instruction that cannot be kept. */
  private Block blockAtEip(Cpu c) {
    int linear = c.segment[SegmentRegister.CS].base + c.eip;
    BlockBuilder.checkLimit(c, 1);
    long host = c.mmu.codeHost(linear);
    long key = host << 1 | (c.code32 ? 1 : 0);
    Block block = cache.find(key);
    if (block == null
        || block.secondPage != 0 && c.mmu.codeHost((linear | 0xfff) + 1) != block.secondPage) {
      if (block != null) {
        // another address space continues on another page: this block serves the one now running
        cache.drop(host, 1);
      }
      block = builder.build(linear, host);
      if (host != 0) {
        block.key = key;
        cache.add(block);
        markCode(block);
      }
    }
    if ((c.eip & 0xffff_ffffL) + block.length - 1 > c.segment[SegmentRegister.CS].high) {
      BlockBuilder.checkLimit(c, block.insns[0].length);
      Block single = new Block();
      single.insns = new Insn[] {block.insns[0]};
      single.length = block.insns[0].length;
      single.marked = block.marked;
      return single;
    }
    return block;
  }

  /** The block that follows {@code from}: usually the one that did so before. */
  private Block next(Cpu c, Block from) {
    int linear = c.segment[SegmentRegister.CS].base + c.eip;
    long key = c.mmu.codeHost(linear) << 1 | (c.code32 ? 1 : 0);
    Block guess = from.successor;
    if (guess == null || guess.key != key) {
      guess = from.alternative;
      if (guess != null && guess.key == key) {
        from.alternative = from.successor;
        from.successor = guess;
      }
    }
    if (guess != null
        && guess.key == key
        && key > 1
        && guess.secondPage == 0
        && (c.eip & 0xffff_ffffL) + guess.length - 1 <= c.segment[SegmentRegister.CS].high) {
      return guess;
    }
    Block found = blockAtEip(c);
    if (from.key != 0 && found.key != 0) {
      from.alternative = from.successor;
      from.successor = found;
    }
    return found;
  }

  /** A host function or a stop at the address execution has arrived at. */
  private StopReason mark(Cpu c, boolean arriving) {
    int linear = c.segment[SegmentRegister.CS].base + c.eip;
    if (arriving && marks.stopsAt(linear)) {
      return new StopReason.Reached(linear);
    }
    HostCall function = marks.function(linear);
    if (function != null) {
      function.call(engine, linear);
    }
    return null;
  }

  /**
   * Executes blocks until {@code deadline} instructions are completed or events are pending.
   *
   * @param arriving false if a stop at the very first instruction is to be passed over
   * @return a reason to stop, or null
   */
  private StopReason blocks(Cpu c, long deadline, boolean arriving) {
    int[] r = c.reg;
    boolean tlb = c.mmu.tlb() != null;
    Block block = blockAtEip(c);
    while (true) {
      int eip = c.eip;
      if (block.marked) {
        StopReason reason = mark(c, arriving);
        if (reason != null) {
          return reason;
        }
        if (c.eip != eip) {
          return null; // the function went elsewhere
        }
      }
      if (observer != null) {
        observer.instruction(engine, c.segment[SegmentRegister.CS].base + eip);
        if (c.eip != eip) {
          return null; // it went elsewhere
        }
      }
      arriving = true;
      Insn[] insns = block.insns;
      if (tlb && !c.repeating) {
        fetchReference(c, insns[0].length);
      }
      long start = c.instructions;
      int count = (int) Math.min(insns.length, deadline - start);
      c.repeating = false;
      int k = 0;
      Insn i = null;
      boolean branched = false;
      try {
        while (k < count) {
          i = insns[k++];
          switch (i.handler) {
            case Handler.EXIT -> {
              count = --k;
              branched = true;
              c.eip = eip + i.end;
            }
            case Handler.MOV_RR -> r[i.index0] = r[i.index1];
            case Handler.MOV_RI -> r[i.index0] = i.imm;
            case Handler.MOV_RM -> r[i.index0] = load(c, i);
            case Handler.MOV_MR -> c.mmu.write32(Operands.writeAddress(c, i, 4), r[i.index1]);
            case Handler.MOV_MI -> c.mmu.write32(Operands.writeAddress(c, i, 4), i.imm);
            case Handler.LEA -> r[i.index0] = Operands.offset(c, i);
            case Handler.ADD_RR -> r[i.index0] = Arithmetic.add32(c, r[i.index0], r[i.index1]);
            case Handler.ADD_RI -> r[i.index0] = Arithmetic.add32(c, r[i.index0], i.imm);
            case Handler.ADD_RM -> r[i.index0] = Arithmetic.add32(c, r[i.index0], load(c, i));
            case Handler.ADD_MR -> {
              int linear = modify(c, i);
              c.mmu.write32(linear, Arithmetic.add32(c, c.mmu.read32(linear), r[i.index1]));
            }
            case Handler.SUB_RR -> r[i.index0] = Arithmetic.sub32(c, r[i.index0], r[i.index1]);
            case Handler.SUB_RI -> r[i.index0] = Arithmetic.sub32(c, r[i.index0], i.imm);
            case Handler.SUB_RM -> r[i.index0] = Arithmetic.sub32(c, r[i.index0], load(c, i));
            case Handler.AND_RR -> r[i.index0] = Logic.flags32(c, r[i.index0] & r[i.index1]);
            case Handler.AND_RI -> r[i.index0] = Logic.flags32(c, r[i.index0] & i.imm);
            case Handler.AND_RM -> r[i.index0] = Logic.flags32(c, r[i.index0] & load(c, i));
            case Handler.OR_RR -> r[i.index0] = Logic.flags32(c, r[i.index0] | r[i.index1]);
            case Handler.OR_RI -> r[i.index0] = Logic.flags32(c, r[i.index0] | i.imm);
            case Handler.OR_RM -> r[i.index0] = Logic.flags32(c, r[i.index0] | load(c, i));
            case Handler.XOR_RR -> r[i.index0] = Logic.flags32(c, r[i.index0] ^ r[i.index1]);
            case Handler.XOR_RI -> r[i.index0] = Logic.flags32(c, r[i.index0] ^ i.imm);
            case Handler.XOR_RM -> r[i.index0] = Logic.flags32(c, r[i.index0] ^ load(c, i));
            case Handler.CMP_RR -> Arithmetic.sub32(c, r[i.index0], r[i.index1]);
            case Handler.CMP_RI -> Arithmetic.sub32(c, r[i.index0], i.imm);
            case Handler.CMP_RM -> Arithmetic.sub32(c, r[i.index0], load(c, i));
            case Handler.CMP_MR -> Arithmetic.sub32(c, load(c, i), r[i.index1]);
            case Handler.CMP_MI -> Arithmetic.sub32(c, load(c, i), i.imm);
            case Handler.TEST_RR -> Logic.flags32(c, r[i.index0] & r[i.index1]);
            case Handler.TEST_RI -> Logic.flags32(c, r[i.index0] & i.imm);
            case Handler.ADC_RR -> r[i.index0] = Arithmetic.adc(c, 4, r[i.index0], r[i.index1]);
            case Handler.SBB_RR -> r[i.index0] = Arithmetic.sbb(c, 4, r[i.index0], r[i.index1]);
            case Handler.INC_R -> r[i.index0] = Arithmetic.inc32(c, r[i.index0]);
            case Handler.DEC_R -> r[i.index0] = Arithmetic.dec32(c, r[i.index0]);
            case Handler.SHL_RI -> r[i.index0] = Shifts.shl(c, 4, r[i.index0], i.imm);
            case Handler.SHR_RI -> r[i.index0] = Shifts.shr(c, 4, r[i.index0], i.imm);
            case Handler.SAR_RI -> r[i.index0] = Shifts.sar(c, 4, r[i.index0], i.imm);
            case Handler.ROL_RI -> r[i.index0] = Shifts.rol(c, 4, r[i.index0], i.imm);
            case Handler.IMUL_RR -> r[i.index0] = Arithmetic.imul(c, 4, r[i.index0], r[i.index1]);
            case Handler.IMUL_RRI -> r[i.index0] = Arithmetic.imul(c, 4, r[i.index1], i.imm);
            case Handler.PUSH_R -> Stack.push(c, 4, r[i.index0]);
            case Handler.PUSH_I -> Stack.push(c, 4, i.imm);
            case Handler.PUSH_M -> Stack.push(c, 4, load(c, i));
            case Handler.POP_R -> r[i.index0] = Stack.pop(c, 4);
            case Handler.CALL -> {
              c.eip = eip + i.end;
              branched = true;
              ControlTransfer.callRelative(c, i);
            }
            case Handler.CALL_R -> {
              c.eip = eip + i.end;
              branched = true;
              ControlTransfer.callIndirect(c, i);
            }
            case Handler.RET -> {
              branched = true;
              ControlTransfer.ret(c, i);
            }
            case Handler.JMP -> {
              c.eip = eip + i.end;
              branched = true;
              ControlTransfer.jumpRelative(c, i);
            }
            case Handler.LEAVE -> StackOperations.leave(c, i);
            case Handler.MOV8_RR -> c.reg8(i.index0, c.reg8(i.index1));
            case Handler.MOV8_RI -> c.reg8(i.index0, i.imm);
            case Handler.MOV8_RM -> c.reg8(i.index0, load8(c, i));
            case Handler.MOV8_MR -> c.mmu.write8(Operands.writeAddress(c, i, 1), c.reg8(i.index1));
            case Handler.MOV8_MI -> c.mmu.write8(Operands.writeAddress(c, i, 1), i.imm);
            case Handler.MOVZX8_RR -> r[i.index0] = c.reg8(i.index1);
            case Handler.MOVZX8_RM -> r[i.index0] = load8(c, i);
            case Handler.MOVSX8_RM -> r[i.index0] = (byte) load8(c, i);
            case Handler.MOVZX16_RR -> r[i.index0] = c.reg16(i.index1);
            case Handler.MOVZX16_RM -> r[i.index0] = load16(c, i);
            case Handler.MOVSX16_RM -> r[i.index0] = (short) load16(c, i);
            case Handler.CMP8_RR -> Arithmetic.sub(c, 1, c.reg8(i.index0), c.reg8(i.index1));
            case Handler.CMP8_RI -> Arithmetic.sub(c, 1, c.reg8(i.index0), i.imm);
            case Handler.CMP8_RM -> Arithmetic.sub(c, 1, c.reg8(i.index0), load8(c, i));
            case Handler.CMP8_MI -> Arithmetic.sub(c, 1, load8(c, i), i.imm);
            case Handler.TEST8_RR -> Logic.flags(c, 1, c.reg8(i.index0) & c.reg8(i.index1));
            case Handler.TEST8_RI -> Logic.flags(c, 1, c.reg8(i.index0) & i.imm);
            case Handler.JCC -> branched = jump(c, i, eip, c.of());
            case Handler.JCC + 1 -> branched = jump(c, i, eip, !c.of());
            case Handler.JCC + 2 -> branched = jump(c, i, eip, c.cf());
            case Handler.JCC + 3 -> branched = jump(c, i, eip, !c.cf());
            case Handler.JCC + 4 -> branched = jump(c, i, eip, c.zf());
            case Handler.JCC + 5 -> branched = jump(c, i, eip, !c.zf());
            case Handler.JCC + 6 -> branched = jump(c, i, eip, c.cf() || c.zf());
            case Handler.JCC + 7 -> branched = jump(c, i, eip, !c.cf() && !c.zf());
            case Handler.JCC + 8 -> branched = jump(c, i, eip, c.sf());
            case Handler.JCC + 9 -> branched = jump(c, i, eip, !c.sf());
            case Handler.JCC + 10 -> branched = jump(c, i, eip, c.pf());
            case Handler.JCC + 11 -> branched = jump(c, i, eip, !c.pf());
            case Handler.JCC + 12 -> branched = jump(c, i, eip, c.sf() != c.of());
            case Handler.JCC + 13 -> branched = jump(c, i, eip, c.sf() == c.of());
            case Handler.JCC + 14 -> branched = jump(c, i, eip, c.zf() || c.sf() != c.of());
            case Handler.JCC + 15 -> branched = jump(c, i, eip, !c.zf() && c.sf() == c.of());
            default -> {
              c.eip = eip + i.end;
              c.instructions = start + k - 1;
              branched = k == count; // eip is right now, and will be unless others follow
              Semantics.execute(c, i);
            }
          }
        }
      } catch (GuestFault | MachineStop unfinished) {
        // back to where the instruction starts; it has changed nothing
        c.eip = eip + i.end - i.length;
        c.instructions = start + k - 1;
        throw unfinished;
      }
      if (!branched) {
        c.eip = eip + i.end;
      }
      c.instructions = start + count;
      if (c.repeating) {
        c.instructions--; // it goes on at the next boundary, unless an event is taken there
      }
      if (c.eventsPending || c.instructions >= deadline) {
        return null;
      }
      block = next(c, block);
    }
  }

  /** Lets the visible TLB count the fetch of the instruction at eip. */
  private static void fetchReference(Cpu c, int length) {
    int linear = c.segment[SegmentRegister.CS].base + c.eip;
    c.mmu.fetchReference(linear);
    if ((linear & 0xfff) + length > 0x1000) {
      c.mmu.fetchReference((linear | 0xfff) + 1);
    }
  }

  /** A conditional jump; sets eip and returns true. */
  private static boolean jump(Cpu c, Insn i, int eip, boolean taken) {
    c.eip = eip + i.end;
    if (taken) {
      ControlTransfer.jumpRelative(c, i);
    }
    return true;
  }

  private static int load(Cpu c, Insn i) {
    return c.mmu.read32(Operands.readAddress(c, i, 4));
  }

  private static int load16(Cpu c, Insn i) {
    return c.mmu.read16(Operands.readAddress(c, i, 2));
  }

  private static int load8(Cpu c, Insn i) {
    return c.mmu.read8(Operands.readAddress(c, i, 1));
  }

  /** Linear address of a 4-byte memory operand that is read and then written. */
  private static int modify(Cpu c, Insn i) {
    int linear = Operands.writeAddress(c, i, 4);
    c.mmu.probeWrite(linear, 4);
    return linear;
  }
}
