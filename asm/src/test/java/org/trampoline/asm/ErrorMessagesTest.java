package org.trampoline.asm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What cannot be assembled is said in one line: file, line, what is wrong, the offending text. */
class ErrorMessagesTest {
  private static AssemblyException refused(String text) {
    return assertThrows(
        AssemblyException.class,
        () -> Assembler.assemble(new Source("bad.S", text), 0, Map.of()),
        text);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          movb $256,%al            | value 256 out of range; expected -128 to 255 for 8 bits: '$256'
          movb $-129,(%eax)        | value -129 out of range; expected -128 to 255 for 8 bits: '$-129'
          int $256                 | value 256 out of range; expected -128 to 255 for 8 bits: '$256'
          pushw $70000             | value 0x11170 out of range; expected -32768 to 65535 for 16 bits: '$70000'
          addl $0x123456789,%eax   | value 0x123456789 out of range; expected -2147483648 to 4294967295 for 32 bits: '$0x123456789'
          enter $70000,$1          | value 0x11170 out of range; expected -32768 to 65535 for 16 bits: '$70000'
          enter $7,$256            | value 256 out of range; expected -128 to 255 for 8 bits: '$256'
          shll $256,%eax           | value 256 out of range; expected -128 to 255 for 8 bits: '$256'
          bt $256,%eax             | value 256 out of range; expected -128 to 255 for 8 bits: '$256'
          inb $256,%al             | value 256 out of range; expected -128 to 255 for 8 bits: '$256'
          ret $65536               | value 0x10000 out of range; expected -32768 to 65535 for 16 bits: '$65536'
          pshufd $256,%xmm0,%xmm1  | value 256 out of range; expected -128 to 255 for 8 bits: '$256'
          ljmp $65536,$5           | value 0x10000 out of range; expected -32768 to 65535 for 16 bits: '$65536'
          movl 0x123456789(%eax),%ebx | value 0x123456789 out of range; expected -2147483648 to 4294967295 for 32 bits: '0x123456789'
          movl 0x12345(%bx),%eax   | value 0x12345 out of range; expected -32768 to 65535 for 16 bits: '0x12345'
          .byte 300                | value 300 out of range; expected -128 to 255 for 8 bits: '300'
          .word 1, -32769          | value -32769 out of range; expected -32768 to 65535 for 16 bits: '-32769'
          movb $n,%al; .set n,256  | value 256 out of range; expected -128 to 255 for 8 bits: '$n'
          .align 3                 | not an alignment; expected a power of two up to 1048576 bytes: '.align 3'
          .space -1                | cannot fill -1 bytes; expected 0 to 16777216: '-1'
          .org 4; .org 2           | cannot fill -2 bytes; expected 0 to 16777216: '2'
          .fill 1,9                | size out of range; expected 1 to 8: '9'
          loop x; .space 200; x:   | branch target is 200 bytes away; expected -128 to 127, as it has no longer form: 'x'
          jmp nowhere              | undefined symbol; expected a label, a constant or a symbol given from outside: 'nowhere'
          movl $a-b,%eax           | undefined symbol; expected a label, a constant or a symbol given from outside: 'a'
          jmp 1b                   | no local label before this point; expected '1:' above: '1b'
          jmp 1f                   | no local label after this point; expected '1:' below: '1f'
          x: nop; x:               | symbol is already defined (first at bad.S:1); expected a new name: 'x'
          .equiv x,1; .equiv x,2   | symbol is already defined (first at bad.S:1); expected a new name: 'x'
          .set a,b; .set b,a; .long a | symbol is defined by itself or by too many others: 'b'
          .long 1/0                | division by zero: '.long 1/0'
          push %rax                | register of 64-bit code; expected one of 16- or 32-bit code: '%rax'
          movl %r8d,%eax           | register of 64-bit code; expected one of 16- or 32-bit code: '%r8d'
          movq $1,(%eax)           | instruction of 64-bit code: 'movq'
          decq (%eax)              | instruction of 64-bit code: 'decq'
          fxsave64 (%eax)          | instruction of 64-bit code: 'fxsave64'
          swapgs                   | instruction of 64-bit code: 'swapgs'
          .code64                  | no 64-bit code; expected .code16 or .code32: '.code64'
          vaddps %xmm0,%xmm1,%xmm2 | no AVX instructions; expected SSE: 'vaddps'
          movl %foo,%eax           | unknown register: '%foo'
          frobnicate %eax          | unknown instruction, or not with such operands: 'frobnicate %eax'
          movl $1,$2               | operands do not fit the instruction: 'movl $1,$2'
          movl                     | operands do not fit the instruction: 'movl'
          stosb 4(%edi)            | operands do not fit the instruction: 'stosb 4(%edi)'
          bound %al,(%ebx)         | operands do not fit the instruction: 'bound %al,(%ebx)'
          fstp %st,%st(1)          | operands do not fit the instruction: 'fstp %st,%st(1)'
          mov $1,(%eax)            | operand size unknown; expected a suffix b, w or l: 'mov $1,(%eax)'
          sub $300,(%eax)          | operand size unknown; expected a suffix b, w or l: 'sub $300,(%eax)'
          fadd (%eax)              | operand size unknown; expected a suffix s, l or t: 'fadd (%eax)'
          stos (%edi)              | operand size unknown; expected a suffix b, w or l: 'stos (%edi)'
          jmp %eax                 | indirect branch; expected '*' before its operand: 'jmp %eax'
          lock %al                 | expected an instruction after the prefix: 'lock %al'
          lock lock incl (%eax)    | second prefix of its kind; expected at most one: 'lock'
          repne addss %xmm0,%xmm1  | rep or repne does not go with this instruction: 'repne addss %xmm0,%xmm1'
          data32 nop               | prefix names the width that the code has anyway: 'data32'
          movl $5 %eax             | expected ',' or the end of the statement: '%eax'
          movl $                   | statement ends too early; expected a number or a symbol: 'movl $'
          movl (%eax,%esp),%ebx    | register cannot be an index: '%esp'
          movl (%eax,%ebx,3),%ecx  | scale out of range; expected 1, 2, 4 or 8: '3'
          movl (%ax),%ecx          | no such 16-bit address; expected bx or bp and si or di, unscaled: '(%ax)'
          movl (%eax,%bx),%ecx     | base and index differ in width: '%eax,%bx'
          movl (%al),%ecx          | register cannot address memory: '%al'
          movl %eax:4,%ebx         | not a segment register: '%eax'
          movsb (%esi),%gs:(%edi)  | destination of a string instruction is in %es only: '%gs'
          99abc                    | a statement begins with no number; expected a local label like '1:': '99abc'
          movl $09,%eax            | not a number; expected decimal, 0x..., 0b... or octal digits in 64 bits: '09'
          .frob                    | unknown directive: '.frob'
          .incbin "x"              | unknown directive: '.incbin'
          .include "x.h"           | cannot find the file to include: 'x.h'
          .ascii "abc              | string does not end; expected a closing quote: '"abc'
          .ascii "\\q"             | unknown escape in a string: '\\q'
          /* comment               | comment does not end; expected */: '/* comment'
          #define X 1              | the C preprocessor is not run; expected .set, .include or .if instead: '#define X 1'
          .if 1                    | block does not end; expected .endif: '.if 1'
          .endif                   | no block is open; expected .if before: '.endif'
          .if x; .endif            | condition is not known here; expected constants defined before: 'x'
          .macro m                 | block does not end; expected .endm: '.macro m'
          .rept 2                  | block does not end; expected .endr: '.rept 2'
          .endm                    | ends a block that is not open: '.endm'
          .popsection              | no section to go back to; expected .pushsection before: '.popsection'
          .text 1                  | no subsections; expected nothing after .text: '.text 1'
          .intel_syntax            | no Intel syntax; expected AT&T syntax: '.intel_syntax'
          """)
  void isOneLine(String text, String message) {
    assertEquals("bad.S:1: " + message, refused(text).getMessage());
  }

  @Test
  void namesTheLine() {
    AssemblyException error = refused("nop\n/* a\nb */ nop\n\n  hlt; frob %eax; nop\n");
    assertEquals("bad.S", error.file());
    assertEquals(5, error.line());
    assertEquals("frob %eax", error.offendingText());
    assertEquals("unknown instruction, or not with such operands", error.problem());
  }

  /** The engine itself reports neither line nor order. */
  @Test
  void namesTheFirstOfManyWrongInstructions() {
    StringBuilder source = new StringBuilder();
    for (int i = 1; i <= 3000; i++) {
      source
          .append(i == 1234 || i == 1235 || i == 2900 ? "frob" : "movl $" + i + ",%eax")
          .append('\n');
    }
    assertEquals(1234, refused(source.toString()).line());
  }

  @Test
  void keepsControlCharactersOffTheTerminal() {
    assertEquals(
        "bad.S:1: not a statement; expected a label, a directive or an instruction: '?[31mx'",
        refused("\33[31mx").getMessage());
  }

  @Test
  void cutsLongText() {
    String message = refused("frob " + "x,".repeat(1000) + "x").getMessage();
    assertEquals(true, message.endsWith("...'"));
  }

  @Test
  void aMacroIsBlamedWhereItIsUsed() {
    assertEquals(4, refused(".macro m r\npushl %\\r\n.endm\nm rax\n").line());
  }
}
