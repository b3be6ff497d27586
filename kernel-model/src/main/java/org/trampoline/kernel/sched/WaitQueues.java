package org.trampoline.kernel.sched;

import org.trampoline.kernel.Call;
import org.trampoline.kernel.HostFunctions;
import org.trampoline.kernel.Kernel;
import org.trampoline.kernel.layout.KernelMemory;
import org.trampoline.kernel.layout.ListHead;

/**
 * Wait queues, completions and semaphores but for the calls of schedule, which are in kernel/wait.S
 * (Linux: kernel/wait.c, kernel/sched.c, lib/semaphore-sleepers.c). A queue is a list head.
 */
public final class WaitQueues {
  private static final int ANY_SLEEP =
      TaskStruct.TASK_INTERRUPTIBLE | TaskStruct.TASK_UNINTERRUPTIBLE;

  private final Kernel kernel;
  private final KernelMemory memory;
  private final Sched sched;
  private final int autoremove;

  /** The wait queues of a kernel. */
  public WaitQueues(Kernel kernel) {
    this.kernel = kernel;
    memory = kernel.memory();
    sched = kernel.sched();
    autoremove = kernel.symbol("autoremove_wake_function");
  }

  /** Offers the functions that the guest calls: all fastcall, queue first, then the entry. */
  public void link(HostFunctions functions) {
    functions.add("init_waitqueue_head", call -> queue(call.eax()).init());
    functions.add("add_wait_queue", call -> add(call, 0));
    functions.add("add_wait_queue_exclusive", call -> add(call, WaitQueue.WQ_FLAG_EXCLUSIVE));
    functions.add(
        "remove_wait_queue", call -> entry(call.edx()).list(WaitQueue.TASK_LIST).remove());
    functions.add("prepare_to_wait", call -> prepare(call, 0));
    functions.add("prepare_to_wait_exclusive", call -> prepare(call, WaitQueue.WQ_FLAG_EXCLUSIVE));
    functions.add("finish_wait", this::finish);
    functions.add("wake_up", call -> wake(call.eax(), ANY_SLEEP, 1));
    functions.add("wake_up_nr", call -> wake(call.eax(), ANY_SLEEP, call.edx()));
    functions.add("wake_up_all", call -> wake(call.eax(), ANY_SLEEP, 0));
    functions.add(
        "wake_up_interruptible", call -> wake(call.eax(), TaskStruct.TASK_INTERRUPTIBLE, 1));
    functions.add(
        "wake_up_interruptible_all", call -> wake(call.eax(), TaskStruct.TASK_INTERRUPTIBLE, 0));
    functions.add("init_completion", call -> completion(call.eax()).init());
    functions.add("complete", call -> complete(call.eax()));
    functions.add("complete_all", call -> completeAll(call.eax()));
    functions.add("try_completion", this::tryCompletion);
    functions.add("sema_init", call -> semaphore(call.eax()).init(call.edx()));
    functions.add("try_down", this::tryDown);
    functions.add("up", call -> up(call.eax()));
  }

  private ListHead queue(int address) {
    return ListHead.at(memory, address);
  }

  private WaitQueue entry(int address) {
    return new WaitQueue(memory, address);
  }

  private Completion completion(int address) {
    return new Completion(memory, address);
  }

  private Semaphore semaphore(int address) {
    return new Semaphore(memory, address);
  }

  private void add(Call call, int flags) {
    WaitQueue wait = entry(call.edx());
    wait.set(WaitQueue.FLAGS, flags);
    enqueue(queue(call.eax()), wait);
  }

  /** Those that are all woken first, exclusive ones last. */
  private static void enqueue(ListHead queue, WaitQueue wait) {
    if ((wait.get(WaitQueue.FLAGS) & WaitQueue.WQ_FLAG_EXCLUSIVE) != 0) {
      queue.addTail(wait.list(WaitQueue.TASK_LIST));
    } else {
      queue.add(wait.list(WaitQueue.TASK_LIST));
    }
  }

  /** {@code prepare_to_wait(q, wait, state)}: the entry's list must have been initialised. */
  private void prepare(Call call, int flags) {
    WaitQueue wait = entry(call.edx());
    wait.set(WaitQueue.FLAGS, flags);
    if (wait.list(WaitQueue.TASK_LIST).isEmpty()) {
      enqueue(queue(call.eax()), wait);
    }
    kernel.current().set(TaskStruct.STATE, call.ecx());
  }

  private void finish(Call call) {
    kernel.current().set(TaskStruct.STATE, TaskStruct.TASK_RUNNING);
    entry(call.edx()).list(WaitQueue.TASK_LIST).remove();
  }

  /**
   * {@code __wake_up_common}: wakes all in the queue that sleep in one of these states, but only so
   * many exclusive ones.
   *
   * @param exclusive at most so many of them; 0 for all
   */
  public void wake(int address, int states, int exclusive) {
    int left = exclusive;
    var walk = queue(address).walk();
    for (int node; (node = walk.next()) != 0; ) {
      WaitQueue wait = entry(node - WaitQueue.TASK_LIST.offset());
      boolean counts = (wait.get(WaitQueue.FLAGS) & WaitQueue.WQ_FLAG_EXCLUSIVE) != 0;
      boolean woken = sched.tryToWakeUp(sched.task(wait.get(WaitQueue.TASK)), states, false);
      if (woken && wait.get(WaitQueue.FUNC) == autoremove) {
        wait.list(WaitQueue.TASK_LIST).remove();
      }
      if (woken && counts && --left == 0) {
        return;
      }
    }
  }

  // ---- completions

  /** {@code complete}. */
  public void complete(int address) {
    Completion completion = completion(address);
    completion.add(Completion.DONE, 1);
    wake(completion.address(Completion.WAIT), ANY_SLEEP, 1);
  }

  private void completeAll(int address) {
    Completion completion = completion(address);
    completion.add(Completion.DONE, Integer.MAX_VALUE / 2);
    wake(completion.address(Completion.WAIT), ANY_SLEEP, 0);
  }

  /**
   * One look of {@code wait_for_completion(x, wait)}: 1 if it is done; 0, and in the queue, if the
   * caller shall sleep. An entry of all zeros is not in the queue yet.
   */
  private void tryCompletion(Call call) {
    Completion completion = completion(call.eax());
    WaitQueue wait = entry(call.edx());
    boolean done = completion.get(Completion.DONE) != 0;
    if (done) {
      completion.add(Completion.DONE, -1);
    }
    queueUnless(done, completion.address(Completion.WAIT), wait);
    call.returns(done ? 1 : 0);
  }

  /** Leaves the queue, or enters it once and lets the caller sleep without signals. */
  private void queueUnless(boolean done, int queue, WaitQueue wait) {
    boolean queued = wait.get(WaitQueue.TASK) != 0;
    TaskStruct current = kernel.current();
    if (done) {
      if (queued) {
        wait.list(WaitQueue.TASK_LIST).remove();
      }
      current.set(TaskStruct.STATE, TaskStruct.TASK_RUNNING);
    } else {
      if (!queued) {
        wait.init(current, 0);
        wait.set(WaitQueue.FLAGS, WaitQueue.WQ_FLAG_EXCLUSIVE);
        enqueue(queue(queue), wait);
      }
      current.set(TaskStruct.STATE, TaskStruct.TASK_UNINTERRUPTIBLE);
    }
  }

  // ---- semaphores

  /** One look of {@code down(sem, wait)}, as {@link #tryCompletion}. */
  private void tryDown(Call call) {
    Semaphore semaphore = semaphore(call.eax());
    boolean free = semaphore.get(Semaphore.COUNT) > 0;
    if (free) {
      semaphore.add(Semaphore.COUNT, -1);
    }
    queueUnless(free, semaphore.address(Semaphore.WAIT), entry(call.edx()));
    call.returns(free ? 1 : 0);
  }

  private void up(int address) {
    Semaphore semaphore = semaphore(address);
    semaphore.add(Semaphore.COUNT, 1);
    wake(semaphore.address(Semaphore.WAIT), ANY_SLEEP, 1);
  }
}
