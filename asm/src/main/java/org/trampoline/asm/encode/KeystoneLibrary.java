package org.trampoline.asm.encode;

import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.trampoline.asm.KeystoneUnavailableException;

/**
 * Where Keystone's shared library is. The order of search is that of README.md:
 *
 * <ol>
 *   <li>the system property {@code trampoline.keystone.library}, a file;
 *   <li>the environment variable {@code TRAMPOLINE_KEYSTONE_LIBRARY}, a file;
 *   <li>the build folder: {@code <platform>/<file name>} in the directory that the system property
 *       {@code trampoline.native.dir} names, or of the class path;
 *   <li>the system's own library path, by file name.
 * </ol>
 *
 * <p>The first two are orders, not hints: when the file named there is absent, nothing else is
 * tried.
 */
final class KeystoneLibrary {
  /** The system property that names the library. */
  static final String PROPERTY = "trampoline.keystone.library";

  /** The environment variable that names the library. */
  static final String VARIABLE = "TRAMPOLINE_KEYSTONE_LIBRARY";

  private KeystoneLibrary() {}

  /**
   * Says what to load: a file or, when only the system's library path is left, bare file names to
   * try one after the other.
   *
   * @throws KeystoneUnavailableException when property or variable names no file
   */
  static List<String> find() {
    String ordered = System.getProperty(PROPERTY);
    if (ordered != null) {
      return List.of(existing(ordered, "the system property " + PROPERTY));
    }
    ordered = System.getenv(VARIABLE);
    if (ordered != null) {
      return List.of(existing(ordered, "the environment variable " + VARIABLE));
    }
    String directory = System.getProperty("trampoline.native.dir");
    if (directory != null) {
      Path file = Path.of(directory, platform(), fileName());
      if (Files.isRegularFile(file)) {
        return List.of(file.toAbsolutePath().toString());
      }
    }
    URL resource = KeystoneLibrary.class.getResource("/" + platform() + "/" + fileName());
    return resource != null ? List.of(file(resource)) : systemNames();
  }

  private static String existing(String file, String origin) {
    if (!Files.isRegularFile(Path.of(file))) {
      throw new KeystoneUnavailableException(
          "Keystone: %s names %s, which is not a file".formatted(origin, file));
    }
    if (system().equals("linux") && !isElf(Path.of(file))) { // The JVM's own words would be many.
      throw new KeystoneUnavailableException(
          "Keystone: %s names %s, which is not a shared library".formatted(origin, file));
    }
    return Path.of(file).toAbsolutePath().toString();
  }

  private static boolean isElf(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return Arrays.equals(in.readNBytes(4), new byte[] {0x7f, 'E', 'L', 'F'});
    } catch (IOException unreadable) {
      return false;
    }
  }

  /** A library in a jar has to be copied out of it, for the system loads only files. */
  private static String file(URL resource) {
    try {
      if (resource.getProtocol().equals("file")) {
        return Path.of(resource.toURI()).toString();
      }
      Path copy = Files.createTempFile("trampoline-", "-" + fileName());
      copy.toFile().deleteOnExit();
      try (InputStream in = resource.openStream()) {
        Files.copy(in, copy, StandardCopyOption.REPLACE_EXISTING);
      }
      return copy.toString();
    } catch (IOException | URISyntaxException failed) {
      throw new KeystoneUnavailableException(
          "Keystone: cannot copy %s out of its jar: %s".formatted(resource, failed.getMessage()));
    }
  }

  /** The host as the build names it (.mvn/native/fetch.py): linux-x86-64 and so on. */
  private static String platform() {
    String machine = System.getProperty("os.arch");
    boolean x86 = machine.equals("amd64") || machine.equals("x86_64");
    return system() + "-" + (x86 ? "x86-64" : machine);
  }

  private static String fileName() {
    return switch (system()) {
      case "darwin" -> "libkeystone.dylib";
      case "win32" -> "keystone.dll";
      default -> "libkeystone.so";
    };
  }

  /** On Linux a library installed without its development package has only the second name. */
  private static List<String> systemNames() {
    String name = fileName();
    return name.endsWith(".so") ? List.of(name, name + ".0") : List.of(name);
  }

  private static String system() {
    String name = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    return name.startsWith("mac") ? "darwin" : name.startsWith("windows") ? "win32" : name;
  }
}
