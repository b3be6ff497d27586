package org.trampoline.emulator.translate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.trampoline.asm.Assembler;
import org.trampoline.asm.Source;
import org.trampoline.emulator.ExecutionEngine;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.SegmentRegister;
import org.trampoline.emulator.decode.Decoder;
import org.trampoline.emulator.decode.InstructionTable;

/**
 * The host code emitted for some blocks, pinned: whoever changes it sees what the change does. Each
 * file says what it shows, in which mode and whether it is frequent, the guest's code, and below
 * the line the listing. {@code -Dtrampoline.golden.renew=DIRECTORY}, with the absolute path of the
 * files' directory among the sources, writes the listings anew; then look at the difference.
 */
class GoldenCodeTest {
  private static final String RENEW = System.getProperty("trampoline.golden.renew");
  private static final byte HLT = (byte) 0xf4;
  private static final int START = 0x1000;
  private static final int HOT = 0x10000;
  private static final int COLD = 0x20000;
  private static final String FREQUENT = " frequent";
  private static final String RULER = "---\n";

  @TestFactory
  Stream<DynamicTest> blocks() throws IOException, URISyntaxException {
    Path directory = RENEW != null ? Path.of(RENEW) : directory();
    assumeTranslator();
    assumeTrue(HostTraits.get().logicClearsAuxiliary(), "another host's code differs there");
    try (Stream<Path> files = Files.list(directory)) {
      return files.sorted().toList().stream()
          .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> check(file)));
    }
  }

  static void assumeTranslator() {
    try (Machine machine = Machine.builder().engine(ExecutionEngine.TRANSLATOR).build()) {
      assumeTrue(machine.translatorStatistics() != null, machine.whyNoTranslator());
    }
  }

  static Path directory() throws URISyntaxException {
    return Path.of(GoldenCodeTest.class.getResource("golden").toURI());
  }

  private static void check(Path file) throws IOException {
    String text = Files.readString(file);
    int ruler = text.indexOf(RULER);
    assertTrue(ruler > 0, "no line --- before the listing");
    String head = text.substring(0, ruler + RULER.length());
    String listing = listing(head, false);
    if (RENEW != null) {
      Files.writeString(file, head + listing);
    } else {
      assertEquals(text.substring(head.length()), listing);
    }
  }

  /**
   * The listing of a file's block.
   *
   * @param checked whether it is translated for debug mode
   */
  static String listing(String head, boolean checked) {
    String mode =
        head.lines().filter(l -> l.startsWith("mode ")).findFirst().orElseThrow().substring(5);
    String source = String.join("\n", head.lines().filter(l -> l.startsWith("  ")).toList()) + "\n";
    try (Machine machine =
        Machine.builder().memory(1 << 20).engine(ExecutionEngine.INTERPRETER).build()) {
      machine.flatProtectedMode();
      Cpu c = machine.cpu();
      boolean frequent = mode.endsWith(FREQUENT);
      enter(c, frequent ? mode.substring(0, mode.length() - FREQUENT.length()) : mode);
      String bits = c.code32 ? "" : ".code16\n";
      byte[] code =
          Assembler.assemble(new Source("golden.S", bits + source), START, Map.of()).bytes();
      machine.load(START, code);
      machine.load(START + code.length, new byte[] {HLT}); // ends the block, if nothing else has
      return listing(c, frequent, checked);
    }
  }

  private static void enter(Cpu c, String mode) {
    SegmentRegister[] s = c.segment;
    switch (mode) {
      case "flat" -> {}
      case "16" -> {
        s[SegmentRegister.CS].set(0x60, 0, 0xffff, 0x9b);
        s[SegmentRegister.SS].set(0x68, 0, 0xffff, 0x93);
      }
      case "small" -> {
        s[SegmentRegister.CS].set(0x60, 0, 0xffff, 0x9b);
        s[SegmentRegister.SS].set(0x68, 0, 0xffff, 0x93);
        s[SegmentRegister.ES].set(0x68, 0x5000, 0xffff, 0x93);
      }
      case "based" -> s[SegmentRegister.GS].set(0x68, 0x5000, -1, 0xc093);
      case "checked" -> s[SegmentRegister.FS].set(0x68, 0x5000, 0xfff, 0x4093);
      default -> throw new IllegalArgumentException("mode " + mode);
    }
    c.segmentsChanged();
  }

  private static String listing(Cpu c, boolean frequent, boolean checked) {
    EntryCode entry = EntryCode.emit(new HostAssembler(), checked);
    Decoder decoder = new Decoder(InstructionTable.get(), c.model.features());
    BlockTranslator t =
        new BlockTranslator(
            c, decoder, linear -> false, host -> false, host -> frequent, entry, checked);
    CodeMode mode = new CodeMode.Table().of(c);
    TranslatedBlock block = t.translate(START, mode, c.mmu.codeHost(START), HOT, COLD);
    return new CodeListing(entry).print(t, block, n -> c.mmu.peek8(START + n), HOT, COLD);
  }
}
