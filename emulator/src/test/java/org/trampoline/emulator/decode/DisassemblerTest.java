package org.trampoline.emulator.decode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertIterableEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.trampoline.emulator.cpu.CpuModel;
import org.trampoline.emulator.decode.Disassembler.Syntax;
import org.trampoline.emulator.oracle.Oracles;

/**
 * The disassembler prints what GNU objdump prints, form by form: compared with objdump itself where
 * it is there, and always with a golden file made from it (by running this test with {@code
 * -Dtrampoline.golden=FILE}).
 */
class DisassemblerTest {
  private static final String GOLDEN = "objdump-2.40.txt";
  private static final InstructionTable TABLE = InstructionTable.get();
  private final Decoder decoder = new Decoder(TABLE, CpuModel.MAX.features());

  private static CodeBytes bytes(byte[] bytes) {
    return i -> i < bytes.length ? bytes[i] & 255 : 0x90;
  }

  /** Encodings of which objdump prints a later processor's instruction. */
  static boolean hasLaterMeaning(Form form, byte[] bytes) {
    int opcode = form.encoding().map() == 1 ? form.encoding().opcode() : -1;
    boolean repeat = false;
    for (byte b : bytes) {
      repeat |= (b & 0xfe) == 0xf2;
    }
    return switch (opcode) {
      case 0x0d, 0x1a, 0x1b, 0x1c -> form.operation() == Operation.NOP; // 3DNow!, MPX, CLDEMOTE
      case 0xbc, 0xbd -> repeat; // TZCNT, LZCNT
      case 0x1e -> repeat && form.encoding().prefix() == Encoding.ANY; // RDSSP
      case 0x09 -> true; // WBNOINVD
      default -> false;
    };
  }

  /** Those encodings of a form that decode to it and that objdump knows as well. */
  private List<byte[]> cases(Form form, boolean code32) {
    List<byte[]> cases = new ArrayList<>();
    for (byte[] each : FormCases.of(form, code32)) {
      if (decoder.decode(bytes(each), code32).form == form && !hasLaterMeaning(form, each)) {
        cases.add(each);
      }
    }
    return cases;
  }

  @ParameterizedTest
  @CsvSource({"ATT, true", "INTEL, true", "ATT, false", "INTEL, false"})
  void everyFormPrintsAsObjdumpDoes(Syntax syntax, boolean code32) throws IOException {
    Oracles.require(Objdump.unavailableReason());
    List<byte[]> cases = new ArrayList<>();
    for (Form form : TABLE.forms()) {
      cases.addAll(cases(form, code32));
    }
    List<Objdump.Line> expected = Objdump.disassemble(cases, code32, syntax);
    Disassembler disassembler = new Disassembler(TABLE, CpuModel.MAX.features(), syntax);
    List<String> differences = new ArrayList<>();
    for (int i = 0; i < cases.size(); i++) {
      CodeBytes code = bytes(cases.get(i));
      Insn insn = decoder.decode(code, code32);
      String text =
          Objdump.normalise(disassembler.disassemble(insn, code, code32, i * Objdump.STRIDE));
      Objdump.Line line = expected.get(i);
      boolean same = text.equals(line.text());
      if (!same || insn.length != line.length() && !text.endsWith("(bad)")) {
        String hex = HexFormat.of().formatHex(cases.get(i));
        differences.add(hex + ": " + text + " instead of " + line.text());
      }
    }
    assertEquals(List.of(), differences);
    assertTrue(cases.size() > 20_000);
  }

  @Test
  void everyFormPrintsAsInTheGoldenFile() throws IOException {
    List<String> golden;
    try (InputStream in = DisassemblerTest.class.getResourceAsStream(GOLDEN)) {
      golden = new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().skip(1).toList();
    }
    List<String> printed = new ArrayList<>();
    for (boolean code32 : new boolean[] {true, false}) {
      Disassembler att = new Disassembler(TABLE, CpuModel.MAX.features(), Syntax.ATT);
      Disassembler intel = new Disassembler(TABLE, CpuModel.MAX.features(), Syntax.INTEL);
      int address = 0;
      for (byte[] each : goldenCases(code32)) {
        CodeBytes code = bytes(each);
        printed.add(
            goldenLine(
                each,
                code32,
                Objdump.normalise(att.disassemble(code, code32, address)),
                Objdump.normalise(intel.disassemble(code, code32, address))));
        address += Objdump.STRIDE;
      }
    }
    assertIterableEquals(golden, printed);
  }

  private static String goldenLine(byte[] bytes, boolean code32, String att, String intel) {
    String mode = code32 ? "32 " : "16 ";
    return mode + HexFormat.of().formatHex(bytes) + "|" + att + "|" + intel;
  }

  /** A few encodings of each form: register, memory, a prefix. */
  private List<byte[]> goldenCases(boolean code32) {
    List<byte[]> few = new ArrayList<>();
    for (Form form : TABLE.forms()) {
      List<byte[]> cases = cases(form, code32);
      int step = code32 ? 7 : 19;
      for (int i = form.id() % 5; i < cases.size(); i += step) {
        few.add(cases.get(i));
      }
    }
    return few;
  }

  @Test
  void writesTheGoldenFileIfAsked() throws IOException {
    String file = System.getProperty("trampoline.golden");
    if (file == null) {
      return;
    }
    StringBuilder text =
        new StringBuilder(
            "# mode bytes|AT&T|Intel, printed by GNU objdump 2.40; the i-th of a mode (from 0) is"
                + " at address 32 i\n");
    for (boolean code32 : new boolean[] {true, false}) {
      List<byte[]> cases = goldenCases(code32);
      List<Objdump.Line> att = Objdump.disassemble(cases, code32, Syntax.ATT);
      List<Objdump.Line> intel = Objdump.disassemble(cases, code32, Syntax.INTEL);
      for (int i = 0; i < cases.size(); i++) {
        text.append(goldenLine(cases.get(i), code32, att.get(i).text(), intel.get(i).text()));
        text.append('\n');
      }
    }
    Files.writeString(Path.of(file), text);
  }

  @Test
  void branchTargetsMayHaveNames() {
    byte[] call = HexFormat.of().parseHex("e8fb0f0000");
    Disassembler disassembler =
        new Disassembler(
            TABLE,
            CpuModel.PENTIUM3.features(),
            Syntax.ATT,
            address -> address == 0xc0101000 ? "do_exit" : null);
    assertEquals(
        "call   0xc0101000 <do_exit>", disassembler.disassemble(bytes(call), true, 0xc0100000));
  }

  @Test
  void theTrampolineReadsAsInLinux() {
    Disassembler att = new Disassembler(TABLE, CpuModel.PENTIUM3.features(), Syntax.ATT);
    assertEquals(
        "mov    %edx,%eax", att.disassemble(bytes(new byte[] {(byte) 0x89, (byte) 0xd0}), true, 0));
    assertEquals("push   %edx", att.disassemble(bytes(new byte[] {0x52}), true, 0));
    assertEquals(
        "call   *%ebx", att.disassemble(bytes(new byte[] {(byte) 0xff, (byte) 0xd3}), true, 0));
  }
}
