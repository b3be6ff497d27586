package org.trampoline.emulator.device;

import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import org.trampoline.emulator.snapshot.StatePart;

/**
 * The real-time clock and battery-backed memory of a PC (Motorola MC146818A, extended to 128
 * bytes): index at port 70H, data at 71H, interrupt request 8.
 *
 * <p>Its time is virtual: every machine starts at 00:00 UTC on 2 March 2005, the day Linux 2.6.11
 * came out, so that runs can be repeated.
 */
public final class Cmos implements ByteDevice, StatePart {
  /** Seconds since 1970 at virtual time 0. */
  public static final long START = LocalDateTime.of(2005, 3, 2, 0, 0).toEpochSecond(ZoneOffset.UTC);

  private static final int HOURS = 4;
  private static final int A = 10;
  private static final int B = 11;
  private static final int C = 12;
  private static final int D = 13;
  private static final int CENTURY = 0x32;

  private static final int SET = 0x80;
  private static final int PERIODIC = 0x40;
  private static final int ALARM = 0x20;
  private static final int UPDATE = 0x10;
  private static final int BINARY = 4;
  private static final int HOURS_24 = 2;

  /** UIP is set this long before an update. */
  private static final long UPDATE_NANOS = 244_000;

  private static final long SECOND = 1_000_000_000;
  private static final int OSCILLATOR = 32_768;
  private static final int DAY = 86_400;

  private final Clock clock;
  private final IrqLine irq;
  private final Clock.Timer timer;
  private final int[] memory = new int[128];
  private int index;

  /** What the clock is ahead of virtual time, in seconds. */
  private long ahead = START;

  /** Virtual time up to which the flags in register C are true, in cycles. */
  private long seen;

  public Cmos(Clock clock, IrqLine irq) {
    this.clock = clock;
    this.irq = irq;
    timer = clock.timer(this::look, irq::mayInterrupt);
    memory[A] = 0x26;
    memory[B] = HOURS_24;
    memory[D] = 0x80; // valid RAM and time
  }

  /** Puts the chip at its ports. */
  public void claimPorts(PortBus bus) {
    bus.claim(0x70, 2, this);
  }

  /** A byte of the memory, 0EH–7FH, as a BIOS's set-up stores it. */
  public void set(int register, int value) {
    memory[register] = value & 0xff;
  }

  /**
   * Stores what a BIOS finds out about memory, in the registers where it does so.
   *
   * @param bytes of RAM from address 0
   */
  public void setMemorySize(long bytes) {
    set16(0x15, 640);
    int extended = (int) Math.min(bytes - (1 << 20) >> 10, 0xffff);
    set16(0x17, extended);
    set16(0x30, extended);
    long above16 = Math.max(0, bytes - (16 << 20));
    set16(0x34, (int) (above16 >> 16)); // in units of 64 KB
  }

  private void set16(int register, int value) {
    set(register, value);
    set(register + 1, value >> 8);
  }

  public int get(int register) {
    return memory[register];
  }

  @Override
  public int in(int port) {
    if ((port & 1) == 0) {
      return 0xff; // the index cannot be read
    }
    return switch (index) {
      case 0, 2, HOURS, 6, 7, 8, 9, CENTURY -> {
        if ((memory[B] & SET) == 0) {
          showTime();
        }
        yield memory[index];
      }
      case A -> memory[A] | (updating() ? 0x80 : 0);
      case C -> {
        look();
        int flags = memory[C];
        memory[C] = 0;
        irq.set(false);
        plan();
        yield flags;
      }
      default -> memory[index];
    };
  }

  @Override
  public void out(int port, int value) {
    if ((port & 1) == 0) {
      index = value & 0x7f;
      return;
    }
    switch (index) {
      case 0, 2, HOURS, 6, 7, 8, 9, CENTURY -> {
        if ((memory[B] & SET) == 0) {
          showTime();
        }
        memory[index] = value;
        if ((memory[B] & SET) == 0) {
          takeTime();
        }
      }
      case A -> {
        look();
        memory[A] = value & 0x7f;
        plan();
      }
      case B -> registerB(value);
      case C, D -> {} // for reading
      default -> memory[index] = value;
    }
  }

  private void registerB(int value) {
    look();
    if ((~memory[B] & value & SET) != 0) {
      showTime();
    }
    boolean set = (memory[B] & ~value & SET) != 0;
    memory[B] = (value & SET) != 0 ? value & ~UPDATE : value; // SET clears UIE
    if (set) {
      takeTime();
    }
    interrupt();
    plan();
  }

  // ---- time

  private boolean updating() {
    return (memory[B] & SET) == 0 && clock.nanos() % SECOND >= SECOND - UPDATE_NANOS;
  }

  private long seconds(long cycles) {
    return clock.ticks(cycles, 1);
  }

  private void showTime() {
    LocalDateTime t = LocalDateTime.ofEpochSecond(ahead + seconds(clock.now()), 0, ZoneOffset.UTC);
    memory[0] = encode(t.getSecond());
    memory[2] = encode(t.getMinute());
    memory[HOURS] = encodeHour(t.getHour());
    memory[6] = encode(t.getDayOfWeek().getValue() % 7 + 1); // Sunday is 1
    memory[7] = encode(t.getDayOfMonth());
    memory[8] = encode(t.getMonthValue());
    memory[9] = encode(t.getYear() % 100);
    memory[CENTURY] = encode(t.getYear() / 100);
  }

  /** Sets the clock from its registers; what is no time leaves it running as it was. */
  private void takeTime() {
    int hour = decode(memory[HOURS] & 0x7f);
    if ((memory[B] & HOURS_24) == 0) {
      hour = hour % 12 + ((memory[HOURS] & 0x80) != 0 ? 12 : 0);
    }
    try {
      LocalDateTime t =
          LocalDateTime.of(
              decode(memory[CENTURY]) * 100 + decode(memory[9]),
              decode(memory[8]),
              decode(memory[7]),
              hour,
              decode(memory[2]),
              decode(memory[0]));
      ahead = t.toEpochSecond(ZoneOffset.UTC) - seconds(clock.now());
    } catch (DateTimeException e) {
      showTime();
    }
  }

  private int encode(int value) {
    return (memory[B] & BINARY) != 0 ? value : value / 10 << 4 | value % 10;
  }

  private int decode(int value) {
    return (memory[B] & BINARY) != 0 ? value : (value >> 4) * 10 + (value & 15);
  }

  private int encodeHour(int hour) {
    if ((memory[B] & HOURS_24) != 0) {
      return encode(hour);
    }
    return encode((hour + 11) % 12 + 1) | (hour >= 12 ? 0x80 : 0);
  }

  // ---- interrupts

  /** Periods of the periodic interrupt per second; 0 if it is off. */
  private int periodicRate() {
    int select = memory[A] & 15;
    return select == 0 ? 0 : OSCILLATOR >> (select < 3 ? select + 6 : select - 1);
  }

  /** Sets the flags for what has happened since the last look. */
  private void look() {
    long now = clock.now();
    int rate = periodicRate();
    if (rate != 0 && clock.ticks(now, rate) != clock.ticks(seen, rate)) {
      memory[C] |= PERIODIC;
    }
    long before = seconds(seen);
    long second = seconds(now);
    if (second != before && (memory[B] & SET) == 0) {
      memory[C] |= UPDATE;
      if (alarmBetween(before + 1, second)) {
        memory[C] |= ALARM;
      }
    }
    seen = now;
    interrupt();
    plan();
  }

  private boolean alarmBetween(long from, long to) {
    for (long second = Math.max(from, to - DAY + 1); second <= to; second++) {
      int ofDay = (int) Math.floorMod(ahead + second, (long) DAY);
      if (alarm(1, encode(ofDay % 60))
          && alarm(3, encode(ofDay / 60 % 60))
          && alarm(5, encodeHour(ofDay / 3600))) {
        return true;
      }
    }
    return false;
  }

  /** An alarm register with its two highest bits set stands for every value. */
  private boolean alarm(int register, int value) {
    return (memory[register] & 0xc0) == 0xc0 || memory[register] == value;
  }

  private void interrupt() {
    if ((memory[C] & memory[B] & (PERIODIC | ALARM | UPDATE)) != 0) {
      memory[C] |= 0x80;
      irq.set(true);
    }
  }

  /** Looks again when the next flag that interrupts may be due. */
  private void plan() {
    long at = Long.MAX_VALUE;
    int wanted = memory[B] & ~memory[C];
    int rate = periodicRate();
    if ((wanted & PERIODIC) != 0 && rate != 0) {
      at = clock.cyclesAt(clock.ticks(seen, rate) + 1, rate);
    }
    if ((wanted & (ALARM | UPDATE)) != 0 && (memory[B] & SET) == 0) {
      at = Math.min(at, clock.cyclesAt(seconds(seen) + 1, 1));
    }
    if (at == Long.MAX_VALUE) {
      timer.stop();
    } else {
      timer.start(at);
    }
  }
}
