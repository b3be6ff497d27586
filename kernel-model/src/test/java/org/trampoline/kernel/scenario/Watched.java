package org.trampoline.kernel.scenario;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.device.Pc;
import org.trampoline.kernel.Booted;
import org.trampoline.kernel.Kernel;
import org.trampoline.kernel.KernelEvent;
import org.trampoline.kernel.KernelVersion;
import org.trampoline.kernel.Vmlinux;

/**
 * A scenario run on a PC of ours for a test.
 *
 * @param log the kernel's log
 * @param events all events, as {@link Booted} writes them, with their times
 * @param end the kernel afterwards: its panic, or null
 */
record Watched(List<String> log, List<String> events, String end) {
  private static final long LIMIT = 80_000_000;
  private static final Map<String, Watched> RUNS = new HashMap<>();

  /** The run of a scenario with 2.6.11, done once for all tests. */
  static synchronized Watched once(String name) {
    Watched known = RUNS.get(name);
    if (known == null) {
      known = run(name, KernelVersion.V2_6_11);
      RUNS.put(name, known);
    }
    return known;
  }

  static Watched run(String name, KernelVersion version) {
    return run(name, Booted.image(version));
  }

  static Watched run(String name, Vmlinux image) {
    return run(name, image, Machine.builder(), kernel -> {});
  }

  /** The run of a test's own scenario, on one processor. */
  static Watched run(GuestScenario.Plan plan) {
    return run(plan, Booted.image(KernelVersion.V2_6_11), Machine.builder(), kernel -> {});
  }

  /** The same on another machine; 8 MB, so that there is little memory. */
  static Watched run(
      GuestScenario.Plan plan,
      Vmlinux image,
      Machine.Builder builder,
      Consumer<Kernel> preparation) {
    return run("a test's own", plan::load, image, builder.memory(8 << 20), preparation);
  }

  /** The run on another machine, of whose processors the events say which; 16 MB at 10 MHz. */
  static Watched run(
      String name, Vmlinux image, Machine.Builder builder, Consumer<Kernel> preparation) {
    Scenarios.Loader loader = Scenarios.named(name).orElseThrow().loader();
    return run(name, loader, image, builder.memory(16 << 20), preparation);
  }

  private static Watched run(
      String name,
      Scenarios.Loader loader,
      Vmlinux image,
      Machine.Builder builder,
      Consumer<Kernel> preparation) {
    List<String> log = new ArrayList<>();
    List<String> events = new ArrayList<>();
    try (Pc pc = new Pc(builder.frequency(10_000_000))) {
      Scenario scenario = loader.load(pc.machine(), image);
      preparation.accept(scenario.kernel());
      scenario
          .kernel()
          .listen(
              (time, event) -> {
                String processor = image.smp() ? "#" + pc.machine().processor() + " " : "";
                events.add(time + " " + processor + Booted.text(event));
                if (event instanceof KernelEvent.Printk(int level, String text)) {
                  log.add(text);
                } else if (event instanceof KernelEvent.Write(var task, String text)) {
                  log.add(task.comm() + ": " + text.stripTrailing());
                }
              });
      scenario.run(LIMIT);
      log.addAll(scenario.summary());
      String panic = scenario.kernel().panicMessage();
      assertTrue(
          panic != null || scenario.kernel().poweredOff(), () -> name + " has no end: " + log);
      return new Watched(log.subList(Math.min(2, log.size()), log.size()), events, panic);
    }
  }

  /** Log lines that begin with a word. */
  List<String> lines(String word) {
    return log.stream().filter(line -> line.startsWith(word)).toList();
  }
}
