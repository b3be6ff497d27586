package org.trampoline.asm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What Keystone 0.9.2 gets wrong when it is asked directly, and does not when it is asked through
 * the assembler. The numbers are those of its own issues.
 */
class KeystoneTrapsTest {
  private static String hex(String text) {
    return HexFormat.of()
        .formatHex(Assembler.assemble(new Source("t.S", text), 0xc0001000, Map.of()).bytes());
  }

  /** #436, #569, #571: after any ks_option a bare number is hexadecimal. */
  @Test
  void numbersAreDecimal() {
    assertEquals(
        "6a0a" + "cd10" + "c8100000" + "8b4310",
        hex("pushl $10; int $16; enter $16,$0; movl 16(%ebx),%eax"));
  }

  /** Never work in the engine. */
  @Test
  void numericLabels() {
    assertEquals("90" + "ebfd" + "7500", hex("1: nop; jmp 1b; jne 1f; 1:"));
  }

  /** Given rc 0 and no bytes, and the whole program with them. */
  @ParameterizedTest
  @ValueSource(strings = {"movl $1,$2", "int $256", "push %rax", "popl $5", "leal %eax,%ebx"})
  void nothingIsDroppedWithoutAWord(String text) {
    AssemblyException error =
        assertThrows(AssemblyException.class, () -> hex("nop\n" + text + "\nnop"));
    assertEquals(2, error.line());
  }

  /** These reached the segment switching of the engine's parser, and crashed it. */
  @Test
  void sectionDirectivesDoNotReachTheEngine() {
    assertEquals("90" + "f4" + "05000000", hex(".data; .long 5; .text; nop; .section .text; hlt"));
  }

  /** Absolute addresses above 2 GB: the published binding sign-extends them to "invalid fixup". */
  @Test
  void branchesToKernelAddresses() {
    assertEquals("e8fb0f0000", hex("call 0xc0002000"));
    assertEquals("e9fbefff3f", hex("jmp 0x0"));
  }

  /** #532: rejected by some builds. */
  @Test
  void scaledIndex() {
    assertEquals("8b3490", hex("movl (%eax,%edx,4),%esi"));
  }

  /** Bit numbers beyond 127 were dropped, for the engine takes them as signed. */
  @Test
  void bitNumbers() {
    assertEquals("0fba28c8", hex("btsl $200,(%eax)"));
  }

  /**
   * The override of a default segment's stranger was lost: {@code %ds:(%ebp)} came out on the
   * stack.
   */
  @Test
  void segmentOverrides() {
    assertEquals("3e105d07", hex("adc %bl,%ds:7(%ebp)"));
  }

  /** Encoded as a prefetch. */
  @Test
  void nopWithOperand() {
    assertEquals("0f1f4019", hex("nopl 25(%eax)"));
  }

  /** {@code leavel} lost its prefix in 16-bit code, {@code decq} and the like theirs everywhere. */
  @Test
  void operandSizes() {
    assertEquals("66c9", hex(".code16; leavel"));
    assertThrows(AssemblyException.class, () -> hex("decq (%eax)"));
  }

  /** {@code movw %ax,%ds} needs no prefix. */
  @Test
  void segmentLoads() {
    assertEquals("8ed8" + "8e5804", hex("movw %ax,%ds; movw 4(%eax),%ds"));
  }

  /** {@code bound} took its operands in Intel's order only. */
  @Test
  void bound() {
    assertEquals("624304", hex("bound %eax,4(%ebx)"));
  }
}
