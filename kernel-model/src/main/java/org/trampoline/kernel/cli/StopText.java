package org.trampoline.kernel.cli;

import org.trampoline.emulator.StopReason;
import org.trampoline.emulator.fault.Vector;

/** Why an engine stopped, in words. */
final class StopText {
  private StopText() {}

  /**
   * The reason as a clause.
   *
   * @param count instructions executed
   */
  static String of(StopReason reason, long count) {
    String after = after(count);
    return switch (reason) {
      case StopReason.Halted halted -> "halted" + after;
      case StopReason.Reached reached -> "stopped at 0x" + Numbers.hex(reached.address()) + after;
      case StopReason.InstructionLimit limitReached ->
          "not finished" + after + ": more are allowed by --max-insns";
      case StopReason.TripleFault fault -> fault.first() + " without a handler" + after;
      case StopReason.Fault fault -> Vector.name(fault.vector()) + " without a handler" + after;
      case StopReason.NoMemory absent ->
          (absent.write() ? "wrote to" : "read from")
              + " memory that is not there, physical address 0x"
              + Numbers.hex(absent.physical())
              + after;
      case StopReason.Exited exited -> "the guest asked to end, status " + exited.status() + after;
      case StopReason.Reset reset -> "the guest reset the machine" + after;
      case StopReason.Requested requested -> "interrupted" + after;
    };
  }

  /** {@code after N instructions}. */
  static String after(long count) {
    return " after " + count + (count == 1 ? " instruction" : " instructions");
  }
}
