package org.trampoline.emulator.differential;

import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.trampoline.emulator.differential.cases.Erratum;
import org.trampoline.emulator.engine.Register;

/**
 * The first difference between two engines.
 *
 * @param instructions completed and found equal before it
 * @param address linear address of the instruction that made it
 * @param code its bytes; empty if they cannot be read
 * @param text the instruction for people
 * @param names of the two engines
 * @param before the state both had before it
 * @param first the first engine's state after it
 * @param second the second engine's
 * @param differences what differs, most telling first; a line each
 * @param erratum the known mistake of the second engine that is behind it, if one is
 */
public record Divergence(
    long instructions,
    int address,
    List<Byte> code,
    String text,
    List<String> names,
    EngineState before,
    EngineState first,
    EngineState second,
    List<String> differences,
    Optional<Erratum> erratum) {

  /** The first differing field, in a line. */
  public String field() {
    return differences.getFirst();
  }

  /** Several lines for people: the instruction, what differs, both states side by side. */
  @Override
  public String toString() {
    StringBuilder out = new StringBuilder();
    StringBuilder bytes = new StringBuilder();
    for (byte b : code) {
      bytes.append(HexFormat.of().toHexDigits(b)).append(' ');
    }
    out.append("difference after %d instructions%n".formatted(instructions));
    out.append("  %08x: %s %s%n".formatted(address, bytes, text));
    for (String difference : differences) {
      out.append("  ").append(difference).append(System.lineSeparator());
    }
    erratum.ifPresent(
        known ->
            out.append("  known erratum of %s: %s%n".formatted(known.oracle(), known.proof())));
    out.append("  %-8s%-12s%-12s%-12s%n".formatted("", "before", names.get(0), names.get(1)));
    for (Register register : Register.values()) {
      boolean differs = first.get(register) != second.get(register);
      out.append(
          "  %-8s%08x    %08x    %08x%s%n"
              .formatted(
                  register.name().toLowerCase(Locale.ROOT),
                  before.get(register),
                  first.get(register),
                  second.get(register),
                  differs ? " <" : ""));
    }
    return out.toString();
  }
}
