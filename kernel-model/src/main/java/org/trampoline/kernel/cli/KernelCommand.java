package org.trampoline.kernel.cli;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.trampoline.asm.AssemblyException;
import org.trampoline.asm.Source;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.StopReason;
import org.trampoline.emulator.engine.Engine;
import org.trampoline.kernel.Kernel;
import org.trampoline.kernel.KernelVersion;
import org.trampoline.kernel.Vmlinux;
import org.trampoline.kernel.scenario.ModuleScenario;
import org.trampoline.kernel.scenario.PageOffset;
import org.trampoline.kernel.scenario.Quiet;
import org.trampoline.kernel.scenario.Scenario;
import org.trampoline.kernel.scenario.Scenarios;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code trampoline kernel}: boots the kernel model and runs a scenario on it. */
@Command(
    name = "kernel",
    description = "Boots the kernel model and runs a scenario on it.",
    mixinStandardHelpOptions = true)
final class KernelCommand implements Callable<Integer> {
  /** Time between insmod and rmmod unless told, in ms. */
  private static final int RMMOD_AFTER = 12_000;

  @Spec private CommandSpec spec;

  @Parameters(
      arity = "0..1",
      paramLabel = "SCENARIO",
      description = "what to run, see --list (default boot)")
  private String name;

  @Option(names = "--list", description = "name the scenarios")
  private boolean list;

  @Mixin private InsnLimit limit = new InsnLimit();

  @Option(
      names = "--kernel",
      paramLabel = "RELEASE",
      converter = ReleaseOption.class,
      description = "2.6.11 (default) or 2.6.20")
  private KernelVersion version = KernelVersion.V2_6_11;

  @Option(
      names = "--cpus",
      paramLabel = "N",
      description =
          "number of processors, 1 to 8; more than one is a kernel with CONFIG_SMP (default: 1,"
              + " for smp-* 2)")
  private Integer cpus;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "how several processors take turns: the same for the same seed (default 1)")
  private Long seed;

  @Option(names = "--json", description = "print one JSON object")
  private boolean json;

  @Option(names = "--no-preempt", description = "a kernel without CONFIG_PREEMPT")
  private boolean noPreempt;

  @Option(
      names = "--insmod",
      paramLabel = "FILE.S",
      description =
          "instead of a scenario: load this module, let time pass, remove it; may be repeated."
              + " my_thread.S and others come with the program")
  private List<String> modules = new ArrayList<>();

  @Option(
      names = "--rmmod-after",
      paramLabel = "MS",
      description = "how much time passes with --insmod, in ms (default 12000)")
  private Integer rmmodAfter;

  @Mixin private EngineOptions engineOptions = new EngineOptions();

  @Mixin private ObserveOptions observe;

  /** What ends a run that would not end by itself; or null. */
  private Quiet quiet;

  KernelCommand() {}

  @Override
  public Integer call() {
    long most = limit.instructions();
    PrintWriter out = spec.commandLine().getOut();
    if (list) {
      for (Scenarios.Entry entry : Scenarios.all()) {
        out.println(entry.name() + " ".repeat(16 - entry.name().length()) + entry.description());
      }
      return 0;
    }
    Scenarios.Entry entry = modules.isEmpty() ? scenario() : insmod();
    int processors = processors(entry);
    if (seed != null && processors == 1) {
      throw new BadInput("kernel: --seed is of several processors: expected --cpus");
    }
    try (Engine engine =
            entry.ticking() || processors > 1
                ? engineOptions.openBoard(Snippet.MEMORY, processors, seed == null ? 1 : seed)
                : engineOptions.open(Snippet.MEMORY);
        Interrupt _ = new Interrupt(engine::requestStop)) {
      Scenario scenario =
          entry.loader().load(engine, Vmlinux.assemble(version, !noPreempt, processors > 1));
      if (!entry.ticking() && processors > 1) {
        quiet = new Quiet(scenario.kernel());
      }
      int status = json ? asJson(scenario, most, out) : asText(scenario, most, out);
      engineOptions.finish(engine, json, out);
      return status;
    }
  }

  private int processors(Scenarios.Entry entry) {
    if (cpus == null) {
      return entry.processors();
    }
    int least = entry.processors();
    if (cpus < least || cpus > Machine.MAX_PROCESSORS) {
      throw new BadInput(
          "--cpus " + cpus + ": expected " + least + " to " + Machine.MAX_PROCESSORS);
    }
    return cpus;
  }

  private Scenarios.Entry scenario() {
    if (rmmodAfter != null) {
      throw new BadInput("kernel: --rmmod-after is for --insmod");
    }
    name = name == null ? "boot" : name;
    return Scenarios.named(name).orElseThrow(this::unknown);
  }

  private Scenarios.Entry insmod() {
    if (name != null) {
      throw new BadInput("kernel: --insmod is instead of a scenario, and there is '" + name + "'");
    }
    int pause = rmmodAfter == null ? RMMOD_AFTER : rmmodAfter;
    if (pause < 1 || pause > 1_000_000) {
      throw new BadInput("--rmmod-after " + pause + ": expected 1 to 1000000 ms");
    }
    ModuleScenario.Plan plan = new ModuleScenario.Plan();
    List<Source> sources = modules.stream().map(KernelCommand::module).toList();
    sources.forEach(plan::insmod);
    plan.sleep(pause);
    sources.reversed().forEach(plan::rmmod);
    name = "insmod " + String.join(" ", modules);
    return new Scenarios.Entry(
        name,
        "",
        (engine, image) -> {
          Scenario scenario = plan.load(engine, image);
          check(scenario.kernel(), sources);
          return scenario;
        },
        1);
  }

  private static void check(Kernel kernel, List<Source> sources) {
    try {
      kernel.modules().check(sources);
    } catch (AssemblyException e) {
      throw new BadInput(e.getMessage());
    }
  }

  private static Source module(String file) {
    Source shipped = Files.exists(Path.of(file)) ? null : ModuleScenario.shipped(file);
    return shipped == null ? RunCommand.source(file) : shipped;
  }

  private BadInput unknown() {
    String names = String.join(", ", Scenarios.all().stream().map(Scenarios.Entry::name).toList());
    return new BadInput("kernel: no scenario '" + name + "': expected one of " + names);
  }

  private int asText(Scenario scenario, long most, PrintWriter out) {
    Kernel kernel = scenario.kernel();
    Observation observation = new Observation(observe, scenario, out);
    if (!observe.any() && !(scenario instanceof PageOffset)) {
      kernel.listen(
          (time, event) -> {
            if (scenario.shows(event)) {
              out.println(EventText.line(kernel, event));
            }
          });
    }
    StopReason reason = observation.run(most);
    observation.finish(name);
    scenario.summary().forEach(out::println);
    if (!observe.any() && scenario instanceof PageOffset pageOffset) {
      out.println(AccessText.HEADER);
      pageOffset.accesses().forEach(access -> out.println(AccessText.line(access)));
    }
    return finish(scenario, reason, out);
  }

  private int asJson(Scenario scenario, long most, PrintWriter out) {
    Kernel kernel = scenario.kernel();
    if (observe.any()) {
      throw new BadInput(
          "--json: it has all events, --ps, --log, --trace and --timeline are others");
    }
    try (JsonOutput object = new JsonOutput(out)) {
      object.beginObject();
      StopReason reason;
      if (scenario instanceof PageOffset pageOffset) {
        reason = scenario.run(most);
        object.beginArray("accesses");
        pageOffset.accesses().forEach(access -> AccessText.json(object, access));
      } else {
        object.beginArray("events");
        kernel.listen((time, event) -> EventText.json(object, time, kernel, event));
        reason = scenario.run(most);
      }
      object.endArray();
      object.string("end", StopText.of(reason, kernel.engine().instructions()));
      String refused = refused(scenario);
      if (refused != null) {
        object.string("failed", refused);
      }
      object.endObject();
      return refused != null || failed(scenario, reason) ? 1 : 0;
    }
  }

  private boolean failed(Scenario scenario, StopReason reason) {
    Kernel kernel = scenario.kernel();
    if (kernel.panicMessage() != null) {
      return !scenario.panics();
    }
    boolean over = quiet != null && quiet.reached();
    return !over && !(reason instanceof StopReason.Halted) && !kernel.poweredOff();
  }

  /** Which insmod or rmmod of the command line has failed, and with which error; or null. */
  private String refused(Scenario scenario) {
    return !modules.isEmpty() && scenario instanceof ModuleScenario loaded
        ? loaded.failure()
        : null;
  }

  /** Says why it stopped, if it is not the idle loop. */
  private int finish(Scenario scenario, StopReason reason, PrintWriter out) {
    if (!failed(scenario, reason)) {
      String refused = refused(scenario);
      if (refused != null) {
        out.println(refused);
      }
      return refused != null ? 1 : 0;
    }
    Kernel kernel = scenario.kernel();
    String panic = kernel.panicMessage();
    out.println(
        panic != null
            ? "kernel panic: " + panic
            : StopText.of(reason, kernel.engine().instructions()));
    new CpuState(kernel.engine()).print(out);
    out.flush();
    return 1;
  }
}
