package org.trampoline.asm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/** Where {@code .include "name"} finds what it names. */
@FunctionalInterface
public interface Includes {
  /** Nothing can be included: every {@code .include} is an error. */
  Includes NONE = name -> Optional.empty();

  /**
   * Looks a source up.
   *
   * @param name as written between the quotes
   * @return empty if there is no such source, which is an error at the {@code .include}
   */
  Optional<Source> find(String name);

  /**
   * Looks in a directory; a name that leads out of it is not found.
   *
   * @param directory where included files are
   */
  static Includes directory(Path directory) {
    Path root = directory.toAbsolutePath().normalize();
    return name -> {
      try {
        Path file = root.resolve(name).normalize();
        return file.startsWith(root)
            ? Optional.of(new Source(name, Files.readString(file)))
            : Optional.empty();
      } catch (IOException | InvalidPathException absent) {
        return Optional.empty();
      }
    };
  }
}
