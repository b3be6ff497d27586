package org.trampoline.asm;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;

/**
 * An assembled program: what to load where, and what each byte of it came from. It does not change;
 * the arrays given in and out are copies.
 *
 * @param origin address of the first byte; 32 bits, unsigned
 * @param bytes the image, all sections one after another
 * @param symbols name to value of every label and every constant that the source defines, but for
 *     constants that need more than 32 bits
 * @param globals names that {@code .globl} exports
 * @param constants the symbols that are constants ({@code .set}, {@code .equ}, {@code =}) and not
 *     addresses
 * @param lines what each statement became, by ascending address; statements without bytes are
 *     absent
 */
@SuppressWarnings("ArrayRecordComponent") // Copied in and out, and compared by content below.
public record AssembledCode(
    int origin,
    byte[] bytes,
    Map<String, Integer> symbols,
    Set<String> globals,
    Map<String, Integer> constants,
    List<SourceLine> lines) {

  /** Copies what may change. */
  public AssembledCode {
    bytes = bytes.clone();
    symbols = Map.copyOf(symbols);
    globals = Set.copyOf(globals);
    constants = Map.copyOf(constants);
    lines = List.copyOf(lines);
  }

  @Override
  public byte[] bytes() {
    return bytes.clone();
  }

  /** Number of bytes. */
  public int length() {
    return bytes.length;
  }

  /** The address behind the last byte. */
  public int end() {
    return origin + bytes.length;
  }

  /**
   * The value of a symbol.
   *
   * @throws NoSuchElementException if the source does not define it
   */
  public int symbol(String name) {
    Integer value = symbols.get(name);
    if (value == null) {
      throw new NoSuchElementException("the program defines no symbol '" + name + "'");
    }
    return value;
  }

  /** The statement whose bytes lie at an address, if any do. */
  public Optional<SourceLine> lineAt(int address) {
    int low = 0;
    int high = lines.size() - 1;
    int wanted = address - origin;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      SourceLine line = lines.get(middle);
      int from = line.address() - origin;
      if (wanted < from) {
        high = middle - 1;
      } else if (wanted - from >= line.length()) {
        low = middle + 1;
      } else {
        return wanted < 0 ? Optional.empty() : Optional.of(line);
      }
    }
    return Optional.empty();
  }

  /** The bytes of one statement. */
  public byte[] bytes(SourceLine line) {
    byte[] part = new byte[line.length()];
    System.arraycopy(bytes, line.address() - origin, part, 0, part.length);
    return part;
  }

  /** A listing for people: a line per statement with address, bytes, place and text. */
  public String listing() {
    StringBuilder listing = new StringBuilder();
    for (SourceLine line : lines) {
      byte[] part = bytes(line);
      int shown = Math.min(part.length, 10);
      String hex = HexFormat.ofDelimiter(" ").formatHex(part, 0, shown);
      listing.append(
          "%08x  %-30s  %s:%d  %s%n"
              .formatted(
                  line.address(),
                  shown < part.length ? hex + " ..." : hex,
                  line.file(),
                  line.line(),
                  line.text()));
    }
    return listing.toString();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof AssembledCode that
        && origin == that.origin
        && Arrays.equals(bytes, that.bytes)
        && symbols.equals(that.symbols)
        && globals.equals(that.globals)
        && constants.equals(that.constants)
        && lines.equals(that.lines);
  }

  @Override
  public int hashCode() {
    return 31 * origin + Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return "AssembledCode[%d bytes at 0x%08x, %d symbols]"
        .formatted(bytes.length, origin, symbols.size());
  }
}
