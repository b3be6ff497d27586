package org.trampoline.kernel.proc;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.trampoline.kernel.Kernel;
import org.trampoline.kernel.fork.SignalStruct;
import org.trampoline.kernel.sched.TaskStruct;
import org.trampoline.kernel.timer.Timers;

/**
 * {@code ps fax}: the processes as a tree, as procps prints them. Kernel threads have no command
 * line, so their names are in brackets; process 0 is not listed.
 */
public final class Ps {
  private static final String HEADER = "  PID TTY      STAT   TIME COMMAND";

  /** With several processors also the one that each was on last, as ps's -o psr. */
  private static final String HEADER_PSR = "  PID TTY      STAT PSR   TIME COMMAND";

  private final Kernel kernel;
  private final Map<Integer, List<TaskStruct>> children = new HashMap<>();
  private final List<String> lines = new ArrayList<>();

  /** Pids that are in the list, should the guest have made a knot of its tree. */
  private final Set<Integer> seen = new HashSet<>();

  private Ps(Kernel kernel) {
    this.kernel = kernel;
  }

  /**
   * The list at this moment.
   *
   * @throws org.trampoline.kernel.layout.BadKernelAddress if the guest has spoilt its task list
   */
  public static List<String> lines(Kernel kernel) {
    return new Ps(kernel).list();
  }

  private List<String> list() {
    TreeMap<Integer, TaskStruct> tasks = new TreeMap<>();
    var walk = kernel.initTask().list(TaskStruct.TASKS).walk();
    for (int node; (node = walk.next()) != 0; ) {
      TaskStruct task = TaskStruct.of(kernel.memory(), node, TaskStruct.TASKS);
      tasks.put(task.pid(), task);
    }
    List<TaskStruct> roots = new ArrayList<>();
    for (TaskStruct task : tasks.values()) {
      int parent = task.task(TaskStruct.PARENT).pid();
      if (parent != task.pid() && tasks.containsKey(parent)) {
        children.computeIfAbsent(parent, key -> new ArrayList<>()).add(task);
      } else {
        roots.add(task);
      }
    }
    roots.sort(Comparator.comparingInt(TaskStruct::pid));
    lines.add(kernel.isSmp() ? HEADER_PSR : HEADER);
    for (TaskStruct root : roots) {
      add(root, "", "");
    }
    return lines;
  }

  /**
   * Adds a task and its children.
   *
   * @param branch what stands before its name
   * @param trunk what stands before those of its children
   */
  private void add(TaskStruct task, String branch, String trunk) {
    if (!seen.add(task.pid())) {
      return;
    }
    lines.add(line(task, branch));
    List<TaskStruct> own = children.getOrDefault(task.pid(), List.of());
    for (TaskStruct child : own) {
      boolean last = child.equals(own.getLast());
      add(child, trunk + " \\_ ", trunk + (last ? "    " : " |  "));
    }
  }

  private String line(TaskStruct task, String branch) {
    long ticks = (task.get(TaskStruct.UTIME) & 0xffff_ffffL) + task.get(TaskStruct.STIME);
    long seconds = ticks / Timers.HZ;
    String time = seconds / 60 + ":" + (seconds % 60 < 10 ? "0" : "") + seconds % 60;
    return left(task.pid(), 5)
        + " ?        "
        + right(stat(task), 5)
        + (kernel.isSmp() ? left(task.cpu(), 3) : "")
        + " ".repeat(Math.max(0, 6 - time.length()))
        + time
        + " "
        + branch
        + name(task);
  }

  private static String left(int number, int width) {
    String text = Integer.toString(number);
    return " ".repeat(Math.max(0, width - text.length())) + text;
  }

  private static String right(String text, int width) {
    return text + " ".repeat(Math.max(0, width - text.length()));
  }

  private static String name(TaskStruct task) {
    boolean zombie = task.get(TaskStruct.EXIT_STATE) == TaskStruct.EXIT_ZOMBIE;
    boolean process = task.get(TaskStruct.MM) != 0;
    return (process ? task.comm() : "[" + task.comm() + "]") + (zombie ? " <defunct>" : "");
  }

  /** State, {@code <} for high priority, {@code N} for low, {@code s} for a session's leader. */
  private String stat(TaskStruct task) {
    int nice = task.get(TaskStruct.STATIC_PRIO) - 120;
    int signal = task.get(TaskStruct.SIGNAL);
    boolean leader =
        signal != 0
            && task.get(TaskStruct.EXIT_STATE) == 0
            && new SignalStruct(kernel.memory(), signal).get(SignalStruct.SESSION) == task.pid();
    return letter(task) + (nice < 0 ? "<" : nice > 0 ? "N" : "") + (leader ? "s" : "");
  }

  /** The state as /proc has it. */
  public static String letter(TaskStruct task) {
    return switch (task.get(TaskStruct.EXIT_STATE)) {
      case TaskStruct.EXIT_ZOMBIE -> "Z";
      case TaskStruct.EXIT_DEAD -> "X";
      default -> letter(task.get(TaskStruct.STATE));
    };
  }

  /** The letter of a TASK_ or EXIT_ state. */
  public static String letter(int state) {
    return switch (state) {
      case TaskStruct.TASK_RUNNING -> "R";
      case TaskStruct.TASK_INTERRUPTIBLE -> "S";
      case TaskStruct.TASK_UNINTERRUPTIBLE -> "D";
      case TaskStruct.TASK_STOPPED -> "T";
      case TaskStruct.EXIT_ZOMBIE -> "Z";
      default -> "X";
    };
  }
}
