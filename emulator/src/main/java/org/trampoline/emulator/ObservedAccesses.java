package org.trampoline.emulator;

import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.engine.Observer;
import org.trampoline.emulator.execute.Interpreter;
import org.trampoline.emulator.memory.AccessWatcher;

/** Passes memory accesses on to an observer. */
final class ObservedAccesses implements AccessWatcher {
  private final Machine machine;
  private final Observer observer;
  private final Cpu cpu;
  private final Interpreter interpreter;

  ObservedAccesses(Machine machine, Observer observer, Processor processor) {
    this.machine = machine;
    this.observer = observer;
    cpu = processor.cpu;
    interpreter = processor.interpreter;
  }

  @Override
  public void read(int linear, int bytes, long value) {
    int next = arrive();
    observer.memoryRead(machine, linear, bytes, value);
    leave(next);
  }

  @Override
  public void written(int linear, int bytes, long value) {
    int next = arrive();
    observer.memoryWrite(machine, linear, bytes, value);
    leave(next);
  }

  /** Shows the observer the eip of the instruction, where it may already be the next one's. */
  private int arrive() {
    int next = cpu.eip;
    cpu.eip = interpreter.currentEip();
    return next;
  }

  private void leave(int next) {
    if (cpu.eip == interpreter.currentEip()) {
      cpu.eip = next;
    }
  }
}
