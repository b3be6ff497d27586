package org.trampoline.emulator.device;

import org.trampoline.emulator.snapshot.StatePart;

/**
 * One 8259A Programmable Interrupt Controller (Intel 231468), with the edge/level register that the
 * PIIX south bridge added to it. A pair of them makes the interrupt system of a PC: {@link
 * PicPair}.
 *
 * <p>Its 8085 mode and buffered mode, which no PC uses, are accepted and treated as 8086 mode.
 */
public final class Pic8259 implements ByteDevice, StatePart {
  /** No request; more than any level. */
  static final int NONE = 8;

  private final IrqLine output;

  /** Levels whose input may be set to level-triggered in the edge/level register. */
  private final int mayBeLevel;

  /** The level of INT. */
  private boolean asserted;

  private int lines;
  private int irr;
  private int isr;
  private int imr = 0xff;
  private int levelTriggered;
  private boolean allLevel;

  /** The initialization command word expected next, 2–4; 0 when the chip is ready. */
  private int expected;

  private boolean single;
  private boolean needsIcw4;
  private int vectorBase;
  private int icw3;
  private boolean automaticEoi;
  private boolean rotateInAutomaticEoi;
  private boolean specialFullyNested;
  private boolean specialMask;
  private boolean readIsr;
  private boolean poll;
  private int lowest = 7;

  /**
   * @param output where INT goes
   * @param mayBeLevel bit mask of the inputs that {@link #edgeLevel} can set to level-triggered
   */
  Pic8259(IrqLine output, int mayBeLevel) {
    this.output = output;
    this.mayBeLevel = mayBeLevel;
  }

  /** The state after power-on: everything masked until software initialises the chip. */
  void reset() {
    lines = 0;
    irr = 0;
    isr = 0;
    imr = 0xff;
    levelTriggered = 0;
    allLevel = false;
    expected = 0;
    automaticEoi = false;
    rotateInAutomaticEoi = false;
    specialFullyNested = false;
    specialMask = false;
    readIsr = false;
    poll = false;
    lowest = 7;
    update();
  }

  // ---- inputs and INT

  /** Sets the level of an input, 0–7. */
  void line(int level, boolean high) {
    int bit = 1 << level;
    if (high) {
      boolean rises = (lines & bit) == 0;
      lines |= bit;
      if (rises || isLevel(bit)) {
        irr |= bit;
      }
    } else {
      lines &= ~bit;
      irr &= ~bit; // a request has to last until it is acknowledged ("Interrupt sequence")
    }
    update();
  }

  private boolean isLevel(int bit) {
    return allLevel || (levelTriggered & bit) != 0;
  }

  private void update() {
    assertInt(requests());
  }

  private void assertInt(boolean high) {
    if (high != asserted) {
      asserted = high;
      output.set(high);
    }
  }

  /** Whether INT is asserted. */
  boolean requests() {
    return expected == 0 && request(irr) != NONE;
  }

  /** The level that INT is asserted for if {@code irr} are the requests, or {@link #NONE}. */
  private int request(int irr) {
    int requests = irr & ~imr;
    for (int i = 1; i <= 8 && requests != 0; i++) {
      int level = lowest + i & 7;
      int bit = 1 << level;
      boolean inService = (isr & bit) != 0 && !(specialMask && (imr & bit) != 0);
      if (inService && !(specialFullyNested && (icw3 & bit) != 0)) {
        return NONE;
      }
      if ((requests & bit) != 0) {
        return level;
      }
    }
    return NONE;
  }

  /** Whether a request on this input would assert INT. */
  boolean mayRequest(int level) {
    return expected == 0 && request(1 << level) == level;
  }

  /** Whether software said that a slave is at this input. */
  boolean cascades(int level) {
    return !single && (icw3 & 1 << level) != 0;
  }

  /** The identity that software gave a slave, 0–7. */
  int slaveId() {
    return icw3 & 7;
  }

  /**
   * The acknowledge cycle: the request with the highest priority goes into service.
   *
   * @return its level, or {@link #NONE} if the request has gone away, which the chip answers as if
   *     it were level 7, without setting its in-service bit
   */
  int acknowledge() {
    int level = request(irr);
    if (level != NONE) {
      int bit = 1 << level;
      if (!isLevel(bit)) {
        irr &= ~bit;
      }
      if (!automaticEoi) {
        isr |= bit;
      } else if (rotateInAutomaticEoi) {
        lowest = level;
      }
    }
    assertInt(false); // a cascaded master is to see an edge for each request
    update();
    return level;
  }

  /** The vector of a level; that of level 7 for {@link #NONE}. */
  int vector(int level) {
    return vectorBase | (level == NONE ? 7 : level);
  }

  // ---- registers

  @Override
  public boolean selfContained(int port) {
    return true;
  }

  @Override
  public int in(int port) {
    if (poll) {
      poll = false;
      int level = acknowledge();
      return level == NONE ? 0 : 0x80 | level;
    }
    if ((port & 1) != 0) {
      return imr;
    }
    return readIsr ? isr : irr;
  }

  @Override
  public void out(int port, int value) {
    if ((port & 1) != 0) {
      if (expected != 0) {
        initialise(value);
      } else {
        imr = value;
      }
    } else if ((value & 0x10) != 0) {
      icw1(value);
    } else if ((value & 8) != 0) {
      ocw3(value);
    } else {
      ocw2(value >> 5, value & 7);
    }
    update();
  }

  private void icw1(int value) {
    expected = 2;
    needsIcw4 = (value & 1) != 0;
    single = (value & 2) != 0;
    allLevel = (value & 8) != 0;
    imr = 0;
    isr = 0;
    irr = allLevel ? lines : lines & levelTriggered;
    lowest = 7;
    icw3 = 0;
    specialMask = false;
    readIsr = false;
    poll = false;
    automaticEoi = false;
    rotateInAutomaticEoi = false;
    specialFullyNested = false;
  }

  private void initialise(int value) {
    switch (expected) {
      case 2 -> {
        vectorBase = value & 0xf8;
        expected = !single ? 3 : needsIcw4 ? 4 : 0;
      }
      case 3 -> {
        icw3 = value;
        expected = needsIcw4 ? 4 : 0;
      }
      default -> {
        automaticEoi = (value & 2) != 0;
        specialFullyNested = (value & 0x10) != 0;
        expected = 0;
      }
    }
  }

  /** End of interrupt and rotation. */
  private void ocw2(int command, int level) {
    switch (command) {
      case 0, 4 -> rotateInAutomaticEoi = command == 4;
      case 1 -> isr &= ~inServiceBit();
      case 3 -> isr &= ~(1 << level);
      case 5 -> {
        int bit = inServiceBit();
        isr &= ~bit;
        if (bit != 0) {
          lowest = Integer.numberOfTrailingZeros(bit);
        }
      }
      case 6 -> lowest = level;
      case 7 -> {
        isr &= ~(1 << level);
        lowest = level;
      }
      default -> {} // 2: no operation
    }
  }

  /** The bit a non-specific EOI ends: that of the highest priority in service. */
  private int inServiceBit() {
    int served = specialMask ? isr & ~imr : isr;
    for (int i = 1; i <= 8; i++) {
      int bit = 1 << (lowest + i & 7);
      if ((served & bit) != 0) {
        return bit;
      }
    }
    return 0;
  }

  private void ocw3(int value) {
    if ((value & 0x40) != 0) {
      specialMask = (value & 0x20) != 0;
    }
    poll = (value & 4) != 0;
    if ((value & 2) != 0) {
      readIsr = (value & 1) != 0;
    }
  }

  /** The edge/level control register (PIIX data sheet, ELCR): 1 for level-triggered inputs. */
  int edgeLevel() {
    return levelTriggered;
  }

  void edgeLevel(int value) {
    levelTriggered = value & mayBeLevel;
    irr |= lines & levelTriggered;
    update();
  }
}
