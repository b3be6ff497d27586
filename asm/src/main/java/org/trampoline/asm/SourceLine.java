package org.trampoline.asm;

/**
 * What one statement of the source became.
 *
 * @param address of its first byte; 32 bits, unsigned
 * @param length in bytes, at least 1
 * @param kind whether the bytes are an instruction
 * @param file the source's name
 * @param line the line, from 1; within a macro the line that invoked it
 * @param text the statement, without label and comment
 */
public record SourceLine(int address, int length, Kind kind, String file, int line, String text) {
  /** What the bytes are. */
  public enum Kind {
    /** One instruction, prefixes included (a prefix that is a statement of its own has its own). */
    INSTRUCTION,
    /** Data of a directive. */
    DATA,
    /** Filling of {@code .align}, {@code .org} or {@code .space}. */
    PADDING
  }
}
