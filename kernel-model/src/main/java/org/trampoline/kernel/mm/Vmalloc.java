package org.trampoline.kernel.mm;

import java.util.HashMap;
import java.util.Map;
import org.trampoline.emulator.engine.Engine;
import org.trampoline.emulator.engine.Register;
import org.trampoline.kernel.Kernel;
import org.trampoline.kernel.KernelEvent;
import org.trampoline.kernel.layout.KernelMemory;
import org.trampoline.kernel.sched.TaskStruct;
import org.trampoline.kernel.smp.TlbFlush;

/**
 * Kernel memory that is mapped page by page above the directly mapped one, with a gap behind each
 * piece (Linux: mm/vmalloc.c). One page table serves it, 4 MB; it is put into every page directory,
 * where Linux would wait for the fault.
 */
public final class Vmalloc {
  private static final int VMALLOC_OFFSET = 8 << 20;
  private static final int PAGE = KernelMemory.PAGE_SIZE;

  private final Kernel kernel;
  private final KernelMemory memory;
  private final Engine engine;
  private final PageAllocator pages;
  private final Map<Integer, Piece> pieces = new HashMap<>();
  private int table;
  private int next;

  private record Piece(int lowmem, int order, int count) {}

  /** The area of a kernel. */
  public Vmalloc(Kernel kernel, PageAllocator pages) {
    this.kernel = kernel;
    memory = kernel.memory();
    engine = kernel.engine();
    this.pages = pages;
  }

  /** {@code VMALLOC_START}: at least 8 MB behind the directly mapped memory, aligned to 4 MB. */
  public static int start(Kernel kernel) {
    int end = KernelMemory.virtual((int) Math.min(kernel.memory().size(), 896 << 20));
    return end + 2 * VMALLOC_OFFSET - 1 & -VMALLOC_OFFSET;
  }

  /**
   * Memory of a size, at an address that was not used before as long as there are such.
   *
   * @return its address, 0 if there is none
   */
  public int allocate(int bytes) {
    int count = Math.max(1, (bytes + PAGE - 1) / PAGE);
    int order = 32 - Integer.numberOfLeadingZeros(count - 1);
    if (count >= PageTables.PTRS_PER_PTE || !ready()) {
      return 0;
    }
    int index = find(count + 1, next);
    if (index < 0) {
      index = find(count + 1, 0);
    }
    int lowmem = index < 0 ? 0 : pages.allocate(order);
    if (lowmem == 0) {
      return 0;
    }
    memory.clear(lowmem, count * PAGE);
    int physical = KernelMemory.physical(lowmem);
    for (int i = 0; i < count; i++) {
      set(table + 4 * (index + i), physical + i * PAGE | PageTables.PAGE_KERNEL);
    }
    next = index + count + 1;
    int address = start(kernel) + index * PAGE;
    memory.map(address, physical, count * PAGE);
    pieces.put(address, new Piece(lowmem, order, count));
    return address;
  }

  /** Copies bytes to where they may be executed. */
  public void write(int address, byte[] bytes) {
    memory.write(address, bytes);
    engine.codeChanged(KernelMemory.physical(pieces.get(address).lowmem), bytes.length);
  }

  /** Takes memory back: whoever touches it from now on faults. */
  public void free(int address) {
    Piece piece = pieces.remove(address);
    int index = (address - start(kernel)) / PAGE;
    for (int i = 0; i < piece.count; i++) {
      set(table + 4 * (index + i), 0);
    }
    memory.unmap(address);
    engine.set(Register.CR3, engine.get(Register.CR3)); // flush_tlb_all
    if (!kernel.isSmp()) {
      kernel.detail(new KernelEvent.TlbFlush(kernel.current(), TlbFlush.FLUSH_ALL, false));
    }
    pages.free(piece.lowmem, piece.order);
  }

  private int find(int count, int from) {
    int free = 0;
    for (int i = from; i < PageTables.PTRS_PER_PTE; i++) {
      free = memory.read(table + 4 * i) == 0 ? free + 1 : 0;
      if (free == count) {
        return i - count + 1;
      }
    }
    return -1;
  }

  private boolean ready() {
    if (table == 0) {
      table = pages.allocateZeroed();
      if (table == 0) {
        return false;
      }
      int slot = 4 * (start(kernel) >>> 22);
      int entry = KernelMemory.physical(table) | PageTables.TABLE & ~PageTables.USER;
      set(kernel.symbol("swapper_pg_dir") + slot, entry);
      var walk = kernel.initTask().list(TaskStruct.TASKS).walk();
      for (int node; (node = walk.next()) != 0; ) {
        TaskStruct task = TaskStruct.of(memory, node, TaskStruct.TASKS);
        int mm = task.get(TaskStruct.ACTIVE_MM);
        if (mm != 0) {
          set(new MmStruct(memory, mm).get(MmStruct.PGD) + slot, entry);
        }
      }
    }
    return true;
  }

  private void set(int entry, int value) {
    memory.write(entry, value);
    engine.codeChanged(KernelMemory.physical(entry), 4);
  }
}
