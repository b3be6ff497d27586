package org.trampoline.asm.program;

import java.util.List;
import org.trampoline.asm.SourceLine;
import org.trampoline.asm.syntax.Expression;
import org.trampoline.asm.syntax.Location;

/** What one statement contributes to a section. */
public sealed interface Fragment {
  /** The statement. */
  Location location();

  /** What the listing calls it. */
  default SourceLine.Kind kind() {
    return SourceLine.Kind.PADDING;
  }

  /**
   * A field whose value is known only after layout.
   *
   * @param offset from the fragment's start
   * @param width in bytes
   * @param text as written, for messages
   */
  record Fixup(int offset, int width, Expression value, String text) {}

  /** Bytes, known but for some fields; those of an instruction come in after the source is read. */
  final class Bytes implements Fragment {
    private final Location location;
    private final SourceLine.Kind kind;
    private byte[] bytes;
    private List<Fixup> fixups;

    /** A fragment that is still to be {@linkplain #fill filled}. */
    public Bytes(Location location, SourceLine.Kind kind) {
      this(location, kind, new byte[0], List.of());
    }

    /** A fragment with its bytes. */
    public Bytes(Location location, SourceLine.Kind kind, byte[] bytes, List<Fixup> fixups) {
      this.location = location;
      this.kind = kind;
      fill(bytes, fixups);
    }

    /** Sets the bytes, with zeros or anything else where fixups go. */
    public void fill(byte[] bytes, List<Fixup> fixups) {
      this.bytes = bytes;
      this.fixups = fixups;
    }

    byte[] bytes() {
      return bytes;
    }

    List<Fixup> fixups() {
      return fixups;
    }

    @Override
    public Location location() {
      return location;
    }

    @Override
    public SourceLine.Kind kind() {
      return kind;
    }
  }

  /** A direct relative branch; it starts short, if it has such a form, and grows if it must. */
  final class Branch implements Fragment {
    private final Location location;
    private final byte[] shortOpcode;
    private final byte[] nearOpcode;
    private final int nearWidth;
    private final Expression target;
    private final String text;
    boolean near;

    /**
     * A branch.
     *
     * @param shortOpcode prefixes and opcode before an 8-bit displacement; null if there is no such
     *     form
     * @param nearOpcode those before a wide displacement; null if there is no such form
     * @param nearWidth 2 or 4 bytes; 2 means that the instruction pointer wraps at 64 KB
     * @param text the target as written
     */
    public Branch(
        Location location,
        byte[] shortOpcode,
        byte[] nearOpcode,
        int nearWidth,
        Expression target,
        String text) {
      this.location = location;
      this.shortOpcode = shortOpcode;
      this.nearOpcode = nearOpcode;
      this.nearWidth = nearWidth;
      this.target = target;
      this.text = text;
      this.near = shortOpcode == null;
    }

    boolean canGrow() {
      return !near && nearOpcode != null;
    }

    byte[] opcode() {
      return near ? nearOpcode : shortOpcode;
    }

    int width() {
      return near ? nearWidth : 1;
    }

    /** Whether the instruction pointer is cut to 16 bits. */
    boolean wraps() {
      return nearWidth == 2;
    }

    int length() {
      return opcode().length + width();
    }

    Expression target() {
      return target;
    }

    String text() {
      return text;
    }

    @Override
    public Location location() {
      return location;
    }

    @Override
    public SourceLine.Kind kind() {
      return SourceLine.Kind.INSTRUCTION;
    }
  }

  /**
   * {@code count} times the low {@code size} (1 to 8) bytes of {@code value}, the count possibly
   * known only after layout.
   */
  record Fill(Location location, Expression count, String text, int size, long value)
      implements Fragment {}

  /**
   * Filling up to a multiple of {@code alignment} (a power of two), unless that takes more than
   * {@code limit} bytes.
   */
  record Align(Location location, int alignment, byte fill, int limit) implements Fragment {}

  /** Filling up to an offset from the section's start, or to an address within the section. */
  record Org(Location location, Expression target, String text, byte fill) implements Fragment {}
}
