package org.trampoline.asm.encode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.jar.JarOutputStream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.trampoline.asm.Assembler;
import org.trampoline.asm.KeystoneUnavailableException;
import org.trampoline.asm.Source;

/** Where the engine's library is looked for, and what is said when it is not there. */
class KeystoneLibraryTest {
  /** What a program without the engine does: a library is loaded once per process. */
  public static final class WithoutEngine {
    private WithoutEngine() {}

    public static void main(String[] arguments) {
      try {
        Assembler.assemble(new Source("a.S", "nop"), 0, Map.of());
        System.out.println("assembled");
      } catch (KeystoneUnavailableException unavailable) {
        System.out.println(unavailable.getMessage());
      }
    }
  }

  private static String run(String classPath, List<String> options, String variable)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.addAll(options);
    command.addAll(List.of("-cp", classPath, WithoutEngine.class.getName()));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().remove(KeystoneLibrary.VARIABLE);
    if (variable != null) {
      builder.environment().put(KeystoneLibrary.VARIABLE, variable);
    }
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return output.strip();
  }

  private static String run(List<String> options, String variable) throws Exception {
    return run(System.getProperty("java.class.path"), options, variable);
  }

  @Test
  void thePropertyIsAnOrder() throws Exception {
    assertEquals(
        "Keystone: the system property trampoline.keystone.library names /no/such.so, which is not"
            + " a file",
        run(List.of("-Dtrampoline.keystone.library=/no/such.so"), "/other.so"));
  }

  @Test
  void theVariableIsAnOrder() throws Exception {
    assertEquals(
        "Keystone: the environment variable TRAMPOLINE_KEYSTONE_LIBRARY names /no/such.so, which is"
            + " not a file",
        run(List.of(), "/no/such.so"));
  }

  @Test
  void aFileThatIsNoLibraryIsNamed(@TempDir Path directory) throws Exception {
    Path text = Files.writeString(directory.resolve("libkeystone.so"), "not a library");
    assumeTrue(System.getProperty("os.name").equals("Linux"), "knows the form of Linux libraries");
    assertEquals(
        "Keystone: the system property trampoline.keystone.library names %s, which is not a shared library"
            .formatted(text),
        run(List.of("-Dtrampoline.keystone.library=" + text), null));
  }

  @Test
  void theNativeDirectoryGoesBeforeTheClassPath(@TempDir Path directory) throws Exception {
    Path library = Path.of(KeystoneLibrary.find().getFirst());
    Path folder = Files.createDirectories(directory.resolve(library.getParent().getFileName()));
    Path copy = Files.copy(library, folder.resolve(library.getFileName()));
    String before = System.setProperty("trampoline.native.dir", directory.toString());
    try {
      assertEquals(List.of(copy.toString()), KeystoneLibrary.find());
    } finally {
      restore("trampoline.native.dir", before);
    }
  }

  private static void restore(String property, String value) {
    if (value == null) {
      System.clearProperty(property);
    } else {
      System.setProperty(property, value);
    }
  }

  /** Some other library: it lacks the engine's functions. */
  @Test
  void aLibraryWithoutTheEngineIsNamed() throws Exception {
    Path java = Path.of(System.getProperty("java.home"), "lib", System.mapLibraryName("java"));
    String message = run(List.of("-Dtrampoline.keystone.library=" + java), null);
    assertTrue(
        message.startsWith("Keystone: cannot load " + java + "; build the project, or"), message);
    assertEquals(1, message.lines().count());
  }

  @Test
  void isFoundOnTheClassPathInAFolderOrAJar(@TempDir Path directory) throws Exception {
    assertEquals("assembled", run(List.of(), null));
    Path classes =
        Path.of(KeystoneLibrary.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    Path tests =
        Path.of(
            KeystoneLibraryTest.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    Path jar = directory.resolve("asm.jar");
    try (var out = new JarOutputStream(Files.newOutputStream(jar));
        var files = Files.walk(classes)) {
      for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
        out.putNextEntry(new ZipEntry(classes.relativize(file).toString()));
        Files.copy(file, out);
        out.closeEntry();
      }
    }
    assertEquals(
        "assembled", run(jar + System.getProperty("path.separator") + tests, List.of(), null));
  }

  @Test
  void anOrderedLibraryIsTaken(@TempDir Path directory) throws Exception {
    Path library = Path.of(KeystoneLibrary.find().getFirst());
    Path copy = Files.copy(library, directory.resolve("mine.so"));
    String before = System.setProperty(KeystoneLibrary.PROPERTY, copy.toString());
    try {
      assertEquals(List.of(copy.toString()), KeystoneLibrary.find());
      System.setProperty(KeystoneLibrary.PROPERTY, directory.resolve("absent.so").toString());
      assertThrows(KeystoneUnavailableException.class, KeystoneLibrary::find);
    } finally {
      restore(KeystoneLibrary.PROPERTY, before);
    }
  }
}
