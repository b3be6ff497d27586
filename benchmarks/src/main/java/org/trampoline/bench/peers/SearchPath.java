package org.trampoline.bench.peers;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;

/** The folders in which the shell looks for programs. */
final class SearchPath {
  private SearchPath() {}

  /** Whether a program is in one of them. */
  static boolean has(String program) {
    String path = System.getenv("PATH");
    if (path == null) {
      return false;
    }
    for (String folder : path.split(File.pathSeparator, -1)) {
      if (Files.isExecutable(Path.of(folder, program))) {
        return true;
      }
    }
    return false;
  }
}
