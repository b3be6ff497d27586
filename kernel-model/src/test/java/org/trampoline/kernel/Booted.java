package org.trampoline.kernel;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.trampoline.asm.AssembledCode;
import org.trampoline.asm.Source;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.StopReason;

/** A kernel on our machine for a test, with the events of its run as lines of text. */
public final class Booted implements AutoCloseable {
  private static final Map<KernelVersion, Vmlinux> IMAGES = new EnumMap<>(KernelVersion.class);
  private static final long LIMIT = 20_000_000;

  public final Machine machine = Machine.builder().memory(16 << 20).build();
  public final Kernel kernel;
  public final List<String> events = new ArrayList<>();
  public StopReason reason;

  /** The code that was loaded by {@link #with}. */
  public AssembledCode module;

  /** A kernel that has not run yet. */
  public Booted(KernelVersion version) {
    kernel = new Kernel(machine, image(version));
    kernel.listen((time, event) -> events.add(text(event)));
  }

  private static final Map<KernelVersion, Vmlinux> SMP_IMAGES = new EnumMap<>(KernelVersion.class);

  /** The same with CONFIG_SMP. */
  public static synchronized Vmlinux smpImage(KernelVersion version) {
    return SMP_IMAGES.computeIfAbsent(version, release -> Vmlinux.assemble(release, true, true));
  }

  /** The image of a version, assembled once for all tests. */
  public static synchronized Vmlinux image(KernelVersion version) {
    return IMAGES.computeIfAbsent(version, Vmlinux::assemble);
  }

  /**
   * Boots to the idle loop with code of which process 1 calls the function {@code test} during
   * start-up.
   */
  public static Booted with(KernelVersion version, String code) {
    Booted booted = new Booted(version);
    booted.module = booted.kernel.load(new Source("test.S", code), Map.of());
    booted.kernel.addInitcall(booted.module.symbol("test"));
    booted.run();
    return booted;
  }

  /** The same with 2.6.11. */
  public static Booted with(String code) {
    return with(KernelVersion.V2_6_11, code);
  }

  /** Runs to the idle loop, or whatever comes first. */
  public StopReason run() {
    reason = kernel.run(LIMIT);
    return reason;
  }

  /** Events by pid, as tasks may be gone afterwards. */
  public static String text(KernelEvent event) {
    return switch (event) {
      case KernelEvent.CopyThread e -> "copy_thread " + e.child().pid();
      case KernelEvent.Fork e ->
          "fork %d -> %d %x".formatted(e.parent().pid(), e.child().pid(), e.flags());
      case KernelEvent.WakeUp e -> "wakeup " + e.task().pid();
      case KernelEvent.Switch e ->
          "switch %d(%d) -> %d".formatted(e.prev().pid(), e.prevState(), e.next().pid());
      case KernelEvent.LazyTlb e -> "lazy " + e.task().pid();
      case KernelEvent.LoadCr3 e -> "cr3 " + e.task().pid();
      case KernelEvent.FirstRun e -> "first " + e.task().pid();
      case KernelEvent.Exec e -> "exec " + e.task().pid() + " " + e.file();
      case KernelEvent.Exit e -> "exit %d %d".formatted(e.task().pid(), e.code());
      case KernelEvent.Release e -> "release " + e.task().pid();
      case KernelEvent.Free e -> "free " + e.pid();
      case KernelEvent.PageFault e ->
          "fault %d %08x %x %s".formatted(e.task().pid(), e.address(), e.errorCode(), e.outcome());
      case KernelEvent.Trap e ->
          "trap %d %d %x %s".formatted(e.task().pid(), e.vector(), e.errorCode(), e.outcome());
      case KernelEvent.TimeSlice e -> "slice " + e.task().pid() + (e.expired() ? "" : " stays");
      case KernelEvent.Preempt e -> "preempt " + e.task().pid();
      case KernelEvent.Priority e -> "priority " + e.task().pid() + " " + e.task().nice();
      case KernelEvent.Comm e -> "comm " + e.task().pid() + " " + e.task().comm();
      case KernelEvent.Signal e -> "signal " + e.task().pid() + " " + e.signal();
      case KernelEvent.Daemonize e -> "daemonize " + e.task().pid();
      case KernelEvent.Softirq e -> "softirq " + e.number();
      case KernelEvent.QueueWork e -> "queue " + e.worker().pid();
      case KernelEvent.Work e -> "work " + e.worker().pid();
      case KernelEvent.Disk e -> "disk %s %d %d".formatted(e.what(), e.block(), e.count());
      case KernelEvent.CpuUp e -> "up " + e.cpu();
      case KernelEvent.Ipi e -> "ipi %x %x".formatted(e.mask(), e.vector());
      case KernelEvent.Migrate e ->
          "migrate %d %d -> %d".formatted(e.task().pid(), e.from(), e.to());
      case KernelEvent.TlbFlush e ->
          "flush %08x %s".formatted(e.address(), e.remote() ? "remote" : "local");
      case KernelEvent.LeaveMm e -> "leave " + e.task().pid();
      case KernelEvent.SwapOut e ->
          "swapout %d %08x %d".formatted(e.task().pid(), e.address(), e.slot());
      case KernelEvent.SwapIn e ->
          "swapin %d %08x %d".formatted(e.task().pid(), e.address(), e.slot());
      case KernelEvent.Kswapd e -> "kswapd %s %d".formatted(e.awake(), e.free());
      case KernelEvent.Write e -> "write " + e.task().pid() + " " + e.text();
      case KernelEvent.PowerOff e -> "poweroff";
      case KernelEvent.Printk e -> "<" + e.level() + ">" + e.text();
      case KernelEvent.Panic e -> "panic " + e.message();
    };
  }

  /** The events that begin with one of these words. */
  public List<String> events(String... words) {
    List<String> found = new ArrayList<>();
    for (String event : events) {
      for (String word : words) {
        if (event.startsWith(word + " ")) {
          found.add(event);
        }
      }
    }
    return found;
  }

  @Override
  public void close() {
    machine.close();
  }
}
