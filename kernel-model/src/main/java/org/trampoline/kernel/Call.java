package org.trampoline.kernel;

import org.trampoline.emulator.engine.Engine;
import org.trampoline.emulator.engine.Register;
import org.trampoline.kernel.layout.KernelMemory;

/**
 * A guest's call of a host function: its arguments, and where its result goes. The registers are
 * those at the entry of the function; the return address is on the stack.
 */
public final class Call {
  private final Engine engine;
  private final KernelMemory memory;

  Call(Engine engine, KernelMemory memory) {
    this.engine = engine;
    this.memory = memory;
  }

  /** First argument of a fastcall function. */
  public int eax() {
    return engine.get(Register.EAX);
  }

  /** Second argument of a fastcall function. */
  public int edx() {
    return engine.get(Register.EDX);
  }

  /** Third argument of a fastcall function. */
  public int ecx() {
    return engine.get(Register.ECX);
  }

  /** Stack pointer; the return address is there. */
  public int esp() {
    return engine.get(Register.ESP);
  }

  /**
   * An argument of an asmlinkage function.
   *
   * @param index from 0
   */
  public int argument(int index) {
    return memory.read(esp() + 4 + 4 * index);
  }

  /** Sets the result. */
  public void returns(int value) {
    engine.set(Register.EAX, value);
  }

  /** Sets a second result, in edx; for functions that are half assembly in the model only. */
  public void returnsEdx(int value) {
    engine.set(Register.EDX, value);
  }

  /** Sets a third result, in ecx. */
  public void returnsEcx(int value) {
    engine.set(Register.ECX, value);
  }
}
