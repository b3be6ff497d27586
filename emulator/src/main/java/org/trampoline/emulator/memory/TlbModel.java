package org.trampoline.emulator.memory;

/** The visible TLB. */
final class TlbModel {
  void flushAll() {}

  void flush() {}

  void drop(int linear) {}
}
