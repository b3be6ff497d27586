package org.trampoline.emulator.oracle;

import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * What Unicorn knows about the exception it has just raised but does not show: the error code,
 * whether it was a software interrupt, and the exception it believes to be still in delivery.
 *
 * <p>The last one matters because Unicorn leaves delivery to the hook and never learns that it is
 * done: from the second fault on it reports double faults, then silently shuts the CPU down ({@link
 * #delivered} prevents that).
 *
 * <p>The fields lie in a saved context at places that depend on the library's build. They are found
 * by experiment, once: exceptions with known values are raised in an engine of its own, and the
 * place is where exactly those values appear. When that is not exactly one place, this class says
 * that Unicorn cannot be used rather than guess.
 */
final class UnicornFaultState {
  /** Segment selectors of the experiment: beyond the GDT, and of a segment not present. */
  private static final int BEYOND = 0x50;

  private static final int NOT_PRESENT = 0x10;
  private static final int GP = 13;
  private static final int NP = 11;

  private static final int CODE = 0x1000;
  private static final int GDT = 0x800;

  private record Layout(int errorCode, int software, int inDelivery) {}

  private static final Layout LAYOUT = find();

  private final UnicornContext context;

  /**
   * @throws OracleUnavailableException if this build of the library keeps the fields elsewhere
   */
  UnicornFaultState(Unicorn engine) {
    if (LAYOUT == null) {
      throw new OracleUnavailableException(
          "Unicorn " + Unicorn.version() + ": its exception state was not found, 2.1.4 is known");
    }
    context = engine.saveContext();
  }

  /** Takes a look at the engine; call this first in an interrupt hook. */
  void read() {
    context.save();
  }

  /** The error code of the exception; stale where its vector has none. */
  int errorCode() {
    return context.word(LAYOUT.errorCode);
  }

  /** Whether it was {@code int n}, {@code int3} or {@code into}: eip is then the next one's. */
  boolean software() {
    return context.word(LAYOUT.software) == 1;
  }

  /** Tells the engine that the exception looked at has been dealt with; changes nothing else. */
  void delivered() {
    context.word(LAYOUT.inDelivery, -1);
    context.restore();
  }

  private static Layout find() {
    try (Unicorn engine = new Unicorn();
        UnicornContext fresh = engine.saveContext();
        UnicornContext raised = engine.saveContext()) {
      engine.map(0, 2 * Unicorn.PAGE_SIZE, Unicorn.ALL);
      engine.writeInt(GDT + NOT_PRESENT, 0x0000_ffff);
      engine.writeInt(GDT + NOT_PRESENT + 4, 0x00cf_1300); // writable data, P = 0
      engine.gdtr(DescriptorRegister.table(GDT, NOT_PRESENT + 7));
      engine.write(CODE, (byte) 0x8e, (byte) 0xd8, (byte) 0xcd, (byte) 0x80); // mov eax,ds; int 80
      engine.onInterrupt(
          _ -> {
            raised.save();
            engine.stop();
          });
      fresh.save();
      int[] before = fresh.words();
      engine.set(UnicornRegister.EAX, BEYOND);
      engine.run(CODE, 0);
      int[] beyond = raised.words();
      fresh.restore();
      engine.set(UnicornRegister.EAX, NOT_PRESENT);
      engine.run(CODE, 0);
      int[] absent = raised.words();
      fresh.restore();
      engine.run(CODE + 2, 0);
      int[] software = raised.words();

      int registers = 16; // EAX holds the same values as the error code
      int errorCode =
          only(
              i -> i >= registers && beyond[i] == BEYOND && absent[i] == NOT_PRESENT,
              before.length);
      int inDelivery =
          only(i -> before[i] == -1 && beyond[i] == GP && absent[i] == NP, before.length);
      if (errorCode < 0 || inDelivery < 0) {
        return null;
      }
      int flag = errorCode + 1;
      boolean plausible = beyond[flag] == 0 && absent[flag] == 0 && software[flag] == 1;
      return plausible ? new Layout(4 * errorCode, 4 * flag, 4 * inDelivery) : null;
    }
  }

  private static int only(IntPredicate matches, int length) {
    int[] found = IntStream.range(0, length).filter(matches).limit(2).toArray();
    return found.length == 1 ? found[0] : -1;
  }
}
