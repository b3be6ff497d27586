package org.trampoline.kernel.cli;

import java.io.PrintWriter;
import org.trampoline.asm.Source;
import org.trampoline.emulator.StopReason;
import org.trampoline.emulator.engine.Engine;
import org.trampoline.kernel.Vmlinux;
import org.trampoline.kernel.scenario.MainJob;

/** Runs the main job and reports it. */
final class MainJobRun {
  private final MainJob job;
  private final long limit;
  private final boolean trace;
  private final PrintWriter out;

  /**
   * A run of a job that has been loaded.
   *
   * @param limit instructions at most
   * @param trace show the thread function's instructions, too
   */
  MainJobRun(MainJob job, long limit, boolean trace, PrintWriter out) {
    this.job = job;
    this.limit = limit;
    this.trace = trace;
    this.out = out;
  }

  /** The job, or what is wrong with the function. */
  static MainJob load(Engine engine, Vmlinux image, Source function, int argument) {
    try {
      return new MainJob(engine, image, function, argument);
    } catch (IllegalArgumentException e) {
      throw new BadInput(e.getMessage());
    }
  }

  /** Runs, prints for people; exit status 0, or 1 if the thread did not end as it should. */
  int asText() {
    MainJobText report = new MainJobText(job, out);
    StopReason reason = job.run(limit, trace, report);
    String failure = failure(reason);
    report.end(reason, failure);
    out.flush();
    return failure == null ? 0 : 1;
  }

  /** Runs, prints one JSON object. */
  int asJson() {
    try (JsonOutput json = new JsonOutput(out)) {
      MainJobJson report = new MainJobJson(job, json);
      StopReason reason = job.run(limit, trace, report);
      String failure = failure(reason);
      report.end(failure);
      return failure == null ? 0 : 1;
    }
  }

  /** Why the job has not come to its end as it should, null if it has. */
  private String failure(StopReason reason) {
    if (job.kernel().panicMessage() != null) {
      return "kernel panic: " + job.kernel().panicMessage();
    }
    if (!(reason instanceof StopReason.Halted)) {
      return StopText.of(reason, job.kernel().engine().instructions());
    }
    if (job.oops()) {
      return "the kernel oopsed";
    }
    if (job.end() != null) {
      return null;
    }
    return job.kernel().current().pid() == 0
        ? "the thread has not exited: the kernel is idle and it sleeps"
        : "hlt in the thread";
  }
}
