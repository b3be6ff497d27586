package org.trampoline.kernel.smp;

import org.trampoline.kernel.Call;
import org.trampoline.kernel.HostFunctions;
import org.trampoline.kernel.Kernel;
import org.trampoline.kernel.KernelEvent;
import org.trampoline.kernel.KernelPanic;
import org.trampoline.kernel.layout.KernelMemory;
import org.trampoline.kernel.mm.MmStruct;
import org.trampoline.kernel.sched.TaskStruct;

/**
 * TLB shootdown (Linux: arch/i386/kernel/smp.c, include/asm-i386/mmu_context.h): what has to be
 * forgotten, and by whom. A processor that has an address space loaded lazily does not forget, it
 * leaves: {@code leave_mm} loads swapper_pg_dir and takes its bit out of the mask, so nobody
 * disturbs it for that address space again.
 */
public final class TlbFlush {
  /** In the place of an address: all of the address space. */
  public static final int FLUSH_ALL = 0xffff_ffff;

  private final Kernel kernel;
  private final KernelMemory memory;

  /** The TLBs of a kernel's processors. */
  public TlbFlush(Kernel kernel) {
    this.kernel = kernel;
    memory = kernel.memory();
  }

  /** Offers the functions that the guest calls; all fastcall. */
  public void link(HostFunctions functions) {
    functions.add("init_active_mm", call -> initActiveMm());
    functions.add("invalidate_tlb", this::invalidate);
    functions.add("flush_tlb_local", this::flushLocal);
    functions.add("flush_all_here", this::flushAllHere);
    functions.add("mmdrop", call -> kernel.addressSpaces().drop(new MmStruct(memory, call.eax())));
  }

  private TlbState state(int cpu) {
    return new TlbState(memory, kernel.symbol("cpu_tlbstate") + cpu * TlbState.LAYOUT.size());
  }

  private TlbState here() {
    return state(kernel.engine().processor());
  }

  /** The part of {@code cpu_init} about memory: the idle thread borrows init_mm. */
  private void initActiveMm() {
    MmStruct initMm = new MmStruct(memory, kernel.symbol("init_mm"));
    TaskStruct current = kernel.current();
    if (current.get(TaskStruct.ACTIVE_MM) != initMm.address()) {
      initMm.add(MmStruct.MM_COUNT, 1);
      current.set(TaskStruct.ACTIVE_MM, initMm.address());
    }
    here().set(TlbState.ACTIVE_MM, initMm.address());
    here().set(TlbState.STATE, TlbState.TLBSTATE_LAZY);
    initMm.setBits(MmStruct.CPU_VM_MASK, 1 << kernel.engine().processor());
  }

  /** {@code enter_lazy_tlb}: a thread without memory goes on with what is loaded. */
  public void enterLazy() {
    if (here().get(TlbState.STATE) == TlbState.TLBSTATE_OK) {
      here().set(TlbState.STATE, TlbState.TLBSTATE_LAZY);
    }
  }

  /**
   * {@code switch_mm}: a process with this memory is going to run.
   *
   * @return whether its page directory has to be loaded: also if it is the one last used, but had
   *     been left
   */
  public boolean switchTo(MmStruct old, MmStruct next) {
    int bit = 1 << kernel.engine().processor();
    boolean same = old.address() == next.address();
    boolean ours = (next.get(MmStruct.CPU_VM_MASK) & bit) != 0;
    if (!same) {
      old.clearBits(MmStruct.CPU_VM_MASK, bit);
    } else if (here().get(TlbState.ACTIVE_MM) != next.address()) {
      throw new KernelPanic("kernel BUG at include/asm-i386/mmu_context.h: not the active mm");
    }
    here().set(TlbState.STATE, TlbState.TLBSTATE_OK);
    here().set(TlbState.ACTIVE_MM, next.address());
    next.setBits(MmStruct.CPU_VM_MASK, bit);
    return !same || !ours;
  }

  /** {@code leave_mm}: returns the page directory to load. */
  private int leave() {
    if (here().get(TlbState.STATE) == TlbState.TLBSTATE_OK) {
      throw new KernelPanic("kernel BUG at arch/i386/kernel/smp.c: leave_mm of a process");
    }
    MmStruct mm = new MmStruct(memory, here().get(TlbState.ACTIVE_MM));
    mm.clearBits(MmStruct.CPU_VM_MASK, 1 << kernel.engine().processor());
    kernel.emit(new KernelEvent.LeaveMm(kernel.current(), mm.address()));
    return KernelMemory.physical(kernel.symbol("swapper_pg_dir"));
  }

  private boolean lazy() {
    return here().get(TlbState.STATE) == TlbState.TLBSTATE_LAZY;
  }

  /** What {@code smp_invalidate_interrupt} does: CR3 in eax, or an address in edx if ecx is 1. */
  private void invalidate(Call call) {
    call.returns(0);
    call.returnsEcx(0);
    int mask = memory.read(kernel.symbol("flush_cpumask"));
    int mm = memory.read(kernel.symbol("flush_mm"));
    if ((mask >> kernel.engine().processor() & 1) == 0 || mm != here().get(TlbState.ACTIVE_MM)) {
      return;
    }
    if (lazy()) {
      call.returns(leave());
      return;
    }
    int address = memory.read(kernel.symbol("flush_va"));
    kernel.emit(new KernelEvent.TlbFlush(kernel.current(), address, true));
    if (address == FLUSH_ALL) {
      call.returns(new MmStruct(memory, mm).pageDirectory());
    } else {
      call.returnsEdx(address);
      call.returnsEcx(1);
    }
  }

  /**
   * The first half of {@code flush_tlb_mm} and {@code flush_tlb_page}: the page directory that this
   * processor uses if it has something to forget (0 if not) in eax, the mask of the others in edx.
   */
  private void flushLocal(Call call) {
    MmStruct mm = new MmStruct(memory, call.eax());
    int address = call.edx();
    TaskStruct current = kernel.current();
    int directory = 0;
    if (current.get(TaskStruct.ACTIVE_MM) == mm.address()) {
      if (current.get(TaskStruct.MM) != 0) {
        kernel.emit(new KernelEvent.TlbFlush(current, address, false));
        directory = mm.pageDirectory();
      } else if (lazy() && (mm.get(MmStruct.CPU_VM_MASK) & bitHere()) != 0) {
        directory = leave();
      }
    }
    call.returns(directory);
    call.returnsEdx(mm.get(MmStruct.CPU_VM_MASK) & ~bitHere() & kernel.smp().online());
  }

  private int bitHere() {
    return 1 << kernel.engine().processor();
  }

  /** The function of {@code flush_tlb_all} on each processor: what is to be loaded. */
  private void flushAllHere(Call call) {
    kernel.emit(new KernelEvent.TlbFlush(kernel.current(), FLUSH_ALL, true));
    int mm = here().get(TlbState.ACTIVE_MM);
    boolean left = (new MmStruct(memory, mm).get(MmStruct.CPU_VM_MASK) & bitHere()) == 0;
    int swapper = KernelMemory.physical(kernel.symbol("swapper_pg_dir"));
    int directory = left ? swapper : new MmStruct(memory, mm).pageDirectory();
    call.returns(lazy() && !left && mm != kernel.symbol("init_mm") ? leave() : directory);
  }
}
