package org.trampoline.kernel.scenario;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.trampoline.asm.AssembledCode;
import org.trampoline.asm.Source;
import org.trampoline.emulator.engine.Engine;
import org.trampoline.kernel.Kernel;
import org.trampoline.kernel.KernelEvent;
import org.trampoline.kernel.Vmlinux;

/** Process 1 loads modules, lets time pass and removes them, as insmod and rmmod would. */
public final class ModuleScenario implements Scenario {
  private final Kernel kernel;
  private final List<String> commands;

  /** Where the guest keeps what the commands return. */
  private final int results;

  private ModuleScenario(Kernel kernel, List<String> commands, int results) {
    this.kernel = kernel;
    this.commands = commands;
    this.results = results;
  }

  /** What process 1 is to do, in order. */
  public static final class Plan {
    private final List<Source> modules = new ArrayList<>();
    private final Map<String, Integer> numbers = new HashMap<>();
    private final StringBuilder code = new StringBuilder();
    private final List<String> commands = new ArrayList<>();

    /** An empty plan. */
    public Plan() {
      code.append(".include \"linkage.h\"\nscenario:\n");
    }

    private int number(Source module) {
      return numbers.computeIfAbsent(
          module.name(),
          name -> {
            modules.add(module);
            return modules.size() - 1;
          });
    }

    /** Loads a module. */
    public Plan insmod(Source module) {
      return call("insmod", "sys_init_module", module);
    }

    /** Removes a module. */
    public Plan rmmod(Source module) {
      return call("rmmod", "sys_delete_module", module);
    }

    private Plan call(String command, String function, Source module) {
      int label = commands.size();
      commands.add(command + " " + printable(module));
      code.append("movl $").append(number(module)).append(", %eax; call ").append(function);
      code.append("; movl %eax, results + ").append(4 * label);
      code.append("; CALL2 printk, $text").append(label).append(", %eax\n");
      // the name is data, not source: a file may be called anything
      code.append(".pushsection .data; text").append(label).append(": .byte ");
      for (byte b :
          ("<6>" + commands.getLast() + ": %d\n")
              .getBytes(java.nio.charset.StandardCharsets.ISO_8859_1)) {
        code.append(b & 0xff).append(", ");
      }
      code.append("0; .popsection\n");
      return this;
    }

    private static String printable(Source module) {
      return org.trampoline.kernel.module.Modules.name(module).replace('%', '?');
    }

    /** Lets milliseconds of virtual time pass. */
    public Plan sleep(int millis) {
      code.append("movl $").append(millis).append(", %eax; call msleep\n");
      return this;
    }

    /** Loads the plan; the machine is switched off at its end. */
    public Scenario load(Engine engine, Vmlinux image) {
      Kernel kernel = new Kernel(engine, image);
      modules.forEach(kernel.modules()::offer);
      String end = "call machine_power_off\n.data\nresults: .space " + 4 * commands.size() + "\n";
      Source driver = new Source("insmod.S", code + end);
      AssembledCode loaded = kernel.load(driver, Map.of());
      kernel.addInitcall(loaded.symbol("scenario"));
      return new ModuleScenario(kernel, List.copyOf(commands), loaded.symbol("results"));
    }
  }

  /** A module that comes with the program, by its file's name; null if there is none. */
  public static Source shipped(String name) {
    return Resources.exists("modules/" + name) ? named(name) : null;
  }

  private static Source named(String name) {
    return new Source(name, Resources.source("modules/" + name).text());
  }

  static Plan myThread() {
    Source module = named("my_thread.S");
    return new Plan().insmod(module).sleep(12_000).rmmod(module);
  }

  static Plan leak() {
    Source module = named("leaky_thread.S");
    Source caller = named("caller.S");
    Source forgetful = named("forgetful.S");
    return new Plan()
        .insmod(module)
        .sleep(100)
        .rmmod(module)
        .sleep(2_000)
        .insmod(caller)
        .insmod(forgetful)
        .sleep(30)
        .rmmod(forgetful)
        .sleep(50)
        .rmmod(caller);
  }

  static Plan errors() {
    Source exporter = named("exporter.S");
    Source importer = named("importer.S");
    Source permanent = named("permanent.S");
    return new Plan()
        .insmod(named("unresolved.S"))
        .insmod(importer)
        .insmod(exporter)
        .insmod(exporter)
        .insmod(importer)
        .sleep(10)
        .rmmod(exporter)
        .rmmod(importer)
        .rmmod(exporter)
        .rmmod(exporter)
        .insmod(named("failing.S"))
        .insmod(permanent)
        .rmmod(permanent);
  }

  /** The first command that has failed, and the error that it returned; null if none has. */
  public String failure() {
    for (int i = 0; i < commands.size(); i++) {
      int result = kernel.memory().read(results + 4 * i);
      if (result != 0) {
        return commands.get(i) + ": " + result;
      }
    }
    return null;
  }

  @Override
  public Kernel kernel() {
    return kernel;
  }

  @Override
  public boolean shows(KernelEvent event) {
    return event instanceof KernelEvent.Printk
        || event instanceof KernelEvent.Fork
        || event instanceof KernelEvent.Signal
        || event instanceof KernelEvent.Exit
        || event instanceof KernelEvent.Daemonize;
  }
}
