package org.trampoline.emulator.translate;

import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.Eflags;
import org.trampoline.emulator.decode.Insn;
import org.trampoline.emulator.decode.Operation;
import org.trampoline.emulator.execute.InputOutput;
import org.trampoline.emulator.execute.Interpreter;
import org.trampoline.emulator.fault.Delivery;

/**
 * IN, OUT and HLT while the guest's registers stay where translated code has them: as long as what
 * happens is among devices that do not look at the processor. An interrupt that ends HLT goes the
 * way that {@link TrapState} knows. Order, counts and limits are those of {@link Interpreter#run}.
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

  private final Interpreter interpreter;
  private final TranslatorState state;
  private final StateTransfer transfer;
  private final BlockSource blocks;
  private final TranslatorStatistics statistics;

  DeviceInstructions(
      Interpreter interpreter,
      TranslatorState state,
      StateTransfer transfer,
      BlockSource blocks,
      TranslatorStatistics statistics) {
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

  private Outcome goOn(Cpu c, TranslatedBlock block) {
    if (!c.eventsPending && transfer.resume(c, block.mode)) {
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
    return goOn(c, block);
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
    return goOn(c, block);
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
