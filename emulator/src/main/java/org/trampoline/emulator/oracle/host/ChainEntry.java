package org.trampoline.emulator.oracle.host;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import org.trampoline.emulator.cpu.Eflags;
import org.trampoline.emulator.differential.cases.CaseRecord;
import org.trampoline.emulator.differential.cases.CaseWorld;

/** The record from which a chain is entered. */
final class ChainEntry {
  private ChainEntry() {}

  static void write(MemorySegment window, int record, int eip) {
    window.asSlice(record, CaseRecord.FX).fill((byte) 0);
    window.set(JAVA_INT_UNALIGNED, record + CaseRecord.EIP, eip);
    window.set(JAVA_INT_UNALIGNED, record + CaseRecord.EFLAGS, Eflags.FIXED | Eflags.IF);
    selector(window, record + CaseRecord.CS, CaseWorld.USER_CODE);
    selector(window, record + CaseRecord.SS, CaseWorld.USER_DATA);
    selector(window, record + CaseRecord.DS, CaseWorld.USER_DATA);
    selector(window, record + CaseRecord.ES, CaseWorld.USER_DATA);
    selector(window, record + CaseRecord.FS, CaseWorld.FS);
    selector(window, record + CaseRecord.GS, CaseWorld.GS);
  }

  private static void selector(MemorySegment window, int offset, int selector) {
    window.set(JAVA_SHORT_UNALIGNED, offset, (short) selector);
  }
}
