package org.trampoline.emulator.translate;

/**
 * Where the guest's status flags are at a point of the code being emitted: in their home, rax, in
 * the host's own flags, or nowhere, if the guest will not look at them before they are replaced or
 * {@link FlagPlan} defers them. At the start of a block rax may hold a token of {@link FlagRecipes}
 * instead, if the block does not look at it.
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
    /** After a shift by 1: AF is 0, whatever the host says of it. */
    SHIFT_ONCE,
    /** After a shift to the left by more: so is AF, and OF is whether SF and CF differ. */
    SHIFT_LEFT,
    /** After a shift to the right by more: AF and OF are 0. */
    SHIFT_RIGHT,
  }

  /** SF, ZF, PF and CF as lahf gives them, and OF. */
  private static final int ALL_BUT_AUXILIARY = 0xc501;

  private final HostAssembler a;
  private boolean home;
  private boolean host;
  private Kind kind;

  /** Token of the flags' recipe if they are deferred, else 0. */
  private int token;

  /** The token for what the current instruction produces. */
  private int next;

  FlagState(HostAssembler a) {
    this.a = a;
  }

  /** At the start of a block, all are at home. */
  void reset() {
    atHome();
    next = 0;
  }

  /**
   * Begins an instruction.
   *
   * @param token for the flags that it will produce, if they are deferred; else 0
   */
  void instruction(int token) {
    next = token;
  }

  /** Whether the flags that the current instruction produces are deferred. */
  boolean defers() {
    return next != 0;
  }

  /** An instruction has left them in rax only. */
  void atHome() {
    home = true;
    host = false;
    token = 0;
  }

  /** An instruction has left them in the host's flags; nobody looks at any if none is live. */
  void produced(Kind kind, int live) {
    this.kind = kind;
    host = live != 0;
    home = false;
    token = next;
  }

  /** Nobody looks at any before all are replaced. */
  void discard() {
    host = false;
    home = false;
    token = 0;
  }

  /** An instruction has produced them, but left nothing except what its recipe needs. */
  void deferred() {
    host = false;
    home = false;
    token = next;
  }

  /** Makes sure that they are at home; some kinds are no longer in the host's flags then. */
  void save() {
    if (host && !home) {
      host = emitSave(a);
      home = true;
    }
  }

  /** Emits what brings the host's flags home; returns whether they are the same then. */
  private boolean emitSave(HostAssembler a) {
    a.emit8(0x9f); // lahf
    switch (kind) {
      case ARITHMETIC -> {
        a.setCondition(0, HostRegisters.FLAGS);
        return true;
      }
      case LOGIC -> {
        a.emit8(0xb0, 0); // mov al,0
        boolean same = HostTraits.get().logicClearsAuxiliary();
        if (!same) {
          a.emit8(0x80, 0xe4, 0xef); // and ah,~0x10
        }
        return same;
      }
      case SHIFT_ONCE -> a.setCondition(0, HostRegisters.FLAGS);
      case SHIFT_LEFT -> {
        a.emit8(0x88, 0xe0); // mov al,ah
        a.emit8(0xc0, 0xe8, 7); // shr al,7
        a.emit8(0x30, 0xe0); // xor al,ah
      }
      case SHIFT_RIGHT -> a.emit8(0xb0, 0); // mov al,0
    }
    a.and(HostRegisters.FLAGS, ALL_BUT_AUXILIARY);
    return false;
  }

  /** Before the host's flags are overwritten by something of no meaning. */
  void spill() {
    if (token == 0) {
      save();
    }
    host = false;
  }

  /** As {@link #spill}, before they are looked at or partly changed at home. */
  void bringHome() {
    save();
    host = false;
    requireHome(token != 0);
  }

  private void requireHome(boolean expected) {
    if (expected && !home) {
      throw new IllegalStateException("flags that are looked at were deferred");
    }
  }

  // ---- where blocks end

  /** Whether only a recipe says what they are, or could say it. */
  boolean deferrable() {
    return !home && token != 0;
  }

  /** Makes sure that they are at home, or a token is in case {@code accepted}. */
  void leave(boolean accepted) {
    if (accepted && deferrable()) {
      putToken(a);
    } else {
      save();
      requireHome(token != 0);
    }
  }

  /** As {@link #leave}, in code for a way out that is taken seldom; here nothing changes. */
  void leaveCold(HostAssembler cold, boolean accepted) {
    if (accepted && deferrable()) {
      putToken(cold);
    } else if (host && !home) {
      emitSave(cold);
    } else {
      requireHome(token != 0);
    }
  }

  /** Puts the token where the flags would be; the host's flags stay. */
  void putToken() {
    putToken(a);
  }

  /** In code for a way out, which is taken from here. */
  void writeToken(HostAssembler cold) {
    if (deferrable() && !host) {
      putToken(cold);
    }
  }

  private void putToken(HostAssembler code) {
    code.moveImmediate(HostRegisters.FLAGS, token);
  }

  // ---- who looks at them

  /** Makes the host's CF the guest's. */
  void loadCarry() {
    if (!host) {
      requireHome(token != 0);
      a.emit8(0x0f, 0xba, 0xe0, 8); // bt eax,8
    }
  }

  /**
   * Makes the host's flags such that the returned host condition is the guest's {@code condition},
   * both 0–15 as in the opcodes.
   */
  int condition(int condition) {
    if (host && kind.ordinal() > Kind.SHIFT_ONCE.ordinal() && withOverflow(condition)) {
      save();
    }
    if (host) {
      return condition;
    }
    requireHome(token != 0);
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

  /** Whether OF is part of a condition: o, no, l, ge, le, g. */
  static boolean withOverflow(int condition) {
    return (0xf003 >> condition & 1) != 0;
  }

  /** Makes all of the host's flags but AF the guest's. */
  void loadAll() {
    if (!host) {
      requireHome(token != 0);
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
