package org.trampoline.kernel.scenario;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.trampoline.asm.AssembledCode;
import org.trampoline.emulator.engine.Engine;
import org.trampoline.kernel.Kernel;
import org.trampoline.kernel.KernelEvent;
import org.trampoline.kernel.Vmlinux;
import org.trampoline.kernel.mm.SwapArea;

/**
 * A scenario that is all guest code: process 1 calls its function {@code scenario} during start-up,
 * after the initcalls of those kernel threads that it needs. It ends by switching the machine off.
 */
public final class GuestScenario implements Scenario {
  private final Kernel kernel;
  private final Predicate<KernelEvent> shown;

  private final boolean panics;

  private GuestScenario(Kernel kernel, Predicate<KernelEvent> shown, boolean panics) {
    this.kernel = kernel;
    this.shown = shown;
    this.panics = panics;
  }

  /** What belongs to a scenario besides its code. */
  static final class Plan {
    private final String name;
    private boolean panics;
    private int swapPages;
    private List<String> initcalls = List.of();
    private final Map<String, String> programs = new HashMap<>();
    private Predicate<KernelEvent> shown = event -> event instanceof KernelEvent.Printk;

    /** A scenario whose code is in the resource NAME.S. */
    Plan(String name) {
      this.name = name;
    }

    /** Has process 1 call functions of the kernel first. */
    Plan after(List<String> functions) {
      initcalls = functions;
      return this;
    }

    /** Has a program for execve. */
    Plan program(String path, String resource) {
      programs.put(path, resource);
      return this;
    }

    /** Has a swap area of so many pages on the disk, as mkswap leaves it. */
    Plan swap(int pages) {
      swapPages = pages;
      return this;
    }

    /** Ends in a panic, on purpose. */
    Plan panics() {
      panics = true;
      return this;
    }

    /** Shows these kinds of events, besides the log. */
    Plan shows(Class<?>... kinds) {
      Predicate<KernelEvent> log = shown;
      List<Class<?>> wanted = List.of(kinds);
      shown = event -> log.test(event) || wanted.contains(event.getClass());
      return this;
    }

    Scenario load(Engine engine, Vmlinux image) {
      Kernel kernel = new Kernel(engine, image);
      if (swapPages > 0) {
        kernel.paging().disk().prepare(SwapArea.FIRST_BLOCK, SwapArea.header(swapPages));
      }
      initcalls.forEach(function -> kernel.addInitcall(kernel.symbol(function)));
      AssembledCode code = kernel.load(Resources.source(name + ".S"), Map.of());
      kernel.addInitcall(code.symbol("scenario"));
      programs.forEach(
          (path, resource) -> kernel.addProgram(path, Resources.source(resource), Map.of()));
      return new GuestScenario(kernel, shown, panics);
    }
  }

  @Override
  public Kernel kernel() {
    return kernel;
  }

  @Override
  public boolean panics() {
    return panics;
  }

  @Override
  public boolean shows(KernelEvent event) {
    return shown.test(event);
  }
}
