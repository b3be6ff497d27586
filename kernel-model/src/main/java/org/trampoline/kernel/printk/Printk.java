package org.trampoline.kernel.printk;

import java.util.ArrayList;
import java.util.List;
import org.trampoline.kernel.Call;
import org.trampoline.kernel.HostFunctions;
import org.trampoline.kernel.Kernel;
import org.trampoline.kernel.KernelEvent;
import org.trampoline.kernel.KernelPanic;
import org.trampoline.kernel.layout.Hex;
import org.trampoline.kernel.layout.KernelMemory;
import org.trampoline.kernel.sched.TaskStruct;

/** The kernel's log (Linux: kernel/printk.c). */
public final class Printk {
  /** The level of lines that do not begin with one. */
  private static final int DEFAULT_LEVEL = 4;

  /** Longest line, and most lines that are kept: a guest must not fill the host's memory. */
  private static final int LINE_LIMIT = 1024;

  private static final int KEPT = 4096;

  private final Kernel kernel;
  private final KernelMemory memory;
  private final List<LogLine> lines = new ArrayList<>();
  private final StringBuilder line = new StringBuilder();
  private int level = DEFAULT_LEVEL;

  /** The log of a kernel. */
  public Printk(Kernel kernel) {
    this.kernel = kernel;
    memory = kernel.memory();
  }

  /** Offers the functions that the guest calls. */
  public void link(HostFunctions functions) {
    functions.add("printk", this::printk);
    functions.add(
        "panic",
        call -> {
          String message = new Vsprintf(memory).format(call.argument(0), i -> call.argument(i + 1));
          throw new KernelPanic(message);
        });
  }

  /** {@code asmlinkage int printk(const char *fmt, ...)}. */
  private void printk(Call call) {
    String text = new Vsprintf(memory).format(call.argument(0), i -> call.argument(i + 1));
    int start = 0;
    if (text.length() >= 3
        && text.charAt(0) == '<'
        && text.charAt(1) >= '0'
        && text.charAt(1) <= '7'
        && text.charAt(2) == '>') {
      level = text.charAt(1) - '0';
      start = 3;
    }
    for (int i = start; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\n') {
        endLine();
      } else if (line.length() < LINE_LIMIT) {
        line.append(c);
      }
    }
    call.returns(text.length());
  }

  /**
   * A format and its arguments as a C function with a variable number of them has them on its
   * stack.
   *
   * @param address of the word that points to the format; the arguments follow
   */
  public String format(int address) {
    return new Vsprintf(memory).format(memory.read(address), i -> memory.read(address + 4 + 4 * i));
  }

  /** The warning of a call of schedule() with preemption disabled. */
  public void schedulingWhileAtomic(TaskStruct task, int count) {
    print(
        3, "scheduling while atomic: " + task.comm() + "/0x" + Hex.word(count) + "/" + task.pid());
  }

  private void endLine() {
    String text = line.toString();
    line.setLength(0);
    int lineLevel = level;
    level = DEFAULT_LEVEL;
    print(lineLevel, text);
  }

  /** Adds a line. */
  public void print(int level, String text) {
    if (lines.size() == KEPT) {
      lines.removeFirst();
    }
    lines.add(new LogLine(kernel.engine().nanos(), level, text));
    kernel.emit(new KernelEvent.Printk(level, text));
  }

  /** The last lines, oldest first. */
  public List<String> lines() {
    return lines.stream().map(LogLine::text).toList();
  }

  /** The same with level and time. */
  public List<LogLine> log() {
    return List.copyOf(lines);
  }
}
