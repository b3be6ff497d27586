package org.trampoline.kernel.scenario;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.trampoline.emulator.engine.Engine;
import org.trampoline.kernel.Kernel;
import org.trampoline.kernel.Vmlinux;

/** The scenarios of {@code trampoline kernel} by name. */
public final class Scenarios {
  private static final List<Entry> ALL =
      List.of(
          new Entry(
              "boot",
              "from reset to process 0's hlt: what happens in the kernel",
              (engine, image) -> {
                Kernel kernel = new Kernel(engine, image);
                return () -> kernel;
              }),
          new Entry(
              "page-offset",
              "kernel thread and process read below and above PAGE_OFFSET",
              PageOffset::new),
          new Entry(
              "oops",
              "bugs in threads, each with its oops, and a thread that outlives them",
              InitcallScenario.of("oops.S", "oops")),
          new Entry(
              "oops-init",
              "a bug in process 1, which panics",
              InitcallScenario.of("oops-fatal.S", "oops_init")),
          new Entry(
              "oops-interrupt",
              "a bug in an interrupt, which panics",
              InitcallScenario.of("oops-fatal.S", "oops_interrupt")));

  private Scenarios() {}

  /**
   * A scenario that can be chosen.
   *
   * @param name as the user types it
   * @param description a line for people
   * @param ticking whether it needs a PC's timer and interrupt controllers; several processors do,
   *     to start each other, and then it ends where it is {@link Quiet}
   * @param processors how many it has unless told: 1, or what it needs at least
   */
  public record Entry(
      String name, String description, Loader loader, boolean ticking, int processors) {
    /** One that runs without timer and interrupt controllers. */
    Entry(String name, String description, Loader loader) {
      this(name, description, loader, false, 1);
    }

    /** One with a timer, on any number of processors. */
    public Entry(String name, String description, Loader loader, int processors) {
      this(name, description, loader, true, processors);
    }
  }

  /** Loads a scenario into a machine that is as RESET leaves it. */
  @FunctionalInterface
  public interface Loader {
    /** Loads it. */
    Scenario load(Engine engine, Vmlinux image);
  }

  /** All of them, in the order in which they are listed. */
  public static List<Entry> all() {
    return Stream.of(ALL, ThreadScenarios.all(), SmpScenarios.all()).flatMap(List::stream).toList();
  }

  /** The one with this name. */
  public static Optional<Entry> named(String name) {
    return all().stream().filter(entry -> entry.name().equals(name)).findFirst();
  }
}
