package org.trampoline.emulator.memory;

/**
 * The running code's data accesses that an {@link Mmu}'s maps do not serve: {@link SlowAccess},
 * shown to an inspector if there is one.
 */
final class DataAccess {
  private final SlowAccess slow;

  /** Who checks and sees the accesses, or null; with one, nothing is served by the maps. */
  AccessInspector inspector;

  DataAccess(SlowAccess slow) {
    this.slow = slow;
  }

  long read(int linear, int bytes, boolean user) {
    if (inspector == null) {
      return slow.read(linear, bytes, user);
    }
    before(linear, bytes, PageWalk.READ, user);
    long value = slow.read(linear, bytes, user);
    inspector.after(linear, bytes, false);
    return value;
  }

  void write(int linear, int bytes, long value, boolean user) {
    if (inspector == null) {
      slow.write(linear, bytes, value, user);
      return;
    }
    before(linear, bytes, PageWalk.WRITE, user);
    slow.write(linear, bytes, value, user);
    inspector.after(linear, bytes, true);
  }

  void readWide(int linear, int bytes, long[] into, int index, boolean user) {
    if (inspector == null) {
      slow.readWide(linear, bytes, into, index, user);
      return;
    }
    before(linear, bytes, PageWalk.READ, user);
    slow.readWide(linear, bytes, into, index, user);
    inspector.after(linear, bytes, false);
  }

  void writeWide(int linear, int bytes, long low, long high, boolean user) {
    if (inspector == null) {
      slow.writeWide(linear, bytes, low, high, user);
      return;
    }
    before(linear, bytes, PageWalk.WRITE, user);
    slow.writeWide(linear, bytes, low, high, user);
    inspector.after(linear, bytes, true);
  }

  void probe(int linear, int bytes, int access, boolean user) {
    if (inspector == null) {
      slow.probe(linear, bytes, access, user);
    } else {
      before(linear, bytes, access, user);
    }
  }

  /**
   * Alignment is a matter of the linear address and comes before its translation: table 6-2 of SDM
   * vol. 3 leaves the order in its class of faults open, and silicon raises #AC, not #PF.
   */
  private void before(int linear, int bytes, int access, boolean user) {
    inspector.before(linear, bytes);
    slow.probe(linear, bytes, access, user);
  }
}
