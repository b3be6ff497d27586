package org.trampoline.emulator.decode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.trampoline.emulator.cpu.CpuModel;
import org.trampoline.emulator.oracle.Oracles;

/** Any bytes decode to something, and what they decode to has the length objdump says. */
class RandomBytesTest {
  private static final int CASES = 20_000;
  private static final int[] PREFIXES = {
    0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x66, 0x67, 0xf0, 0xf2, 0xf3
  };
  private final Decoder decoder = new Decoder(InstructionTable.get(), CpuModel.MAX.features());

  /** Random bytes, of which many begin with prefixes and the 0F escape. */
  private static List<byte[]> cases(long seed) {
    Random random = new Random(seed);
    List<byte[]> cases = new ArrayList<>();
    for (int i = 0; i < CASES; i++) {
      byte[] bytes = new byte[16];
      random.nextBytes(bytes);
      int at = 0;
      while (at < 5 && random.nextInt(3) == 0) {
        bytes[at++] = (byte) PREFIXES[random.nextInt(PREFIXES.length)];
      }
      if (random.nextInt(3) == 0) {
        bytes[at] = 0x0f;
      }
      cases.add(bytes);
    }
    return cases;
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void lengthsAreObjdumps(boolean code32) throws IOException {
    Oracles.require(Objdump.unavailableReason());
    List<byte[]> cases = cases(code32 ? 32 : 16);
    List<Objdump.Line> lines = Objdump.disassemble(cases, code32, Disassembler.Syntax.ATT);
    List<String> differences = new ArrayList<>();
    int compared = 0;
    for (int i = 0; i < cases.size(); i++) {
      byte[] bytes = cases.get(i);
      Insn insn = decoder.decode(at -> bytes[at] & 255, code32);
      Objdump.Line line = lines.get(i);
      boolean undefined =
          insn.operation == Operation.UNDEFINED || insn.operation == Operation.TOO_LONG;
      // objdump takes fwait and the x87 instruction behind it for one
      if (undefined || line.text().contains("(bad)") || insn.operation == Operation.FWAIT) {
        continue;
      }
      compared++;
      if (insn.length != line.length()) {
        String hex = HexFormat.of().formatHex(bytes);
        differences.add(hex + ": " + insn.form + ", " + insn.length + " bytes, not " + line);
      }
    }
    assertEquals(List.of(), differences);
    assertTrue(compared > CASES / 2, "compared only " + compared);
  }

  /** As {@link #cases}, but with no more than one prefix of a group, as assemblers write them. */
  private static List<byte[]> orderly(long seed) {
    Random random = new Random(seed);
    List<byte[]> cases = new ArrayList<>();
    for (int i = 0; i < CASES; i++) {
      byte[] bytes = new byte[16];
      random.nextBytes(bytes);
      int at = 0;
      Set<Integer> groups = new HashSet<>();
      while (random.nextInt(3) == 0) {
        int prefix = PREFIXES[random.nextInt(PREFIXES.length)];
        if (!groups.add(prefix < 0x66 ? 0x26 : Math.min(prefix, 0xf0))) {
          break;
        }
        bytes[at++] = (byte) prefix;
      }
      if (random.nextInt(2) == 0) {
        bytes[at] = 0x0f;
      }
      cases.add(bytes);
    }
    return cases;
  }

  @ParameterizedTest
  @CsvSource({"ATT, true", "INTEL, true", "ATT, false", "INTEL, false"})
  void textsAreObjdumps(Disassembler.Syntax syntax, boolean code32) throws IOException {
    Oracles.require(Objdump.unavailableReason());
    List<byte[]> cases = orderly(Long.getLong("trampoline.objdump.seed", 1));
    List<Objdump.Line> lines = Objdump.disassemble(cases, code32, syntax);
    Disassembler disassembler =
        new Disassembler(InstructionTable.get(), CpuModel.MAX.features(), syntax);
    List<String> differences = new ArrayList<>();
    int compared = 0;
    for (int i = 0; i < cases.size(); i++) {
      byte[] bytes = cases.get(i);
      Insn insn = decoder.decode(at -> bytes[at] & 255, code32);
      Objdump.Line line = lines.get(i);
      boolean undefined =
          insn.operation == Operation.UNDEFINED || insn.operation == Operation.TOO_LONG;
      if (undefined
          || line.text().contains("(bad)")
          || insn.operation == Operation.FWAIT
          || DisassemblerTest.hasLaterMeaning(insn.form, bytes)) {
        continue;
      }
      compared++;
      String text =
          Objdump.normalise(
              disassembler.disassemble(at -> bytes[at] & 255, code32, i * Objdump.STRIDE));
      if (!text.equals(line.text())) {
        String hex = HexFormat.of().formatHex(bytes, 0, line.length());
        differences.add(hex + ": " + text + " instead of " + line.text());
      }
    }
    assertEquals(List.of(), differences);
    assertTrue(compared > CASES / 2, "compared only " + compared);
  }

  @Test
  void noByteBeyondTheInstructionIsAskedFor() {
    for (byte[] bytes : cases(1)) {
      int[] last = {-1};
      Insn insn =
          decoder.decode(
              at -> {
                assertEquals(last[0] + 1, at);
                last[0] = at;
                return bytes[at] & 255;
              },
              true);
      assertEquals(insn.length, last[0] + 1);
      assertTrue(insn.length >= 1 && insn.length <= 15);
    }
  }

  @Test
  void everythingCanBePrinted() {
    for (Disassembler.Syntax syntax : Disassembler.Syntax.values()) {
      Disassembler disassembler =
          new Disassembler(InstructionTable.get(), CpuModel.MAX.features(), syntax);
      for (byte[] bytes : cases(2)) {
        for (boolean code32 : new boolean[] {true, false}) {
          String text = disassembler.disassemble(at -> bytes[at] & 255, code32, 0);
          assertTrue(!text.isEmpty() && !text.contains("null"), text);
        }
      }
    }
  }
}
