package org.trampoline.emulator.oracle;

import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Where the shared library of an oracle is. The order of search is that of README.md:
 *
 * <ol>
 *   <li>the system property {@code trampoline.NAME.library}, a file;
 *   <li>the environment variable {@code TRAMPOLINE_NAME_LIBRARY}, a file;
 *   <li>the build folder: {@code <platform>/<file name>} under the directory that the system
 *       property {@code trampoline.native.dir} names or, without it, under the nearest {@code
 *       target/native} above the place this class was loaded from;
 *   <li>the system's own library path, by file name.
 * </ol>
 *
 * <p>The first two are orders, not hints: when the file named there is absent, nothing else is
 * tried.
 */
public enum NativeLibrary {
  /** Unicorn 2. */
  UNICORN("Unicorn", "libunicorn.so.2", "libunicorn.2.dylib", "unicorn.dll");

  private final String title;
  private final String linuxName;
  private final String macName;
  private final String windowsName;

  NativeLibrary(String title, String linuxName, String macName, String windowsName) {
    this.title = title;
    this.linuxName = linuxName;
    this.macName = macName;
    this.windowsName = windowsName;
  }

  /**
   * Says what to load.
   *
   * @return a file or, when only the system's library path is left to look in, a bare file name;
   *     either is what {@link java.lang.foreign.SymbolLookup#libraryLookup(String,
   *     java.lang.foreign.Arena)} takes
   * @throws OracleUnavailableException when the property or the variable names no file
   */
  public String find() {
    String property = "trampoline." + name().toLowerCase(Locale.ROOT) + ".library";
    String fromProperty = System.getProperty(property);
    if (fromProperty != null) {
      return existing(fromProperty, "the system property " + property);
    }
    String variable = "TRAMPOLINE_" + name() + "_LIBRARY";
    String fromVariable = System.getenv(variable);
    if (fromVariable != null) {
      return existing(fromVariable, "the environment variable " + variable);
    }
    Path folder = buildFolder();
    if (folder != null) {
      Path file = folder.resolve(platform()).resolve(fileName());
      if (Files.isRegularFile(file)) {
        return file.toAbsolutePath().toString();
      }
    }
    return fileName();
  }

  private String existing(String file, String origin) {
    if (!Files.isRegularFile(Path.of(file))) {
      throw new OracleUnavailableException(
          "%s: %s names %s, which is not a file".formatted(title, origin, file));
    }
    return Path.of(file).toAbsolutePath().toString();
  }

  private String fileName() {
    return switch (system()) {
      case "darwin" -> macName;
      case "win32" -> windowsName;
      default -> linuxName;
    };
  }

  private static Path buildFolder() {
    String directory = System.getProperty("trampoline.native.dir");
    if (directory != null) {
      return Path.of(directory);
    }
    for (Path above = codeSource(); above != null; above = above.getParent()) {
      Path folder = above.resolve("target", "native");
      if (Files.isDirectory(folder)) {
        return folder;
      }
    }
    return null;
  }

  private static Path codeSource() {
    var source = NativeLibrary.class.getProtectionDomain().getCodeSource();
    if (source == null) {
      return null;
    }
    try {
      return Path.of(source.getLocation().toURI());
    } catch (URISyntaxException | IllegalArgumentException notAFile) {
      return null; // Loaded from somewhere else than the file system: there is no build folder.
    }
  }

  /** The host as the build names it (.mvn/native/fetch.py): linux-x86-64 and so on. */
  private static String platform() {
    String machine = System.getProperty("os.arch");
    boolean x86 = machine.equals("amd64") || machine.equals("x86_64");
    return system() + "-" + (x86 ? "x86-64" : machine);
  }

  private static String system() {
    String name = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    return name.startsWith("mac") ? "darwin" : name.startsWith("windows") ? "win32" : name;
  }
}
