package org.trampoline.emulator.device;

/** A wire that a test looks at. */
final class TestLine implements IrqLine {
  boolean high;
  int rises;
  boolean masked;

  @Override
  public void set(boolean high) {
    rises += high && !this.high ? 1 : 0;
    this.high = high;
  }

  @Override
  public boolean mayInterrupt() {
    return !masked;
  }
}
