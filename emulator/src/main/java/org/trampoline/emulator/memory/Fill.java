package org.trampoline.emulator.memory;

/** What an attempt to let a {@link TranslationMap} serve an access has come to. */
public enum Fill {
  /** The map serves it. */
  DONE,
  /** It takes more than the map, but does not fault. */
  REFUSED,
  /** It faults; the processor's fault object says how, and nothing has changed. */
  FAULT
}
