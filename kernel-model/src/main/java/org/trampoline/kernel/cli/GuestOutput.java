package org.trampoline.kernel.cli;

import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** The text that a guest writes byte by byte to a port, shown as it comes. */
final class GuestOutput {
  private final PrintWriter out;
  private final CharsetDecoder decoder =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPLACE)
          .onUnmappableCharacter(CodingErrorAction.REPLACE);
  private final ByteBuffer bytes = ByteBuffer.allocate(8);
  private final CharBuffer chars = CharBuffer.allocate(8);
  private boolean lineBegun;

  GuestOutput(PrintWriter out) {
    this.out = out;
  }

  /** A byte of UTF-8; a carriage return before a line feed is dropped. */
  void write(int value) {
    if (value == '\r') {
      return;
    }
    bytes.put((byte) value).flip();
    decoder.decode(bytes, chars, false);
    bytes.compact();
    chars.flip();
    if (chars.hasRemaining()) {
      out.append(chars);
      out.flush();
      lineBegun = chars.charAt(chars.length() - 1) != '\n';
    }
    chars.clear();
  }

  /** Prints a line of ours. */
  void line(String text) {
    endLine();
    out.println(text);
    out.flush();
  }

  /** Ends a line that the guest has begun. */
  void endLine() {
    if (lineBegun) {
      out.println();
      lineBegun = false;
    }
  }
}
