package org.trampoline.emulator.memory;

import java.util.ArrayList;
import java.util.List;

/** Which lines of RAM hold translated or pre-decoded code, and who is told when they change. */
final class CodePages {
  /** So many writes to marked lines of a frame with no new mark, and it is taken for data. */
  private static final int DEMOTION = 64;

  private static final int COUNTERS = 256;

  private final FrameTable frames;

  /** Writes to marked lines lately, by the frame's lower bits, and which frame they were to. */
  private final int[] writes = new int[COUNTERS];

  private final int[] written = new int[COUNTERS];

  private boolean demotes;
  private final List<CodeListener> listeners = new ArrayList<>();

  CodePages(FrameTable frames) {
    this.frames = frames;
  }

  void add(CodeListener listener) {
    listeners.add(listener);
  }

  void remove(CodeListener listener) {
    listeners.remove(listener);
  }

  /** Whether a frame that is only written to loses its marks, after its listeners were told. */
  void demotes(boolean on) {
    demotes = on;
  }

  /** Adds lines of one frame; true if it had none before. */
  boolean mark(int frame, int offset, int size) {
    writes[frame % COUNTERS] = 0;
    long before = frames.codeLines(frame);
    frames.codeLines(frame, before | lines(offset, size));
    frames.attributes(frame, frames.attributes(frame) | PhysicalMemory.CODE);
    return before == 0;
  }

  void unmark(int frame) {
    if ((frames.attributes(frame) & PhysicalMemory.CODE) != 0) {
      frames.codeLines(frame, 0);
      frames.attributes(frame, frames.attributes(frame) & ~PhysicalMemory.CODE);
    }
  }

  /** Whether some of the lines of these bytes are marked. */
  boolean holds(int frame, int offset, int size) {
    return (frames.attributes(frame) & PhysicalMemory.CODE) != 0
        && (frames.codeLines(frame) & lines(offset, size)) != 0;
  }

  /** Bytes within one RAM frame have been written. */
  void written(int frame, int offset, int size) {
    if (holds(frame, offset, size)) {
      if (demotes && isData(frame)) {
        tell(frame << 12, 0x1000);
        unmark(frame);
      } else {
        tell(frame << 12 | offset, size);
      }
    }
  }

  private void tell(int physical, int size) {
    for (CodeListener listener : listeners) {
      listener.codeWritten(physical, size);
    }
  }

  /** Counts a write to a marked line; whether the frame seems to hold no code any more. */
  private boolean isData(int frame) {
    int counter = frame % COUNTERS;
    if (written[counter] != frame) {
      written[counter] = frame;
      writes[counter] = 0;
    }
    return ++writes[counter] >= DEMOTION;
  }

  private static long lines(int offset, int size) {
    int first = offset >>> PhysicalMemory.CODE_LINE_SHIFT;
    int last = offset + size - 1 >>> PhysicalMemory.CODE_LINE_SHIFT;
    return -1L << first & -1L >>> 63 - last;
  }
}
