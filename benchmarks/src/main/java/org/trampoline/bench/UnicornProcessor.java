package org.trampoline.bench;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.trampoline.emulator.oracle.Unicorn;
import org.trampoline.emulator.oracle.UnicornError;
import org.trampoline.emulator.oracle.UnicornRegister;

/**
 * Unicorn without any hook, so that it runs as fast as it can. A new one is in flat protected mode.
 */
final class UnicornProcessor implements Processor {
  private final Arena arena = Arena.ofShared();
  private final Unicorn unicorn = new Unicorn();
  private final MemorySegment ram;

  @SuppressWarnings("MustBeClosedChecker") // close() closes it
  UnicornProcessor(long memory) {
    ram = arena.allocate(memory, Unicorn.PAGE_SIZE);
    unicorn.map(0, ram, Unicorn.ALL);
  }

  @Override
  public void load(int physical, byte[] bytes) {
    MemorySegment.copy(MemorySegment.ofArray(bytes), 0, ram, physical, bytes.length);
    unicorn.flushTranslations();
  }

  @Override
  public void run(int eip, int edi, int ebx) {
    unicorn.set(UnicornRegister.EDI, edi);
    unicorn.set(UnicornRegister.EBX, ebx);
    UnicornError error = unicorn.run(eip, 0);
    if (error != UnicornError.OK) {
      throw new IllegalStateException("the guest program ended in Unicorn with " + error);
    }
  }

  @Override
  public int result() {
    return (int) unicorn.get(UnicornRegister.EAX);
  }

  @Override
  public void close() {
    unicorn.close();
    arena.close();
  }
}
