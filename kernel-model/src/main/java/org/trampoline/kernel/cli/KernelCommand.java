package org.trampoline.kernel.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.trampoline.emulator.StopReason;
import org.trampoline.emulator.engine.Engine;
import org.trampoline.kernel.Kernel;
import org.trampoline.kernel.KernelVersion;
import org.trampoline.kernel.Vmlinux;
import org.trampoline.kernel.scenario.PageOffset;
import picocli.CommandLine.Command;
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
  private static final String BOOT = "boot";
  private static final String PAGE_OFFSET = "page-offset";

  @Spec private CommandSpec spec;

  @Parameters(
      arity = "0..1",
      paramLabel = "SCENARIO",
      defaultValue = BOOT,
      description = "what to run, see --list (default ${DEFAULT-VALUE})")
  private String scenario;

  @Option(names = "--list", description = "name the scenarios")
  private boolean list;

  @Option(
      names = "--max-insns",
      paramLabel = "N",
      description = "stop after N instructions (default: no limit)")
  private long limit = Long.MAX_VALUE;

  @Option(names = "--engine", description = "${COMPLETION-CANDIDATES} (default ${DEFAULT-VALUE})")
  private EngineName engineName = EngineName.interpreter;

  @Option(
      names = "--kernel",
      paramLabel = "RELEASE",
      converter = ReleaseOption.class,
      description = "2.6.11 (default) or 2.6.20")
  private KernelVersion version = KernelVersion.V2_6_11;

  @Option(names = "--json", description = "print one JSON object")
  private boolean json;

  KernelCommand() {}

  @Override
  public Integer call() {
    if (limit < 1) {
      throw new BadInput("--max-insns " + limit + ": expected at least 1");
    }
    PrintWriter out = spec.commandLine().getOut();
    if (list) {
      out.println("boot         from reset to process 0's hlt: what happens in the kernel");
      out.println("page-offset  kernel thread and process read below and above PAGE_OFFSET");
      return 0;
    }
    return switch (scenario) {
      case BOOT -> boot(out);
      case PAGE_OFFSET -> pageOffset(out);
      default ->
          throw new BadInput(
              "kernel: no scenario '"
                  + scenario
                  + "': expected one of "
                  + BOOT
                  + ", "
                  + PAGE_OFFSET);
    };
  }

  private int boot(PrintWriter out) {
    try (Engine engine = engineName.open(Snippet.MEMORY);
        Interrupt _ = new Interrupt(engine::requestStop)) {
      Kernel kernel = new Kernel(engine, Vmlinux.assemble(version));
      if (!json) {
        kernel.listen((time, event) -> out.println(EventText.line(time, event)));
        return finish(kernel, kernel.run(limit), out);
      }
      try (JsonOutput object = new JsonOutput(out)) {
        object.beginObject();
        object.beginArray("events");
        kernel.listen((time, event) -> EventText.json(object, time, event));
        StopReason reason = kernel.run(limit);
        object.endArray();
        object.string("end", StopText.of(reason, engine.instructions()));
        object.endObject();
        return failed(kernel, reason) ? 1 : 0;
      }
    }
  }

  private int pageOffset(PrintWriter out) {
    try (Engine engine = engineName.open(Snippet.MEMORY);
        Interrupt _ = new Interrupt(engine::requestStop)) {
      PageOffset run = new PageOffset(engine, Vmlinux.assemble(version));
      StopReason reason = run.run(limit);
      if (!json) {
        out.println(AccessText.HEADER);
        run.accesses().forEach(access -> out.println(AccessText.line(access)));
        return finish(run.kernel(), reason, out);
      }
      try (JsonOutput object = new JsonOutput(out)) {
        object.beginObject();
        object.beginArray("accesses");
        run.accesses().forEach(access -> AccessText.json(object, access));
        object.endArray();
        object.string("end", StopText.of(reason, engine.instructions()));
        object.endObject();
      }
      return failed(run.kernel(), reason) ? 1 : 0;
    }
  }

  private static boolean failed(Kernel kernel, StopReason reason) {
    return kernel.panicMessage() != null || !(reason instanceof StopReason.Halted);
  }

  /** Says why it stopped, if it is not the idle loop. */
  private static int finish(Kernel kernel, StopReason reason, PrintWriter out) {
    if (!failed(kernel, reason)) {
      return 0;
    }
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
