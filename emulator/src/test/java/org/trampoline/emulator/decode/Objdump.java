package org.trampoline.emulator.decode;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** GNU objdump, asked for many instructions at once. */
final class Objdump {
  /** The version whose text is in the golden file; others differ in details. */
  private static final String VERSION = "2.40";

  /** Room for each instruction; behind it are nops, with which objdump finds its way again. */
  static final int STRIDE = 32;

  private Objdump() {}

  /** What objdump says of an instruction: how many bytes it took, and its text. */
  record Line(int length, String text) {}

  /** Why it cannot be asked, or null if it can. */
  static String unavailableReason() {
    try {
      Process process = new ProcessBuilder("objdump", "--version").start();
      try (BufferedReader in = process.inputReader()) {
        String line = in.readLine();
        if (line != null && line.startsWith("GNU objdump") && line.endsWith(VERSION)) {
          return null;
        }
        return "objdump is not GNU binutils " + VERSION + " but " + line;
      }
    } catch (IOException e) {
      return "no objdump: " + e.getMessage();
    }
  }

  /** The text of each instruction; number i is at address {@code i * STRIDE}. */
  static List<Line> disassemble(
      List<byte[]> instructions, boolean code32, Disassembler.Syntax syntax) throws IOException {
    byte[] image = new byte[instructions.size() * STRIDE];
    Arrays.fill(image, (byte) 0x90);
    for (int i = 0; i < instructions.size(); i++) {
      byte[] bytes = instructions.get(i);
      System.arraycopy(bytes, 0, image, i * STRIDE, bytes.length);
    }
    Path file = Files.createTempFile("objdump", ".bin");
    try {
      Files.write(file, image);
      List<String> command =
          new ArrayList<>(List.of("objdump", "-D", "-z", "-w", "-b", "binary", "-m"));
      command.add(code32 ? "i386" : "i8086");
      if (syntax == Disassembler.Syntax.INTEL) {
        command.addAll(List.of("-M", "intel"));
      }
      command.add(file.toString());
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      Line[] lines = new Line[instructions.size()];
      try (BufferedReader in = process.inputReader()) {
        for (String line = in.readLine(); line != null; line = in.readLine()) {
          parse(line, lines);
        }
      }
      return Arrays.asList(lines);
    } finally {
      Files.delete(file);
    }
  }

  /** A line is {@code address: TAB bytes TAB text}. */
  private static void parse(String line, Line[] lines) {
    int colon = line.indexOf(":\t");
    if (colon < 0) {
      return;
    }
    int address = Integer.parseInt(line.substring(0, colon).strip(), 16);
    int tab = line.indexOf('\t', colon + 2);
    if (address % STRIDE != 0) {
      return;
    }
    String bytes = line.substring(colon + 2, tab < 0 ? line.length() : tab);
    int length = (bytes.stripTrailing().length() + 1) / 3;
    lines[address / STRIDE] = new Line(length, tab < 0 ? "" : normalise(line.substring(tab)));
  }

  /** Text without differences of white space. */
  static String normalise(String text) {
    return text.strip().replaceAll("\\s+", " ");
  }
}
