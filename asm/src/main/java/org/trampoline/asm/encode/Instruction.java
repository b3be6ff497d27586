package org.trampoline.asm.encode;

import java.util.List;
import org.trampoline.asm.syntax.Location;
import org.trampoline.asm.syntax.Operand;

/**
 * One instruction as the source has it.
 *
 * @param location the statement
 * @param bits 16 or 32, the code's width
 * @param prefixes those written in the same statement
 * @param mnemonic lower case
 * @param operands in AT&amp;T order, the destination last
 */
public record Instruction(
    Location location, int bits, Prefixes prefixes, String mnemonic, List<Operand> operands) {

  /**
   * Whether a size suffix ({@code w} or {@code l}) asks for the width that is not the code's own.
   */
  boolean differs(char suffix) {
    return suffix == 'w' && bits == 32 || suffix == 'l' && bits == 16;
  }
}
