package org.trampoline.kernel.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A campaign as a process of its own that is told to end, or killed, and begun again. */
class CampaignInterruptTest {
  private static final long PATIENCE_SECONDS = 120;

  @TempDir private Path folder;

  private Process start(Path campaign, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:+UseSerialGC");
    command.add("--enable-native-access=ALL-UNNAMED");
    System.getProperties().stringPropertyNames().stream()
        .filter(name -> name.startsWith("trampoline."))
        .forEach(name -> command.add("-D" + name + "=" + System.getProperty(name)));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(Trampoline.class.getName(), "diff", "--oracle", "interpreter"));
    command.addAll(List.of("--seed", "3", "--dir", campaign.toString()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command)
        .redirectError(folder.resolve("errors").toFile())
        .redirectOutput(folder.resolve("output").toFile())
        .start();
  }

  private static List<String> checkpoint(Path campaign) throws IOException {
    try (var files = Files.newDirectoryStream(campaign, "*.campaign")) {
      var file = files.iterator();
      return file.hasNext()
          ? Files.readAllLines(file.next()).stream().filter(l -> !l.startsWith("seconds")).toList()
          : List.of();
    }
  }

  /** Waits until a process has saved something else than {@code lines}; false if it has ended. */
  private static boolean progresses(Process process, Path campaign, List<String> lines)
      throws IOException, InterruptedException {
    for (int i = 0; i < 50 * PATIENCE_SECONDS; i++) {
      if (!process.isAlive()) {
        return false;
      }
      if (Files.isDirectory(campaign) && !checkpoint(campaign).equals(lines)) {
        return true;
      }
      Thread.sleep(20);
    }
    throw new AssertionError("no progress in " + PATIENCE_SECONDS + " s");
  }

  private static int end(Process process) throws InterruptedException {
    assertTrue(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS), "it does not end");
    return process.exitValue();
  }

  @Test
  void aReportIsWrittenThen() throws IOException, InterruptedException {
    Process process = start(folder.resolve("a"), "--cases", "1000M");
    assertTrue(progresses(process, folder.resolve("a"), List.of()));
    process.destroy(); // SIGTERM, of which the JVM makes the same as of SIGINT
    assertEquals(128 + 15, end(process));
    String report = Files.readString(folder.resolve("a/report.html"));
    assertTrue(report.stripTrailing().endsWith("</html>"), "whole");
    assertTrue(report.contains("Interrupted: the same command goes on from here."));
    String output = Files.readString(folder.resolve("output"));
    assertTrue(output.contains("(interrupted; the same command goes on)"), output);
    assertTrue(output.contains("report: "), output);
  }

  @Test
  void killedAndBegunAgainItCountsTheSame() throws IOException, InterruptedException {
    String[] what = {"--group", "arithmetic", "--cases", "1M"};
    Path killed = folder.resolve("b");
    List<String> before = List.of();
    for (int i = 0; i < 2; i++) {
      Process process = start(killed, what);
      assertTrue(progresses(process, killed, before) || i > 0, "it has ended already");
      process.destroyForcibly();
      end(process);
      before = checkpoint(killed);
    }
    assertEquals(0, end(start(killed, what)));
    Path straight = folder.resolve("c");
    assertEquals(0, end(start(straight, what)));
    assertEquals(checkpoint(straight), checkpoint(killed));
  }
}
