package org.trampoline.emulator.differential.cases;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.EnumSet;
import java.util.Set;
import org.trampoline.emulator.differential.EngineState;
import org.trampoline.emulator.engine.Register;
import org.trampoline.emulator.memory.Host;

/**
 * A step of two engines in lockstep as three {@link CaseRecord}s: the state before it and what each
 * has made of it. For comparing with the list of errata, which is made for cases.
 */
public final class LockstepRecords {
  private static final Register[] SEGMENTS = {
    Register.ES, Register.CS, Register.SS, Register.DS, Register.FS, Register.GS
  };

  private final MemorySegment memory = Arena.ofAuto().allocate(3L * CaseRecord.SIZE_FX, 64);

  /** Address of the record before the step. */
  long before() {
    return memory.address();
  }

  /** That of the first engine's result. */
  long ours() {
    return memory.address() + CaseRecord.SIZE_FX;
  }

  /** That of the second's. */
  long theirs() {
    return memory.address() + 2L * CaseRecord.SIZE_FX;
  }

  /** Takes the state before the step. */
  public void before(EngineState state) {
    fill(before(), state);
    CaseRecord.completed(before());
  }

  /**
   * Takes the first engine's result.
   *
   * @param vector of the exception delivered, -1 for none
   */
  public void ours(EngineState state, int vector, int errorCode, int address) {
    result(ours(), state, vector, errorCode, address);
  }

  /** Takes the second's. */
  public void theirs(EngineState state, int vector, int errorCode, int address) {
    result(theirs(), state, vector, errorCode, address);
  }

  private static void result(
      long record, EngineState state, int vector, int errorCode, int address) {
    fill(record, state);
    CaseRecord.fault(record, vector < 0 ? CaseRecord.NO_FAULT : vector, errorCode, address);
  }

  private static void fill(long record, EngineState state) {
    for (int i = 0; i < 8; i++) {
      CaseRecord.register(record, i, state.get(Register.general(i)));
    }
    for (int i = 0; i < SEGMENTS.length; i++) {
      Host.put16(record + CaseRecord.segment(i), state.get(SEGMENTS[i]));
    }
    Host.put32(record + CaseRecord.EFLAGS, state.get(Register.EFLAGS));
    Host.put32(record + CaseRecord.EIP, state.get(Register.EIP));
    Host.put32(record + SystemRecord.CR0, state.get(Register.CR0));
    Host.put32(record + SystemRecord.CR4, state.get(Register.CR4));
    Host.put32(record + SystemRecord.TR, state.get(Register.TR));
  }

  /**
   * In what they differ. Where one has delivered another exception than the other, what follows
   * from that is not named.
   *
   * @param memory whether what was written differs
   */
  public Set<StateField> fields(Set<Register> registers, boolean memory) {
    Set<StateField> fields = EnumSet.noneOf(StateField.class);
    long ours = ours();
    long theirs = theirs();
    if (CaseRecord.vector(ours) != CaseRecord.vector(theirs)) {
      fields.add(StateField.VECTOR);
      return fields;
    }
    boolean exception = CaseRecord.vector(ours) != CaseRecord.NO_FAULT;
    if (Host.get16(ours + CaseRecord.ERROR_CODE) != Host.get16(theirs + CaseRecord.ERROR_CODE)) {
      fields.add(StateField.ERROR_CODE);
    }
    if (Host.get32(ours + CaseRecord.ADDRESS) != Host.get32(theirs + CaseRecord.ADDRESS)) {
      fields.add(StateField.ADDRESS);
    }
    boolean frame = exception && !fields.isEmpty();
    for (Register register : registers) {
      if (register != Register.CR2 || !frame) {
        fields.add(field(register));
      }
    }
    if (memory && !frame) {
      fields.add(StateField.MEMORY);
    }
    return fields;
  }

  private static StateField field(Register register) {
    return switch (register) {
      case EAX, ECX, EDX, EBX, EBP, ESI, EDI -> StateField.GENERAL;
      case ESP -> StateField.ESP;
      case EIP -> StateField.EIP;
      case EFLAGS -> StateField.FLAGS;
      case ES, CS, SS, DS, FS, GS -> StateField.SELECTORS;
      case LDTR, TR -> StateField.TABLES;
      case CR2 -> StateField.CR2;
      case CR0, CR3, CR4 -> StateField.CONTROL;
    };
  }
}
