package org.trampoline.emulator.differential.cases;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import org.trampoline.emulator.fault.Vector;

/** Writes records for people. */
final class RecordText {
  private static final String[] REGISTERS = {
    "eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi"
  };

  private static final String[] SEGMENTS = {"es", "cs", "ss", "ds", "fs", "gs"};

  private RecordText() {}

  static String of(CaseDivergence d) {
    StringBuilder text = new StringBuilder();
    if (d.isSequence()) {
      for (CaseDivergence.Line line : d.listing()) {
        text.append("%08x: ".formatted(line.address()));
        bytes(text, line.bytes()).append("# ").append(line.text()).append('\n');
      }
      text.append("none of these differs by itself; ");
    } else {
      String notation = d.form().notation();
      bytes(text, d.code()).append("# ").append(notation).append(" at %x, ".formatted(d.at()));
    }
    text.append("%s run %d case %d: ".formatted(d.mode(), d.round(), d.index())).append(d.fields());
    text.append("\n  before ").append(state(d.before(), d, true));
    text.append("\n  ours   ").append(state(d.ours(), d, false));
    text.append("\n  theirs ").append(state(d.theirs(), d, false));
    if (d.memoryAt() != 0) {
      text.append("\n  [%x]: %02x, %02x".formatted(d.memoryAt(), d.ourMemory(), d.theirMemory()));
    }
    return text.toString();
  }

  private static StringBuilder bytes(StringBuilder text, byte[] code) {
    for (byte b : code) {
      text.append("%02x ".formatted(b));
    }
    return text;
  }

  /** A state: all of it, or only what has changed. */
  private static String state(byte[] bytes, CaseDivergence d, boolean all) {
    MemorySegment s = MemorySegment.ofArray(bytes);
    MemorySegment b = MemorySegment.ofArray(d.before());
    StringBuilder text = new StringBuilder();
    int vector = s.get(JAVA_SHORT_UNALIGNED, CaseRecord.VECTOR) & 0xffff;
    if (vector == CaseRecord.NO_RESULT) {
      return "no result";
    } else if (vector == CaseRecord.SHUTDOWN) {
      return "shut down";
    } else if (vector == CaseRecord.BROKEN) {
      return "crashed or hung";
    } else if (vector == CaseRecord.SYSTEM_CALL) {
      return "a system call";
    } else if (vector != CaseRecord.NO_FAULT) {
      text.append(Vector.name(vector));
      text.append("(%x) ".formatted(s.get(JAVA_SHORT_UNALIGNED, CaseRecord.ERROR_CODE)));
      int address = s.get(JAVA_INT_UNALIGNED, CaseRecord.ADDRESS);
      text.append(vector == Vector.PF ? "at %x ".formatted(address) : "");
    }
    for (int i = 0; i < 8; i++) {
      word(text, REGISTERS[i], s, b, CaseRecord.general(i), all);
    }
    word(text, "eflags", s, b, CaseRecord.EFLAGS, all);
    word(text, "eip", s, b, CaseRecord.EIP, all);
    for (int i = 0; i < 6; i++) {
      short value = s.get(JAVA_SHORT_UNALIGNED, CaseRecord.segment(i));
      if (value != b.get(JAVA_SHORT_UNALIGNED, CaseRecord.segment(i))) {
        text.append("%s=%x ".formatted(SEGMENTS[i], value));
      }
    }
    if (bytes.length >= SystemRecord.END) {
      for (int at = SystemRecord.START; at < SystemRecord.END; at += 4) {
        boolean usual = s.get(JAVA_INT_UNALIGNED, at) == SystemRecord.usual(at);
        word(text, SystemRecord.name(at), s, b, at, all && !usual);
      }
    }
    if (d.hasImage()) {
      image(text, s, b, all);
    }
    return text.toString();
  }

  private static void word(
      StringBuilder text, String name, MemorySegment s, MemorySegment b, int offset, boolean all) {
    int value = s.get(JAVA_INT_UNALIGNED, offset);
    if (all || value != b.get(JAVA_INT_UNALIGNED, offset)) {
      text.append("%s=%x ".formatted(name, value));
    }
  }

  private static void image(StringBuilder text, MemorySegment s, MemorySegment b, boolean all) {
    int fx = CaseRecord.FX;
    text.append("\n        ");
    text.append(" cw=%04x".formatted(s.get(JAVA_SHORT_UNALIGNED, fx)));
    text.append(" sw=%04x".formatted(s.get(JAVA_SHORT_UNALIGNED, fx + 2)));
    text.append(" tags=%02x".formatted(s.get(JAVA_SHORT_UNALIGNED, fx + 4)));
    text.append(" mxcsr=%x".formatted(s.get(JAVA_INT_UNALIGNED, fx + 24)));
    for (int i = 0; i < 16; i++) {
      int at = fx + 32 + 16 * i;
      long low = s.get(JAVA_LONG_UNALIGNED, at);
      long high = s.get(JAVA_LONG_UNALIGNED, at + 8) & (i < 8 ? 0xffff : -1);
      boolean same =
          low == b.get(JAVA_LONG_UNALIGNED, at)
              && high == (b.get(JAVA_LONG_UNALIGNED, at + 8) & (i < 8 ? 0xffff : -1));
      if (all || !same) {
        String name = i < 8 ? " st" + i : " xmm" + (i - 8);
        text.append(name)
            .append(
                i < 8 ? "=%04x:%016x".formatted(high, low) : "=%016x%016x".formatted(high, low));
      }
    }
  }
}
