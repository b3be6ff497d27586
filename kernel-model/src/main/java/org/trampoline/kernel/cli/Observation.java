package org.trampoline.kernel.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.trampoline.emulator.StopReason;
import org.trampoline.emulator.device.Clock;
import org.trampoline.emulator.engine.Engine;
import org.trampoline.emulator.engine.Register;
import org.trampoline.kernel.Kernel;
import org.trampoline.kernel.layout.BadKernelAddress;
import org.trampoline.kernel.proc.Ps;
import org.trampoline.kernel.scenario.Scenario;
import org.trampoline.kernel.trace.ChromeTrace;
import org.trampoline.kernel.trace.Ftrace;
import org.trampoline.kernel.trace.Recording;
import org.trampoline.kernel.trace.StepRecorder;
import org.trampoline.kernel.trace.Timeline;

/** A scenario's run with what {@link ObserveOptions} asks for. */
final class Observation {
  private final ObserveOptions options;
  private final Scenario scenario;
  private final Kernel kernel;
  private final Engine engine;
  private final PrintWriter out;
  private final Ftrace ftrace;
  private final Recording recording;
  private final List<ObserveOptions.When> moments;

  /** A run that has not begun. */
  Observation(ObserveOptions options, Scenario scenario, PrintWriter out) {
    this.options = options;
    this.scenario = scenario;
    this.out = out;
    kernel = scenario.kernel();
    engine = kernel.engine();
    moments = new ArrayList<>(options.moments());
    boolean chrome = options.trace != null && options.trace.endsWith(".json");
    ftrace = options.trace != null && !chrome ? new Ftrace(kernel) : null;
    recording = chrome || options.timeline != null ? new Recording(kernel) : null;
    if (ftrace != null) {
      kernel.listen(ftrace);
    }
    if (recording != null) {
      kernel.listen(recording);
    }
  }

  /** Runs, and stops in between for --ps-at and to see the trampolines. */
  StopReason run(long limit) {
    long deadline =
        limit > Long.MAX_VALUE - engine.instructions()
            ? Long.MAX_VALUE
            : engine.instructions() + limit;
    int helper = kernel.symbol("kernel_thread_helper");
    int helperEnd = kernel.symbol("kernel_thread_helper_end");
    int back = options.timeline == null ? 0 : returnAddress();
    boolean[] due = {false};
    while (true) {
      arm(due);
      if (options.timeline != null) {
        engine.stopAt(helper);
        engine.stopAt(back);
      }
      StopReason reason = scenario.run(Math.min(deadline, nextCount()) - engine.instructions());
      boolean trampoline =
          reason instanceof StopReason.Reached(int at) && within(at, helper, helperEnd);
      if (trampoline) {
        engine.clearStop(helper);
        engine.clearStop(back);
        follow(helper, helperEnd, deadline);
        continue;
      }
      boolean more = engine.instructions() < deadline && kernel.panicMessage() == null;
      boolean byCount = reason instanceof StopReason.InstructionLimit && more;
      boolean byTime =
          reason instanceof StopReason.Requested && due[0] && more && !kernel.poweredOff();
      if (!byCount && !byTime) {
        return reason;
      }
      due[0] = false;
      printDue();
    }
  }

  private static boolean within(int address, int from, int to) {
    return Integer.compareUnsigned(address, from) >= 0 && Integer.compareUnsigned(address, to) < 0;
  }

  /** Where a thread function returns to: behind the helper's {@code call *%ebx}. */
  private int returnAddress() {
    int call = 0xd3ff;
    int at = kernel.symbol("kernel_thread_helper");
    while ((kernel.memory().read(at) & 0xffff) != call) {
      at++;
    }
    return at + 2;
  }

  /** Writes down the instructions of the helper from here to where it is left. */
  private void follow(int helper, int helperEnd, long deadline) {
    Map<String, Integer> names = new HashMap<>();
    names.put("do_exit", kernel.symbol("do_exit"));
    StepRecorder recorder =
        new StepRecorder(address -> within(address, helper, helperEnd), names, recording::step);
    engine.observe(recorder);
    while (within(engine.get(Register.EIP), helper, helperEnd)
        && engine.instructions() < deadline) {
      if (!(kernel.run(1) instanceof StopReason.InstructionLimit)) {
        break;
      }
    }
    recorder.finish(engine);
    engine.observe(null);
  }

  /** The count of instructions at which the next list is due. */
  private long nextCount() {
    return moments.stream()
        .filter(when -> !when.time())
        .mapToLong(ObserveOptions.When::value)
        .filter(value -> value > engine.instructions())
        .min()
        .orElse(Long.MAX_VALUE);
  }

  /** Has the machine's clock stop it when the next list is due by time. */
  private void arm(boolean[] due) {
    long next =
        moments.stream()
            .filter(when -> when.time() && when.value() > engine.nanos())
            .mapToLong(ObserveOptions.When::value)
            .min()
            .orElse(-1);
    if (next < 0) {
      return;
    }
    Clock clock =
        engine
            .clock()
            .orElseThrow(
                () ->
                    new BadInput(
                        "--ps-at with a time: without a timer, --engine "
                            + engine.name()
                            + " has no clock"));
    Clock.Timer timer =
        clock.timer(
            () -> {
              due[0] = true;
              engine.requestStop();
            },
            () -> false);
    timer.start(clock.cyclesAt(next, 1_000_000_000));
  }

  private void printDue() {
    List<ObserveOptions.When> past =
        moments.stream()
            .filter(when -> when.value() <= (when.time() ? engine.nanos() : engine.instructions()))
            .toList();
    moments.removeAll(past);
    if (!past.isEmpty()) {
      out.println(
          "after " + engine.instructions() + " instructions, " + stamp(engine.nanos()) + " s:");
      printPs();
    }
  }

  private void printPs() {
    try {
      Ps.lines(kernel).forEach(out::println);
    } catch (BadKernelAddress e) {
      out.println("the task list is spoilt: " + e.getMessage());
    }
  }

  static String stamp(long nanos) {
    String micros = Long.toString(nanos / 1000 % 1_000_000 + 1_000_000).substring(1);
    return nanos / 1_000_000_000 + "." + micros;
  }

  /** Prints and writes what was asked for at the end. */
  void finish(String title) {
    if (options.log) {
      kernel.printk().log().forEach(line -> out.println(line.raw()));
    }
    if (options.ps) {
      printPs();
    }
    if (recording != null) {
      recording.finish();
      if (recording.dropped() > 0) {
        out.println(recording.dropped() + " later events are not in the file: it would be too big");
      }
    }
    if (options.trace != null) {
      write(
          options.trace,
          file -> {
            if (ftrace != null) {
              ftrace.write(file);
            } else {
              ChromeTrace.write(recording, file);
            }
          });
    }
    if (options.timeline != null) {
      write(options.timeline, file -> Timeline.write(recording, title, file));
    }
  }

  private interface Writing {
    void to(PrintWriter file) throws IOException;
  }

  private static void write(String name, Writing writing) {
    try (PrintWriter file =
        new PrintWriter(Files.newBufferedWriter(Path.of(name), StandardCharsets.UTF_8))) {
      writing.to(file);
    } catch (IOException e) {
      throw new BadInput(name + ": cannot be written: " + e.getMessage());
    }
  }
}
