package org.trampoline.kernel.sched;

import java.nio.charset.StandardCharsets;
import org.trampoline.kernel.arch.ThreadInfo;
import org.trampoline.kernel.arch.ThreadStruct;
import org.trampoline.kernel.layout.Field;
import org.trampoline.kernel.layout.KernelMemory;
import org.trampoline.kernel.layout.Layout;
import org.trampoline.kernel.layout.Struct;

/** {@code struct task_struct} (include/linux/sched.h): a process, a thread, a kernel thread. */
public final class TaskStruct extends Struct<TaskStruct> {
  // state
  public static final int TASK_RUNNING = 0;
  public static final int TASK_INTERRUPTIBLE = 1;
  public static final int TASK_UNINTERRUPTIBLE = 2;
  public static final int TASK_STOPPED = 4;

  // exit_state
  public static final int EXIT_ZOMBIE = 16;
  public static final int EXIT_DEAD = 32;

  // flags
  public static final int PF_STARTING = 0x2;
  public static final int PF_EXITING = 0x4;
  public static final int PF_DEAD = 0x8;
  public static final int PF_FORKNOEXEC = 0x40;
  public static final int PF_SUPERPRIV = 0x100;
  public static final int PF_MEMALLOC = 0x800;
  public static final int PF_FLUSHER = 0x1000;
  public static final int PF_USED_MATH = 0x2000;
  public static final int PF_NOFREEZE = 0x8000;
  public static final int PF_KSWAPD = 0x4_0000;

  // policy
  public static final int SCHED_NORMAL = 0;
  public static final int SCHED_FIFO = 1;
  public static final int SCHED_RR = 2;

  /** Bytes of a task's name with the zero that ends it. */
  public static final int TASK_COMM_LEN = 16;

  /** Priorities of SCHED_FIFO and SCHED_RR are below. */
  public static final int MAX_RT_PRIO = 100;

  /** Number of priorities, and that of process 0, which no other task has. */
  public static final int MAX_PRIO = 140;

  /** For the assembler. */
  public static final Layout<TaskStruct> LAYOUT = new Layout<>("TASK");

  public static final Field<TaskStruct> STATE = LAYOUT.word("state"); // TASK_: 0 is runnable
  public static final Field<TaskStruct> THREAD_INFO = LAYOUT.word("thread_info"); // and stack
  public static final Field<TaskStruct> USAGE = LAYOUT.word("usage"); // references to this
  public static final Field<TaskStruct> FLAGS = LAYOUT.word("flags"); // PF_
  public static final Field<TaskStruct> PTRACE = LAYOUT.word("ptrace"); // traced by a debugger
  public static final Field<TaskStruct> PRIO = LAYOUT.word("prio"); // 0 highest … 139, idle 140
  public static final Field<TaskStruct> STATIC_PRIO = LAYOUT.word("static_prio"); // 120 + nice
  public static final Field<TaskStruct> RUN_LIST = LAYOUT.list("run_list"); // in array's queue
  public static final Field<TaskStruct> ARRAY = LAYOUT.word("array"); // NULL: not in the run queue
  public static final Field<TaskStruct> TIME_SLICE = LAYOUT.word("time_slice"); // ticks left
  public static final Field<TaskStruct> FIRST_TIME_SLICE =
      LAYOUT.word("first_time_slice"); // 1: half of its parent's
  public static final Field<TaskStruct> POLICY = LAYOUT.word("policy"); // SCHED_
  public static final Field<TaskStruct> RT_PRIORITY = LAYOUT.word("rt_priority"); // 1-99, 0 normal
  public static final Field<TaskStruct> SLEEP_AVG = LAYOUT.word("sleep_avg"); // ns: bonus
  public static final Field<TaskStruct> ACTIVATED = LAYOUT.word("activated"); // how it was woken
  public static final Field<TaskStruct> TIMESTAMP = LAYOUT.bytes("timestamp", 8); // ns: last change
  public static final Field<TaskStruct> CPUS_ALLOWED = LAYOUT.word("cpus_allowed"); // a bit each
  public static final Field<TaskStruct> UTIME = LAYOUT.word("utime"); // ticks in user mode
  public static final Field<TaskStruct> STIME = LAYOUT.word("stime"); // ticks in kernel mode
  public static final Field<TaskStruct> NVCSW = LAYOUT.word("nvcsw"); // switches: it slept
  public static final Field<TaskStruct> NIVCSW = LAYOUT.word("nivcsw"); // switches: it had to
  public static final Field<TaskStruct> TASKS = LAYOUT.list("tasks"); // all processes
  public static final Field<TaskStruct> MM = LAYOUT.word("mm"); // its memory; NULL: kernel thread
  public static final Field<TaskStruct> ACTIVE_MM = LAYOUT.word("active_mm"); // it runs on this
  public static final Field<TaskStruct> EXIT_STATE = LAYOUT.word("exit_state"); // EXIT_
  public static final Field<TaskStruct> EXIT_CODE = LAYOUT.word("exit_code"); // for wait()
  public static final Field<TaskStruct> EXIT_SIGNAL = LAYOUT.word("exit_signal"); // to the parent
  public static final Field<TaskStruct> DID_EXEC = LAYOUT.word("did_exec"); // has called execve
  public static final Field<TaskStruct> PID = LAYOUT.word("pid"); // of the thread
  public static final Field<TaskStruct> TGID = LAYOUT.word("tgid"); // of the process
  public static final Field<TaskStruct> REAL_PARENT = LAYOUT.word("real_parent"); // who made it
  public static final Field<TaskStruct> PARENT = LAYOUT.word("parent"); // who is told of its end
  public static final Field<TaskStruct> CHILDREN = LAYOUT.list("children"); // list of sibling
  public static final Field<TaskStruct> SIBLING = LAYOUT.list("sibling"); // in parent's children
  public static final Field<TaskStruct> GROUP_LEADER = LAYOUT.word("group_leader"); // of threads
  public static final Field<TaskStruct> UID = LAYOUT.word("uid"); // whose; 0 is root
  public static final Field<TaskStruct> COMM = LAYOUT.bytes("comm", TASK_COMM_LEN); // its name
  public static final Field<TaskStruct> FS = LAYOUT.word("fs"); // root and working directory
  public static final Field<TaskStruct> FILES = LAYOUT.word("files"); // open files
  public static final Field<TaskStruct> SIGNAL = LAYOUT.word("signal"); // shared by the threads
  public static final Field<TaskStruct> SIGHAND = LAYOUT.word("sighand"); // signal handlers
  public static final Field<TaskStruct> BLOCKED = LAYOUT.bytes("blocked", 8); // mask of signals
  public static final Field<TaskStruct> PENDING = LAYOUT.bytes("pending", 8); // set of signals
  public static final Field<TaskStruct> THREAD =
      LAYOUT.struct("thread", ThreadStruct.LAYOUT); // for the processor

  /** Looks at one. */
  public TaskStruct(KernelMemory memory, int address) {
    super(memory, address);
  }

  /** The task whose {@code field} lies at an address, as {@code list_entry} finds it. */
  public static TaskStruct of(KernelMemory memory, int address, Field<TaskStruct> field) {
    return new TaskStruct(memory, address - field.offset());
  }

  /** Its part for the processor. */
  public ThreadStruct thread() {
    return new ThreadStruct(memory, address(THREAD));
  }

  /** Its thread_info, at the bottom of its kernel stack. */
  public ThreadInfo threadInfo() {
    return new ThreadInfo(memory, get(THREAD_INFO));
  }

  public int pid() {
    return get(PID);
  }

  /** The task that a field of it points to. */
  public TaskStruct task(Field<TaskStruct> field) {
    return new TaskStruct(memory, get(field));
  }

  /** {@code task_nice}: -20–19. */
  public int nice() {
    return Priorities.nice(this);
  }

  /** The processor that it is on. */
  public int cpu() {
    return threadInfo().get(ThreadInfo.CPU);
  }

  /** Its name, at most 15 characters. */
  public String comm() {
    return memory.readString(address(COMM), TASK_COMM_LEN - 1);
  }

  /** Gives it a name, which is cut off after 15 characters. */
  public void comm(String name) {
    byte[] bytes = new byte[TASK_COMM_LEN];
    byte[] text = name.getBytes(StandardCharsets.ISO_8859_1);
    System.arraycopy(text, 0, bytes, 0, Math.min(text.length, TASK_COMM_LEN - 1));
    memory.write(address(COMM), bytes);
  }
}
