package org.trampoline.kernel.mm;

import org.trampoline.asm.AssembledCode;
import org.trampoline.kernel.BootLoader;
import org.trampoline.kernel.Call;
import org.trampoline.kernel.Errno;
import org.trampoline.kernel.HostFunctions;
import org.trampoline.kernel.Kernel;
import org.trampoline.kernel.KernelEvent;
import org.trampoline.kernel.arch.PtRegs;
import org.trampoline.kernel.arch.ThreadInfo;
import org.trampoline.kernel.arch.ThreadSetup;
import org.trampoline.kernel.layout.KernelMemory;
import org.trampoline.kernel.sched.TaskStruct;

/**
 * execve (Linux: fs/exec.c). Programs are what {@link Kernel#addProgram} was given; they get text
 * at {@link #PROGRAM_ADDRESS} and a stack below PAGE_OFFSET, all mapped at once.
 */
public final class Exec {
  /** Where a program's first byte is; where Linux's linker puts it too. */
  public static final int PROGRAM_ADDRESS = 0x0804_8000;

  /** Top of the user's address space. */
  private static final int TASK_SIZE = KernelMemory.PAGE_OFFSET;

  private static final int STACK_PAGES = 2;
  private static final int PATH_MAX = 4096;

  private final Kernel kernel;
  private final KernelMemory memory;
  private final UserAccess user;
  private final ThreadSetup threads;

  /** Exec of a kernel. */
  public Exec(Kernel kernel, UserAccess user, ThreadSetup threads) {
    this.kernel = kernel;
    memory = kernel.memory();
    this.user = user;
    this.threads = threads;
  }

  /** Offers the functions that the guest calls. */
  public void link(HostFunctions functions) {
    functions.add("do_execve", this::doExecve);
    functions.add("mem_init", call -> memInit());
  }

  /** {@code mem_init} (arch/i386/mm/init.c): free memory goes to the page allocator. */
  private void memInit() {
    int maxPfn = memory.read(kernel.symbol("max_low_pfn"));
    int tablesEnd = memory.read(kernel.symbol("init_pg_tables_end"));
    PageAllocator pages = kernel.pages();
    pages.init(maxPfn);
    pages.release(tablesEnd >>> 12, BootLoader.MODULES >>> 12);
    pages.release(BootLoader.FIRST_FREE >>> 12, kernel.paging().init(maxPfn));
    kernel.printk().print(6, "Memory: " + pages.free() * 4 + "k/" + maxPfn * 4 + "k available");
  }

  /**
   * {@code do_execve}: the caller's pt_regs in eax; the page directory to load comes back in ecx,
   * with CONFIG_SMP in edx what {@link AddressSpaces#put} has returned for the old memory.
   */
  private void doExecve(Call call) {
    PtRegs regs = threads.regs(call.eax());
    call.returnsEcx(0);
    if (kernel.isSmp()) {
      call.returnsEdx(0);
    }
    String path = user.getString(regs.ebx(), PATH_MAX - 1);
    if (path == null) {
      call.returns(-Errno.EFAULT);
      return;
    }
    AssembledCode program = kernel.program(path);
    if (program == null) {
      call.returns(-Errno.ENOENT);
      return;
    }
    MmStruct mm = kernel.addressSpaces().allocate();
    if (mm == null || !map(mm, program)) {
      if (mm != null) {
        kernel.addressSpaces().put(mm);
      }
      call.returns(-Errno.ENOMEM);
      return;
    }
    TaskStruct task = kernel.current();
    int old = replaceMemory(task, mm);
    if (kernel.isSmp()) {
      call.returnsEdx(old);
    }
    task.comm(path.substring(path.lastIndexOf('/') + 1));
    task.set(TaskStruct.DID_EXEC, 1);
    task.clearBits(TaskStruct.FLAGS, TaskStruct.PF_FORKNOEXEC);
    task.threadInfo().set(ThreadInfo.ADDR_LIMIT, ThreadInfo.USER_DS_LIMIT);
    // argc 0, and the NULLs that end argv and envp
    threads.startThread(regs, PROGRAM_ADDRESS, TASK_SIZE - 12);
    kernel.emit(new KernelEvent.Exec(task, path));
    call.returns(0);
    call.returnsEcx(mm.pageDirectory());
  }

  private boolean map(MmStruct mm, AssembledCode program) {
    byte[] bytes = program.bytes();
    for (int done = 0; done < bytes.length; done += KernelMemory.PAGE_SIZE) {
      int page = kernel.paging().pages().mapText(mm, PROGRAM_ADDRESS + done);
      if (page == 0) {
        return false;
      }
      int length = Math.min(KernelMemory.PAGE_SIZE, bytes.length - done);
      memory.write(page, java.util.Arrays.copyOfRange(bytes, done, done + length));
      kernel.engine().codeChanged(KernelMemory.physical(page), length);
    }
    for (int i = 1; i <= STACK_PAGES; i++) {
      int address = TASK_SIZE - i * KernelMemory.PAGE_SIZE;
      if (kernel.paging().pages().mapAnonymous(mm, address) == 0) {
        return false;
      }
    }
    mm.set(MmStruct.START_CODE, PROGRAM_ADDRESS);
    mm.set(MmStruct.END_CODE, PROGRAM_ADDRESS + bytes.length);
    mm.set(MmStruct.START_STACK, TASK_SIZE);
    int heap =
        PROGRAM_ADDRESS + bytes.length + KernelMemory.PAGE_SIZE - 1 & -KernelMemory.PAGE_SIZE;
    mm.set(MmStruct.START_BRK, heap);
    mm.set(MmStruct.BRK, heap);
    return true;
  }

  /**
   * {@code exec_mmap}: from its old memory, or a borrowed one, to its own.
   *
   * @return as {@link AddressSpaces#put}
   */
  private int replaceMemory(TaskStruct task, MmStruct mm) {
    int old = task.get(TaskStruct.MM);
    int active = task.get(TaskStruct.ACTIVE_MM);
    task.set(TaskStruct.MM, mm.address());
    task.set(TaskStruct.ACTIVE_MM, mm.address());
    kernel.lazyTlb().activate(active, mm.address(), task);
    if (old != 0) {
      return kernel.addressSpaces().put(new MmStruct(memory, old));
    }
    kernel.addressSpaces().drop(new MmStruct(memory, active));
    return 0;
  }
}
