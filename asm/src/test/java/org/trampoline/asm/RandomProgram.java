package org.trampoline.asm;

import java.util.List;
import java.util.Random;

/** Programs that make no sense but use every kind of operand, of branch and of data directive. */
final class RandomProgram {
  private static final List<String> REGISTERS =
      List.of("eax", "ecx", "edx", "ebx", "esi", "edi", "ebp");
  private static final List<String> ARITHMETIC =
      List.of("add", "or", "adc", "sbb", "and", "sub", "xor", "cmp", "mov", "test");
  private static final long[] NUMBERS = {
    0,
    1,
    -1,
    5,
    127,
    128,
    -128,
    -129,
    255,
    256,
    1000,
    -1000,
    0x7fff,
    0x8000,
    0xffff,
    0x12345,
    0x7fffffff,
    -0x80000000L,
    0xffffffffL,
    0xc0000000L,
    0xfffffff0L,
    0xffffff80L
  };

  private final Random random;
  private int labels;
  private int constants;

  RandomProgram(long seed) {
    random = new Random(seed);
  }

  /** A program of so many statements, and some more. */
  String source(int statements) {
    labels = Math.max(2, statements / 6);
    StringBuilder source = new StringBuilder();
    int placed = 0;
    for (int i = 0; i < statements; i++) {
      if (placed < labels && random.nextInt(statements - i) < labels - placed) {
        source.append("L").append(placed++).append(":\n");
      }
      if (i % 10 == 0) {
        source.append(i % 3).append(": ");
      }
      source.append(statement()).append('\n');
    }
    while (placed < labels) {
      source.append("L").append(placed++).append(":\n");
    }
    return source.append("0: 1: 2:\n").toString();
  }

  private String statement() {
    return switch (random.nextInt(24)) {
      case 0, 1, 2, 3 -> pick(List.of("jmp", "je", "jne", "jg", "jb", "call")) + " " + label();
      case 4 -> pick(List.of("jmp", "jnz")) + " " + label() + "+" + random.nextInt(4);
      case 5 -> pick(List.of("jmp", "jne")) + " " + random.nextInt(3) + "f";
      case 6 -> pick(ARITHMETIC) + "l $" + number() + "," + register();
      case 7 -> pick(ARITHMETIC) + "l $" + number() + "," + memory();
      case 8 -> pick(ARITHMETIC) + "b $" + (byte) number() + "," + memory();
      case 9 -> pick(ARITHMETIC) + "w $" + (short) number() + "," + memory();
      case 10 -> pick(ARITHMETIC) + "l " + register() + "," + memory();
      case 11 -> pick(ARITHMETIC) + "l $" + label() + "+" + random.nextInt(50) + "," + memory();
      case 12 -> "pushl $" + (random.nextBoolean() ? label() : number());
      case 13 -> ".long " + label() + ", " + number() + ", " + label() + "-" + label() + ", .";
      case 14 -> ".byte " + (byte) number() + "; .word " + (short) number();
      case 15 -> ".p2align " + random.nextInt(5) + ", " + random.nextInt(128);
      case 16 -> "leal " + memory() + "," + register();
      case 17 -> ".space " + pick(List.of("1", "3", "10", "60", "100", "120"));
      case 18 -> "call *" + memory();
      case 19 -> constant();
      case 20 -> "imull $" + number() + "," + memory() + "," + register();
      case 21 -> "shll $" + random.nextInt(32) + "," + memory() + "; btl $3," + memory();
      case 22 -> "movzbl " + memory() + "," + register() + "; nop; int $0x80";
      default -> "ljmp $0x60,$" + label();
    };
  }

  private String constant() {
    String name = "C" + constants++;
    return ".set %s, ((%d >> %d) + %d*%d | %d) & 0x7fffffff; movl $%s, %s; addl $%s & 0xff, %s"
        .formatted(
            name,
            number(),
            random.nextInt(4),
            random.nextInt(9),
            random.nextInt(9),
            random.nextInt(300),
            name,
            register(),
            name,
            register());
  }

  private String memory() {
    String segment = pick(List.of("", "", "", "", "%gs:", "%ss:", "%ds:", "%es:"));
    String scale = pick(List.of("1", "2", "4", "8"));
    return segment
        + switch (random.nextInt(8)) {
          case 0 -> "(" + register() + ")";
          case 1 -> number() + "(" + register() + ")";
          case 2 -> number() + "(" + register() + "," + register() + "," + scale + ")";
          case 3 -> label() + "(" + register() + ")";
          case 4 -> label() + "+" + random.nextInt(100) + "(," + register() + ",4)";
          case 5 -> label();
          case 6 -> Long.toString(number() & 0xffff_ffffL);
          default -> "(" + register() + "," + register() + ")";
        };
  }

  private String label() {
    return "L" + random.nextInt(labels);
  }

  private long number() {
    return NUMBERS[random.nextInt(NUMBERS.length)];
  }

  private String register() {
    return "%" + pick(REGISTERS);
  }

  private String pick(List<String> list) {
    return list.get(random.nextInt(list.size()));
  }
}
