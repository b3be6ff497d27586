package org.trampoline.emulator.differential.cases;

import org.trampoline.emulator.memory.Host;

/**
 * 32-bit code that executes a batch without leaving the processor: for each run a loop that loads
 * the registers from a record, executes the instruction, and stores them into the result. It ends
 * with {@code int3}. The control fields, the code and the records lie in one region that the code
 * finds at {@link CaseWorld#CHAIN}. An instruction that faults is continued at {@link
 * CaseWorld#CHAIN_SKIP} by whoever handles the fault.
 */
public final class ChainProgram {
  /** Distance from a record to its result. */
  public static final int RESULT_DISTANCE = CaseBatch.CASES_FX * CaseRecord.SIZE_FX + 63 & ~63;

  private static final int HEADER = CaseWorld.CHAIN;

  /** Host address of the region. */
  private final long region;

  private long out;

  /**
   * @param region host address of {@link CaseWorld#CHAIN_SIZE} bytes of memory
   */
  public ChainProgram(long region) {
    this.region = region;
  }

  /** Writes the code and the control fields, but not the records, for a batch. */
  public void write(CaseBatch batch) {
    Host.put32(field(CaseWorld.CHAIN_CURRENT), CaseWorld.CHAIN_RECORDS);
    out = field(CaseWorld.CHAIN_CODE);
    for (int i = 0; i < batch.runs(); i++) {
      run(batch, batch.run(i));
    }
    bytes(0xcc);
  }

  /**
   * Fills in what the code does not store: eip, the selectors and that nothing has faulted.
   *
   * @param first host address of the first result
   */
  public static void prefill(CaseBatch batch, long first) {
    for (int i = 0; i < batch.runs(); i++) {
      CaseRun run = batch.run(i);
      for (int k = run.first; k < run.first + run.count; k++) {
        long record = batch.record(k);
        long result = first + (long) k * batch.stride();
        Host.put32(result + CaseRecord.EIP, run.at + run.length);
        Host.put32(result + CaseRecord.ES, Host.get32(record + CaseRecord.ES));
        Host.put64(result + CaseRecord.SS, Host.get64(record + CaseRecord.SS));
        CaseRecord.completed(result);
      }
    }
  }

  /**
   * Puts eip right where an instruction has faulted within the chain.
   *
   * @param reached how many cases were begun or ended; the others have no result
   */
  public static void conclude(CaseBatch batch, CaseResults results, int reached) {
    for (int i = 0; i < batch.runs(); i++) {
      CaseRun run = batch.run(i);
      for (int k = run.first; k < run.first + run.count; k++) {
        long result = results.record(k);
        if (CaseRecord.vector(result) != CaseRecord.NO_FAULT) {
          Host.put32(result + CaseRecord.EIP, run.at);
        }
        if (k >= reached) {
          CaseRecord.fault(result, CaseRecord.NO_RESULT, 0, 0);
        }
      }
    }
  }

  private long field(int address) {
    return region + address - HEADER;
  }

  private void run(CaseBatch batch, CaseRun run) {
    int result = RESULT_DISTANCE;
    long skipField = out + 6;
    bytes(0xc7, 0x05); // mov dword [CHAIN_SKIP], skip
    word(CaseWorld.CHAIN_SKIP);
    word(0);
    bytes(0xc7, 0x05); // mov dword [CHAIN_LEFT], count
    word(CaseWorld.CHAIN_LEFT);
    word(run.count);
    long loop = out;
    loadCurrent();
    if (batch.fx()) {
      bytes(0x0f, 0xae, 0x4c, 0x24, CaseRecord.FX); // fxrstor [esp + FX]
    }
    bytes(0x83, 0xc4, 0x04, 0x61, 0x9d); // add esp, 4; popad; popfd
    loadCurrent();
    bytes(0x8b, 0x24, 0x24); // mov esp, [esp]
    for (int i = 0; i < run.length; i++) {
      bytes(run.code[i]);
    }
    bytes(0x89, 0x25); // mov [CHAIN_ESP], esp
    word(CaseWorld.CHAIN_ESP);
    loadCurrent();
    if (batch.fx()) {
      bytes(0x0f, 0xae, 0x84, 0x24); // fxsave [esp + result + FX]
      word(result + CaseRecord.FX);
    }
    bytes(0x8d, 0xa4, 0x24); // lea esp, [esp + result + EIP]
    word(result + CaseRecord.EIP);
    bytes(0x9c, 0x60, 0xff, 0x35); // pushfd; pushad; push dword [CHAIN_ESP]
    word(CaseWorld.CHAIN_ESP);
    Host.put32(skipField, CaseWorld.CHAIN + (int) (out - region));
    bytes(0x81, 0x05); // add dword [CHAIN_CURRENT], stride
    word(CaseWorld.CHAIN_CURRENT);
    word(batch.stride());
    bytes(0xff, 0x0d); // dec dword [CHAIN_LEFT]
    word(CaseWorld.CHAIN_LEFT);
    bytes(0x0f, 0x85); // jnz loop
    word((int) (loop - (out + 4)));
  }

  private void loadCurrent() {
    bytes(0x8b, 0x25); // mov esp, [CHAIN_CURRENT]
    word(CaseWorld.CHAIN_CURRENT);
  }

  private void bytes(int... values) {
    for (int value : values) {
      Host.put8(out++, value);
    }
  }

  private void word(int value) {
    Host.put32(out, value);
    out += 4;
  }
}
