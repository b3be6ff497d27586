package org.trampoline.emulator.execute;

import org.trampoline.emulator.StopReason;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.Eflags;
import org.trampoline.emulator.cpu.SegmentRegister;
import org.trampoline.emulator.cpu.UndefinedFlags;
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
 * The reference engine. It finds blocks and lets the {@link HotLoop} execute them; what that leaves
 * to it, it executes itself, one instruction after the other, through {@link Semantics}: uncommon
 * instructions, accesses that need care, blocks that are not to run to their end, and everything
 * while somebody watches.
 */
public final class Interpreter {
  /** Instructions between two entries of the hot loop, so that the JVM can swap better code in. */
  private static final int SLICE = 1 << 16;

  /** Instructions of a run that are left when an accelerator takes events no more. */
  private static final int EVENT_ROOM = 256;

  private final Cpu cpu;
  private final MicroCode code;
  private final BlockCache cache;
  private final HotLoop hot;
  private final Lowering lowering = new Lowering();
  private final AddressMarks marks = new AddressMarks();
  private final BlockBuilder builder;
  private final Engine engine;

  private volatile boolean stopRequested;
  private Observer observer;
  private FaultHandler faultHandler;
  private Accelerator accelerator;

  /** A fault is to be delivered. */
  private boolean faulted;

  /** Count of instructions at which the run ends; each fault and event makes it one less. */
  private long deadline;

  /** Instructions of the run that may be executed behind what the accelerator was given. */
  private long room;

  /** Faults that the accelerator has delivered, and events that it has taken. */
  private int delivered;

  /** Whether an instruction is in the middle of its execution, and its eip. */
  private boolean executing;

  private int executingEip;

  /** Stores to page tables before the instruction that was executed last. */
  private long mapChanges;

  /**
   * @param engine what host functions are given
   */
  public Interpreter(Cpu cpu, Decoder decoder, Engine engine) {
    this.cpu = cpu;
    this.engine = engine;
    code = new MicroCode(cpu.number);
    cache = new BlockCache(code);
    hot = new HotLoop(code);
    builder = new BlockBuilder(cpu, decoder, marks);
    cpu.memory.addCodeListener(this::codeWritten);
    cpu.memory.demoteCode(true);
  }

  /** Puts a host function at a linear address; null takes it away. */
  public void hostCall(int linear, HostCall function) {
    marks.function(linear, function);
    marksChanged();
  }

  public void stopAt(int linear, boolean on) {
    marks.stop(linear, on);
    marksChanged();
  }

  private void marksChanged() {
    cache.clear();
    if (accelerator != null) {
      accelerator.clear();
    }
  }

  /** Whether a host function or a stop stands at a linear address. */
  public boolean marked(int linear) {
    return marks.contains(linear);
  }

  /** Lets something faster execute wherever it may; null: nothing. */
  public void accelerate(Accelerator faster) {
    accelerator = faster;
  }

  /** Watches every instruction and fault; null stops watching. */
  public void observe(Observer watcher) {
    observer = watcher;
  }

  /** eip of the instruction that is executing, or of the next one if none is. */
  public int currentEip() {
    return executing ? executingEip : cpu.eip;
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
    int inFirst = (int) Math.min(block.length, 0x1000 - (block.host & 0xfff));
    cpu.memory.markCode((int) cpu.memory.physicalOf(block.host), inFirst);
    if (block.secondPage != 0) {
      int second = (int) cpu.memory.physicalOf(block.secondPage);
      cpu.memory.markCode(second, block.length - inFirst);
    }
  }

  /** Runs at most {@code count} instructions; passes over a stop at the first one. */
  public StopReason run(long count) {
    return run(count, false);
  }

  /**
   * Runs at most {@code count} instructions.
   *
   * @param arriving whether a stop at the very first one counts, too
   */
  public StopReason run(long count, boolean arriving) {
    Cpu c = cpu;
    delivered = 0; // in a run that ended otherwise, they shorten no other
    deadline = c.instructions + count;
    if (deadline < 0) {
      deadline = Long.MAX_VALUE;
    }
    while (true) {
      try {
        if (c.instructions >= c.clock.dueInstruction()) {
          c.clock.fire();
        }
        if (c.eventsPending || stopRequested) {
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
        long until = until(c, single ? 1 : accelerator != null ? Accelerator.SLICE : SLICE);
        StopReason reason =
            single || accelerator == null
                ? blocks(c, until, arriving)
                : accelerator.blocks(c, until, arriving);
        if (reason != null) {
          return reason;
        }
      } catch (GuestFault fault) {
        faulted = true;
      } catch (MachineStop stop) {
        return stop.reason();
      }
      arriving = true;
      deadline -= delivered;
      delivered = 0;
      if (faulted) {
        faulted = false;
        deadline--; // a fault counts against the limit: endless faults end too
        StopReason reason = deliver(c);
        if (reason != null) {
          return reason;
        }
      }
    }
  }

  /** The count of instructions up to which {@code slice} more may be executed. */
  private long until(Cpu c, long slice) {
    long until = Math.min(Math.min(deadline, c.clock.dueInstruction()), c.instructions + slice);
    room = deadline - until;
    return until;
  }

  /**
   * An accelerator that has taken events by itself goes on.
   *
   * @return the count of instructions up to which it may now execute
   */
  public long goOn(Cpu c) {
    deadline -= delivered;
    delivered = 0;
    return until(c, Accelerator.SLICE);
  }

  /** Whether an accelerator may take an event, nobody having asked for a stop. */
  public boolean mayTakeEvents(Cpu c) {
    return !stopRequested && deadline - delivered - c.instructions > EVENT_ROOM;
  }

  /** An accelerator that then returns null has met the fault in {@link Cpu#fault}. */
  public void faulted() {
    faulted = true;
  }

  /**
   * Each fault shortens the run by an instruction. So many cost the accelerator none of those that
   * it was given to execute; -1 if it must not deliver any.
   */
  public long room() {
    return faultHandler == null ? room : -1;
  }

  /** The accelerator has delivered so many faults or taken so many events by itself. */
  public void delivered(int count) {
    delivered += count;
  }

  /** Whether there is a fault to be delivered. */
  public boolean hasFaulted() {
    return faulted;
  }

  /** Delivers {@link Cpu#fault}, unless an embedder takes care of it. */
  private StopReason deliver(Cpu c) {
    GuestFault fault = c.fault;
    if (fault.vector != Vector.NONE && handled(fault)) {
      c.debugTraps = 0; // what the instruction would have trapped on has not happened
      return null;
    }
    try {
      Delivery.deliver(c, fault);
      return null;
    } catch (MachineStop stop) {
      return stop.reason();
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
    int mode = Mode.of(c);
    long key = MicroCode.key(host, mode);
    Block block = host == 0 ? null : cache.find(key);
    if (block != null && block.markPage != marks.page(linear)) {
      // of another address of this memory, where other functions and stops stand
      cache.drop(host & -0x1000, 0x1000);
      block = null;
    }
    if (block == null
        || block.secondPage != 0 && c.mmu.codeHost((linear | 0xfff) + 1) != block.secondPage) {
      if (block != null) {
        // another address space continues on another page: this block serves the one now running
        cache.drop(host, 1);
      }
      block = builder.build(linear, host);
      if (!block.passing) {
        keep(block, key, mode);
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
    if (block.head != 0 && block.secondPage == 0 && !marks.beside(linear)) {
      code.targets[MicroCode.hash(linear)] = block.head;
    }
    return block;
  }

  private void keep(Block block, long key, int mode) {
    lowering.lower(block, mode, cpu.undefinedFlags == UndefinedFlags.USUAL);
    if (!code.hasRoom(block, lowering.length)) {
      cache.clear();
    }
    boolean held = block.marked || block.secondPage != 0;
    block.key = key;
    cache.add(block);
    code.add(block, key, held, lowering);
    markCode(block);
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
  public StopReason blocks(Cpu c, long deadline, boolean arriving) {
    boolean tlb = c.mmu.tlb() != null;
    Block block = blockAtEip(c);
    while (true) {
      if (block.marked) {
        int eip = c.eip;
        StopReason reason = mark(c, arriving);
        if (reason != null) {
          return reason;
        }
        if (c.eip != eip) {
          return null; // the function went elsewhere
        }
        if (block.key == 0) {
          block = blockAtEip(c);
        }
      }
      arriving = true;
      if (observer != null) {
        int eip = c.eip;
        observer.instruction(engine, c.segment[SegmentRegister.CS].base + eip);
        if (c.eip != eip) {
          return null; // it went elsewhere
        }
      }
      if (tlb && !c.repeating) {
        fetchReference(c, block.insns[0].length);
      }
      long left = deadline - c.instructions;
      int count = block.insns.length;
      if (left < count || block.head == 0) {
        int eip = c.eip;
        int k = 0;
        do {
          execute(c, block.insns[k++], eip);
        } while (k < count && c.instructions < deadline && goesOn(c, block));
      } else {
        c.repeating = false;
        hot.position = block.head + 1;
        hot.block = block.head;
        hot.base = c.eip;
        hot.left = (int) left - count;
        int mode = (int) block.key & (1 << Mode.BITS) - 1;
        int slot = hotBlocks(c, deadline, mode);
        if (slot != 0 && c.instructions < deadline && !c.eventsPending) {
          int generation = code.generation();
          block = blockAtEip(c);
          if (block.head != 0 && code.generation() == generation) {
            code.link(slot, block);
          }
          continue;
        }
      }
      if (c.eventsPending || c.instructions >= deadline) {
        return null;
      }
      block = blockAtEip(c);
    }
  }

  /**
   * Lets the hot loop run, and does what it leaves to do within a block.
   *
   * @return the link to set to the block that is now at eip, or 0
   */
  private int hotBlocks(Cpu c, long deadline, int mode) {
    while (true) {
      int reason = hot.run(c, mode);
      int eip = hot.base;
      if (reason == HotLoop.AT_SEMANTICS) {
        if (!semantics(c, deadline, eip)) {
          return 0;
        }
        continue;
      }
      if (reason == HotLoop.AT_SEGMENT_END) {
        atSegmentEnd(c, deadline);
        return 0;
      }
      if (reason != HotLoop.AT_INSN) {
        c.eip = eip;
        c.instructions = deadline - hot.left;
        return reason == HotLoop.AT_LINK ? hot.link : 0;
      }
      Block block = code.block(hot.block);
      int count = block.insns.length;
      int k = code.index[hot.position];
      c.instructions = deadline - hot.left - (count - k);
      boolean goesOn;
      do {
        execute(c, block.insns[k++], eip);
        goesOn = goesOn(c, block);
      } while (goesOn && k < count && block.starts[k] == 0);
      if (!goesOn || block.starts[k] == 0) {
        return 0;
      }
      hot.position = block.head + block.starts[k];
    }
  }

  /**
   * Executes the block at which the hot loop has left, as far as it lies in the code segment; the
   * fetch of what does not is to fault. A branch with 16-bit operands may wrap within the segment.
   */
  private void atSegmentEnd(Cpu c, long deadline) {
    Block block = code.block(hot.block);
    int count = block.insns.length;
    int eip = hot.base;
    long room = c.segment[SegmentRegister.CS].high - (eip & 0xffff_ffffL) + 1;
    c.eip = eip;
    c.instructions = deadline - hot.left - count;
    int k = 0;
    while (k < count && block.insns[k].end <= room) {
      execute(c, block.insns[k++], eip);
      if (!goesOn(c, block)) {
        return;
      }
    }
  }

  /**
   * Executes the instructions from an {@link MicroOp#INSN} on that are such.
   *
   * @return whether the hot loop may go on behind them
   */
  private boolean semantics(Cpu c, long deadline, int eip) {
    int position = hot.position;
    int block = hot.block;
    long word = code.code[position];
    c.instructions = deadline - hot.left - ((int) word >>> MicroOp.REST_SHIFT & 0xff);
    executing = true;
    try {
      while (true) {
        Insn i = code.insn(word);
        int end = eip + i.end;
        c.eip = end;
        executingEip = end - i.length;
        if (((int) word & MicroOp.UNIT) != 0) {
          Semantics.unit(c, i);
        } else {
          c.repeating = false;
          Semantics.execute(c, i);
          if (c.repeating) {
            return false;
          }
        }
        c.instructions++;
        // a read changes code, too, if it makes a device write
        if (c.eventsPending || code.isDropped(block) || mapChanged(c)) {
          return false;
        }
        position++;
        if (((int) word & 0xff) != MicroOp.INSN) {
          hot.position = position;
          return true;
        }
        if (((int) word >>> MicroOp.REST_SHIFT & 0xff) == 1) {
          return false; // nothing follows
        }
        word = code.code[position];
        // between the two there may be instructions that do nothing, but count
        c.instructions = deadline - hot.left - ((int) word >>> MicroOp.REST_SHIFT & 0xff);
      }
    } catch (GuestFault | MachineStop unfinished) {
      // back to where the instruction starts; it has changed nothing
      c.eip = executingEip;
      throw unfinished;
    } finally {
      executing = false;
    }
  }

  /**
   * Whether the next instruction of the block may follow the last one: after a store to a page
   * table, or if a device has changed one, it may be mapped elsewhere.
   */
  private boolean goesOn(Cpu c, Block block) {
    return !mapChanged(c) && block.key != 0 && !c.eventsPending && !c.repeating;
  }

  private boolean mapChanged(Cpu c) {
    long changes = c.mmu.mapChanges();
    boolean changed = changes != mapChanges;
    mapChanges = changes;
    return changed;
  }

  /** Executes an instruction of a block that begins at {@code eip}. */
  private void execute(Cpu c, Insn i, int eip) {
    c.eip = eip + i.end;
    c.repeating = false;
    executing = true;
    executingEip = eip + i.end - i.length;
    try {
      Semantics.execute(c, i);
    } catch (GuestFault | MachineStop unfinished) {
      // back to where the instruction starts; it has changed nothing
      c.eip = executingEip;
      throw unfinished;
    } finally {
      executing = false;
    }
    if (!c.repeating) {
      c.instructions++; // otherwise it goes on at the next boundary, unless an event is taken there
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
}
