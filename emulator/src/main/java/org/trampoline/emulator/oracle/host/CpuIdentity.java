package org.trampoline.emulator.oracle.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/**
 * Which processor this is, as Linux's {@code /proc/cpuinfo} describes the first one: what it does
 * where the manual leaves something open is its own, so results are labelled with it.
 *
 * @param flags the names Linux has for its features
 */
public record CpuIdentity(
    String vendor, String name, int family, int model, int stepping, Set<String> flags) {

  static CpuIdentity read() throws IOException {
    String vendor = "";
    String name = "";
    int family = 0;
    int model = 0;
    int stepping = 0;
    Set<String> flags = Set.of();
    for (String line : Files.readAllLines(Path.of("/proc/cpuinfo"))) {
      if (line.isBlank()) {
        break;
      }
      int colon = line.indexOf(':');
      String value = line.substring(colon + 1).trim();
      switch (line.substring(0, Math.max(colon, 0)).trim()) {
        case "vendor_id" -> vendor = value;
        case "model name" -> name = value;
        case "cpu family" -> family = Integer.parseInt(value);
        case "model" -> model = Integer.parseInt(value);
        case "stepping" -> stepping = Integer.parseInt(value);
        case "flags" -> flags = Set.of(value.split(" "));
        default -> {}
      }
    }
    return new CpuIdentity(vendor, name, family, model, stepping, flags);
  }

  /** For instance {@code AMD EPYC (AuthenticAMD family 25 model 17 stepping 1)}. */
  public String label() {
    return "%s (%s family %d model %d stepping %d)"
        .formatted(name, vendor, family, model, stepping);
  }
}
