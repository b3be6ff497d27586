package org.trampoline.kernel.mm;

import org.trampoline.kernel.Call;
import org.trampoline.kernel.Errno;
import org.trampoline.kernel.HostFunctions;
import org.trampoline.kernel.Kernel;
import org.trampoline.kernel.KernelEvent;
import org.trampoline.kernel.layout.KernelMemory;
import org.trampoline.kernel.sched.TaskStruct;
import org.trampoline.kernel.smp.TlbFlush;

/**
 * The two halves of munmap, between which the guest flushes TLBs (Linux: unmap_region and the
 * mmu_gather in mm/mmap.c, include/asm-generic/tlb.h).
 */
public final class Munmap {
  private static final int PAGE = KernelMemory.PAGE_SIZE;

  private final Kernel kernel;
  private final KernelMemory memory;
  private final PageTables tables;

  /** Unmapping of a kernel. */
  public Munmap(Kernel kernel, PageTables tables) {
    this.kernel = kernel;
    memory = kernel.memory();
    this.tables = tables;
  }

  /** Offers the functions that the guest calls. */
  public void link(HostFunctions functions) {
    functions.add("unmap_region", this::unmapRegion);
    functions.add("free_pages_list", call -> freePages(call.eax()));
  }

  /**
   * Takes the entries of a range away: address in eax, length in edx; 0 or an error in eax, and the
   * pages, each of which leads to the next one by its first word, in edx.
   */
  private void unmapRegion(Call call) {
    int from = call.eax();
    long length = (call.edx() & 0xffff_ffffL) + PAGE - 1 & -PAGE;
    long end = (from & 0xffff_ffffL) + length;
    call.returnsEdx(0);
    if ((from & PAGE - 1) != 0
        || length == 0
        || end > (KernelMemory.PAGE_OFFSET & 0xffff_ffffL)
        || kernel.current().get(TaskStruct.MM) == 0) {
      call.returns(-Errno.EINVAL);
      return;
    }
    int pgd = new MmStruct(memory, kernel.current().get(TaskStruct.MM)).get(MmStruct.PGD);
    int list = 0;
    for (long address = from & 0xffff_ffffL; address < end; address += PAGE) {
      int page = tables.unmapPage(pgd, (int) address);
      if (page != 0) {
        memory.write(page, list);
        list = page;
      }
    }
    if (!kernel.isSmp()) { // else the guest asks who is to flush
      kernel.emit(new KernelEvent.TlbFlush(kernel.current(), TlbFlush.FLUSH_ALL, false));
    }
    call.returns(0);
    call.returnsEdx(list);
  }

  private void freePages(int list) {
    for (int page = list; page != 0; ) {
      int next = memory.read(page);
      kernel.pages().free(page, 0);
      page = next;
    }
  }
}
