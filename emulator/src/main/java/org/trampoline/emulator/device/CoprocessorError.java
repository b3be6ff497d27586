package org.trampoline.emulator.device;

import org.trampoline.emulator.execute.x87.ErrorLine;

/**
 * The AT's way of reporting x87 exceptions (SDM vol. 1, appendix D.2.1): FERR# raises interrupt
 * request 13; a write to port F0H takes the request back and asserts IGNNE# until FERR# is
 * released.
 */
final class CoprocessorError implements ByteDevice, ErrorLine.Listener {
  private final ErrorLine line;
  private final IrqLine irq;

  CoprocessorError(ErrorLine line, IrqLine irq) {
    this.line = line;
    this.irq = irq;
  }

  @Override
  public void errorLine(boolean asserted) {
    irq.set(asserted);
    if (!asserted) {
      line.ignoreNumericError = false;
    }
  }

  @Override
  public int in(int port) {
    return 0xff;
  }

  @Override
  public void out(int port, int value) {
    irq.set(false);
    line.ignoreNumericError = line.asserted();
  }
}
