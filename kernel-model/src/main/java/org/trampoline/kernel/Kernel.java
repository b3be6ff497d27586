package org.trampoline.kernel;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.trampoline.asm.AssembledCode;
import org.trampoline.asm.Assembler;
import org.trampoline.asm.Includes;
import org.trampoline.asm.Source;
import org.trampoline.emulator.StopReason;
import org.trampoline.emulator.engine.Engine;
import org.trampoline.emulator.engine.Register;
import org.trampoline.kernel.arch.ApmBios;
import org.trampoline.kernel.arch.Fault;
import org.trampoline.kernel.arch.PreemptCount;
import org.trampoline.kernel.arch.Segments;
import org.trampoline.kernel.arch.ThreadInfo;
import org.trampoline.kernel.arch.ThreadSetup;
import org.trampoline.kernel.arch.Traps;
import org.trampoline.kernel.exit.Daemonize;
import org.trampoline.kernel.exit.Exit;
import org.trampoline.kernel.fork.Fork;
import org.trampoline.kernel.fork.Pids;
import org.trampoline.kernel.fork.SharedStructs;
import org.trampoline.kernel.kthread.Kthread;
import org.trampoline.kernel.layout.BadKernelAddress;
import org.trampoline.kernel.layout.KernelMemory;
import org.trampoline.kernel.layout.UserPageNeeded;
import org.trampoline.kernel.mm.AddressSpaces;
import org.trampoline.kernel.mm.Exec;
import org.trampoline.kernel.mm.LazyTlb;
import org.trampoline.kernel.mm.MmState;
import org.trampoline.kernel.mm.PageAllocator;
import org.trampoline.kernel.mm.PageTables;
import org.trampoline.kernel.mm.Paging;
import org.trampoline.kernel.mm.Pdflush;
import org.trampoline.kernel.mm.Slab;
import org.trampoline.kernel.mm.UserAccess;
import org.trampoline.kernel.mm.Vmalloc;
import org.trampoline.kernel.module.Modules;
import org.trampoline.kernel.printk.Console;
import org.trampoline.kernel.printk.Printk;
import org.trampoline.kernel.sched.Sched;
import org.trampoline.kernel.sched.Signals;
import org.trampoline.kernel.sched.TaskStruct;
import org.trampoline.kernel.sched.WaitQueues;
import org.trampoline.kernel.smp.Smp;
import org.trampoline.kernel.smp.TlbFlush;
import org.trampoline.kernel.softirq.Softirqs;
import org.trampoline.kernel.timer.Nanosleep;
import org.trampoline.kernel.timer.Timers;
import org.trampoline.kernel.workqueue.Workqueues;

/**
 * The kernel model on a machine: loads the image, links the functions that are C in Linux, and
 * runs. All state is in the machine's memory, so two kernels on two engines go the same way.
 *
 * <pre>{@code
 * Kernel kernel = new Kernel(engine, Vmlinux.assemble(KernelVersion.V2_6_11));
 * AssembledCode module = kernel.load(source, Map.of());
 * kernel.addInitcall(module.symbol("my_init"));
 * StopReason reason = kernel.run(1_000_000);
 * }</pre>
 */
public final class Kernel {
  /** Most processors that a kernel can use. */
  public static final int NR_CPUS = 8;

  private static final int INITCALLS = 32;

  private final Engine engine;
  private final Vmlinux image;
  private final KernelMemory memory;
  private final Map<String, Integer> exports;
  private final Map<String, AssembledCode> programs = new HashMap<>();
  private final PageAllocator pages;
  private final Slab slab;
  private final AddressSpaces addressSpaces;
  private final Sched sched;
  private final LazyTlb lazyTlb;
  private final WaitQueues waitQueues;
  private final Timers timers;
  private final Workqueues workqueues;
  private final Softirqs softirqs;
  private final Printk printk;
  private final Kallsyms kallsyms;
  private final Modules modules;
  private final Paging paging;
  private final Smp smp;
  private final TlbFlush tlbFlush;
  private final UserAccess user;

  private final List<KernelListener> listeners = new ArrayList<>();
  private String panicMessage;
  private boolean poweredOff;
  private int nextModule = BootLoader.MODULES;

  /**
   * Loads a kernel. It has not executed an instruction yet: the processor is at the reset vector.
   *
   * @param engine a machine that is as RESET leaves it, with at least 8 MB of RAM
   * @throws IllegalArgumentException if it has less
   */
  public Kernel(Engine engine, Vmlinux image) {
    this.engine = engine;
    this.image = image;
    BootLoader.load(engine, image);
    memory = new KernelMemory(engine.ram());
    exports = image.exports();
    InitTask.write(this);

    pages = new PageAllocator(this);
    slab = new Slab(this, pages);
    PageTables tables = new PageTables(this, pages);
    addressSpaces = new AddressSpaces(this, slab, tables);
    printk = new Printk(this);
    kallsyms = new Kallsyms(image.kernel());
    sched = new Sched(this);
    lazyTlb = new LazyTlb(this);
    smp = new Smp(this);
    tlbFlush = new TlbFlush(this);
    waitQueues = new WaitQueues(this);
    timers = new Timers(this);
    softirqs = new Softirqs(this);
    SharedStructs shared = new SharedStructs(this);
    Pids pids = new Pids(this);
    user = new UserAccess(this, tables);
    paging = new Paging(this, tables, user);
    Signals signals = new Signals(this);
    ThreadSetup threads = new ThreadSetup(this);
    Fork fork = new Fork(this, threads, shared, pids);

    HostFunctions functions = new HostFunctions();
    printk.link(functions);
    sched.link(functions);
    signals.link(functions);
    threads.link(functions, fork);
    fork.link(functions);
    Exit exit = new Exit(this, shared, pids, signals, user);
    exit.link(functions);
    new Daemonize(this, shared, signals, exit).link(functions);
    waitQueues.link(functions);
    timers.link(functions);
    softirqs.link(functions);
    new Nanosleep(user).link(functions);
    new Console(this, user).link(functions);
    new Kthread(this).link(functions);
    modules =
        new Modules(
            this,
            new Vmalloc(this, pages),
            name -> Optional.ofNullable(Vmlinux.resource("include/" + name)));
    modules.link(functions);
    workqueues = new Workqueues(this, waitQueues);
    workqueues.link(functions);
    paging.link(functions, signals);
    new Pdflush(this).link(functions);
    new ApmBios(this).link(functions);
    functions.add("machine_power_off", call -> powerOff());
    new Exec(this, user, threads).link(functions);
    Traps traps = new Traps(this, signals);
    traps.link(functions);
    new Fault(this, traps, signals).link(functions);
    if (image.smp()) {
      smp.link(functions, fork);
      tlbFlush.link(functions);
    }
    functions.link(this);
  }

  /** The machine. */
  public Engine engine() {
    return engine;
  }

  /** What was loaded. */
  public Vmlinux image() {
    return image;
  }

  /** Which kernel this is. */
  public KernelVersion version() {
    return image.version();
  }

  /** The memory that the kernel has mapped at PAGE_OFFSET. */
  public KernelMemory memory() {
    return memory;
  }

  /** Address of a symbol of the kernel. */
  public int symbol(String name) {
    return image.symbol(name);
  }

  /** The page allocator. */
  public PageAllocator pages() {
    return pages;
  }

  /** The allocator of small objects. */
  public Slab slab() {
    return slab;
  }

  /** LRU lists, page cache, swap area, pages of processes. */
  public Paging paging() {
    return paging;
  }

  /** The address spaces. */
  public AddressSpaces addressSpaces() {
    return addressSpaces;
  }

  /** The scheduler. */
  public Sched sched() {
    return sched;
  }

  /** Whose page directory a task runs on. */
  public LazyTlb lazyTlb() {
    return lazyTlb;
  }

  /** CONFIG_SMP: whether the kernel uses more processors than one. */
  public boolean isSmp() {
    return image.smp();
  }

  /** {@code NR_CPUS}: for so many processors there is room in its tables. */
  public int nrCpus() {
    return image.nrCpus();
  }

  /** The processors, with CONFIG_SMP. */
  public Smp smp() {
    return smp;
  }

  /** What their TLBs have to forget, with CONFIG_SMP. */
  public TlbFlush tlbFlush() {
    return tlbFlush;
  }

  /** Access to addresses of processes. */
  public UserAccess userAccess() {
    return user;
  }

  /** The wait queues. */
  public WaitQueues waitQueues() {
    return waitQueues;
  }

  /** Jiffies and timers. */
  public Timers timers() {
    return timers;
  }

  /** The work queues. */
  public Workqueues workqueues() {
    return workqueues;
  }

  /** The softirqs. */
  public Softirqs softirqs() {
    return softirqs;
  }

  /** The log. */
  public Printk printk() {
    return printk;
  }

  /** The loadable modules. */
  public Modules modules() {
    return modules;
  }

  /** Names of addresses. */
  public Kallsyms kallsyms() {
    return kallsyms;
  }

  /** Static counters. */
  public MmState mmState() {
    return new MmState(memory, symbol("mm_state"));
  }

  /** Process 0. */
  public TaskStruct initTask() {
    return new TaskStruct(memory, symbol("init_task"));
  }

  /** {@code current}: the task on whose kernel stack the processor is. */
  public TaskStruct current() {
    return new TaskStruct(memory, currentThreadInfo().get(ThreadInfo.TASK));
  }

  /** {@code current_thread_info()}. */
  public ThreadInfo currentThreadInfo() {
    return ThreadInfo.ofStack(memory, engine.get(Register.ESP));
  }

  /** {@code in_interrupt()}: in an interrupt's handler, or in a softirq. */
  public boolean inInterrupt() {
    int mask = PreemptCount.HARDIRQ_MASK | PreemptCount.SOFTIRQ_MASK;
    return (currentThreadInfo().get(ThreadInfo.PREEMPT_COUNT) & mask) != 0;
  }

  /** {@code child_reaper}: who adopts orphans, process 1. */
  public TaskStruct childReaper() {
    return new TaskStruct(memory, memory.read(symbol("child_reaper")));
  }

  /** The process with an id, or null. Walks all of them. */
  public TaskStruct findTask(int pid) {
    var walk = initTask().list(TaskStruct.TASKS).walk();
    for (int node; (node = walk.next()) != 0; ) {
      TaskStruct task = TaskStruct.of(memory, node, TaskStruct.TASKS);
      if (task.pid() == pid) {
        return task;
      }
    }
    return null;
  }

  /** Has one more listener told what happens. */
  public void listen(KernelListener listener) {
    listeners.add(listener);
  }

  /** Whether anybody wants to be told: if not, events need not be made. */
  public boolean listened() {
    return !listeners.isEmpty();
  }

  /** Tells of an event. */
  public void emit(KernelEvent event) {
    for (KernelListener listener : listeners) {
      listener.event(engine.instructions(), event);
    }
  }

  /** Tells those who draw pictures and write traces of something that is no part of the stream. */
  public void detail(KernelEvent event) {
    for (KernelListener listener : listeners) {
      listener.detail(engine.instructions(), event);
    }
  }

  /**
   * Assembles code for the kernel's address space and puts it into memory. It may use the kernel's
   * exported symbols.
   *
   * @param symbols more symbols that it may use
   * @throws org.trampoline.asm.AssemblyException if it cannot be assembled
   * @throws IllegalArgumentException if there is no room for it
   */
  public AssembledCode load(Source source, Map<String, Integer> symbols) {
    Map<String, Integer> known = new HashMap<>(exports);
    known.putAll(symbols);
    int address = KernelMemory.virtual(nextModule);
    Includes headers = name -> Optional.ofNullable(Vmlinux.resource("include/" + name));
    AssembledCode code = Assembler.assemble(List.of(source), address, known, headers);
    place(source.name(), code);
    kallsyms.add(source.name().replaceFirst("^.*/", "").replaceFirst("\\.[sS]$", ""), code);
    return code;
  }

  /**
   * Assembles a user program and keeps it where execve finds it.
   *
   * @param path the file name for execve
   * @param symbols that it may use besides the kernel's constants
   * @throws org.trampoline.asm.AssemblyException if it cannot be assembled
   */
  public AssembledCode addProgram(String path, Source source, Map<String, Integer> symbols) {
    Map<String, Integer> known = new HashMap<>(image.kernel().constants());
    known.putAll(symbols);
    Includes headers = name -> Optional.ofNullable(Vmlinux.resource("include/" + name));
    AssembledCode code = Assembler.assemble(List.of(source), Exec.PROGRAM_ADDRESS, known, headers);
    programs.put(path, code);
    return code;
  }

  /** The program of this name, or null. */
  public AssembledCode program(String path) {
    return programs.get(path);
  }

  private void place(String name, AssembledCode code) {
    int room = BootLoader.FIRST_FREE - nextModule;
    if (code.length() > room) {
      throw new IllegalArgumentException(
          name + ": " + code.length() + " bytes of code, expected at most " + room);
    }
    BootLoader.copy(engine, nextModule, code);
    nextModule += code.length() + 0xfff & ~0xfff;
  }

  /** Has process 1 call a function of no arguments during start-up, after those added before. */
  public void addInitcall(int function) {
    int end = memory.read(symbol("__initcall_end"));
    if (end == symbol("__initcall_start") + 4 * INITCALLS) {
      throw new IllegalStateException("more than " + INITCALLS + " initcalls");
    }
    memory.write(end, function);
    memory.write(symbol("__initcall_end"), end + 4);
  }

  /**
   * Sets the accessed bit of all code and data descriptors before the processor does (SDM vol. 3,
   * 3.4.5.1). Unicorn never does, which would be all that differs in a comparison with it.
   */
  public void markAccessed() {
    markAccessed(symbol("cpu_gdt_table"), Segments.GDT_ENTRIES);
    int setup = KernelMemory.virtual(BootLoader.SETUPSEG << 4);
    int from = image.setup().symbol("gdt");
    markAccessed(setup + from, (image.setup().symbol("gdt_end") - from) / 8);
  }

  private void markAccessed(int table, int entries) {
    int codeOrData = 0x90;
    for (int entry = table; entry < table + 8 * entries; entry += 8) {
      int access = memory.readByte(entry + 5);
      if ((access & codeOrData) == codeOrData) {
        memory.writeByte(entry + 5, access | 1);
      }
    }
  }

  /**
   * Runs on. With nothing left to do the kernel halts in process 0's cpu_idle.
   *
   * @param instructions at most so many
   * @return why it stopped; after a panic {@link StopReason.Requested}
   */
  public StopReason run(long instructions) {
    return engine.run(instructions);
  }

  /** The words of the kernel's panic, or null. */
  public String panicMessage() {
    return panicMessage;
  }

  /** Whether the guest has switched the machine off. */
  public boolean poweredOff() {
    return poweredOff;
  }

  private void powerOff() {
    poweredOff = true;
    emit(new KernelEvent.PowerOff());
    engine.requestStop();
  }

  /**
   * The Java half of a function used a bad address: has the guest's next instruction fault on it,
   * as C would. In an exception's handler there is nobody left to tell.
   *
   * @param function where the function stands
   */
  void badAccess(BadKernelAddress bad, int function) {
    Kallsyms.Place place = kallsyms.lookup(function);
    if (place == null || place.name().startsWith("do_")) {
      stopWith(bad.getMessage());
      return;
    }
    engine.set(Register.ECX, bad.address());
    engine.set(Register.EDX, function);
    engine.set(Register.EIP, symbol("bad_access"));
  }

  /**
   * The Java half of a function needs a user page that is not in memory: has the guest fault for
   * it, as C would, and then call the function once more.
   *
   * @param function where it stands
   */
  void pageIn(UserPageNeeded needed, int function) {
    int esp = engine.get(Register.ESP);
    memory.write(esp - 4, function);
    memory.write(esp - 8, engine.get(Register.ECX));
    engine.set(Register.ESP, esp - 8);
    engine.set(Register.ECX, needed.address());
    engine.set(Register.EIP, symbol("touch_user"));
  }

  /** Ends the run as panic() does. */
  void stopWith(String message) {
    if (panicMessage == null) {
      panicMessage = message;
      printk.print(0, "Kernel panic - not syncing: " + message);
      emit(new KernelEvent.Panic(message));
    }
    engine.requestStop();
  }
}
