package org.trampoline.kernel.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.trampoline.asm.Source;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.device.ImageMedium;
import org.trampoline.emulator.device.Pc;
import org.trampoline.emulator.engine.Engine;
import org.trampoline.kernel.KernelVersion;
import org.trampoline.kernel.Vmlinux;
import org.trampoline.kernel.scenario.MainJob;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code trampoline run [FILE.S]}: the main job, or a snippet of the user's. */
@Command(
    name = "run",
    description = {
      "Assembles and executes FILE.S (AT&T syntax); without a file does the main job: creates a "
          + "kernel thread and shows its trampoline at work.",
      "A snippet runs in flat 32-bit protected mode and ends at hlt, at its end, or with ret.",
      "An image (--flat, --rom, or FILE in a format with a header) runs on a PC with serial port,"
          + " timer and interrupt controllers; what it sends to COM1 is printed."
    },
    mixinStandardHelpOptions = true)
final class RunCommand implements Callable<Integer> {
  /** Bytes of RAM of an image's machine. */
  private static final long IMAGE_MEMORY = 64 << 20;

  @Spec private CommandSpec spec;

  @Parameters(
      arity = "0..1",
      paramLabel = "FILE",
      description =
          "program to execute, - for standard input; or an ELF, Multiboot or Linux kernel file")
  private String file;

  @Option(
      names = "--fn",
      paramLabel = "FILE.S",
      description =
          "the thread function of the main job: its argument is in eax and at 4(%%esp), it ends"
              + " with ret")
  private String function;

  @Option(
      names = "--arg",
      paramLabel = "N",
      converter = Numbers.class,
      description = "the argument of that function (default 41)")
  private Integer argument;

  @Option(
      names = "--kernel",
      paramLabel = "RELEASE",
      converter = ReleaseOption.class,
      description = "the kernel of the main job, 2.6.11 (default) or 2.6.20")
  private KernelVersion version;

  @Mixin private SnippetOptions snippet = new SnippetOptions();

  @Option(
      names = "--trace",
      description =
          "print each instruction and what it changed; of the main job also the function's")
  private boolean trace;

  @Mixin private InsnLimit limit = new InsnLimit();

  @Option(names = "--json", description = "print one JSON object")
  private boolean json;

  @Mixin private EngineOptions engine = new EngineOptions();

  @Mixin private ProcessorOptions processor = new ProcessorOptions();

  @Mixin private ImageOptions images = new ImageOptions();

  RunCommand() {}

  @Override
  public Integer call() {
    long most = limit.instructions();
    PrintWriter out = spec.commandLine().getOut();
    Optional<ImageSource> image = ImageSource.of(file, images);
    if (image.isPresent()) {
      return image(image.get(), most, out);
    }
    if (images.first() != null) {
      throw new BadInput(
          "run: "
              + images.first()
              + " is for images; expected --flat, --rom or an ELF, Multiboot or Linux kernel file");
    }
    if (file == null) {
      return mainJob(most, out);
    }
    if (function != null || argument != null || version != null) {
      throw new BadInput(
          "run: --fn, --arg and --kernel are of the main job, which takes no FILE.S");
    }
    try (Snippet program =
            new Snippet(source(file), snippet.origin(), snippet.registers(), this::open);
        Interrupt _ = new Interrupt(program.engine()::requestStop)) {
      SnippetRun run = new SnippetRun(program, most, trace, out);
      int status = json ? run.asJson() : run.asText();
      engine.finish(program.engine(), json, out);
      return status;
    }
  }

  private int image(ImageSource source, long most, PrintWriter out) {
    if (snippet.isGiven() || function != null || argument != null || version != null) {
      throw new BadInput(
          "run: --reg, --at, --fn, --arg and --kernel are of programs and the main job:"
              + " expected no image");
    }
    if (engine.unicorn()) {
      throw new BadInput("--engine unicorn: images need devices, which Unicorn does not have");
    }
    Machine.Builder builder =
        Machine.builder().memory(images.memory == null ? IMAGE_MEMORY : images.memory);
    engine.configure(builder);
    processor.configure(builder);
    try (ImageMedium disk = images.disk == null ? null : disk(images.disk);
        Pc pc = new Pc(builder);
        Interrupt _ = new Interrupt(pc.machine()::requestStop)) {
      engine.prepared(pc.machine());
      if (disk != null) {
        pc.attachDisk(disk);
      }
      if (images.videoBios != null) {
        pc.firmware().add("vgaroms/video.bin", ImageSource.read(images.videoBios));
      }
      ImageSource.checked(
          source.name(),
          () -> {
            source.image().load(pc);
            return null;
          });
      ImageRun run = new ImageRun(pc, images, most, trace, out);
      int status = json ? run.asJson() : run.asText();
      engine.finish(pc.machine(), json, out);
      return status;
    }
  }

  private static ImageMedium disk(String file) {
    try {
      return new ImageMedium(Path.of(file));
    } catch (NoSuchFileException e) {
      throw new BadInput(file + ": no such file");
    } catch (IllegalArgumentException e) {
      throw new BadInput("--disk " + file + ": " + e.getMessage());
    } catch (IOException e) {
      throw new BadInput(file + ": cannot be read: " + e.getMessage());
    }
  }

  private Engine open(long memory) {
    return engine.open(memory, processor);
  }

  private int mainJob(long most, PrintWriter out) {
    if (snippet.isGiven()) {
      throw new BadInput("run: --reg and --at are of programs: expected FILE.S");
    }
    Source source = function == null ? MainJob.defaultFunction() : source(function);
    Vmlinux image = Vmlinux.assemble(version == null ? KernelVersion.V2_6_11 : version);
    try (Engine machine = open(Snippet.MEMORY);
        Interrupt _ = new Interrupt(machine::requestStop)) {
      MainJob job =
          MainJobRun.load(
              machine, image, source, argument == null ? MainJob.DEFAULT_ARGUMENT : argument);
      MainJobRun run = new MainJobRun(job, most, trace, out);
      int status = json ? run.asJson() : run.asText();
      engine.finish(machine, json, out);
      return status;
    }
  }

  /**
   * The source in a file, or on standard input.
   *
   * @throws BadInput if it cannot be read
   */
  static Source source(String file) {
    try {
      if (file.equals("-")) {
        InputStream in = System.in;
        return new Source("<stdin>", new String(in.readAllBytes(), StandardCharsets.UTF_8));
      }
      Path path = Path.of(file);
      if (Files.isDirectory(path)) {
        throw new BadInput(file + ": is a directory: expected a file with assembly source");
      }
      return Source.of(path);
    } catch (NoSuchFileException e) {
      throw new BadInput(file + ": no such file");
    } catch (CharacterCodingException e) {
      throw new BadInput(file + ": is no text: expected assembly source");
    } catch (IOException e) {
      throw new BadInput(file + ": cannot be read as text: " + e.getMessage());
    }
  }
}
