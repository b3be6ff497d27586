package org.trampoline.kernel.trace;

import java.util.List;

/**
 * An executed instruction.
 *
 * @param number instructions that the machine had completed before it
 * @param address linear
 * @param code its bytes; empty if they cannot be read
 * @param text in AT&amp;T syntax
 * @param changes the registers that have another value after it
 * @param stores the word it has pushed, if it has
 */
public record Step(
    long number,
    int address,
    List<Byte> code,
    String text,
    List<Change> changes,
    List<Store> stores) {
  /**
   * A register that has another value than before.
   *
   * @param register its name
   * @param value the new value
   */
  public record Change(String register, int value) {}

  /**
   * A word on the stack that was not there before.
   *
   * @param address linear
   * @param value 32 bits
   */
  public record Store(int address, int value) {}
}
