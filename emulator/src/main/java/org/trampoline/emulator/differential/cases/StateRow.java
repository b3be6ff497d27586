package org.trampoline.emulator.differential.cases;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.trampoline.emulator.fault.Vector;

/**
 * A part of the state of a case, side by side: before, after on our machine, after on the oracle.
 *
 * @param name as people call it: {@code eax}, {@code xmm3}
 */
public record StateRow(String name, String before, String ours, String theirs) {
  private static final String[] GENERAL = {"eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi"};

  private static final String[] SEGMENTS = {"es", "cs", "ss", "ds", "fs", "gs"};

  /** Whether the two sides do not agree here. */
  public boolean differs() {
    return !ours.equals(theirs);
  }

  /** All rows of a divergence that say something: registers always, x87 and SSE where touched. */
  public static List<StateRow> of(CaseDivergence d) {
    List<StateRow> rows = new ArrayList<>();
    MemorySegment[] states = {
      MemorySegment.ofArray(d.before()),
      MemorySegment.ofArray(d.ours()),
      MemorySegment.ofArray(d.theirs())
    };
    rows.add(new StateRow("exception", "", exception(states[1]), exception(states[2])));
    for (int i = 0; i < GENERAL.length; i++) {
      rows.add(word(GENERAL[i], states, CaseRecord.general(i)));
    }
    rows.add(word("eflags", states, CaseRecord.EFLAGS));
    rows.add(word("eip", states, CaseRecord.EIP));
    for (int i = 0; i < SEGMENTS.length; i++) {
      addIfTouched(rows, half(SEGMENTS[i], states, CaseRecord.segment(i)));
    }
    if (d.hasImage()) {
      image(rows, states);
    }
    for (int at = SystemRecord.START; at < Math.min(SystemRecord.END, d.before().length); at += 4) {
      addIfTouched(rows, word(SystemRecord.name(at), states, at));
    }
    if (d.memoryAt() != 0) {
      rows.add(
          new StateRow(
              "[%08x]".formatted(d.memoryAt()),
              "",
              "%02x".formatted(d.ourMemory()),
              "%02x".formatted(d.theirMemory())));
    }
    return rows;
  }

  private static void image(List<StateRow> rows, MemorySegment[] states) {
    int fx = CaseRecord.FX;
    addIfTouched(rows, half("fcw", states, fx));
    addIfTouched(rows, half("fsw", states, fx + 2));
    addIfTouched(rows, half("ftw", states, fx + 4));
    addIfTouched(rows, word("mxcsr", states, fx + 24));
    for (int i = 0; i < 16; i++) {
      int at = fx + 32 + 16 * i;
      boolean x87 = i < 8;
      String[] text = new String[3];
      for (int k = 0; k < 3; k++) {
        long low = states[k].get(JAVA_LONG_UNALIGNED, at);
        long high = states[k].get(JAVA_LONG_UNALIGNED, at + 8);
        text[k] =
            x87 ? "%04x:%016x".formatted(high & 0xffff, low) : "%016x%016x".formatted(high, low);
      }
      String name = x87 ? "st" + i : "xmm" + (i - 8);
      addIfTouched(rows, new StateRow(name, text[0], text[1], text[2]));
    }
  }

  private static void addIfTouched(List<StateRow> rows, StateRow row) {
    if (!row.before.equals(row.ours) || row.differs()) {
      rows.add(row);
    }
  }

  private static StateRow word(String name, MemorySegment[] states, int offset) {
    String[] text = new String[3];
    for (int i = 0; i < 3; i++) {
      text[i] = "%08x".formatted(states[i].get(JAVA_INT_UNALIGNED, offset));
    }
    return new StateRow(name, text[0], text[1], text[2]);
  }

  private static StateRow half(String name, MemorySegment[] states, int offset) {
    String[] text = new String[3];
    for (int i = 0; i < 3; i++) {
      text[i] = "%04x".formatted(states[i].get(JAVA_SHORT_UNALIGNED, offset) & 0xffff);
    }
    return new StateRow(name, text[0], text[1], text[2]);
  }

  private static String exception(MemorySegment state) {
    int vector = state.get(JAVA_SHORT_UNALIGNED, CaseRecord.VECTOR) & 0xffff;
    return switch (vector) {
      case CaseRecord.NO_FAULT -> "none";
      case CaseRecord.SYSTEM_CALL -> "a system call";
      case CaseRecord.NO_RESULT -> "no result";
      case CaseRecord.SHUTDOWN -> "shut down";
      case CaseRecord.BROKEN -> "the oracle crashed or hung";
      case Vector.PF ->
          "#PF(%x) at %08x"
              .formatted(
                  state.get(JAVA_SHORT_UNALIGNED, CaseRecord.ERROR_CODE),
                  state.get(JAVA_INT_UNALIGNED, CaseRecord.ADDRESS));
      default ->
          Vector.name(vector)
              + (Vector.hasErrorCode(vector)
                  ? "(%x)".formatted(state.get(JAVA_SHORT_UNALIGNED, CaseRecord.ERROR_CODE))
                  : "");
    };
  }
}
