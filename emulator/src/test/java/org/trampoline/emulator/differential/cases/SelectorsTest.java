package org.trampoline.emulator.differential.cases;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.trampoline.emulator.fault.Vector;
import org.trampoline.emulator.memory.Host;
import org.trampoline.emulator.oracle.Oracles;
import org.trampoline.emulator.oracle.host.HostOracle;

/** Ring 3 sees the same descriptors on both sides, whatever selector it names. */
class SelectorsTest {
  private static final int[] LAR = {0x0f, 0x02, 0xc3};
  private static final int[] LSL = {0x0f, 0x03, 0xc3};
  private static final int[] VERR = {0x0f, 0x00, 0xe3};
  private static final int[] VERW = {0x0f, 0x00, 0xeb};
  private static final int[] MOV_FS = {0x8e, 0xe3}; // mov fs, ebx

  private final MachineOracle machine = new MachineOracle();
  private final CaseBatch batch = new CaseBatch();

  @AfterEach
  void close() {
    machine.close();
    batch.close();
  }

  private void add(int selector, int[]... codes) {
    for (int[] code : codes) {
      CaseBuilder.add(batch, code).set(CaseRecord.EBX, selector).set(CaseRecord.EAX, 0xdead);
    }
  }

  /** Found by LAR of 78H, where 64-bit Linux tells the processor's number. */
  @Test
  void hostCpuShowsNoOthers() {
    Oracles.requireHost();
    List<String> report = new ArrayList<>();
    try (HostOracle host = new HostOracle();
        CaseComparison comparison = new CaseComparison(machine, host)) {
      for (int first = 0; first < 0x1_0000; first += 256) {
        batch.clear(CaseBatch.Mode.CHAIN, false);
        for (int selector = first; selector < first + 256; selector++) {
          add(selector, LAR, LSL, VERR, VERW);
        }
        comparison.run(batch, d -> report.add(d.toString()));
      }
      for (int first = 0; first < 0x400; first += 256) {
        batch.clear(CaseBatch.Mode.TRAP, false);
        for (int selector = first; selector < first + 256; selector++) {
          add(selector, MOV_FS);
        }
        comparison.run(batch, d -> report.add(d.toString()));
      }
      assertEquals(0, comparison.undecided());
    }
    assertEquals("", String.join("\n", report));
  }

  @Test
  void whatAnOracleShowsIsShown() {
    machine.show(List.of(new GdtEntry(15, 0x0040_f500, 1)));
    add(0x7b, LAR, LSL, VERR, VERW, MOV_FS);
    add(0x73, MOV_FS);
    try (CaseResults results = new CaseResults()) {
      results.fit(batch);
      machine.run(batch, results);
      int[] eax = {0x0040_f500, 1, 0xdead, 0xdead, 0xdead, 0xdead};
      int[] eflags = {0x242, 0x242, 0x242, 0x202, 0x202, 0x1_0202};
      for (int i = 0; i < batch.cases(); i++) {
        assertEquals(eax[i], Host.get32(results.record(i) + CaseRecord.EAX));
        assertEquals(eflags[i], Host.get32(results.record(i) + CaseRecord.EFLAGS));
      }
      assertEquals(0x7b, Host.get16(results.record(4) + CaseRecord.FS));
      assertEquals(Vector.GP, CaseRecord.vector(results.record(5)));
      assertEquals(0x70, Host.get16(results.record(5) + CaseRecord.ERROR_CODE));
    }
  }
}
