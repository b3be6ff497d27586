package org.trampoline.emulator.device;

import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.Msr;
import org.trampoline.emulator.snapshot.StatePart;

/**
 * A processor's local APIC (SDM vol. 3, chapter 10), as in a Pentium 4: interrupts of other
 * processors, of its own timer and, by pin LINT0, of the 8259s. Its registers are 32 bits wide at
 * multiples of 16; accesses of another size or alignment read the register's bytes and write
 * nothing.
 *
 * <p>Not modelled: thermal and performance interrupts, the remote read, system management, and an
 * I/O APIC, so every interrupt is edge triggered.
 */
public final class LocalApic implements InterruptController, StatePart {
  static final int ID = 0x20;
  static final int VERSION = 0x30;
  static final int TPR = 0x80;
  static final int APR = 0x90;
  static final int PPR = 0xa0;
  static final int EOI = 0xb0;
  static final int LDR = 0xd0;
  static final int DFR = 0xe0;
  static final int SVR = 0xf0;
  static final int ISR = 0x100;
  static final int TMR = 0x180;
  static final int IRR = 0x200;
  static final int ESR = 0x280;
  static final int ICR_LOW = 0x300;
  static final int ICR_HIGH = 0x310;
  static final int LVT_TIMER = 0x320;
  static final int LVT_LINT0 = 0x350;
  static final int LVT_ERROR = 0x370;
  static final int INITIAL_COUNT = 0x380;
  static final int CURRENT_COUNT = 0x390;
  static final int DIVIDE = 0x3e0;

  // delivery modes, in bits 10:8 of ICR and LVT
  static final int FIXED = 0;
  static final int LOWEST_PRIORITY = 1;
  static final int NMI = 4;
  static final int INIT = 5;
  static final int START_UP = 6;
  static final int EXT_INT = 7;

  private static final int LVT_ENTRIES = 6;
  private static final int MASKED = 1 << 16;
  private static final int PERIODIC = 1 << 17;
  private static final int SOFTWARE_ENABLE = 1 << 8;
  private static final int SEND_ILLEGAL_VECTOR = 1 << 5;
  private static final int RECEIVE_ILLEGAL_VECTOR = 1 << 6;

  /** Version 14H with six LVT entries. */
  private static final int VERSION_VALUE = LVT_ENTRIES - 1 << 16 | 0x14;

  private final Cpu cpu;
  private final LocalApics others;
  private final Clock.Timer timer;
  private InterruptController external = InterruptController.NONE;
  private boolean pin;

  private final int[] requests = new int[8];
  private final int[] inService = new int[8];
  private final int[] lvt = new int[LVT_ENTRIES];
  private int id;
  private int taskPriority;
  private int logicalDestination;
  private int destinationFormat;
  private int spurious;
  private int errors;
  private int reportedErrors;
  private int icrLow;
  private int icrHigh;
  private int initialCount;
  private int divide;
  private long timerStart;

  LocalApic(Cpu cpu, LocalApics others) {
    this.cpu = cpu;
    this.others = others;
    timer = cpu.clock.timer(this::timerExpired, () -> (lvt[0] & MASKED) == 0);
    id = cpu.number << 24;
    cpu.interruptController = this;
    reset();
  }

  /** The state after RESET and INIT (SDM vol. 3, 10.4.7.1 and 10.4.7.3); the ID stays. */
  void reset() {
    java.util.Arrays.fill(requests, 0);
    java.util.Arrays.fill(inService, 0);
    java.util.Arrays.fill(lvt, MASKED);
    taskPriority = 0;
    logicalDestination = 0;
    destinationFormat = -1;
    spurious = 0xff;
    errors = 0;
    reportedErrors = 0;
    icrLow = 0;
    icrHigh = 0;
    initialCount = 0;
    divide = 0;
    timer.stop();
    update();
  }

  /** What asserts LINT0, and is asked for the vector when that is taken for an ExtINT. */
  void connect(InterruptController controller) {
    external = controller;
  }

  // ---- pins

  /** Pin LINT0. While the APIC is off it is the processor's INTR (SDM vol. 3, 10.4.3). */
  void set(boolean high) {
    boolean rises = high && !pin;
    pin = high;
    int entry = lvt[LVT_LINT0 - LVT_TIMER >> 4];
    if (rises && on() && (entry & MASKED) == 0) {
      switch (entry >> 8 & 7) {
        case FIXED -> request(entry & 0xff);
        case NMI -> nmi();
        default -> {
          // ExtINT follows the pin's level
        }
      }
    }
    update();
  }

  private boolean on() {
    return (cpu.msr.apicBase & Msr.APIC_ENABLED) != 0;
  }

  private boolean softwareEnabled() {
    return (spurious & SOFTWARE_ENABLE) != 0;
  }

  private boolean externalRequest() {
    int entry = lvt[LVT_LINT0 - LVT_TIMER >> 4];
    return pin && (!on() || (entry & MASKED) == 0 && (entry >> 8 & 7) == EXT_INT);
  }

  private void nmi() {
    cpu.nmiPending = true;
    cpu.noticeEvents();
  }

  /** Sets the processor's INTR. */
  private void update() {
    cpu.interruptLine = deliverable() >= 0 || externalRequest();
    cpu.noticeEvents();
  }

  // ---- priorities (SDM vol. 3, 10.8.3)

  private static int highest(int[] bits) {
    for (int i = 7; i >= 0; i--) {
      if (bits[i] != 0) {
        return i << 5 | 31 - Integer.numberOfLeadingZeros(bits[i]);
      }
    }
    return -1;
  }

  private int processorPriority() {
    int serving = Math.max(highest(inService), 0);
    return (taskPriority & 0xf0) >= (serving & 0xf0) ? taskPriority : serving & 0xf0;
  }

  /** The vector that the processor is to take now, or -1. */
  private int deliverable() {
    int vector = on() && softwareEnabled() ? highest(requests) : -1;
    return vector >= 0 && (vector & 0xf0) > (processorPriority() & 0xf0) ? vector : -1;
  }

  @Override
  public int acknowledge() {
    int vector = deliverable();
    if (vector >= 0) {
      requests[vector >> 5] &= ~(1 << vector);
      inService[vector >> 5] |= 1 << vector;
      update();
      return vector;
    }
    return externalRequest() ? external.acknowledge() : spurious & 0xff;
  }

  private void request(int vector) {
    if (vector < 16) {
      error(RECEIVE_ILLEGAL_VECTOR);
    } else {
      requests[vector >> 5] |= 1 << vector;
    }
  }

  private void error(int bit) {
    int entry = lvt[LVT_ERROR - LVT_TIMER >> 4];
    boolean first = errors == 0;
    errors |= bit;
    if (first && (entry & MASKED) == 0 && (entry & 0xff) >= 16) {
      request(entry & 0xff);
    }
  }

  private void endOfInterrupt() {
    int vector = highest(inService);
    if (vector >= 0) {
      inService[vector >> 5] &= ~(1 << vector);
    }
  }

  // ---- messages of other processors

  /** Whether a destination is this one (SDM vol. 3, 10.6.2). */
  boolean matches(int destination, boolean logical) {
    if (!on()) {
      return false;
    }
    if (!logical) {
      return destination == 0xff || destination == id >>> 24;
    }
    int address = logicalDestination >>> 24;
    if (destinationFormat >>> 28 == 0xf) {
      return (destination & address) != 0;
    }
    boolean cluster = destination >> 4 == 0xf || destination >> 4 == address >> 4;
    return cluster && (destination & address & 0xf) != 0;
  }

  /** How busy it is, for the choice of the lowest priority. */
  int arbitration() {
    return softwareEnabled() ? processorPriority() : 0x100;
  }

  /** Takes a message of the bus. */
  void receive(int mode, int vector) {
    switch (mode) {
      case FIXED, LOWEST_PRIORITY -> {
        if (softwareEnabled()) {
          request(vector);
          update();
        }
      }
      case NMI -> nmi();
      case INIT -> others.init(this);
      case START_UP -> cpu.startUp(vector);
      default -> {
        // reserved, or system management
      }
    }
  }

  /** INIT has reached the processor. */
  void initProcessor() {
    cpu.init();
    reset();
  }

  Cpu cpu() {
    return cpu;
  }

  // ---- timer (SDM vol. 3, 10.5.4)

  /** Cycles in a tick of the timer, whose bus clock is the processor's. */
  private int divisor() {
    int code = divide & 3 | divide >> 1 & 4;
    return code == 7 ? 1 : 2 << code;
  }

  private long period() {
    return (initialCount & 0xffff_ffffL) * divisor();
  }

  private void timerExpired() {
    if ((lvt[0] & MASKED) == 0) {
      request(lvt[0] & 0xff);
      update();
    }
    if ((lvt[0] & PERIODIC) != 0) {
      planExpiry();
    }
  }

  /** Plans the next end of a period; those that nobody saw are not made up for. */
  private void planExpiry() {
    if (initialCount == 0) {
      timer.stop();
      return;
    }
    long periods = (cpu.clock.now() - timerStart) / period() + 1;
    timer.start(timerStart + periods * period());
  }

  private int currentCount() {
    if (initialCount == 0) {
      return 0;
    }
    long elapsed = cpu.clock.now() - timerStart;
    if ((lvt[0] & PERIODIC) != 0) {
      elapsed %= period();
    }
    return (int) Math.max(0, (period() - elapsed + divisor() - 1) / divisor());
  }

  private void startTimer(int count) {
    initialCount = count;
    timerStart = cpu.clock.now();
    planExpiry();
  }

  /** Goes on from the present count in ticks of another length, or in another mode. */
  private void changeTimer(Runnable change) {
    int count = currentCount();
    change.run();
    if (count != 0) {
      timerStart = cpu.clock.now() - ((initialCount & 0xffff_ffffL) - count) * divisor();
      planExpiry();
    }
  }

  // ---- registers

  int read(int offset, int size) {
    return register(offset & ~0xf) >>> 8 * (offset & 3) & (int) (0xffff_ffffL >>> 32 - 8 * size);
  }

  private int register(int offset) {
    if (offset >= ISR && offset < ESR) {
      int word = offset >> 4 & 7;
      return offset < TMR ? inService[word] : offset < IRR ? 0 : requests[word];
    }
    if (offset >= LVT_TIMER && offset <= LVT_ERROR) {
      return lvt[offset - LVT_TIMER >> 4];
    }
    return switch (offset) {
      case ID -> id;
      case VERSION -> VERSION_VALUE;
      case TPR -> taskPriority;
      case APR, PPR -> processorPriority();
      case LDR -> logicalDestination;
      case DFR -> destinationFormat;
      case SVR -> spurious;
      case ESR -> reportedErrors;
      case ICR_LOW -> icrLow;
      case ICR_HIGH -> icrHigh;
      case INITIAL_COUNT -> initialCount;
      case CURRENT_COUNT -> currentCount();
      case DIVIDE -> divide;
      default -> 0;
    };
  }

  void write(int offset, int size, int value) {
    if (size != 4 || (offset & 0xf) != 0) {
      return;
    }
    if (offset >= LVT_TIMER && offset <= LVT_ERROR) {
      writeLvt(offset - LVT_TIMER >> 4, value);
    } else {
      switch (offset) {
        case ID -> id = value & 0xff00_0000;
        case TPR -> taskPriority = value & 0xff;
        case EOI -> endOfInterrupt();
        case LDR -> logicalDestination = value & 0xff00_0000;
        case DFR -> destinationFormat = value | 0x0fff_ffff;
        case SVR -> {
          spurious = value & 0x3ff;
          if (!softwareEnabled()) {
            for (int i = 0; i < LVT_ENTRIES; i++) {
              lvt[i] |= MASKED;
            }
          }
        }
        case ESR -> {
          reportedErrors = errors;
          errors = 0;
        }
        case ICR_LOW -> {
          icrLow = value & 0xc_cfff;
          send();
        }
        case ICR_HIGH -> icrHigh = value & 0xff00_0000;
        case INITIAL_COUNT -> startTimer(value);
        case DIVIDE -> changeTimer(() -> divide = value & 0xb);
        default -> {
          // read-only or reserved
        }
      }
    }
    update();
  }

  private void writeLvt(int entry, int value) {
    int masked = softwareEnabled() ? 0 : MASKED;
    int writable = entry == 0 ? 0x3_00ff : entry == LVT_ENTRIES - 1 ? 0x1_00ff : 0x1_a7ff;
    if (entry == 0) {
      changeTimer(() -> lvt[0] = value & writable | masked);
    } else {
      lvt[entry] = value & writable | masked;
    }
  }

  /** Sends what ICR says (SDM vol. 3, 10.6.1). */
  private void send() {
    int mode = icrLow >> 8 & 7;
    boolean level = (icrLow & 1 << 14) != 0;
    boolean levelTriggered = (icrLow & 1 << 15) != 0;
    if (mode == INIT && levelTriggered && !level) {
      return; // INIT level de-assert: of no effect in a Pentium 4
    }
    int vector = icrLow & 0xff;
    if ((mode == FIXED || mode == LOWEST_PRIORITY) && vector < 16) {
      error(SEND_ILLEGAL_VECTOR);
      return;
    }
    int shorthand = icrLow >> 18 & 3;
    others.send(this, shorthand, icrHigh >>> 24, (icrLow & 1 << 11) != 0, mode, vector);
  }
}
