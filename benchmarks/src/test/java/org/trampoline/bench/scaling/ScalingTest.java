package org.trampoline.bench.scaling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.trampoline.bench.EngineKind;
import org.trampoline.bench.peers.Peer;
import org.trampoline.bench.peers.ProcessorPeer;
import org.trampoline.bench.peers.Timing;
import org.xml.sax.InputSource;

/** Programs of any size run alike on all engines, and their figures become tables and plots. */
class ScalingTest {
  static Stream<Sized> programs() {
    return Stream.of(
        Sized.code(1024),
        Sized.code(7 << 20),
        Sized.workingSet(4096),
        Sized.workingSet(512 << 20),
        Sized.tasks(2, true),
        Sized.tasks(300, true),
        Sized.tasks(300, false));
  }

  @ParameterizedTest
  @MethodSource("programs")
  void enginesAgree(Sized program) {
    int passes = 1;
    Integer expected = null;
    for (EngineKind kind : EngineKind.values()) {
      if (kind.absence() == null) {
        try (Peer.Rounds rounds = new ProcessorPeer(kind).open(program, passes)) {
          rounds.run(1, Timing.WALL_CLOCK); // fills memory
          int result = rounds.run(1, Timing.WALL_CLOCK).result();
          expected = expected == null ? Integer.valueOf(result) : expected;
          assertEquals(expected, result, kind + " of " + program.title());
        }
      }
    }
  }

  @Test
  void ringOfTasksGoesRound() {
    int tasks = 7;
    int passes = 3;
    for (boolean processes : List.of(false, true)) {
      try (Peer.Rounds rounds =
          new ProcessorPeer(EngineKind.INTERPRETER).open(Sized.tasks(tasks, processes), passes)) {
        // each task's page begins with its number, counted down from the number of tasks
        assertEquals(passes * tasks * (tasks + 1) / 2, rounds.run(1, Timing.WALL_CLOCK).result());
      }
    }
  }

  @Test
  void tablesAndPageHaveAllFigures(@TempDir Path folder) throws Exception {
    Path page = folder.resolve("scaling.html");
    StringWriter out = new StringWriter();
    PrintWriter text = new PrintWriter(out, true);
    int status =
        new ScalingRun(true, 1, 100, Timing.WALL_CLOCK, text, text)
            .run(List.of(16 << 10, 32 << 10), List.of(4096), List.of(2, 20), page);
    assertEquals(0, status, out.toString());
    String html = Files.readString(page);
    assertEquals(5, html.split("<svg", -1).length - 1);
    assertTrue(out.toString().contains("Processes, ns per switch"), out.toString());
    assertTrue(html.contains("<title>interpreter, 32 KB: "), html);
    for (String part : html.split("(?=<svg)", -1)) {
      if (part.startsWith("<svg")) {
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(
                new InputSource(
                    new java.io.StringReader(part.substring(0, part.indexOf("</svg>") + 6))));
      }
    }
  }

  @Test
  void figuresHaveThreeDigits() {
    assertEquals("0.12", Chart.figure(0.123));
    assertEquals("12.3", Chart.figure(12.34));
    assertEquals("12,346", Chart.figure(12345.6));
    assertEquals("10 MB", Chart.bytes(10 << 20));
  }
}
