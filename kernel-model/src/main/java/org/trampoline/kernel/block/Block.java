package org.trampoline.kernel.block;

import java.util.HashMap;
import java.util.Map;
import org.trampoline.kernel.HostFunctions;
import org.trampoline.kernel.Kernel;
import org.trampoline.kernel.KernelEvent;
import org.trampoline.kernel.layout.KernelMemory;
import org.trampoline.kernel.layout.ListHead;
import org.trampoline.kernel.mm.Lru;
import org.trampoline.kernel.timer.TimerList;
import org.trampoline.kernel.workqueue.WorkStruct;

/**
 * The block layer and its one disk (Linux: drivers/block/ll_rw_blk.c). An idle queue is plugged: it
 * collects requests, sorted by block, until there are {@link #UNPLUG_THRESH} or 3 ms are over, and
 * then kblockd unplugs it. The disk takes neighbouring blocks in one go; it needs 4 ms for that and
 * interrupts then, in the model by a timer.
 */
public final class Block {
  /** Blocks of the disk: 64 MB. What is written behind its end is lost. */
  public static final int SIZE = 16_384;

  private static final int UNPLUG_THRESH = 4;
  private static final int UNPLUG_DELAY = 3;
  private static final int DISK_TICKS = 4;

  private final Kernel kernel;
  private final KernelMemory memory;
  private final Lru lru;
  private final Map<Integer, byte[]> disk = new HashMap<>();

  /** The disk of a kernel, all zeros. */
  public Block(Kernel kernel, Lru lru) {
    this.kernel = kernel;
    memory = kernel.memory();
    this.lru = lru;
  }

  /** Offers the functions that the guest calls; all fastcall. */
  public void link(HostFunctions functions) {
    functions.add("blk_init_queue", call -> init());
    functions.add(
        "submit_block", call -> submit(Request.WRITE, call.eax(), call.edx(), 0, call.ecx()));
    functions.add(
        "read_block", call -> submit(Request.READ, call.eax(), call.edx(), 0, call.ecx()));
    functions.add("blk_unplug_timeout", call -> unplugLater());
    functions.add("generic_unplug_device", call -> unplug());
    functions.add("disk_interrupt", call -> interrupt());
    functions.add(
        "blk_congested", call -> call.returns(queue().get(RequestQueue.NR_QUEUED) >= 16 ? 1 : 0));
  }

  private RequestQueue queue() {
    return new RequestQueue(memory, kernel.symbol("disk_queue"));
  }

  private TimerList timer(int address) {
    return new TimerList(memory, address);
  }

  private void init() {
    RequestQueue q = queue();
    q.list(RequestQueue.QUEUE_HEAD).init();
    q.list(RequestQueue.ACTIVE).init();
    timer(q.address(RequestQueue.UNPLUG_TIMER))
        .set(TimerList.FUNCTION, kernel.symbol("blk_unplug_timeout"));
    timer(q.address(RequestQueue.DISK_TIMER))
        .set(TimerList.FUNCTION, kernel.symbol("disk_interrupt"));
    WorkStruct work = new WorkStruct(memory, q.address(RequestQueue.UNPLUG_WORK));
    work.list(WorkStruct.ENTRY).init();
    work.set(WorkStruct.FUNC, kernel.symbol("generic_unplug_device"));
  }

  /**
   * {@code submit_bio}, for a page or a completion that is to be told.
   *
   * @return false if there is no memory for the request
   */
  public boolean submit(int rw, int block, int buffer, int page, int completion) {
    int address = kernel.slab().allocate(Request.LAYOUT.size());
    if (address == 0) {
      return false;
    }
    Request request = new Request(memory, address);
    request.set(Request.RW, rw);
    request.set(Request.BLOCK, block);
    request.set(Request.BUFFER, buffer);
    request.set(Request.PAGE, page);
    request.set(Request.WAITING, completion);
    RequestQueue q = queue();
    boolean idle =
        q.list(RequestQueue.QUEUE_HEAD).isEmpty() && q.list(RequestQueue.ACTIVE).isEmpty();
    insert(q, request);
    int queued = q.add(RequestQueue.NR_QUEUED, 1);
    emit(request, 1, "queued");
    if (idle) { // blk_plug_device
      q.set(RequestQueue.PLUGGED, 1);
      kernel
          .timers()
          .modify(
              timer(q.address(RequestQueue.UNPLUG_TIMER)),
              kernel.timers().jiffies() + UNPLUG_DELAY);
    } else if (q.get(RequestQueue.PLUGGED) != 0 && queued >= UNPLUG_THRESH) {
      unplugLater();
    }
    return true;
  }

  private void insert(RequestQueue q, Request request) {
    ListHead before = q.list(RequestQueue.QUEUE_HEAD);
    var walk = before.walk();
    for (int node; (node = walk.next()) != 0; ) {
      Request other = new Request(memory, node - Request.QUEUELIST.offset());
      if (other.get(Request.BLOCK) > request.get(Request.BLOCK)) {
        before = other.list(Request.QUEUELIST);
        break;
      }
    }
    before.addTail(request.list(Request.QUEUELIST));
  }

  /** Has kblockd unplug the queue; before there is kblockd it is done at once. */
  private void unplugLater() {
    int kblockd = memory.read(kernel.symbol("kblockd_workqueue"));
    RequestQueue q = queue();
    if (kblockd == 0) {
      unplug();
    } else {
      WorkStruct work = new WorkStruct(memory, q.address(RequestQueue.UNPLUG_WORK));
      kernel.workqueues().queue(kblockd, work);
    }
  }

  private void unplug() {
    RequestQueue q = queue();
    kernel.timers().delete(timer(q.address(RequestQueue.UNPLUG_TIMER)));
    q.set(RequestQueue.PLUGGED, 0);
    start(q);
  }

  /** The driver's request function: neighbouring blocks go to the disk as one. */
  private void start(RequestQueue q) {
    ListHead queue = q.list(RequestQueue.QUEUE_HEAD);
    ListHead active = q.list(RequestQueue.ACTIVE);
    if (!active.isEmpty() || queue.isEmpty()) {
      return;
    }
    Request first = null;
    int count = 0;
    while (!queue.isEmpty()) {
      Request next = new Request(memory, queue.next() - Request.QUEUELIST.offset());
      if (first == null) {
        first = next;
      } else if (next.get(Request.BLOCK) != first.get(Request.BLOCK) + count
          || next.get(Request.RW) != first.get(Request.RW)) {
        break;
      }
      count++;
      next.list(Request.QUEUELIST).remove();
      active.addTail(next.list(Request.QUEUELIST));
    }
    q.add(RequestQueue.NR_QUEUED, -count);
    emit(first, count, "started");
    kernel
        .timers()
        .modify(timer(q.address(RequestQueue.DISK_TIMER)), kernel.timers().jiffies() + DISK_TICKS);
  }

  /** The disk is ready: moves the data, tells who waits, and starts the next. */
  private void interrupt() {
    RequestQueue q = queue();
    ListHead active = q.list(RequestQueue.ACTIVE);
    int count = 0;
    Request first = null;
    while (!active.isEmpty()) {
      Request request = new Request(memory, active.next() - Request.QUEUELIST.offset());
      request.list(Request.QUEUELIST).remove();
      if (first == null) {
        first = request;
      }
      count++;
      transfer(request);
      if (request.get(Request.PAGE) != 0) {
        lru.endIo(request.get(Request.PAGE), request.get(Request.RW));
      }
      if (request.get(Request.WAITING) != 0) {
        kernel.waitQueues().complete(request.get(Request.WAITING));
      }
      if (!request.equals(first)) {
        kernel.slab().free(request.address(), Request.LAYOUT.size());
      }
    }
    if (first != null) {
      emit(first, count, "done");
      kernel.slab().free(first.address(), Request.LAYOUT.size());
    }
    start(q);
  }

  private void transfer(Request request) {
    int block = request.get(Request.BLOCK);
    int buffer = request.get(Request.BUFFER);
    if (request.get(Request.RW) == Request.WRITE) {
      if (block >= 0 && block < SIZE) {
        disk.put(block, memory.read(buffer, KernelMemory.PAGE_SIZE));
      }
    } else {
      byte[] data = disk.get(block);
      memory.write(buffer, data == null ? new byte[KernelMemory.PAGE_SIZE] : data);
      // as DMA: it may be a page with code
      kernel.engine().codeChanged(KernelMemory.physical(buffer), KernelMemory.PAGE_SIZE);
    }
  }

  /** Puts a page on the disk before the machine starts. */
  public void prepare(int number, byte[] page) {
    disk.put(number, page.clone());
  }

  /** What is on the disk, or null if the block was never written. */
  public byte[] block(int number) {
    return disk.get(number);
  }

  private void emit(Request first, int count, String what) {
    if (kernel.listened()) {
      boolean write = first.get(Request.RW) == Request.WRITE;
      kernel.emit(
          new KernelEvent.Disk(kernel.current(), write, first.get(Request.BLOCK), count, what));
    }
  }
}
