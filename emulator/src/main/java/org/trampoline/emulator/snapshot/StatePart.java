package org.trampoline.emulator.snapshot;

/**
 * Marks a class whose objects are part of a machine's state: a snapshot keeps their fields of
 * primitive type, strings, enums, arrays of primitives, queues of numbers, and other parts they
 * hold, except transient ones. What else a part refers to is how the machine is built, and stays.
 */
public interface StatePart {
  /** Called after the fields were set back, to renew what is derived from them. */
  default void restored() {}
}
