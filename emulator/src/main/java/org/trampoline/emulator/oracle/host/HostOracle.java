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

  /** What the helper is executing; null if nothing. */
  private CaseBatch begun;

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
  public void begin(CaseBatch batch) {
    try {
      if (begun != null && !host.ended()) { // nobody has asked for its results
        host.restart();
      }
      begun = null;
      if (batch.cases() == 0) {
        return;
      }
      prepare(batch);
      if (batch.mode() == CaseBatch.Mode.CHAIN) {
        ChainProgram.prefill(batch, region.address() + RESULTS);
        chain.write(batch);
        host.chain(CaseWorld.CHAIN_CODE, ChainProgram.RESULT_DISTANCE, batch.fx());
      } else {
        trapFrom(batch, 0);
      }
      begun = batch;
    } catch (IOException e) {
      throw new UncheckedIOException("host CPU", e);
    }
  }

  private void prepare(CaseBatch batch) {
    if (codeNumber != batch.codeNumber()) {
      codeNumber = batch.codeNumber();
      int used = Math.max(codeEnd, batch.codeEnd()) - CaseWorld.SLOTS;
      codeEnd = batch.codeEnd();
      int slots = CaseWorld.SLOTS - CaseWorld.CODE;
      MemorySegment.copy(batch.code(), slots, host.code(), slots, used);
    }
    MemorySegment.copy(batch.data(), 0, host.data(), 0, CaseWorld.DATA_MAPPED);
    MemorySegment.copy(batch.records(), 0, region, RECORDS, batch.records().byteSize());
  }

  @Override
  public void run(CaseBatch batch, CaseResults results) {
    if (batch.cases() == 0) {
      results.takeData(batch.data());
      return;
    }
    if (begun != batch) {
      begin(batch);
    }
    begun = null;
    try {
      if (batch.mode() == CaseBatch.Mode.CHAIN) {
        endChain(batch, results);
      } else {
        endTraps(batch, results);
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

  private void endChain(CaseBatch batch, CaseResults results) throws IOException {
    boolean done = host.ended();
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

  private void trapFrom(CaseBatch batch, int from) throws IOException {
    int stride = batch.stride();
    int count = batch.cases() - from;
    host.trap(RECORDS + from * stride, count, stride, ChainProgram.RESULT_DISTANCE, batch.fx());
  }

  private void endTraps(CaseBatch batch, CaseResults results) throws IOException {
    while (!host.ended()) {
      int stuck = batch.cases() - host.left();
      long result = region.address() + RESULTS + (long) stuck * batch.stride();
      Host.put64(result + CaseRecord.VECTOR, CaseRecord.NO_RESULT);
      host.restart();
      if (stuck + 1 == batch.cases()) {
        break;
      }
      trapFrom(batch, stuck + 1);
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
