package org.trampoline.kernel.scenario;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.trampoline.asm.Source;

/** The guest code of the scenarios. */
final class Resources {
  private Resources() {}

  static boolean exists(String name) {
    return !name.contains("/../") && Resources.class.getResource(name) != null;
  }

  static Source source(String name) {
    try (InputStream in = Resources.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("the resource " + name + " is missing");
      }
      return new Source(name, new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
