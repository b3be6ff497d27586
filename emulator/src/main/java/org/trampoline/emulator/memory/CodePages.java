package org.trampoline.emulator.memory;

import java.util.ArrayList;
import java.util.List;

/** Which lines of RAM hold translated or pre-decoded code, and who is told when they change. */
final class CodePages {
  private final FrameTable frames;
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

  /** Adds lines of one frame; true if it had none before. */
  boolean mark(int frame, int offset, int size) {
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
      for (CodeListener listener : listeners) {
        listener.codeWritten(frame << 12 | offset, size);
      }
    }
  }

  private static long lines(int offset, int size) {
    int first = offset >>> PhysicalMemory.CODE_LINE_SHIFT;
    int last = offset + size - 1 >>> PhysicalMemory.CODE_LINE_SHIFT;
    return -1L << first & -1L >>> 63 - last;
  }
}
