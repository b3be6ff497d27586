package org.trampoline.asm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/**
 * A piece of assembler source and the name that messages and listings give it.
 *
 * @param name usually the file's name; one line
 * @param text the source, lines separated by {@code \n} or {@code \r\n}
 */
public record Source(String name, String text) {
  /** Checks that neither part is null. */
  public Source {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(text, "text");
  }

  /**
   * Reads a file as UTF-8.
   *
   * @throws IOException if it cannot be read or is not UTF-8
   */
  public static Source of(Path file) throws IOException {
    return new Source(file.toString(), Files.readString(file));
  }
}
