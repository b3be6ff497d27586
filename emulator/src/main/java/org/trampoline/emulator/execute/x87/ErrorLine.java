package org.trampoline.emulator.execute.x87;

import org.trampoline.emulator.cpu.Control;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.decode.Insn;
import org.trampoline.emulator.fault.Vector;
import org.trampoline.emulator.snapshot.StatePart;

/**
 * How a pending x87 exception is reported: by #MF if CR0.NE is set, otherwise as on the PC/AT
 * through the processor's pins (SDM vol. 1, 8.7.2 and appendix D): FERR# goes to the interrupt
 * controller's IRQ 13, and the processor waits for an interrupt unless IGNNE# is asserted.
 */
public final class ErrorLine implements StatePart {
  /** What FERR# is connected to; told of each change. */
  @FunctionalInterface
  public interface Listener {
    void errorLine(boolean asserted);
  }

  /** IGNNE# is asserted: with CR0.NE clear, pending exceptions are ignored. */
  public boolean ignoreNumericError;

  private Listener listener = asserted -> {};
  private boolean asserted;

  public void connect(Listener listener) {
    this.listener = listener;
  }

  /** Whether FERR# is asserted. */
  public boolean asserted() {
    return asserted;
  }

  /** A waiting instruction has found an exception pending. */
  void report(Cpu c, Insn i) {
    if ((c.cr0 & Control.CR0_NE) != 0) {
      throw c.fault.set(Vector.MF);
    }
    if (!asserted) {
      asserted = true;
      listener.errorLine(true);
    }
    if (!ignoreNumericError) {
      c.halted = true; // as by HLT, until an interrupt comes
      c.askForEvents();
      throw c.fault.set(Vector.NONE);
    }
  }

  /** No exception is pending any more. */
  void release() {
    if (asserted) {
      asserted = false;
      listener.errorLine(false);
    }
  }
}
