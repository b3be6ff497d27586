package org.trampoline.asm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Data, space, expressions, conditionals, macros; the bytes are those of GNU as. */
class DirectivesTest {
  private static String hex(String text) {
    return HexFormat.of()
        .formatHex(Assembler.assemble(new Source("t.S", text), 0x100, Map.of()).bytes());
  }

  private static final String TABLE =
      """
      .byte 1, 0xff, -1, 'A', '\\n, 0b101, 017 => 01ffff410a050f
      .word 0x1234, -2; .short 1; .2byte 3 => 3412feff01000300
      .long 0x12345678, -1; .int 1; .4byte 2 => 78563412ffffffff0100000002000000
      .quad 0x123456789abcdef0 => f0debc9a78563412
      .ascii "a\\tb", "c"; .asciz "d"; .string "" => 61096263640000
      .ascii "\\101\\x41\\\\\\"\\0" => 41415c2200
      .ascii "é" => c3a9
      .float 1.5, -2; .double 0.1 => 0000c03f000000c09a9999999999b93f
      .space 2; .skip 1,7; .zero 1 => 00000700
      .fill 2,3,0x0201; .fill 2; .fill 1,8,-1 => 0102000102000000ffffffff00000000
      nop; .align 4,7; .byte 1 => 9007070701
      .p2align 1,1; .byte 1; .p2align 3,5,2; .byte 2; .balign 4,6 => 01020606
      .data; .byte 1; .p2align 2 => 01000000
      nop; .org 4; nop; .org 6,0xcc; nop => 9000000090cc90
      nop; . = 3; nop => 90000090
      nop; . = . + 2; nop => 90000090
      x: .space 4-(.-x); nop => 0000000090
      nop; x: nop; .space 6-(.-x),1 => 90900101010101
      .long ., .-4, x-., x; x: => 00010000000100000800000010010000
      .set a,1; .byte a; .set a,a+1; .byte a => 0102
      .byte 1+2*3, 7-2-1, (1+2)*3, -(3), ~0, !0 => 070409fdff01
      .long 1+2<<3, 7|8+1, -8>>60, 5!3 => 11000000100000000f000000fdffffff
      .byte 1==1, 1!=1, 3<4, 4<=3, 2&&3, 0||0 => ff00ff000100
      .byte 7/2, -7/2, 7%3, 6^3, 6&3 => 03fd010502
      .if 2>1; .byte 1; .else; .byte 2; .endif => 01
      .if 0; .byte 1; .elseif 1; .byte 2; .else; .byte 3; .endif => 02
      .if 0; .if 1; .byte 1; .endif; .else; .byte 2; .endif => 02
      .ifdef x; .byte 1; .endif; x=1; .ifdef x; .byte 2; .endif; .ifndef x; .byte 3; .endif => 02
      .rept 3; .byte 1; .endr => 010101
      .rept 2; .rept 2; .byte 1; .endr; .byte 2; .endr => 010102010102
      .irp r,1,2,3; .byte \\r; .endr => 010203
      .macro m a, b=7; .byte \\a, \\b; .endm; m 1; m 2, 3; m b=5, a=4 => 010702030405
      .macro m; 1: jmp 1b; .endm; m; m => ebfeebfe
      .macro m; l\\@: .byte \\@-\\@; .endm; m; m => 0000
      .macro outer x; inner \\x\\(), 2; .endm; .macro inner a, b; .byte \\a, \\b; .endm; outer 1 => 0102
      .code16; movl $1,%eax; .code32; movl $1,%eax => 66b801000000b801000000
      .byte 1 # one; two => 01
      .byte 1 // one => 01
      .byte 1 /* ; .byte 2 */ ; .byte 3 => 0103
      .byte '#, '; => 233b
      .globl x; .type x,@function; x: nop; .size x,.-x => 90
      .section .a,"ax",@progbits; .byte 1; .previous; .byte 2; .pushsection .a; .byte 3; .popsection; .byte 4 => 02040103
      """;

  static Stream<Arguments> table() {
    return TABLE
        .lines()
        .map(line -> line.split(" => ", -1))
        .map(parts -> Arguments.of(parts[0].strip(), parts[1]));
  }

  @ParameterizedTest
  @MethodSource("table")
  void gives(String text, String bytes) {
    assertEquals(bytes, hex(text));
  }

  @ParameterizedTest
  @MethodSource("table")
  void asWithGnuAs(String text, String bytes, @TempDir Path directory) throws Exception {
    GnuAs.require();
    // Sections would come to lie elsewhere; and // is a comment only here.
    if (!text.contains(".data") && !text.contains(".section") && !text.contains("//")) {
      String lines = text.contains("#") ? text + "\n" : text.replace("; ", "\n") + "\n";
      assertEquals(bytes, HexFormat.of().formatHex(GnuAs.assemble(directory, lines, 0x100)));
    }
  }

  /** GNU as takes longer nops, which differ from version to version. */
  @Test
  void gapsInCodeAreFilledWithNops() {
    assertEquals("f4909090" + "01" + "90", hex("hlt; .align 4; .byte 1; .p2align 1"));
    assertEquals("9001" + "9090", hex("nop; .p2align 3,,2; .byte 1; .balign 4"));
  }

  @Test
  void aMacroCanUseNumericLabelsAndBranches() {
    assertEquals(
        "a800" + "7501" + "90" + "a801" + "7501" + "90",
        hex(".macro skip n\n testb $\\n,%al\n jnz 9f\n nop\n9:\n.endm\nskip 0\nskip 1\n"));
  }

  /** A boot sector: the last two bytes at 510, whatever comes before. */
  @Test
  void fillsABootSector() {
    String bytes = hex(".code16\nstart: cli; hlt\n.space 510-(.-start)\n.word 0xaa55\n");
    assertEquals(1024, bytes.length());
    assertEquals("faf400", bytes.substring(0, 6));
    assertEquals("0055aa", bytes.substring(1018));
  }
}
