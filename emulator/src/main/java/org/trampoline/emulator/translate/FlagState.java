package org.trampoline.emulator.translate;

/**
 * Where the guest's status flags are at a point of the code being emitted: in their home, rax, in
 * the host's own flags, or nowhere, if the guest will not look at them before they are replaced.
 *
 * <p>Where the SDM leaves a flag undefined, the shared semantics define it; what host silicon does
 * with it does not matter, as the flag is then set explicitly.
 */
final class FlagState {
  /** What the host's flags are like. */
  enum Kind {
    /** All six are right. */
    ARITHMETIC,
    /** OF and CF are 0 and so is AF, whatever the host says of it. */
    LOGIC,
  }

  private final HostAssembler a;
  private boolean home;
  private boolean host;
  private Kind kind;

  FlagState(HostAssembler a) {
    this.a = a;
  }

  /** At the start of a block, all are at home. */
  void reset() {
    atHome();
  }

  /** An instruction has left them in rax only. */
  void atHome() {
    home = true;
    host = false;
  }

  /** An instruction has left them in the host's flags; nobody looks at any if none is live. */
  void produced(Kind kind, int live) {
    this.kind = kind;
    host = live != 0;
    home = false;
  }

  /** Makes sure that they are at home; the host's flags stay as they are. */
  void save() {
    if (!host || home) {
      return;
    }
    a.emit8(0x9f); // lahf
    if (kind == Kind.LOGIC) {
      a.emit8(0xb0, 0); // mov al,0
      if (!HostTraits.get().logicClearsAuxiliary()) {
        a.emit8(0x80, 0xe4, 0xef); // and ah,~0x10
        host = false;
      }
    } else {
      a.setCondition(0, HostRegisters.FLAGS); // seto al
    }
    home = true;
  }

  /** As {@link #save}, before the host's flags are overwritten by something of no meaning. */
  void spill() {
    save();
    host = false;
  }

  /** Makes the host's CF the guest's. */
  void loadCarry() {
    if (!host) {
      a.emit8(0x0f, 0xba, 0xe0, 8); // bt eax,8
    }
  }

  /**
   * Makes the host's flags such that the returned host condition is the guest's {@code condition},
   * both 0–15 as in the opcodes.
   */
  int condition(int condition) {
    if (host) {
      return condition;
    }
    int mask =
        switch (condition >> 1) {
          case 0 -> 0;
          case 1 -> 0x01;
          case 2 -> 0x40;
          case 3 -> 0x41;
          case 4 -> 0x80;
          case 5 -> 0x04;
          default -> -1;
        };
    if (mask < 0) {
      load();
      return condition;
    }
    if (mask == 0) {
      a.emit8(0xa8, 1); // test al,1
    } else {
      a.emit8(0xf6, 0xc4, mask); // test ah,mask
    }
    return 5 ^ condition & 1; // a flag that is set makes "not zero"
  }

  /** Makes all of the host's flags the guest's. */
  void loadAll() {
    if (!host) {
      load();
    }
  }

  /** Loads all flags from home into the host's. */
  private void load() {
    a.emit8(0x04, 0x7f); // add al,0x7f: OF
    a.emit8(0x9e); // sahf
    a.setCondition(0, HostRegisters.FLAGS);
    host = true;
    kind = Kind.ARITHMETIC;
  }
}
