package org.trampoline.emulator.differential;

import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;
import org.trampoline.emulator.StopReason;
import org.trampoline.emulator.engine.Engine;
import org.trampoline.emulator.engine.HostCall;
import org.trampoline.emulator.engine.Observer;
import org.trampoline.emulator.engine.Register;

/** An engine with a planted bug: after the instruction at an address something is wrong. */
record FaultyEngine(Engine engine, int address, Consumer<Engine> bug) implements Engine {
  @Override
  public StopReason run(long instructions) {
    int eip = engine.get(Register.EIP);
    StopReason reason = engine.run(instructions);
    if (eip == address) {
      bug.accept(engine);
    }
    return reason;
  }

  @Override
  public String name() {
    return engine.name();
  }

  @Override
  public int get(Register register) {
    return engine.get(register);
  }

  @Override
  public void set(Register register, int value) {
    engine.set(register, value);
  }

  @Override
  public void flatProtectedMode() {
    engine.flatProtectedMode();
  }

  @Override
  public boolean code32() {
    return engine.code32();
  }

  @Override
  public MemorySegment ram() {
    return engine.ram();
  }

  @Override
  public void codeChanged(int physical, int size) {
    engine.codeChanged(physical, size);
  }

  @Override
  public long instructions() {
    return engine.instructions();
  }

  @Override
  public void stopAt(int linear) {
    engine.stopAt(linear);
  }

  @Override
  public void clearStop(int linear) {
    engine.clearStop(linear);
  }

  @Override
  public void hostCall(int linear, HostCall function) {
    engine.hostCall(linear, function);
  }

  @Override
  public void observe(Observer observer) {
    engine.observe(observer);
  }

  @Override
  public void requestStop() {
    engine.requestStop();
  }

  @Override
  public void close() {
    engine.close();
  }
}
