package org.trampoline.emulator.translate;

import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.SegmentRegister;
import org.trampoline.emulator.memory.Fill;

/** Lets the maps serve an access for which translated code was left, if they can. */
final class MapFills {
  private final TranslatorState state;
  private final StateTransfer transfer;
  private final CodeCache cache;

  /** The last exit that was granted a store to a page table, and the budget then. */
  private int grantedRecord = -1;

  private int grantedBudget;

  MapFills(TranslatorState state, StateTransfer transfer, CodeCache cache) {
    this.state = state;
    this.transfer = transfer;
    this.cache = cache;
  }

  /**
   * Lets the maps serve the access that was tried. A fault is the first that the instruction meets:
   * templates probe in the order of the semantics.
   *
   * @return {@link Fill#REFUSED} if the interpreter has to do it
   */
  Fill fill(Cpu c, Exit exit, int eip, int record) {
    int linear = state.addressOfExit();
    Fill result = exit == Exit.READ ? c.mmu.fillRead(linear) : c.mmu.fillWrite(linear);
    if (result == Fill.REFUSED && exit == Exit.WRITE && c.mmu.besideCode(linear)) {
      result = Fill.DONE;
    }
    if (result != Fill.FAULT) {
      transfer.view(c);
    }
    boolean resumed = cache.field(record, Exit.RETRY) != 0;
    if (result == Fill.REFUSED && resumed && grantTableStore(c, exit, eip, record)) {
      result = Fill.DONE;
    }
    return result;
  }

  /**
   * Lets a store go to a page table, if that leaves the running code where it is: what was derived
   * from the entry has been forgotten.
   */
  private boolean grantTableStore(Cpu c, Exit exit, int eip, int record) {
    int budget = state.budget();
    boolean again = record == grantedRecord && budget == grantedBudget;
    int code = c.segment[SegmentRegister.CS].base + eip;
    long addend = c.mmu.executeAddend(code);
    if (exit != Exit.WRITE || again || addend == 0) {
      return false; // again: its other operand is mapped by what it stores to
    }
    int linear = state.addressOfExit();
    long table = c.mmu.announceTableStore(linear, cache.bytesToStore(record));
    transfer.view(c);
    if (table == 0 || c.mmu.executeAddend(code) != addend) {
      return false;
    }
    state.grantTableStore(linear, table);
    grantedRecord = record;
    grantedBudget = budget;
    return true;
  }
}
