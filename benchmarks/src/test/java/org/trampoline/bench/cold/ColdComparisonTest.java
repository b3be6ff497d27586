package org.trampoline.bench.cold;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.trampoline.bench.programs.Workload;

/** Every engine that is here starts in a process of its own and has the same result. */
class ColdComparisonTest {
  @Test
  void enginesThatAreHereAgree() {
    StringWriter out = new StringWriter();
    StringWriter progress = new StringWriter();
    int status =
        new ColdComparison(
                List.of(100_000), 1, new PrintWriter(out, true), new PrintWriter(progress, true))
            .run(List.of(Workload.ALU, Workload.FIB));
    assertEquals(0, status, out.toString() + progress);
    assertTrue(out.toString().contains("100000 instructions"), out.toString());
    assertTrue(progress.toString().contains("100000 instructions of fib"), progress.toString());
  }

  @Test
  void aWrongResultIsNamedAndTimesAreDivided() {
    Map<String, ColdStart.Run> row = new LinkedHashMap<>();
    row.put("interpreter", new ColdStart.Run(400_000_000, 200_000_000, 5));
    row.put("qemu", new ColdStart.Run(100_000_000, 100_000_000, 6));
    Map<String, Long> starts = new LinkedHashMap<>();
    starts.put("interpreter", 200_000_000L);
    starts.put("qemu", 50_000_000L);
    Map<String, ColdStart.Run> faster = new LinkedHashMap<>();
    faster.put("interpreter", new ColdStart.Run(400_000_000, 200_000_000, 5));
    faster.put("qemu", new ColdStart.Run(400_000_000, 400_000_000, 5));
    Map<Workload, Map<String, ColdStart.Run>> rows = new LinkedHashMap<>();
    rows.put(Workload.FIB, row);
    rows.put(Workload.ALU, faster);
    ColdTable table = new ColdTable(1_000_000, rows, starts);
    StringWriter out = new StringWriter();
    table.print(new PrintWriter(out, true));
    table.printMeans(new PrintWriter(out, true));
    String text = out.toString();
    assertTrue(text.contains("WRONG RESULT of interpreter: 00000005, not 00000006"), text);
    assertTrue(
        text.contains(
            "1 M instructions, geomean vs qemu: 0.50x; JVM start excluded 1.00x;"
                + " all starts excluded 0.66x"),
        text);
    assertTrue(text.contains("below 1, JVM start excluded: fib (0.50)"), text);
  }
}
