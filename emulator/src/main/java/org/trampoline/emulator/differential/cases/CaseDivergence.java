package org.trampoline.emulator.differential.cases;

import java.util.Set;
import org.trampoline.emulator.decode.Form;

/**
 * A case that an oracle finds another result for than our machine, and no erratum explains. The
 * byte arrays are copies in the layout of {@link CaseRecord}.
 *
 * @param mode the batch it was in
 * @param round with form and mode it names the run, see {@link CaseGenerator#add}
 * @param index which case of the run
 * @param fields what differs
 * @param at linear address of the instruction
 * @param code its bytes
 * @param before the state before, with an FXSAVE image if the form needs one
 * @param data what was at {@link CaseWorld#DATA} before; the read-only page excluded
 * @param ours the state after, by our machine
 * @param theirs the state after, by the oracle
 * @param memoryAt linear address of the first byte of memory that differs, 0 if none does
 * @param ourMemory our byte there
 * @param theirMemory the oracle's
 */
@SuppressWarnings("ArrayRecordComponent") // a plain carrier, compared by nobody
public record CaseDivergence(
    Form form,
    CaseBatch.Mode mode,
    long round,
    int index,
    Set<StateField> fields,
    int at,
    byte[] code,
    byte[] before,
    byte[] data,
    byte[] ours,
    byte[] theirs,
    int memoryAt,
    int ourMemory,
    int theirMemory) {

  @Override
  public String toString() {
    return RecordText.of(this);
  }
}
