package org.trampoline.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.trampoline.kernel.cli.BenchmarkSuite.Request;

/** What cannot be done is said before anything is measured. */
class BenchmarksTest {
  @TempDir private Path folder;

  @Test
  void jsonIsOfTheSuites() {
    refused(
        new Request("peers", true, false, folder.resolve("a.json"), null), "--json is for the JMH");
  }

  @Test
  void plotsAreOfScaling() {
    refused(
        new Request("TLB", true, false, null, folder.resolve("a.html")),
        "--html is for bench scal");
  }

  @Test
  void filesMustBeWritable() {
    Path nowhere = folder.resolve("no/such/file");
    refused(new Request("TLB", true, false, nowhere, null), "cannot write " + nowhere);
    refused(new Request("scaling", true, false, null, nowhere), "cannot write " + nowhere);
  }

  @Test
  void processorTimeIsNotOfStarts() {
    refused(new Request("cold", true, true, null, null), "--cpu-time is not for");
  }

  private static void refused(Request request, String why) {
    StringWriter said = new StringWriter();
    PrintWriter text = new PrintWriter(said, true);
    assertEquals(2, new Benchmarks().run(request, text, text));
    assertTrue(said.toString().contains(why), said.toString());
  }
}
