package org.trampoline.emulator;

/** Why a machine stopped running. Whatever a guest does ends in one of these, never in a throw. */
public sealed interface StopReason {
  /** {@code hlt} with nothing that could wake the processor. */
  record Halted() implements StopReason {}

  /** The number of instructions asked for has been executed. */
  record InstructionLimit() implements StopReason {}

  /** Execution reached {@code address} (linear), which the caller asked to stop before. */
  record Reached(int address) implements StopReason {}

  /**
   * A third fault while delivering a double fault: the processor shut down (SDM vol. 3, 6.15). So
   * is told, too, what silicon never comes out of: exceptions of the delivery of others for ever.
   */
  record TripleFault(String first) implements StopReason {}

  /** The guest touched physical memory that is not there, and the machine is to stop on that. */
  record NoMemory(int physical, boolean write) implements StopReason {}

  /** The guest wrote this value to the exit port. */
  record Exited(int status) implements StopReason {}

  /** The guest asked for a reset of the processor, through the keyboard controller or port 92H. */
  record Reset() implements StopReason {}

  /** Another thread or a hook asked to stop. */
  record Requested() implements StopReason {}

  /** An exception that this engine cannot deliver to the guest; our own machine always can. */
  record Fault(int vector, int errorCode, int linear) implements StopReason {}
}
