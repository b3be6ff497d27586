package org.trampoline.emulator.fault;

/** Told of interrupts before the guest's handler is entered. */
public interface DeliveryHook {
  /** An external interrupt or an NMI is about to be delivered. */
  void interrupt(int vector);

  /**
   * INT n, INT3 or INTO is about to be delivered, eip being that of the next instruction.
   *
   * @return true if that is not to happen: execution goes on at eip
   */
  boolean software(int vector);
}
