package org.trampoline.bench;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.trampoline.kernel.cli.BadInput;
import org.trampoline.kernel.cli.BenchmarkSuite.LongRun;
import org.trampoline.kernel.cli.BenchmarkSuite.Request;

/** What cannot be done is said before anything is measured. */
class BenchmarksTest {
  @TempDir private Path folder;

  @Test
  void jsonIsOfTheSuites() {
    refused(request("peers", false, folder.resolve("a.json"), null), "--json is for the JMH");
  }

  @Test
  void plotsAreOfScaling() {
    refused(request("TLB", false, null, folder.resolve("a.html")), "--html is for bench scal");
  }

  @Test
  void filesMustBeWritable() {
    Path nowhere = folder.resolve("no/such/file");
    refused(request("TLB", false, nowhere, null), "cannot write " + nowhere);
    refused(request("scaling", false, null, nowhere), "cannot write " + nowhere);
  }

  @Test
  void processorTimeIsNotOfStarts() {
    refused(request("cold", true, null, null), "--cpu-time is not for");
  }

  @Test
  void timeAndKernelsAreOfLongRuns() {
    LongRun second = new LongRun(Duration.ofSeconds(1), null, null);
    refused(new Request("TLB", true, false, null, null, second), "are for bench soak");
    Path nowhere = folder.resolve("nowhere");
    LongRun kernel = new LongRun(null, nowhere, null);
    refused(new Request("soak", true, false, null, null, kernel), "cannot read " + nowhere);
    LongRun initrd = new LongRun(null, null, nowhere);
    refused(new Request("soak", true, false, null, null, initrd), "--initrd is for --linux");
  }

  private static Request request(String filter, boolean cpuTime, Path json, Path html) {
    return new Request(filter, true, cpuTime, json, html, LongRun.USUAL);
  }

  private static void refused(Request request, String why) {
    PrintWriter text = new PrintWriter(new StringWriter(), true);
    BadInput said = assertThrows(BadInput.class, () -> new Benchmarks().run(request, text, text));
    assertTrue(said.getMessage().contains(why), said.getMessage());
  }
}
