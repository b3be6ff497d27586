package org.trampoline.bench.pauses;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.trampoline.bench.EngineKind;
import org.trampoline.bench.soak.Guest;
import org.trampoline.bench.soak.Guests;
import org.trampoline.bench.soak.LinuxGuest;

/**
 * The process that is measured: one thread executes guests, and between two of them a loop in Java
 * that every JVM stops at once; another one collects garbage all the time. What is executed now is
 * said by a line between those that the JVM prints for its safepoints.
 */
final class CollectedRun {
  static final String PHASE = "phase ";
  static final String CONTROL = "a loop in Java";

  private static final long MILLIS = 1_000_000;

  /** A piece of the control, and of a guest until it is the control's turn. */
  private static final long CONTROL_NANOS = 150 * MILLIS;

  private static volatile boolean done;
  private static volatile long sink;
  private static volatile byte[] garbage;

  private CollectedRun() {}

  /** Engine, milliseconds of each guest, and a kernel and an initrd to boot besides. */
  public static void main(String[] arguments) throws Exception {
    EngineKind engine = EngineKind.valueOf(arguments[0]);
    long nanos = Long.parseLong(arguments[1]) * MILLIS;
    List<Supplier<Guest>> guests = new ArrayList<>(Guests.all(engine));
    if (arguments.length > 2) {
      byte[] kernel = Files.readAllBytes(Path.of(arguments[2]));
      byte[] initrd =
          arguments.length > 3 ? Files.readAllBytes(Path.of(arguments[3])) : new byte[0];
      guests.add(() -> new LinuxGuest(engine, kernel, initrd));
    }
    Thread collector = new Thread(CollectedRun::collect);
    collector.start();
    for (Supplier<Guest> guest : guests) {
      run(guest, nanos);
      control();
    }
    done = true;
    collector.join();
  }

  private static void run(Supplier<Guest> maker, long nanos) {
    say("making guests");
    try (Guest guest = maker.get()) {
      say(guest.title());
      long begin = System.nanoTime();
      while (System.nanoTime() - begin < nanos) {
        guest.advance();
      }
      say("closing guests");
    }
  }

  private static void control() {
    say(CONTROL);
    long begin = System.nanoTime();
    long rounds = 0;
    while (System.nanoTime() - begin < CONTROL_NANOS) {
      rounds++;
    }
    sink = rounds;
  }

  private static void say(String phase) {
    System.out.println(PHASE + phase);
  }

  /** Allocates, and collects everything now and then. */
  private static void collect() {
    try {
      while (!done) {
        for (int i = 0; i < 16; i++) {
          garbage = new byte[1 << 16];
        }
        long begin = System.nanoTime();
        System.gc();
        Thread.sleep(1 + (System.nanoTime() - begin) / MILLIS); // the guest has to get on, too
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
