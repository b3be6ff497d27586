package org.trampoline.kernel.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.trampoline.asm.Source;
import org.trampoline.emulator.StopReason;
import org.trampoline.emulator.differential.Comparison;
import org.trampoline.emulator.differential.Lockstep;
import org.trampoline.emulator.differential.campaign.CaseFile;
import org.trampoline.emulator.engine.Engine;
import org.trampoline.emulator.engine.Register;
import org.trampoline.emulator.memory.NativeAccess;
import org.trampoline.emulator.oracle.OracleUnavailableException;
import org.trampoline.kernel.KernelVersion;
import org.trampoline.kernel.Vmlinux;
import org.trampoline.kernel.scenario.MainJob;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code trampoline diff [FILE.S]}: the same on two engines, instruction for instruction. */
@Command(
    name = "diff",
    description =
        "Executes FILE.S, or without a file the main job, on our engine and on Unicorn in lockstep "
            + "and says where they first differ. With --cases: generated cases of every "
            + "instruction, also against the processor this runs on.",
    mixinStandardHelpOptions = true)
final class DiffCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      arity = "0..1",
      paramLabel = "FILE.S",
      description =
          "program to execute, - for standard input; or a case that a campaign has written")
  private String file;

  @Mixin private SnippetOptions snippet = new SnippetOptions();

  @Mixin private InsnLimit limit = new InsnLimit();

  @Option(
      names = "--kernel",
      paramLabel = "RELEASE",
      converter = ReleaseOption.class,
      description = "the kernel of the main job, 2.6.11 (default) or 2.6.20")
  private KernelVersion version;

  @ArgGroup(exclusive = false, heading = "A campaign of generated cases:%n")
  private CampaignOptions campaign;

  @Option(names = "--json", description = "print a campaign's result as one JSON object")
  private boolean json;

  DiffCommand() {}

  @Override
  public Integer call() {
    long most = limit.instructions();
    if (json && campaign == null) {
      throw new BadInput("diff: --json is for --cases");
    }
    if (!NativeAccess.allowed()) {
      throw new BadInput("diff: " + NativeAccess.DENIED);
    }
    try {
      return campaign != null ? campaign() : file == null ? mainJob(most) : snippet(most);
    } catch (OracleUnavailableException e) {
      throw new BadInput("diff: " + e.getMessage());
    }
  }

  private int campaign() {
    if (file != null) {
      throw new BadInput("diff: --cases generates its cases itself and takes no FILE.S");
    }
    if (snippet.isGiven() || limit.isGiven() || version != null) {
      throw new BadInput("diff: --reg, --at, --max-insns and --kernel are not for --cases");
    }
    PrintWriter out = spec.commandLine().getOut();
    try (CampaignRun run = new CampaignRun(campaign, out, spec.commandLine().getErr())) {
      return run.run(json);
    }
  }

  private int snippet(long most) {
    if (version != null) {
      throw new BadInput("diff: --kernel is of the main job, which takes no FILE.S");
    }
    String text = CampaignRun.textOf(file);
    if (text != null && CaseFile.is(text)) {
      return CampaignRun.replay(text, spec.commandLine().getOut());
    }
    Source source = RunCommand.source(file);
    int at = snippet.origin();
    Map<Register, Integer> values = snippet.registers();
    try (Snippet ours = new Snippet(source, at, values, EngineName.interpreter::open);
        Snippet unicorn = new Snippet(source, at, values, EngineName.unicorn::open)) {
      ours.haltAtEnd();
      unicorn.haltAtEnd();
      Comparison result = compare(ours.engine(), unicorn.engine(), most);
      if (result instanceof Comparison.Equal equal
          && equal.reason() instanceof StopReason.Halted
          && ours.hasHaltedAtEnd()) {
        result =
            new Comparison.Equal(
                equal.instructions() - 1, equal.reason(), equal.accessedBits(), equal.errata());
      }
      return print(result, spec.commandLine().getOut());
    }
  }

  private int mainJob(long most) {
    if (snippet.isGiven()) {
      throw new BadInput("diff: --reg and --at are of programs: expected FILE.S");
    }
    Vmlinux image = Vmlinux.assemble(version == null ? KernelVersion.V2_6_11 : version);
    try (Engine ours = EngineName.interpreter.open(Snippet.MEMORY);
        Engine unicorn = EngineName.unicorn.open(Snippet.MEMORY)) {
      for (Engine engine : List.of(ours, unicorn)) {
        new MainJob(engine, image, MainJob.defaultFunction(), MainJob.DEFAULT_ARGUMENT)
            .forLockstep();
      }
      return print(compare(ours, unicorn, most), spec.commandLine().getOut());
    }
  }

  private static Comparison compare(Engine ours, Engine other, long limit) {
    Lockstep lockstep = new Lockstep(ours, other);
    try (Interrupt _ = new Interrupt(lockstep::requestStop)) {
      return lockstep.run(limit);
    }
  }

  /** Prints the verdict; exit status 0 or 1. */
  private static int print(Comparison result, PrintWriter out) {
    out.println(result.toString().stripTrailing());
    if (result instanceof Comparison.Equal equal
        && equal.reason() instanceof StopReason.InstructionLimit) {
      out.println("not finished: more are allowed by --max-insns");
    }
    out.flush();
    return result instanceof Comparison.Equal ? 0 : 1;
  }
}
