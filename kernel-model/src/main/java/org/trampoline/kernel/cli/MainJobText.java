package org.trampoline.kernel.cli;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.Map;
import org.trampoline.emulator.StopReason;
import org.trampoline.kernel.layout.Hex;
import org.trampoline.kernel.scenario.MainJob;
import org.trampoline.kernel.scenario.MainJob.Birth;
import org.trampoline.kernel.scenario.MainJob.End;
import org.trampoline.kernel.trace.Step;
import org.trampoline.kernel.trace.StepRecorder;

/** The main job for people. The last line is {@code do_exit(N)} if the thread got there. */
final class MainJobText implements MainJob.Watcher {
  private final MainJob job;
  private final PrintWriter out;
  private boolean stepped;

  MainJobText(MainJob job, PrintWriter out) {
    this.job = job;
    this.out = out;
  }

  @Override
  public void born(Birth birth) {
    out.println(
        "copy_thread: pid "
            + birth.pid()
            + ", pt_regs at "
            + Hex.word(birth.frame())
            + ", "
            + 4 * birth.registers().size()
            + " bytes");
    for (Map.Entry<String, Integer> register : birth.registers().entrySet()) {
      String name = register.getKey().toLowerCase(Locale.ROOT);
      StringBuilder line = new StringBuilder("  ").append(name);
      line.append(" ".repeat(10 - name.length())).append(Hex.word(register.getValue()));
      String meaning = meaning(register.getKey(), register.getValue());
      out.println(meaning.isEmpty() ? line : line.append("  ").append(meaning));
    }
    out.println("  thread.esp " + Hex.word(birth.frame()) + "  its pt_regs");
    out.println("  thread.esp0 " + Hex.word(birth.esp0()));
    out.println("  thread.eip " + Hex.word(birth.eip()) + "  ret_from_fork");
  }

  private String meaning(String name, int value) {
    return switch (name) {
      case "EBX" -> "fn, " + job.function().lines().getFirst().file();
      case "EDX" -> "arg, " + value;
      case "DS", "ES" -> "__USER_DS";
      case "GS" -> "__KERNEL_PDA";
      case "ORIG_EAX" -> "no system call";
      case "EIP" -> "kernel_thread_helper";
      case "CS" -> "__KERNEL_CS";
      case "EFLAGS" -> "IF SF PF";
      default -> "";
    };
  }

  @Override
  public void stepped(Step step) {
    if (!stepped) {
      stepped = true;
      out.println();
      out.println("kernel_thread_helper:");
    }
    out.println("  " + StepRecorder.line(step));
  }

  @Override
  public void logged(String line) {
    out.println("  printk: " + line);
  }

  @Override
  public void exited(End end) {
    // The step that led here is handed on after this; what was received is said at the end.
  }

  /** Prints the end. */
  void end(StopReason reason, String failure) {
    out.println();
    End end = job.end();
    if (end != null) {
      out.println(
          "do_exit received "
              + end.code()
              + " in eax, "
              + end.onStack()
              + " on the stack; then "
              + job.kernel().engine().instructions()
              + " instructions in all, "
              + (reason instanceof StopReason.Halted ? "and process 0 idles" : "and it stopped"));
    }
    if (failure != null) {
      out.println(failure);
      new CpuState(job.kernel().engine()).print(out);
    }
    if (end != null) {
      out.println("do_exit(" + end.code() + ")");
    }
  }
}
