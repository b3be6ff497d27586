package org.trampoline.emulator;

import org.trampoline.emulator.engine.InterruptHandler;
import org.trampoline.emulator.engine.Observer;
import org.trampoline.emulator.fault.DeliveryHook;

/** Shows an observer what the processors do, and asks an embedder's handler about interrupts. */
final class Observation implements DeliveryHook {
  private final Machine machine;
  private final Processors processors;
  private Observer observer;
  private InterruptHandler interruptHandler;

  Observation(Machine machine, Processors processors) {
    this.machine = machine;
    this.processors = processors;
  }

  /** As {@link Machine#observe}. */
  void observe(Observer observer) {
    for (Processor processor : processors.all()) {
      processor.interpreter.observe(observer);
      processor.cpu.mmu.watch(
          observer == null ? null : new ObservedAccesses(machine, observer, processor));
    }
    this.observer = observer;
    attach();
  }

  /** As {@link Machine#onInterrupt}. */
  void onInterrupt(InterruptHandler handler) {
    interruptHandler = handler;
    attach();
  }

  private void attach() {
    DeliveryHook hook = observer == null && interruptHandler == null ? null : this;
    for (Processor processor : processors.all()) {
      processor.cpu.deliveryHook = hook;
    }
  }

  @Override
  public void interrupt(int vector) {
    if (observer != null) {
      observer.interrupt(machine, vector);
    }
  }

  @Override
  public boolean software(int vector) {
    interrupt(vector);
    return interruptHandler != null && interruptHandler.handle(vector);
  }
}
