package org.trampoline.bench.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.trampoline.bench.EngineKind;
import org.trampoline.bench.programs.Workload;

/** The comparison runs on all engines that are here, and tells of wrong results and lost races. */
class PeerComparisonTest {
  @ParameterizedTest
  @EnumSource
  void enginesThatAreHereAgree(Timing timing) {
    assumeTrue(timing.absence() == null, timing.absence());
    StringWriter out = new StringWriter();
    PrintWriter text = new PrintWriter(out, true);
    int status =
        new PeerComparison(1, 1000, timing, text, text)
            .run(List.of(Workload.ALU, Workload.SWITCH, Workload.SYSCALL, Workload.TIMER));
    assertEquals(0, status, out.toString());
    assertFalse(out.toString().contains("timer"), out.toString());
    if (EngineKind.UNICORN.absence() == null) {
      assertTrue(out.toString().contains("geomean vs unicorn: "), out.toString());
    }
  }

  @Test
  void aWrongResultIsNamed() {
    Peer ours = new ProcessorPeer(EngineKind.INTERPRETER);
    Peer other = new QemuPeer();
    Map<Peer, Peer.Round> row = new LinkedHashMap<>();
    row.put(ours, new Peer.Round(2_000_000, 5));
    row.put(other, new Peer.Round(1_000_000, 6));
    StringWriter out = new StringWriter();
    new PeerTable(List.of(ours, other), Map.of(Workload.FIB, row), Timing.WALL_CLOCK)
        .print(new PrintWriter(out, true));
    assertTrue(out.toString().contains("WRONG RESULT of interpreter: 00000005, not 00000006"));
    assertTrue(out.toString().contains("below 1 vs qemu: fib (0.50)"), out.toString());
    assertTrue(out.toString().contains("geomean vs qemu: 0.50x"), out.toString());
  }

  @Test
  void v86IsToldFromItsFolder() {
    String before = System.getProperty("trampoline.v86");
    try {
      System.setProperty("trampoline.v86", "/nonexistent");
      assertEquals("/nonexistent is not the folder of npm's package v86", new V86Peer().absence());
    } finally {
      if (before == null) {
        System.clearProperty("trampoline.v86");
      } else {
        System.setProperty("trampoline.v86", before);
      }
    }
    assertNull(new ProcessorPeer(EngineKind.INTERPRETER).absence());
  }
}
