package org.trampoline.emulator.oracle;

import java.io.ByteArrayOutputStream;
import java.util.HexFormat;

/** Machine code as a disassembler prints it: a line per instruction, {@code hex bytes # text}. */
public final class Listing {
  private Listing() {}

  /** The bytes of a listing. */
  public static byte[] code(String listing) {
    var bytes = new ByteArrayOutputStream();
    listing
        .lines()
        .map(line -> line.replaceFirst("#.*", "").replace(" ", ""))
        .forEach(hex -> bytes.writeBytes(HexFormat.of().parseHex(hex)));
    return bytes.toByteArray();
  }
}
