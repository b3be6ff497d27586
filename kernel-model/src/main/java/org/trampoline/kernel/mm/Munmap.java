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

  /** A heap does not come nearer to the stack's top: RLIMIT_STACK. */
  private static final int STACK_ROOM = 8 << 20;

  private final Kernel kernel;
  private final KernelMemory memory;
  private final UserPages pages;

  /** Unmapping of a kernel. */
  public Munmap(Kernel kernel, UserPages pages) {
    this.kernel = kernel;
    memory = kernel.memory();
    this.pages = pages;
  }

  /** Offers the functions that the guest calls. */
  public void link(HostFunctions functions) {
    functions.add("unmap_region", this::unmapRegion);
    functions.add("set_brk", this::setBrk);
    functions.add("free_pages_list", call -> pages.free(call.eax()));
  }

  /**
   * Takes the entries of a range away: address in eax, length in edx; 0 or an error in eax, and a
   * list of the pages, in edx.
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
    MmStruct mm = new MmStruct(memory, kernel.current().get(TaskStruct.MM));
    int list = 0;
    for (long address = from & 0xffff_ffffL; address < end; address += PAGE) {
      list = pages.zap(mm, (int) address, list);
    }
    if (!kernel.isSmp()) { // else the guest asks who is to flush
      kernel.emit(new KernelEvent.TlbFlush(kernel.current(), TlbFlush.FLUSH_ALL, false));
    }
    call.returns(0);
    call.returnsEdx(list);
  }

  /**
   * {@code sys_brk(brk)} up to the unmapping of what a smaller heap gives back: the end of the heap
   * in eax; what is to be unmapped in edx, its length in ecx.
   */
  private void setBrk(Call call) {
    MmStruct mm = new MmStruct(memory, kernel.current().get(TaskStruct.MM));
    int old = mm.get(MmStruct.BRK);
    int start = mm.get(MmStruct.START_BRK);
    int wanted = call.eax();
    boolean good =
        Integer.compareUnsigned(wanted, start) >= 0
            && Integer.compareUnsigned(wanted, mm.get(MmStruct.START_STACK) - STACK_ROOM) <= 0;
    call.returnsEcx(0);
    call.returns(good ? wanted : old);
    if (good) {
      mm.set(MmStruct.BRK, wanted);
      int from = wanted + PAGE - 1 & -PAGE;
      int to = old + PAGE - 1 & -PAGE;
      if (Integer.compareUnsigned(from, to) < 0) {
        call.returnsEdx(from);
        call.returnsEcx(to - from);
      }
    }
  }
}
