package org.trampoline.emulator.translate;

import java.util.Arrays;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.Eflags;
import org.trampoline.emulator.cpu.SegmentRegister;
import org.trampoline.emulator.decode.Decoder;
import org.trampoline.emulator.decode.Insn;
import org.trampoline.emulator.decode.Operation;
import org.trampoline.emulator.execute.InputOutput;
import org.trampoline.emulator.execute.Interpreter;
import org.trampoline.emulator.execute.Semantics;
import org.trampoline.emulator.fault.Delivery;
import org.trampoline.emulator.fault.GuestFault;
import org.trampoline.emulator.fault.MachineStop;

/**
 * IN, OUT, HLT and MOV of devices' registers while the guest's registers stay where translated code
 * has them: as long as what happens is among devices that do not look at the processor. An
 * interrupt that ends HLT goes the way that {@link TrapState} knows. Order, counts and limits are
 * those of {@link Interpreter#run}.
 */
final class DeviceInstructions {
  /** What has become of an instruction. */
  enum Outcome {
    /** Executed: translated code may go on at the processor's eip. */
    DONE,
    /** Executed, and the state has been moved back. */
    LEFT,
    /** Not executed. */
    REFUSED
  }

  /** Accesses to devices of which the instruction is known; a power of two. */
  private static final int KNOWN = 64;

  private final Insn[] known = new Insn[KNOWN];

  /** The records of their exits, and the number of flushes that they are good for. */
  private final int[] records = new int[KNOWN];

  private long flushes = -1;
  private final Decoder decoder;
  private final Interpreter interpreter;
  private final TranslatorState state;
  private final StateTransfer transfer;
  private final BlockSource blocks;
  private final TranslatorStatistics statistics;

  DeviceInstructions(
      Decoder decoder,
      Interpreter interpreter,
      TranslatorState state,
      StateTransfer transfer,
      BlockSource blocks,
      TranslatorStatistics statistics) {
    this.decoder = decoder;
    this.interpreter = interpreter;
    this.state = state;
    this.transfer = transfer;
    this.blocks = blocks;
    this.statistics = statistics;
  }

  /** Executes the one instruction of a block that has no template, its flags being evaluated. */
  Outcome execute(Cpu c, TranslatedBlock block) {
    return switch (block.rest.operation) {
      case IN, OUT -> port(c, block);
      case HLT -> halt(c, block);
      default -> Outcome.REFUSED;
    };
  }

  /** Tells the processor where it is; false if the instruction is one to be watched. */
  private boolean begin(Cpu c, TranslatedBlock block) {
    transfer.account(c, block.eip, 0);
    return !c.eventsPending; // RF, which an IRET has just loaded
  }

  private void complete(Cpu c, TranslatedBlock block) {
    statistics.left(block.rest.operation);
    c.eip = block.eip + block.rest.length;
    c.instructions++;
  }

  private Outcome goOn(Cpu c, CodeMode mode) {
    if (!c.eventsPending && transfer.resume(c, mode)) {
      return Outcome.DONE;
    }
    return leave(c);
  }

  private Outcome leave(Cpu c) {
    transfer.moveBack(c, blocks.recipes());
    return Outcome.LEFT;
  }

  // ---- ports

  private Outcome port(Cpu c, TranslatedBlock block) {
    Insn i = block.rest;
    boolean out = i.operation == Operation.OUT;
    boolean immediate = (out ? i.kind0 : i.kind1) == Insn.IMM;
    int port = immediate ? i.imm & 0xff : state.register(Cpu.EDX) & 0xffff;
    if ((out ? i.size1 : i.size0) != 1 || !c.ports.selfContained(port)) {
      return Outcome.REFUSED;
    }
    if (!begin(c, block) || !InputOutput.always(c)) {
      return Outcome.REFUSED;
    }
    int eax = state.register(Cpu.EAX);
    if (out) {
      c.ports.out(port, 1, eax & 0xff);
    } else {
      state.register(Cpu.EAX, eax & ~0xff | c.ports.in(port, 1) & 0xff);
    }
    complete(c, block);
    return goOn(c, block.mode);
  }

  // ---- registers in memory

  /** The instruction at an eip, at which the exit with this record leaves. */
  private Insn at(Cpu c, int eip, int record) {
    if (flushes != statistics.flushes) {
      Arrays.fill(records, -1);
      flushes = statistics.flushes;
    }
    int slot = record >>> 2 & KNOWN - 1;
    if (records[slot] != record) {
      int linear = c.segment[SegmentRegister.CS].base + eip;
      known[slot] = decoder.decode(n -> c.mmu.peek8(linear + n) & 0xff, c.code32);
      records[slot] = record;
    }
    return known[slot];
  }

  /**
   * Executes a MOV to or from registers of a device, which the maps do not serve.
   *
   * @param unused instructions that were paid for and have not run, this one among them
   */
  Outcome access(Cpu c, CodeMode mode, int eip, int record, int unused) {
    Insn i = c.mmu.isSelfContained(state.addressOfExit()) ? at(c, eip, record) : null;
    if (i == null || i.operation != Operation.MOV) {
      return Outcome.REFUSED;
    }
    state.evaluateFlags(c, blocks.recipes());
    transfer.account(c, eip, unused);
    state.giveRegisters(c);
    c.eip = eip + i.length;
    try {
      Semantics.execute(c, i);
    } catch (GuestFault | MachineStop unfinished) {
      c.eip = eip;
      transfer.moveBack(c, blocks.recipes());
      throw unfinished;
    }
    state.takeRegisters(c);
    statistics.left(i.operation);
    c.instructions++;
    transfer.view(c);
    return goOn(c, mode);
  }

  // ---- HLT

  private Outcome halt(Cpu c, TranslatedBlock block) {
    if (c.cpl != 0
        || !TrapState.serves(block.mode)
        || c.deliveryHook != null
        || !c.interruptController.selfContained()
        || !begin(c, block)
        || !mayWait(c)) {
      return Outcome.REFUSED;
    }
    complete(c, block);
    c.halted = true;
    while (!c.interruptLine) {
      if (c.clock.dueInstruction() <= c.instructions || !mayWait(c) || !c.clock.skip()) {
        c.askForEvents();
        return leave(c);
      }
      interpreter.delivered(1);
    }
    if (c.clock.dueInstruction() <= c.instructions) {
      c.askForEvents();
      return leave(c);
    }
    int vector = c.interruptController.acknowledge();
    interpreter.delivered(1);
    c.clearEvents();
    if (!transfer.traps.interrupt(c, vector, block.mode, state)) {
      leave(c);
      Delivery.interrupt(c, vector);
      transfer.traps.rememberGate(c, vector, 0, block.mode);
      transfer.begin(interpreter.goOn(c)); // time has jumped
      return Outcome.LEFT;
    }
    statistics.interrupts++;
    transfer.entered(c);
    return goOn(c, block.mode);
  }

  /** Whether the next event may happen here, and an interrupt that comes of it be taken. */
  private boolean mayWait(Cpu c) {
    return (c.eflags & Eflags.IF) != 0
        && !c.interruptLine
        && c.injected < 0
        && !c.nmiPending
        && c.clock.nextIsSelfContained()
        && interpreter.mayTakeEvents(c);
  }
}
