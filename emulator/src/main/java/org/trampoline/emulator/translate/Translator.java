package org.trampoline.emulator.translate;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import org.trampoline.emulator.StopReason;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.SegmentRegister;
import org.trampoline.emulator.decode.Decoder;
import org.trampoline.emulator.execute.Accelerator;
import org.trampoline.emulator.execute.Interpreter;
import org.trampoline.emulator.fault.GuestFault;
import org.trampoline.emulator.memory.Fill;
import org.trampoline.emulator.memory.HostCalls;

/**
 * The engine that executes guest code as host code. The interpreter's loop around it takes events
 * and delivers faults; what translated code leaves undone, for whatever reason, the interpreter or
 * the shared semantics do, so results are the same.
 *
 * <p>While translated code runs the guest's registers are in {@link TranslatorState}; they are in
 * the {@link Cpu} again before anything else looks at them.
 */
public final class Translator implements Accelerator {
  /** Bytes of code memory unless told. */
  public static final int CODE_BYTES = 256 << 20;

  /** The least that is useful. */
  private static final int LEAST_CODE_BYTES = 1 << 18;

  private final Cpu cpu;
  private final Interpreter interpreter;
  private final CodeMemory memory;
  private final TranslatorState state;
  private final StateTransfer transfer;
  private final Churn churn = new Churn();
  private final CodeCache cache;
  private final BlockProfile profile;
  private final BlockSource blocks;
  private final MapFills fills;
  private final DeviceInstructions devices;
  private final MemorySegment enterCode;
  private final TranslatorStatistics statistics = new TranslatorStatistics();
  private final Decoder decoder;
  private boolean detailed;

  /** What is common to all blocks and entered from here. */
  private final FaultCode.Entries common;

  /** The mode in which the interpreter delivers a page fault, or null; and the level before. */
  private CodeMode faultMode;

  private int faultLevel;

  /**
   * A translator for a processor and its interpreter.
   *
   * @param arena frees its memory when it is closed
   * @param codeBytes how much memory emitted code may take, from 256 KB to 1 GB
   * @param checked debug mode: every host address that the code forms is checked
   * @param sampling how it finds out which blocks are frequent
   * @throws TranslatorUnavailableException if this host cannot run emitted code
   */
  public Translator(
      Arena arena,
      Cpu cpu,
      Interpreter interpreter,
      Decoder decoder,
      int codeBytes,
      boolean checked,
      Sampling sampling) {
    if (codeBytes < LEAST_CODE_BYTES || codeBytes > 1 << 30 || codeBytes % 4096 != 0) {
      throw new IllegalArgumentException(
          codeBytes + " bytes for code: expected whole pages from 256 KB to 1 GB");
    }
    this.cpu = cpu;
    this.interpreter = interpreter;
    this.decoder = decoder;
    memory = CodeMemory.allocate(arena, codeBytes, TranslatorState.BYTES + 4095 & ~4095);
    HostTraits.get();
    long ram = cpu.memory.ram().address();
    long ramEnd = ram + cpu.memory.size();
    state = new TranslatorState(memory.state(), ram, ramEnd, cpu.memory.codeLinesAddress());
    state.code(memory.executable(), memory.executable() + codeBytes);
    transfer =
        new StateTransfer(cpu, interpreter, state, statistics, sampling.entryLimit(), checked);
    HostAssembler a = new HostAssembler();
    EntryCode entry = EntryCode.emit(a, checked);
    common = FaultCode.emit(entry, checked, a);
    MemorySegment.copy(a.bytes(), 0, memory.writable(), ValueLayout.JAVA_BYTE, 0, a.length());
    enterCode = MemorySegment.ofAddress(memory.executable() + entry.enter);
    cache = new CodeCache(memory, state, a.length(), statistics, churn, cpu.number);
    profile = new BlockProfile(cache, sampling.samples());
    blocks =
        new BlockSource(
            cpu,
            decoder,
            interpreter::marked,
            cache,
            churn,
            profile,
            transfer.traps,
            entry,
            statistics,
            checked);
    fills = new MapFills(state, transfer, cache);
    devices = new DeviceInstructions(decoder, interpreter, state, transfer, blocks, statistics);
    cpu.memory.addCodeListener(this::codeWritten);
  }

  /** What translated code addresses, for tests that spoil it. */
  TranslatorState state() {
    return state;
  }

  public TranslatorStatistics statistics() {
    statistics.codeBytes = cache.bytes();
    statistics.codeLimit = (int) memory.writable().byteSize();
    statistics.separate = memory.separate();
    return statistics;
  }

  @Override
  public void clear() {
    blocks.clear();
  }

  private void codeWritten(int physical, int size) {
    cache.drop(cpu.memory.ram().address() + (physical & 0xffff_ffffL), size);
  }

  @Override
  public StopReason blocks(Cpu c, long deadline, boolean arriving) {
    transfer.begin(deadline);
    if (faultMode != null) {
      transfer.traps.rememberPageFault(c, faultLevel, faultMode);
      faultMode = null;
    }
    while (true) {
      TranslatedBlock block = null;
      long left = transfer.deadline() - c.instructions;
      boolean near = left < StateTransfer.WORTH_ENTERING;
      boolean churning = churn.interpretUntil() > c.instructions;
      if (!near && !churning) {
        block = blocks.at(c, c.eip);
        if (block != null && block.count > left) {
          near = true;
          block = null;
        }
      }
      StopReason reason = null;
      if (block == null) {
        long until = near ? transfer.deadline() : c.instructions + 1;
        if (churning) {
          until = Math.min(transfer.deadline(), churn.interpretUntil());
        }
        reason = interpreter.blocks(c, until, arriving);
      } else if (block.count == 0) {
        executeRest(c, block);
      } else {
        reason = run(c, block);
      }
      if (reason != null) {
        return reason;
      }
      arriving = true;
      if (c.eventsPending || c.instructions >= transfer.deadline() || interpreter.hasFaulted()) {
        return null;
      }
    }
  }

  /** Also counts by operation what is interpreted now and then; costs a little time. */
  public void countInterpreted(boolean on) {
    detailed = on;
  }

  /** Writes each block that is translated from now on to an empty directory, for people. */
  public void dumpTo(Path directory) {
    blocks.dumpTo(directory);
  }

  // ---- running

  /** Runs translated code from a block on, until something has to be done outside. */
  private StopReason run(Cpu c, TranslatedBlock from) {
    transfer.prepare(c, from);
    long target = cache.address(from.entry);
    while (true) {
      int number = call(target);
      statistics.exits[number]++;
      transfer.settle(c);
      int record = state.record();
      int eip = cache.field(record, Exit.EIP);
      switch (Exit.of(number)) {
        case LINK -> {
          long generation = statistics.flushes;
          TranslatedBlock next = successor(c, eip, record);
          if (next == null) {
            return null;
          }
          if (generation == statistics.flushes) {
            cache.link(record, next);
          }
          if (next.count == 0) {
            leaveForRest(c, next);
            return null;
          }
          target = cache.address(next.entry);
        }
        case JUMP, TARGET -> {
          long generation = statistics.flushes;
          TranslatedBlock next = successor(c, state.addressOfExit(), 0);
          if (next == null) {
            return null;
          }
          target = cache.address(next.entry);
          boolean learned =
              Exit.of(number) == Exit.TARGET
                  && generation == statistics.flushes
                  && cache.learn(record, next);
          if (!learned) {
            state.rememberJump(next, target);
          }
          if (next.count == 0) {
            leaveForRest(c, next);
            return null;
          }
        }
        case READ, WRITE, WRITE_PAGE -> {
          Fill result = fills.fill(c, Exit.of(number), eip, record);
          if (result == Fill.FAULT) {
            if (transfer.faults.mayDeliver(c.fault.errorCode)) {
              state.evaluateFlags(c, blocks.recipes());
              target = cache.address(common.deliver());
              continue;
            }
            leaveFaulted(c, from.mode, eip, record);
            return null;
          }
          if (result == Fill.REFUSED) {
            int unused = cache.field(record, Exit.UNUSED);
            switch (devices.access(c, from.mode, eip, record, unused)) {
              case REFUSED -> {
                return interpretOne(c, eip, record);
              }
              case LEFT -> {
                return null;
              }
              case DONE -> {
                target = goOn(c);
                continue;
              }
            }
          }
          int retry = cache.field(record, Exit.RETRY);
          if (retry == 0) {
            // the block relies on what the maps were: the instruction begins another
            leave(c, eip, cache.field(record, Exit.UNUSED));
            return null;
          }
          target = cache.address(retry);
        }
        case FAULT -> {
          leaveFaulted(c, from.mode, eip, record);
          return null;
        }
        case SHARED -> {
          profile.sharedProbeFailed(
              blocks.known(c, cache.field(record, Exit.RETRY)), c.instructions);
          return interpretOne(c, eip, record);
        }
        case FPU, SSE -> {
          boolean taken =
              Exit.of(number) == Exit.FPU ? transfer.units.takeFpu(c) : transfer.units.takeSse(c);
          if (!taken) {
            int unused = cache.field(record, Exit.UNUSED);
            leave(c, eip, unused);
            // RF, which an IRET has just loaded, is to be looked at after one instruction
            long until = c.instructions + (c.eventsPending ? 1 : unused);
            return interpreter.blocks(c, until, true);
          }
          target = cache.address(cache.field(record, Exit.RETRY));
        }
        case REPEAT -> {
          leave(c, eip, cache.field(record, Exit.UNUSED));
          TranslatedBlock block = blocks.at(c, eip);
          if (block == null || block.repeat == null) {
            return interpreter.blocks(c, c.instructions + 1, true);
          }
          Leftovers.executeElement(c, block);
          return null;
        }
        case REST -> {
          TranslatedBlock block = rest(c, eip, record);
          if (block == null) {
            return null;
          }
          switch (devices.execute(c, block)) {
            case REFUSED -> {
              leaveForRest(c, block);
              return null; // the budget has paid for the block, not for what follows
            }
            case LEFT -> {
              return null;
            }
            case DONE -> {
              target = goOn(c);
            }
          }
        }
        case BUDGET -> {
          profile.budgetUsedUp(blocks.known(c, eip));
          leave(c, eip, cache.field(record, Exit.UNUSED));
          return null;
        }
        case WILD -> {
          long address = state.hostAddressOfExit();
          AddressChecks.Use use = state.use();
          if (use != AddressChecks.Use.PROBED || c.memory.physicalOf(address) < 0) {
            throw new IllegalStateException(
                "emitted code formed the host address 0x%x at eip 0x%x, which is not in %s"
                    .formatted(address, eip, use.target));
          }
          return interpretOne(c, eip, record);
        }
        case INTERPRET -> {
          return interpretOne(c, eip, record);
        }
        case SEGMENT -> {
          int register = state.addressOfExit();
          StopReason reason = interpretOne(c, eip, record);
          transfer.segments.remember(c, register);
          return reason;
        }
        case SPACE -> {
          StopReason reason = interpretOne(c, eip, record);
          transfer.spaces.remember(c);
          return reason;
        }
        case TRAP -> {
          int vector = state.addressOfExit();
          int level = c.cpl;
          StopReason reason = interpretOne(c, eip, record);
          transfer.traps.rememberGate(c, vector, level, from.mode);
          return reason;
        }
        case RETURN -> {
          StopReason reason = interpretOne(c, eip, record);
          transfer.traps.rememberReturn(c, from.mode);
          return reason;
        }
      }
    }
  }

  /** What to call so that translated code goes on at the processor's eip. */
  private long goOn(Cpu c) {
    state.addressOfExit(c.eip);
    return cache.address(common.goOn());
  }

  private int call(long target) {
    statistics.entries++;
    return HostCalls.enter(enterCode, state.address(), target);
  }

  /** The interpreter is to deliver the page fault that an access causes. */
  private void leaveFaulted(Cpu c, CodeMode mode, int eip, int record) {
    leave(c, eip, cache.field(record, Exit.UNUSED));
    interpreter.faulted();
    faultMode = mode;
    faultLevel = c.cpl;
  }

  /** Moves the state back, {@code unused} instructions that were paid for not being executed. */
  private void leave(Cpu c, int eip, int unused) {
    transfer.leave(c, eip, unused, blocks.recipes());
  }

  /**
   * The translated block at an eip that translated code has reached. Null if it was left, be it
   * because nothing more may run: what is due at this count comes before the next fetch, which may
   * fault or mark a page as accessed.
   *
   * @param link the record of the link that leads there, or 0
   */
  private TranslatedBlock successor(Cpu c, int eip, int link) {
    state.evaluateFlags(c, blocks.recipes());
    TranslatedBlock block = null;
    if (state.budget() > 0) {
      try {
        block = blocks.at(c, eip, link);
      } catch (GuestFault fault) {
        leave(c, eip, 0);
        throw fault;
      }
    }
    if (block == null) {
      leave(c, eip, 0);
    } else {
      transfer.view(c);
    }
    return block;
  }

  /**
   * The block of the one instruction that an exit has left, or null if translated code was left.
   */
  private TranslatedBlock rest(Cpu c, int eip, int record) {
    TranslatedBlock known = state.budget() > 0 ? blocks.rest(c, record) : null;
    if (known != null) {
      state.evaluateFlags(c, blocks.recipes());
      return known;
    }
    long generation = statistics.flushes;
    TranslatedBlock found = successor(c, eip, 0);
    if (found != null && generation == statistics.flushes) {
      blocks.restIs(found, record);
    }
    return found;
  }

  private StopReason interpretOne(Cpu c, int eip, int record) {
    leave(c, eip, cache.field(record, Exit.UNUSED));
    if (detailed) {
      noteLeft(c, eip);
    }
    return interpreter.blocks(c, c.instructions + 1, true);
  }

  private void noteLeft(Cpu c, int eip) {
    int linear = c.segment[SegmentRegister.CS].base + eip;
    statistics.left(decoder.decode(n -> c.mmu.peek8(linear + n) & 0xff, c.code32).operation);
  }

  private void leaveForRest(Cpu c, TranslatedBlock block) {
    leave(c, block.eip, 0);
    if (c.instructions < transfer.deadline()) {
      executeRest(c, block);
    }
  }

  private void executeRest(Cpu c, TranslatedBlock block) {
    statistics.left(block.rest.operation);
    Leftovers.executeRest(c, block);
  }
}
