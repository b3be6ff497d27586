package org.trampoline.asm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a program becomes: bytes, symbols and the line table. */
class AssemblerTest {
  private static AssembledCode assemble(String text, int origin) {
    return Assembler.assemble(
        new Source("test.S", text), origin, Map.of("do_exit", 0xc0002000, "TI_flags", 8));
  }

  private static String hex(String text) {
    return HexFormat.of().formatHex(assemble(text, 0x1000).bytes());
  }

  /** arch/i386/kernel/process.c: kernel_thread_helper, as it lies above PAGE_OFFSET. */
  @Test
  void assemblesTheKernelThreadHelper() {
    AssembledCode code =
        assemble("movl %edx,%eax; pushl %edx; call *%ebx; pushl %eax; call do_exit", 0xc0001000);
    assertArrayEquals(HexFormat.of().parseHex("89d052ffd350e8f50f0000"), code.bytes());
    assertEquals(0xc000100b, code.end());
    assertEquals(5, code.lines().size());
    SourceLine last = code.lineAt(0xc0001006).orElseThrow();
    assertEquals("call do_exit", last.text());
    assertEquals(5, last.length());
    assertEquals(SourceLine.Kind.INSTRUCTION, last.kind());
  }

  @Test
  void mapsEveryAddressToItsStatement() {
    AssembledCode code =
        assemble("start:\n nop # first\n\n movl $1,%eax\n .byte 1,2\n", 0xffff0000);
    assertEquals(2, code.lineAt(0xffff0000).orElseThrow().line());
    for (int address = 0xffff0001; address < 0xffff0006; address++) {
      assertEquals(4, code.lineAt(address).orElseThrow().line());
    }
    assertEquals(SourceLine.Kind.DATA, code.lineAt(0xffff0007).orElseThrow().kind());
    assertTrue(code.lineAt(0xffff0008).isEmpty());
    assertTrue(code.lineAt(0xfffeffff).isEmpty());
    assertTrue(code.listing().contains("ffff0001  b8 01 00 00 00"));
    assertTrue(code.listing().contains("test.S:4  movl $1,%eax"));
  }

  @Test
  void exportsSymbolsGlobalsAndConstants() {
    AssembledCode code =
        assemble(".globl entry\n.set SIZE, 4*15\nREGS = SIZE+4\nentry: nop\nend:\n", 0xc0000000);
    assertEquals(
        Map.of("entry", 0xc0000000, "end", 0xc0000001, "SIZE", 60, "REGS", 64), code.symbols());
    assertEquals(Map.of("SIZE", 60, "REGS", 64), code.constants());
    assertEquals(Set.of("entry"), code.globals());
    assertEquals(0xc0000001, code.symbol("end"));
  }

  @Test
  void decimalImmediatesStayDecimal() {
    assertEquals("6a0a", hex("pushl $10"));
    assertEquals("b864000000", hex("movl $100,%eax"));
    assertEquals("8b4310", hex("movl 16(%ebx),%eax"));
    assertEquals("0a", hex(".byte 10"));
  }

  @Test
  void numericLocalLabelsWork() {
    assertEquals(
        "ebfeebfe90eb02ebfe75fc", hex("1: jmp 1b; 1: jmp 1b; nop; jmp 1f; jmp .; 1: jne 1b-2"));
  }

  @Test
  void aLabelOfTheSameNumberIsTheNearestOne() {
    // Both branches skip one nop: each 1f means the next 1.
    assertEquals("eb0190eb0190", hex("jmp 1f; nop; 1: jmp 1f; nop; 1:"));
  }

  @Test
  void branchesGrowOnlyAsFarAsTheyMust() {
    assertEquals("eb7f", hex("jmp x; .space 127; x:").substring(0, 4));
    assertEquals("e980000000", hex("jmp x; .space 128; x:").substring(0, 10));
    assertEquals("0f8480000000", hex("je x; .space 128; x:").substring(0, 12));
    assertEquals("eb80", hex("x: .space 126; jmp x").substring(252));
    assertEquals("e97cffffff", hex("x: .space 127; jmp x").substring(254));
  }

  @Test
  void aBranchOutOfTheProgramIsNear() {
    assertEquals("e9fb0f00c0", hex("jmp do_exit"));
    assertEquals("0f85fa0f00c0", hex("jne do_exit"));
  }

  @Test
  void constantsKnownBeforeTakeTheShortForm() {
    assertEquals("83c005", hex("n = 5; addl $n,%eax"));
    assertEquals("0505000000", hex("addl $n,%eax; n = 5"));
    assertEquals("f7450808000000", hex("testl $8,TI_flags(%ebp)"));
  }

  @Test
  void sectionsLieOneAfterAnother() {
    AssembledCode code =
        assemble(
            ".data; d: .long t; .bss; b: .skip 4; .section .rodata; .balign 4; r: .byte 1"
                + "; .text; t: movb r,%al",
            0x100);
    assertEquals(0x100, code.symbol("t"));
    assertEquals(0x105, code.symbol("d"));
    assertEquals(0x10c, code.symbol("r"));
    assertEquals(0x10d, code.symbol("b"));
    assertEquals(
        "a00c010000" + "00010000" + "000000" + "01" + "00000000",
        HexFormat.of().formatHex(code.bytes()));
  }

  @Test
  void severalSourcesShareTheirSymbols() {
    AssembledCode code =
        Assembler.assemble(
            List.of(
                new Source("head.S", ".globl start\nstart: call there\n"),
                new Source("entry.S", "there: jmp start\n")),
            0xc0000000,
            Map.of(),
            Includes.NONE);
    assertEquals("e800000000" + "ebf9", HexFormat.of().formatHex(code.bytes()));
    assertEquals("entry.S", code.lineAt(0xc0000005).orElseThrow().file());
    AssemblyException twice =
        assertThrows(
            AssemblyException.class,
            () ->
                Assembler.assemble(
                    List.of(new Source("a.S", "x:"), new Source("b.S", "\nx:")),
                    0,
                    Map.of(),
                    Includes.NONE));
    assertEquals(
        "b.S:2: symbol is already defined (first at a.S:1); expected a new name: 'x'",
        twice.getMessage());
  }

  @Test
  void includesAreLookedUp() {
    Includes includes = name -> Optional.of(new Source(name, "one = 1"));
    AssembledCode code =
        Assembler.assemble(
            List.of(new Source("a.S", ".include \"offsets.h\"\n.byte one")), 0, Map.of(), includes);
    assertArrayEquals(new byte[] {1}, code.bytes());
  }

  @Test
  void theResultCannotBeChanged() {
    AssembledCode code = assemble("nop", 0);
    code.bytes()[0] = 0;
    assertEquals((byte) 0x90, code.bytes()[0]);
    assertThrows(UnsupportedOperationException.class, () -> code.symbols().put("x", 1));
  }

  @Test
  void anEmptySourceIsAnEmptyProgram() {
    assertEquals(0, assemble("# nothing\n", 0).length());
  }

  @Test
  void linesMayEndAsOnWindows() {
    assertEquals("90f4", hex("nop\r\n# comment\r\nhlt // comment\r\n"));
  }

  @Test
  void constantsWiderThanAWordAreUsableButNotExported() {
    AssembledCode code = assemble("d = 0x00cf9a000000ffff; .quad d; low = d & 0xffff", 0);
    assertEquals("ffff0000009acf00", HexFormat.of().formatHex(code.bytes()));
    assertEquals(Map.of("low", 0xffff), code.symbols());
  }

  @Test
  void includesOfADirectoryStayWithinIt(@TempDir Path directory) throws IOException {
    Files.writeString(directory.resolve("outside.h"), "x = 1");
    Path inner = Files.createDirectory(directory.resolve("inner"));
    Files.writeString(inner.resolve("inside.h"), "x = 2");
    Includes includes = Includes.directory(inner);
    assertEquals("x = 2", includes.find("inside.h").orElseThrow().text());
    assertTrue(includes.find("../outside.h").isEmpty());
    assertTrue(includes.find("absent.h").isEmpty());
    assertTrue(includes.find("\0").isEmpty());
  }
}
