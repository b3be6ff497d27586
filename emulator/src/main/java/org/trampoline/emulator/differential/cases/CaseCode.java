package org.trampoline.emulator.differential.cases;

import java.lang.foreign.MemorySegment;
import org.trampoline.emulator.engine.Engine;

/** The encodings of a batch in an engine's memory; batches that share them need them once. */
final class CaseCode {
  private static final int SLOTS = CaseWorld.SLOTS - CaseWorld.CODE;

  private final Engine engine;
  private int end = CaseWorld.SLOTS;
  private long number;

  CaseCode(Engine engine) {
    this.engine = engine;
  }

  /** Puts a batch's code there, unless it is. */
  void take(CaseBatch batch) {
    if (number == batch.codeNumber()) {
      return;
    }
    number = batch.codeNumber();
    int used = Math.max(end, batch.codeEnd()) - CaseWorld.SLOTS; // the rest of the last one's, too
    end = batch.codeEnd();
    int at = EngineWorld.CODE_AT + SLOTS;
    MemorySegment.copy(batch.code(), SLOTS, engine.ram(), at, used);
    engine.codeChanged(at, used);
  }
}
