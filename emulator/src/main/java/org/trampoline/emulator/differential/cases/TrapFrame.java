package org.trampoline.emulator.differential.cases;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import org.trampoline.emulator.cpu.SegmentRegister;
import org.trampoline.emulator.decode.Operation;
import org.trampoline.emulator.fault.Vector;
import org.trampoline.emulator.memory.Host;
import org.trampoline.emulator.memory.Mmu;

/** What an exception in ring 3 leaves on the ring 0 stack of {@link EngineWorld}. */
public final class TrapFrame {
  /** Bytes of a frame without an error code. */
  static final int SIZE = 20;

  private TrapFrame() {}

  /**
   * Takes EIP, EFLAGS, ESP, CS and SS from the frame at {@code esp} and notes the exception.
   *
   * @param address the page fault's, if it is one
   */
  static void read(MemorySegment ram, int esp, int vector, int address, long result) {
    int frame = EngineWorld.stackAt(esp);
    int errorCode = 0;
    if (Vector.hasErrorCode(vector)) {
      errorCode = ram.get(JAVA_INT_UNALIGNED, frame);
      frame += 4;
    }
    Host.put32(result + CaseRecord.EIP, ram.get(JAVA_INT_UNALIGNED, frame));
    selector(result, SegmentRegister.CS, ram.get(JAVA_INT_UNALIGNED, frame + 4));
    Host.put32(result + CaseRecord.EFLAGS, ram.get(JAVA_INT_UNALIGNED, frame + 8));
    Host.put32(result + CaseRecord.ESP, ram.get(JAVA_INT_UNALIGNED, frame + 12));
    selector(result, SegmentRegister.SS, ram.get(JAVA_INT_UNALIGNED, frame + 16));
    int linear = vector == Vector.PF ? address : 0;
    if (EngineWorld.isSystem(linear)) {
      errorCode &= ~Mmu.FAULT_PRESENT; // the other oracles have nothing there
    }
    CaseRecord.fault(result, vector, errorCode, linear);
  }

  private static void selector(long result, int segment, int value) {
    Host.put16(result + CaseRecord.segment(segment), value);
  }

  /** Writes the frame by which {@code iret} enters a record's state in ring 3. */
  static void write(MemorySegment ram, int esp, long record) {
    int frame = EngineWorld.stackAt(esp);
    ram.set(JAVA_INT_UNALIGNED, frame, Host.get32(record + CaseRecord.EIP));
    ram.set(JAVA_INT_UNALIGNED, frame + 4, Host.get16(record + CaseRecord.CS));
    ram.set(JAVA_INT_UNALIGNED, frame + 8, Host.get32(record + CaseRecord.EFLAGS));
    ram.set(JAVA_INT_UNALIGNED, frame + 12, Host.get32(record + CaseRecord.ESP));
    ram.set(JAVA_INT_UNALIGNED, frame + 16, Host.get16(record + CaseRecord.SS));
  }

  /**
   * Tells an instruction's own exceptions from those of what came after it, the {@code int3} that
   * lies behind every instruction and where branches land.
   */
  public static void outcome(CaseRun run, long result) {
    int vector = CaseRecord.vector(result);
    int eip = Host.get32(result + CaseRecord.EIP);
    if (run.program != null) {
      boolean left = run.program.indexAt(eip - run.at) < 0;
      if (vector == Vector.BP || left && unfetched(vector, result)) {
        Host.put32(result + CaseRecord.EIP, vector == Vector.BP ? eip - 1 : eip);
        CaseRecord.completed(result);
      }
      return;
    }
    Operation operation = run.insn.operation;
    boolean software = operation == Operation.INT3 || operation == Operation.INT;
    if (vector == Vector.BP && !(software && eip == run.at + run.length)) {
      Host.put32(result + CaseRecord.EIP, eip - 1);
      CaseRecord.completed(result);
    } else if (eip != run.at && unfetched(vector, result)) {
      CaseRecord.completed(result); // it has jumped there
    }
  }

  private static boolean unfetched(int vector, long result) {
    int errorCode = Host.get16(result + CaseRecord.ERROR_CODE);
    boolean itself = Host.get32(result + CaseRecord.ADDRESS) == Host.get32(result + CaseRecord.EIP);
    return vector == Vector.PF && (itself || (errorCode & Mmu.FAULT_FETCH) != 0)
        || vector == Vector.GP && errorCode == 0;
  }
}
