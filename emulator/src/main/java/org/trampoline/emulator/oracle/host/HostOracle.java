package org.trampoline.emulator.oracle.host;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.trampoline.emulator.decode.Form;
import org.trampoline.emulator.differential.cases.CaseBatch;
import org.trampoline.emulator.differential.cases.CaseRecord;
import org.trampoline.emulator.differential.cases.CaseResults;
import org.trampoline.emulator.differential.cases.CaseRun;
import org.trampoline.emulator.differential.cases.CaseWorld;
import org.trampoline.emulator.differential.cases.ChainProgram;
import org.trampoline.emulator.differential.cases.GdtEntry;
import org.trampoline.emulator.differential.cases.Oracle;
import org.trampoline.emulator.differential.cases.TrapFrame;
import org.trampoline.emulator.fault.Vector;
import org.trampoline.emulator.memory.Host;
import org.trampoline.emulator.oracle.OracleUnavailableException;

/** The processor this runs on. */
public final class HostOracle implements Oracle {
  private static final int RECORDS = CaseWorld.CHAIN_RECORDS - CaseWorld.CHAIN;
  private static final int RESULTS = RECORDS + ChainProgram.RESULT_DISTANCE;

  private final HostCpu host;
  private final MemorySegment region;
  private final ChainProgram chain;
  private final List<GdtEntry> gdt = new ArrayList<>();
  private int codeEnd = CaseWorld.SLOTS;
  private long codeNumber;

  /**
   * @throws OracleUnavailableException if there is no such oracle on this machine
   */
  public HostOracle() {
    host = HostCpu.open();
    region = host.chainRegion();
    chain = new ChainProgram(region.address());
    host.code().fill((byte) 0xcc);
    readGdt();
  }

  private void readGdt() {
    try (CaseBatch batch = new CaseBatch();
        CaseResults results = new CaseResults()) {
      for (int i = 0; i < GdtEntry.ENTRIES; i++) {
        GdtEntry.ask(batch, i);
      }
      results.fit(batch);
      run(batch, results);
      for (int i = 0; i < GdtEntry.ENTRIES; i++) {
        GdtEntry entry = GdtEntry.answer(results, 2 * i, i);
        if (entry != null) {
          gdt.add(entry);
        }
      }
    }
  }

  /** Read from the processor when this was opened. */
  @Override
  public List<GdtEntry> gdt() {
    return gdt;
  }

  @Override
  public String name() {
    return "host";
  }

  @Override
  public String label() {
    return host.identity().label();
  }

  @Override
  public String whyNot(CaseBatch.Mode mode) {
    return mode == CaseBatch.Mode.SYSTEM ? "user code cannot be in ring 0" : null;
  }

  @Override
  public String whyNot(Form form) {
    String flag =
        switch (form.feature()) {
          case SSE3 -> "pni";
          case SSSE3 -> "ssse3";
          case POPCNT -> "popcnt";
          case PREFETCHW -> "3dnowprefetch";
          case SSE2 -> "sse2";
          default -> "fpu";
        };
    return host.identity().flags().contains(flag) ? null : "this processor has no " + flag;
  }

  @Override
  public void run(CaseBatch batch, CaseResults results) {
    if (codeNumber != batch.codeNumber()) {
      codeNumber = batch.codeNumber();
      int used = Math.max(codeEnd, batch.codeEnd()) - CaseWorld.SLOTS;
      codeEnd = batch.codeEnd();
      int slots = CaseWorld.SLOTS - CaseWorld.CODE;
      MemorySegment.copy(batch.code(), slots, host.code(), slots, used);
    }
    MemorySegment.copy(batch.data(), 0, host.data(), 0, CaseWorld.DATA_MAPPED);
    MemorySegment.copy(batch.records(), 0, region, RECORDS, batch.records().byteSize());
    try {
      if (batch.mode() == CaseBatch.Mode.CHAIN) {
        chain(batch, results);
      } else {
        trap(batch, results);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("host CPU", e);
    }
    results.takeData(host.data());
  }

  /** In the memory that the helper writes to. */
  @Override
  public CaseResults results() {
    return CaseResults.in(region.asSlice(RESULTS), host.data());
  }

  private void chain(CaseBatch batch, CaseResults results) throws IOException {
    ChainProgram.prefill(batch, region.address() + RESULTS);
    chain.write(batch);
    boolean done = host.chain(CaseWorld.CHAIN_CODE, ChainProgram.RESULT_DISTANCE, batch.fx());
    results.takeRecords(region.asSlice(RESULTS), batch.records().byteSize());
    if (!done) {
      host.restart();
    }
    int reached =
        done
            ? batch.cases()
            : (region.get(java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED, 0)
                    - CaseWorld.CHAIN_RECORDS)
                / batch.stride();
    for (int i = 0; i < batch.cases(); i++) {
      normalize(results.record(i));
    }
    ChainProgram.conclude(batch, results, reached);
  }

  private void trap(CaseBatch batch, CaseResults results) throws IOException {
    int stride = batch.stride();
    int from = 0;
    while (from < batch.cases()) {
      int left = batch.cases() - from;
      int done =
          host.trap(
              RECORDS + from * stride, left, stride, ChainProgram.RESULT_DISTANCE, batch.fx());
      from += done;
      if (done < left) {
        long stuck = region.address() + RESULTS + (long) from * stride;
        Host.put64(stuck + CaseRecord.VECTOR, CaseRecord.NO_RESULT);
        from++;
        host.restart();
      }
    }
    results.takeRecords(region.asSlice(RESULTS), batch.records().byteSize());
    for (int i = 0; i < batch.runs(); i++) {
      CaseRun run = batch.run(i);
      for (int k = run.first(); k < run.first() + run.count(); k++) {
        normalize(results.record(k));
        TrapFrame.outcome(run, results.record(k));
      }
    }
  }

  /** Linux reports an error code and an address left over from before where there is none. */
  private static void normalize(long result) {
    int vector = CaseRecord.vector(result);
    if (vector < 32 && !Vector.hasErrorCode(vector)) {
      Host.put16(result + CaseRecord.ERROR_CODE, 0);
    }
    if (vector != Vector.PF) {
      Host.put32(result + CaseRecord.ADDRESS, 0);
    }
  }

  @Override
  public void close() {
    host.close();
  }
}
