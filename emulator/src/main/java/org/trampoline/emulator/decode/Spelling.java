package org.trampoline.emulator.decode;

import java.util.function.IntFunction;

/**
 * How one instruction is spelled in bytes, as far as printing needs it and {@link Insn} does not
 * keep it because it makes no difference to execution: prefixes without effect, a displacement of
 * 0, a sib byte without an index. Notes which prefixes the text has accounted for; the others are
 * printed by name.
 */
final class Spelling {
  private static final String[] SEGMENTS = {"es", "cs", "ss", "ds", "fs", "gs"};

  final Insn insn;
  final Form form;
  final boolean code32;
  final int address;
  final IntFunction<String> symbols;

  /** The last segment prefix's segment, or -1. */
  final int segment;

  /** The modrm byte, or -1 if the form has none. */
  final int modrm;

  /** The sib byte, or -1 if there is none. */
  final int sib;

  private final int[] prefixes;
  private final boolean[] used;

  Spelling(Insn insn, CodeBytes bytes, boolean code32, int address, IntFunction<String> symbols) {
    this.insn = insn;
    this.form = insn.form;
    this.code32 = code32;
    this.address = address;
    this.symbols = symbols;
    int count = 0;
    while (Decoder.isPrefix(bytes.at(count))) {
      count++;
    }
    prefixes = new int[count];
    used = new boolean[count];
    int last = -1;
    for (int i = 0; i < count; i++) {
      prefixes[i] = bytes.at(i);
      int found = segmentOf(prefixes[i]);
      last = found >= 0 ? found : last;
    }
    segment = last;
    Encoding encoding = form.encoding();
    int at = count + (encoding.map() > 1 ? 3 : encoding.map() + 1);
    modrm = encoding.modrm() ? bytes.at(at) : -1;
    boolean hasSib = encoding.modrm() && !insn.address16 && modrm < 0xc0 && (modrm & 7) == 4;
    sib = hasSib ? bytes.at(at + 1) : -1;
    switch (encoding.prefix()) {
      case Encoding.P66 -> use(0x66);
      case Encoding.PF3 -> use(0xf3);
      case Encoding.PF2 -> use(0xf2);
      default -> {} // none is part of the opcode
    }
    if (operandSizeShows()) {
      use(0x66);
    }
    if (encoding.addressSize() != 0) {
      use(0x67);
    }
  }

  private boolean operandSizeShows() {
    return switch (insn.operation) {
      // they store 16 bits in memory whatever the operand size
      case MOV_FROM_SEGMENT, SLDT, STR, SMSW -> insn.kind0 != Insn.MEM;
      case MOV_TO_SEGMENT -> insn.kind1 != Insn.MEM;
      default -> form.encoding().operandSize() != 0;
    };
  }

  /** Whether ds is a hint on this branch (do not track it) instead of a segment. */
  private boolean segmentIsHint() {
    boolean indirect =
        insn.operation == Operation.JMP_INDIRECT || insn.operation == Operation.CALL_INDIRECT;
    return segment == 3 && indirect;
  }

  /** Whether the memory operand is written with its segment. */
  boolean namesSegment() {
    return segment >= 0 && !segmentIsHint();
  }

  /** Whether the address has a displacement, be it 0. */
  boolean hasDisplacement() {
    return modrm >= 0x40 || insn.base == Insn.NO_REGISTER;
  }

  /** Whether the byte is among the prefixes. */
  boolean has(int prefix) {
    for (int each : prefixes) {
      if (each == prefix) {
        return true;
      }
    }
    return false;
  }

  /** Whether the operand size is the mode's own. */
  boolean defaultOperandSize() {
    return insn.operandSize == (code32 ? 4 : 2);
  }

  /** Notes that the text says what the last such prefix does. */
  void use(int prefix) {
    for (int i = prefixes.length - 1; i >= 0; i--) {
      if (prefixes[i] == prefix) {
        used[i] = true;
        return;
      }
    }
  }

  /** Notes that the text names the effective segment. */
  void useSegment() {
    for (int i = prefixes.length - 1; i >= 0; i--) {
      if (segmentOf(prefixes[i]) >= 0) {
        used[i] = true;
        return;
      }
    }
  }

  /** Prints the prefixes that no {@code use} has accounted for. */
  void unusedPrefixes(StringBuilder text, Disassembler.Syntax syntax) {
    for (int i = 0; i < prefixes.length; i++) {
      if (!used[i]) {
        text.append(prefixName(prefixes[i], i, syntax)).append(' ');
      }
    }
  }

  private String prefixName(int prefix, int position, Disassembler.Syntax syntax) {
    return switch (prefix) {
      case 0x66 -> code32 ? "data16" : "data32";
      case 0x67 -> code32 ? "addr16" : "addr32";
      case 0xf0 -> "lock";
      case 0xf2, 0xf3 -> RepeatNames.name(this, prefix, isLast(position));
      case 0x3e -> segmentIsHint() && isLast(position) ? "notrack" : "ds";
      default -> SEGMENTS[segmentOf(prefix)];
    };
  }

  private boolean isLast(int position) {
    for (int i = position + 1; i < prefixes.length; i++) {
      if (prefixes[i] == prefixes[position]) {
        return false;
      }
    }
    return true;
  }

  static String segmentName(int segment) {
    return SEGMENTS[segment];
  }

  private static int segmentOf(int prefix) {
    return switch (prefix) {
      case 0x26 -> 0;
      case 0x2e -> 1;
      case 0x36 -> 2;
      case 0x3e -> 3;
      case 0x64 -> 4;
      case 0x65 -> 5;
      default -> -1;
    };
  }
}
