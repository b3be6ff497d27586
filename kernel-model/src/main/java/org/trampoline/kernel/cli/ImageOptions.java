package org.trampoline.kernel.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** The options of {@code run} that are about images. */
final class ImageOptions {
  /** The processor mode in which a flat image starts; named as the user types it. */
  enum Mode {
    real,
    protectedMode {
      @Override
      public String toString() {
        return "protected";
      }
    };

    static Mode of(String text) {
      for (Mode mode : values()) {
        if (mode.toString().equals(text)) {
          return mode;
        }
      }
      throw new BadInput("--mode " + text + ": expected real or protected");
    }
  }

  @Option(
      names = "--flat",
      paramLabel = "FILE",
      description = "a flat image: bytes without a header, see --load, --entry and --mode")
  String flat;

  @Option(
      names = "--load",
      paramLabel = "ADDR",
      converter = Numbers.class,
      description = "physical address of a flat image")
  Integer load;

  @Option(
      names = "--entry",
      paramLabel = "ADDR",
      converter = Numbers.class,
      description = "physical address where it starts (default: its first byte)")
  Integer entry;

  @Option(
      names = "--mode",
      paramLabel = "MODE",
      description = "real or protected: how a flat image starts (default protected)")
  String mode;

  @Option(
      names = "--rom",
      paramLabel = "FILE",
      description =
          "a BIOS of 64, 128 or 256 KB: lies at the end of the 4 GB and below 1 MB, starts at the"
              + " reset vector")
  String rom;

  @Option(
      names = "--disk",
      paramLabel = "FILE",
      description =
          "image of a disk, the first of the primary ATA channel; what is written to it is gone"
              + " after the run")
  String disk;

  @Option(
      names = "--video-bios",
      paramLabel = "FILE",
      description = "a VGA BIOS, for a BIOS that takes it from the machine as SeaBIOS does")
  String videoBios;

  @Option(names = "--screen", description = "print what is on the text screen at the end")
  boolean screen;

  @Option(names = "--append", paramLabel = "TEXT", description = "command line of a kernel")
  String append;

  @Option(
      names = "--module",
      paramLabel = "FILE[ ARGS]",
      description = "a boot module of a Multiboot kernel; may be repeated")
  List<String> modules = new ArrayList<>();

  @Option(
      names = "--initrd",
      paramLabel = "FILE",
      description = "initial RAM disk or file system of a Linux kernel")
  String initrd;

  @Option(
      names = "--memory",
      paramLabel = "SIZE",
      converter = MemorySize.class,
      description = "RAM for an image, 4M to 2G (default 64M)")
  Long memory;

  @Option(names = "--ports", description = "print the guest's writes to I/O ports")
  boolean ports;

  @Option(
      names = "--exit-port",
      paramLabel = "PORT",
      converter = Numbers.class,
      description =
          "a write to this port ends the run with the value as exit status; at 0xf4 with (value"
              + " << 1) | 1, as test programs for QEMU's isa-debug-exit expect")
  Integer exitPort;

  @Option(
      names = "--output-port",
      paramLabel = "PORT",
      converter = Numbers.class,
      description =
          "bytes written to this port are printed, as those for COM1 are; may be repeated")
  List<Integer> outputPorts = new ArrayList<>();

  @Option(
      names = "--serial-input",
      paramLabel = "FILE",
      description = "what the guest receives at COM1; - for standard input")
  String serialInput;

  @Option(
      names = "--restart",
      description = "a reset that the guest asks for starts it again instead of ending the run")
  boolean restart;

  /** The first of the options given that make no sense without an image; null if none is. */
  String first() {
    Map<String, Boolean> given = new LinkedHashMap<>();
    given.put("--flat", flat != null);
    given.put("--load", load != null);
    given.put("--entry", entry != null);
    given.put("--mode", mode != null);
    given.put("--rom", rom != null);
    given.put("--disk", disk != null);
    given.put("--video-bios", videoBios != null);
    given.put("--screen", screen);
    given.put("--append", append != null);
    given.put("--module", !modules.isEmpty());
    given.put("--initrd", initrd != null);
    given.put("--memory", memory != null);
    given.put("--ports", ports);
    given.put("--exit-port", exitPort != null);
    given.put("--output-port", !outputPorts.isEmpty());
    given.put("--serial-input", serialInput != null);
    given.put("--restart", restart);
    given.values().removeIf(present -> !present);
    return given.isEmpty() ? null : given.keySet().iterator().next();
  }
}
