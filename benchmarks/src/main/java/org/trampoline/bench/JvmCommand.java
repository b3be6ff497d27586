package org.trampoline.bench;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** The command line of another JVM with the classes of this one. */
public final class JvmCommand {
  private JvmCommand() {}

  /**
   * Begins it; what it needs for {@code main} may be added.
   *
   * @param inherited which of this JVM's own options it has, too
   * @param options that it has besides
   */
  public static List<String> of(Predicate<String> inherited, List<String> options, Class<?> main) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(inherited)
        .forEach(command::add);
    command.addAll(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    return command;
  }
}
