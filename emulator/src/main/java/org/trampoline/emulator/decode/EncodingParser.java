package org.trampoline.emulator.decode;

import java.util.List;
import java.util.Locale;

/**
 * Reads the encoding column of the instruction table. Written without regular expressions: loading
 * the table is part of every start of the program.
 */
final class EncodingParser {
  private final String text;
  private int map;
  private int opcode = -1;
  private boolean registerInOpcode;
  private int prefix = Encoding.ANY;
  private int operandSize;
  private int addressSize;
  private boolean modrm;
  private int modrmMask;
  private int modrmValue;
  private int immediateBytes;
  private boolean conditions;

  EncodingParser(String text) {
    this.text = text;
    int at = 0;
    while (at < text.length()) {
      int end = text.indexOf(' ', at);
      end = end < 0 ? text.length() : end;
      part(at, end);
      at = end + 1;
    }
    if (opcode < 0) {
      throw new IllegalArgumentException("no opcode byte in '" + text + "'");
    }
  }

  /** Whether the opcode ends in +cc and so stands for sixteen. */
  boolean isConditional() {
    return conditions;
  }

  /** Opcode map, as in {@link Encoding}. */
  int map() {
    return map;
  }

  /** The last opcode byte, of a range the first. */
  int opcode() {
    return opcode;
  }

  /** Whether the opcode's low three bits are a register. */
  boolean registerInOpcode() {
    return registerInOpcode;
  }

  /** The encoding with these operands, which may exclude memory or registers. */
  Encoding with(List<Operand> operands, int condition) {
    boolean memoryOnly = false;
    int mask = modrmMask;
    int value = modrmValue;
    for (Operand operand : operands) {
      if (operand.place() == Operand.Place.RM) {
        if (!operand.allowsRegister()) {
          memoryOnly = true;
        } else if (!operand.allowsMemory()) {
          mask |= 0xc0;
          value |= 0xc0;
        }
      }
    }
    String shown = conditions ? withCondition(condition) : text;
    return new Encoding(
        shown,
        map,
        conditions ? opcode + condition : opcode,
        registerInOpcode,
        prefix,
        operandSize,
        addressSize,
        modrm,
        mask,
        value,
        memoryOnly,
        immediateBytes);
  }

  private String withCondition(int condition) {
    int plus = text.indexOf("+cc");
    String low = Integer.toHexString((opcode & 15) + condition).toUpperCase(Locale.ROOT);
    return text.substring(0, plus - 1).concat(low).concat(text.substring(plus + 3));
  }

  private void part(int from, int to) {
    char first = text.charAt(from);
    char second = from + 1 < to ? text.charAt(from + 1) : 0;
    switch (first) {
      case '/' -> {
        modrm = true;
        if (second != 'r') {
          modrmMask = 0x38;
          modrmValue = (second - '0') << 3;
        }
      }
      case 'N' -> prefix = Encoding.NO_PREFIX;
      case 'o' -> operandSize = second == '1' ? 2 : 4;
      case 'a' -> addressSize = second == '1' ? 2 : 4;
      case 'i', 'c', 'm' -> immediateBytes += immediate(first, second);
      default -> {
        hex(Character.digit(first, 16) << 4 | Character.digit(second, 16));
        if (to - from > 2) {
          plus(text.charAt(from + 3));
        }
      }
    }
  }

  private static int immediate(char first, char second) {
    return switch (second) {
      case 'b' -> 1;
      case 'w' -> 2;
      case 'd' -> 4;
      case 'p' -> 6;
      case 'o' -> first == 'm' ? 0 : badImmediate(first, second); // as wide as an address
      default -> badImmediate(first, second);
    };
  }

  private static int badImmediate(char first, char second) {
    throw new IllegalArgumentException("immediate '" + first + second + "'");
  }

  private void hex(int value) {
    if (value < 0) {
      throw new IllegalArgumentException("bad byte in '" + text + "'");
    } else if (opcode >= 0) {
      modrm = true;
      modrmMask = 0xff;
      modrmValue = value;
    } else if (map == 0 && value == 0x0f) {
      map = 1;
    } else if (map == 0 && prefix == Encoding.ANY && prefixOf(value) != Encoding.ANY) {
      prefix = prefixOf(value);
    } else if (map == 1 && (value == 0x38 || value == 0x3a)) {
      map = value == 0x38 ? 2 : 3;
    } else {
      opcode = value;
    }
  }

  private static int prefixOf(int value) {
    return switch (value) {
      case 0x66 -> Encoding.P66;
      case 0xf3 -> Encoding.PF3;
      case 0xf2 -> Encoding.PF2;
      default -> Encoding.ANY;
    };
  }

  private void plus(char what) {
    if (what == 'r') {
      registerInOpcode = true;
    } else if (what == 'i') {
      modrmMask = 0xf8;
    } else {
      conditions = true;
    }
  }
}
