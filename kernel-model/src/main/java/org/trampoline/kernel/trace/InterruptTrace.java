package org.trampoline.kernel.trace;

import org.trampoline.emulator.engine.Engine;
import org.trampoline.emulator.engine.Register;
import org.trampoline.kernel.Kernel;
import org.trampoline.kernel.smp.Smp;

/**
 * When the kernel's handlers of interrupts and softirqs are entered and left (Linux:
 * include/trace/events/irq.h, arch/x86/include/asm/trace/irq_vectors.h): it looks on where the
 * guest calls them, so nothing is executed for it.
 */
final class InterruptTrace {
  private static final int TIMER = 0;

  private final Kernel kernel;
  private final Ftrace trace;

  InterruptTrace(Kernel kernel, Ftrace trace) {
    this.kernel = kernel;
    this.trace = trace;
  }

  /** Begins to look on. */
  void hook() {
    at(
        "__irq_handler_call",
        engine -> "irq_handler_entry: " + irq(engine) + " name=" + name(engine));
    at(
        "__irq_handler_return",
        engine -> "irq_handler_exit: " + irq(engine) + " ret=" + ret(engine));
    at("__softirq_return", engine -> "softirq_exit: " + Ftrace.softirq(engine.get(Register.ESI)));
    if (kernel.isSmp()) {
      vector("apic_timer_interrupt", "local_timer", Smp.LOCAL_TIMER_VECTOR);
      vector("reschedule_interrupt", "reschedule", Smp.RESCHEDULE_VECTOR);
      vector("call_function_interrupt", "call_function", Smp.CALL_FUNCTION_VECTOR);
      vector("invalidate_interrupt", "invalidate_tlb", Smp.INVALIDATE_TLB_VECTOR);
    }
  }

  private interface Text {
    String of(Engine engine);
  }

  private void at(String symbol, Text text) {
    kernel
        .engine()
        .hostCall(kernel.symbol(symbol), (engine, address) -> trace.add(text.of(engine)));
  }

  private void vector(String symbol, String name, int vector) {
    at("__" + symbol + "_call", engine -> name + "_entry: vector=" + vector);
    at("__" + symbol + "_return", engine -> name + "_exit: vector=" + vector);
  }

  private static String irq(Engine engine) {
    return "irq=" + engine.get(Register.ESI);
  }

  private static String name(Engine engine) {
    int irq = engine.get(Register.ESI);
    return irq == TIMER ? "timer" : "irq" + irq;
  }

  private static String ret(Engine engine) {
    return engine.get(Register.EAX) == 1 ? "handled" : "unhandled";
  }
}
