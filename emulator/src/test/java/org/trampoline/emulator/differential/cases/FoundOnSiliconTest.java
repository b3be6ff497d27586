package org.trampoline.emulator.differential.cases;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.trampoline.emulator.fault.Vector;
import org.trampoline.emulator.memory.Host;

/** What the host CPU once showed our machine to do wrong; each with the state it showed. */
class FoundOnSiliconTest {
  private final CaseBatch batch = new CaseBatch();
  private final CaseResults results = new CaseResults();
  private final MachineOracle machine = new MachineOracle();

  @AfterEach
  void close() {
    machine.close();
    batch.close();
    results.close();
  }

  private void run() {
    results.fit(batch);
    machine.run(batch, results);
  }

  private int get(int offset) {
    return Host.get32(results.record(0) + offset);
  }

  @Test
  void arplDoesNotWriteWhatNeedNotChange() {
    CaseBuilder.add(batch, 0x63, 0x03).set(CaseRecord.EBX, CaseWorld.READ_ONLY); // arpl [ebx], ax
    run();
    assertEquals(CaseRecord.NO_FAULT, CaseRecord.vector(results.record(0)));
    assertEquals(0x202, get(CaseRecord.EFLAGS), "ZF is clear");
  }

  @Test
  void repeatedPortInstructionsAskForPermissionEvenIfThereIsNothingToTransfer() {
    CaseBuilder.add(batch, 0xf3, 0x6c).set(CaseRecord.EDI, CaseWorld.DATA); // rep insb, ecx = 0
    run();
    assertEquals(Vector.GP, CaseRecord.vector(results.record(0)));
  }

  /** SDM vol. 2, ENTER. */
  @Test
  void enterOf32BitsCopiesAllOfEspOnA16BitStack() {
    batch.clear(CaseBatch.Mode.PROTECTION, false);
    CaseBuilder.add(batch, 0xc8, 0x10, 0x00, 0x00) // enter 16, 0
        .set(CaseRecord.SS, CaseWorld.DATA_16 | CaseWorld.USER_DATA << 16)
        .set(CaseRecord.ESP, 0x1234_8000)
        .set(CaseRecord.EBP, 0xabcd_0000);
    run();
    assertEquals(CaseRecord.NO_FAULT, CaseRecord.vector(results.record(0)));
    assertEquals(0x1234_7ffc, get(CaseRecord.EBP));
    assertEquals(0x1234_7fec, get(CaseRecord.ESP));
  }
}
