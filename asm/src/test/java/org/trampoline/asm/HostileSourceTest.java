package org.trampoline.asm;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No source crashes the engine, makes the assembler run away or throws anything but its error. */
class HostileSourceTest {
  private static final List<String> MNEMONICS =
      List.of(
          "mov",
          "movl",
          "movb",
          "movq",
          "movs",
          "movsb",
          "movsd",
          "cmpsd",
          "push",
          "pop",
          "add",
          "imul",
          "shld",
          "bt",
          "xchg",
          "lea",
          "test",
          "call",
          "jmp",
          "ljmp",
          "lcall",
          "jne",
          "loop",
          "jcxz",
          "in",
          "out",
          "ins",
          "outs",
          "stos",
          "scas",
          "xlat",
          "enter",
          "leave",
          "ret",
          "lret",
          "iret",
          "int",
          "into",
          "bound",
          "nop",
          "nopl",
          "ud1",
          "fld",
          "fstp",
          "fadd",
          "faddp",
          "fsubrp",
          "fnsaves",
          "fldenv",
          "fxsave",
          "pshufd",
          "pinsrw",
          "cvtsi2sd",
          "cmpps",
          "maskmovq",
          "lgdt",
          "ltr",
          "arpl",
          "lsl",
          "invlpg",
          "monitor",
          "crc32b",
          "xbegin",
          "vaddps",
          "vgatherdps",
          "kmovw",
          "bndmk",
          "db",
          "dw",
          "org",
          "bits",
          "quad",
          "set",
          "text",
          "include",
          "x",
          "");

  private static final List<String> OPERANDS =
      List.of(
          "%eax",
          "%al",
          "%ax",
          "%cr0",
          "%dr7",
          "%st",
          "%st(3)",
          "%mm1",
          "%xmm7",
          "%ds",
          "%tr3",
          "$5",
          "$0x7fffffffffffffff",
          "$-1",
          "$lab",
          "$1f",
          "1b",
          "lab",
          "lab-4(%eax)",
          "(%eax,%ebx,8)",
          "(%bx,%si)",
          "(%bp,%di)",
          "16(,%ecx,2)",
          "%gs:(%esi)",
          "%es:16",
          "*%eax",
          "*lab(,%eax,4)",
          "(%dx)",
          "%eax{%k1}",
          "{1to8}",
          "$'a",
          "\"x\"",
          "@",
          "(",
          ")",
          "%",
          "%rax",
          "*",
          "$",
          "%eax:4",
          "4(4)",
          "%%eax",
          "-",
          "~lab",
          "lab@GOT",
          "#",
          "/*",
          "//",
          "\\x",
          "=",
          "<<",
          ">>5",
          "0b",
          "0x",
          "99f",
          "%st(9)",
          "%st(",
          ".",
          "..",
          "$$",
          "\0",
          "\u20ac");

  private static final List<String> DIRECTIVES =
      List.of(
          ".byte",
          ".word",
          ".long",
          ".quad",
          ".ascii",
          ".fill",
          ".space",
          ".align",
          ".p2align",
          ".org",
          ".set",
          ".equiv",
          ".globl",
          ".text",
          ".data",
          ".bss",
          ".section",
          ".code16",
          ".code32",
          ".rept",
          ".endr",
          ".macro",
          ".endm",
          ".irp",
          ".if",
          ".else",
          ".endif",
          ".ifdef",
          ".include",
          ".previous",
          ".pushsection",
          ".popsection",
          ".float",
          ".error",
          ".macro m",
          "m",
          ".struct");

  private static void check(String text) {
    try {
      Assembler.assemble(new Source("fuzz", text), 0xc0000000, Map.of());
    } catch (AssemblyException refused) {
      assertFalse(refused.getMessage().contains("\n"), refused.getMessage());
      assertTrue(refused.getMessage().startsWith("fuzz:"), refused.getMessage());
    } catch (RuntimeException wrong) {
      throw new AssertionError("not an AssemblyException for: " + text, wrong);
    }
  }

  @Test
  void garbageIsRefused() {
    Random random = new Random(1);
    for (int i = 0; i < 6_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int line = random.nextInt(3); line >= 0; line--) {
        if (random.nextInt(10) == 0) {
          for (int length = random.nextInt(30); length > 0; length--) {
            text.append(
                (char)
                    (random.nextInt(8) == 0 ? random.nextInt(0x3000) : ' ' + random.nextInt(95)));
          }
        } else {
          statement(random, text);
        }
        text.append(random.nextInt(10) == 0 ? ';' : '\n');
      }
      check(text.toString());
    }
  }

  /** One instruction each, so that most get as far as the engine. */
  @Test
  void theEngineSurvivesWhatItIsGiven() {
    Random random = new Random(2);
    for (int i = 0; i < 12_000; i++) {
      StringBuilder text = new StringBuilder(random.nextInt(3) == 0 ? ".code16;" : "");
      text.append(pick(random, MNEMONICS));
      if (random.nextInt(4) == 0) {
        text.append("bwlqsdt".charAt(random.nextInt(7)));
      }
      for (int operand = 0, count = random.nextInt(4); operand < count; operand++) {
        text.append(operand == 0 ? ' ' : ',').append(OPERANDS.get(random.nextInt(29)));
      }
      check(text + "; lab: 1:");
    }
  }

  private static void statement(Random random, StringBuilder text) {
    text.append(random.nextInt(6) == 0 ? random.nextBoolean() ? "lab: " : "1: " : "");
    text.append(random.nextInt(8) == 0 ? "rep " : "");
    text.append(pick(random, random.nextInt(3) == 0 ? DIRECTIVES : MNEMONICS));
    for (int operand = 0, count = random.nextInt(4); operand < count; operand++) {
      text.append(operand == 0 ? ' ' : ',').append(pick(random, OPERANDS));
    }
  }

  private static String pick(Random random, List<String> list) {
    return list.get(random.nextInt(list.size()));
  }

  /** Small sources that unfold without end, or into more than fits anywhere. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        ".macro m\nm\n.endm\nm",
        ".macro m\nm\nm\n.endm\nm",
        ".rept 100000\n.rept 100000\nnop\n.endr\n.endr",
        ".rept 9999999999\nnop\n.endr",
        ".macro m a\nm \\a\\a\\a\\a\n.endm\nm xxxxxxxxxxxxxxxx",
        ".space 0x7fffffff",
        ".rept 1000\n.space 0x100000\n.endr",
        ".fill 0x7fffffffffffffff,8,1",
        ".org 0xffffffff",
        "x: .space y-x+1\ny:",
        ".set x,y+y; .set y,z+z; .set z,x+x; .long x",
        ".set x,l\n.rept 5000\n.set x,x+x\n.endr\nl: .long x",
        """
        .long a0
        .macro d from, to
        .set a\\from, a\\to+a\\to
        .endm
        d 0,1; d 1,2; d 2,3; d 3,4; d 4,5; d 5,6; d 6,7; d 7,8; d 8,9; d 9,10; d 10,11; d 11,12
        d 12,13; d 13,14; d 14,15; d 15,16; d 16,17; d 17,18; d 18,19; d 19,20; d 20,21; d 21,22
        a22:
        """
      })
  void bombsAreRefused(String text) {
    assertThrows(
        AssemblyException.class, () -> Assembler.assemble(new Source("bomb", text), 0, Map.of()));
  }

  @Test
  void depthIsBounded() {
    check(".long " + "(".repeat(100_000));
    check(".long " + "-".repeat(100_000) + "1");
    check(".long " + "1+".repeat(4000) + "1");
    check(".long " + "l+".repeat(4000) + "1; l:");
    check(".if 1\n".repeat(50_000));
    check(".rept 100000\n.rept 100000\n.endr\n.endr");
    check("l:".repeat(1000));
    check("x".repeat(1_000_000));
  }

  @Test
  void sourcesThatIncludeThemselvesEnd() {
    Includes itself = name -> Optional.of(new Source(name, ".include \"a\""));
    AssemblyException error =
        assertThrows(
            AssemblyException.class,
            () ->
                Assembler.assemble(
                    List.of(new Source("a", ".include \"a\"")), 0, Map.of(), itself));
    assertTrue(error.getMessage().contains("nested too deeply"));
  }

  /** The engine is one for all threads. */
  @Test
  void threadsDoNotDisturbEachOther() throws InterruptedException {
    String source = new RandomProgram(5).source(200);
    AssembledCode expected = Assembler.assemble(new Source("p", source), 0, Map.of());
    List<Thread> threads = new ArrayList<>();
    var wrong = new AtomicInteger();
    for (int i = 0; i < 4; i++) {
      threads.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    for (int n = 0; n < 20; n++) {
                      check("frob %eax");
                      if (!Assembler.assemble(new Source("p", source), 0, Map.of())
                          .equals(expected)) {
                        wrong.incrementAndGet();
                      }
                    }
                  }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    org.junit.jupiter.api.Assertions.assertEquals(0, wrong.get());
  }
}
