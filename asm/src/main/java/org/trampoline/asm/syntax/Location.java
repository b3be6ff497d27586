package org.trampoline.asm.syntax;

import org.trampoline.asm.AssemblyException;

/**
 * The place of a statement in the source.
 *
 * @param file the source's name
 * @param line from 1
 * @param statement the statement as written, without comment
 */
public record Location(String file, int line, String statement) {
  /** An error whose offending text is a part of the statement. */
  public AssemblyException error(String problem, String offendingText) {
    return new AssemblyException(file, line, problem, offendingText);
  }

  /** An error whose offending text is the whole statement. */
  public AssemblyException error(String problem) {
    return error(problem, statement);
  }
}
