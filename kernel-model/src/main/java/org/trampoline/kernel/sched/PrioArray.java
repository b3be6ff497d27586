package org.trampoline.kernel.sched;

import java.util.ArrayList;
import java.util.List;
import org.trampoline.kernel.layout.Field;
import org.trampoline.kernel.layout.KernelMemory;
import org.trampoline.kernel.layout.Layout;
import org.trampoline.kernel.layout.ListHead;
import org.trampoline.kernel.layout.Struct;

/**
 * {@code struct prio_array} (kernel/sched.c): a list of runnable tasks for each priority, and a
 * bitmap of the lists that are not empty.
 */
public final class PrioArray extends Struct<PrioArray> {
  private static final int BITMAP_WORDS = 5;

  /** For the assembler. */
  public static final Layout<PrioArray> LAYOUT = new Layout<>("PRIO");

  public static final Field<PrioArray> NR_ACTIVE = LAYOUT.word("nr_active"); // tasks in the lists
  public static final Field<PrioArray> BITMAP = LAYOUT.bytes("bitmap", 4 * BITMAP_WORDS);
  public static final Field<PrioArray> QUEUE =
      LAYOUT.bytes("queue", ListHead.SIZE * TaskStruct.MAX_PRIO);

  /** Looks at one. */
  public PrioArray(KernelMemory memory, int address) {
    super(memory, address);
  }

  /** Makes it empty. */
  void init() {
    set(NR_ACTIVE, 0);
    memory.clear(address(BITMAP), BITMAP.size());
    for (int prio = 0; prio < TaskStruct.MAX_PRIO; prio++) {
      queue(prio).init();
    }
  }

  private ListHead queue(int prio) {
    return ListHead.at(memory, address(QUEUE) + ListHead.SIZE * prio);
  }

  /** {@code enqueue_task}: last among those of its priority. */
  void enqueue(TaskStruct task) {
    int prio = task.get(TaskStruct.PRIO);
    queue(prio).addTail(task.list(TaskStruct.RUN_LIST));
    mark(prio, true);
    add(NR_ACTIVE, 1);
    task.set(TaskStruct.ARRAY, address());
  }

  /** Puts a task just before another one of this array, with its priority. */
  void enqueueBefore(TaskStruct task, TaskStruct other) {
    task.set(TaskStruct.PRIO, other.get(TaskStruct.PRIO));
    other.list(TaskStruct.RUN_LIST).addTail(task.list(TaskStruct.RUN_LIST));
    add(NR_ACTIVE, 1);
    task.set(TaskStruct.ARRAY, address());
  }

  /** {@code dequeue_task}. */
  void dequeue(TaskStruct task) {
    int prio = task.get(TaskStruct.PRIO);
    add(NR_ACTIVE, -1);
    task.list(TaskStruct.RUN_LIST).remove();
    if (queue(prio).isEmpty()) {
      mark(prio, false);
    }
  }

  /** {@code requeue_task}: behind the others of its priority. */
  void requeue(TaskStruct task) {
    task.list(TaskStruct.RUN_LIST).remove();
    queue(task.get(TaskStruct.PRIO)).addTail(task.list(TaskStruct.RUN_LIST));
  }

  private void mark(int prio, boolean used) {
    int word = address(BITMAP) + 4 * (prio / 32);
    int bit = 1 << prio % 32;
    memory.write(word, used ? memory.read(word) | bit : memory.read(word) & ~bit);
  }

  /** All tasks, from the highest priority on and the last of each first. */
  List<TaskStruct> tasks() {
    List<TaskStruct> tasks = new ArrayList<>();
    for (int prio = 0; prio < TaskStruct.MAX_PRIO; prio++) {
      List<TaskStruct> queued = new ArrayList<>();
      var walk = queue(prio).walk();
      for (int node; (node = walk.next()) != 0; ) {
        queued.addFirst(TaskStruct.of(memory, node, TaskStruct.RUN_LIST));
      }
      tasks.addAll(queued);
    }
    return tasks;
  }

  /** The first task of the highest priority; the array must not be empty. */
  TaskStruct first() {
    int word = 0;
    int bits;
    while ((bits = memory.read(address(BITMAP) + 4 * word)) == 0 && word < BITMAP_WORDS - 1) {
      word++;
    }
    int prio = 32 * word + Integer.numberOfTrailingZeros(bits);
    return TaskStruct.of(memory, queue(prio).next(), TaskStruct.RUN_LIST);
  }
}
