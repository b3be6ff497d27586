package org.trampoline.emulator.translate;

import java.util.function.IntFunction;
import org.trampoline.emulator.cpu.CpuModel;
import org.trampoline.emulator.decode.Decoder;
import org.trampoline.emulator.decode.Insn;
import org.trampoline.emulator.decode.InstructionTable;
import org.trampoline.emulator.decode.Operand.Place;
import org.trampoline.emulator.decode.Operation;

/**
 * Prints x86-64 instructions as {@link HostAssembler} encodes them, in AT&amp;T syntax. A 64-bit
 * instruction is a 32-bit one with a REX prefix before its opcode (SDM vol. 2, 2.2.1), so the
 * guest's decoder does the work; the registers' upper halves are named here.
 */
final class HostDisassembler {
  private static final String[] LOW = {"a", "c", "d", "b"};
  private static final String[] HIGH_BYTES = {"ah", "ch", "dh", "bh"};
  private static final String[] POINTERS = {"sp", "bp", "si", "di"};

  private final Decoder decoder = new Decoder(InstructionTable.get(), CpuModel.MAX.features());
  private final IntFunction<String> places;

  // the instruction being printed
  private byte[] code;
  private int start;
  private int at;
  private int rex;
  private boolean hasRex;
  private int modrm;
  private int length;

  /**
   * @param places a name for what lies at an offset of the code memory
   */
  HostDisassembler(IntFunction<String> places) {
    this.places = places;
  }

  /** Bytes of the instruction printed last. */
  int length() {
    return length;
  }

  /**
   * The text of the instruction at {@code index} of {@code code}; bytes that are none print as
   * data.
   *
   * @param offset where it is in the code memory
   */
  String print(byte[] code, int index, int offset) {
    this.code = code;
    start = index;
    at = index;
    while (isLegacyPrefix(code[at])) {
      at++;
    }
    hasRex = (code[at] & 0xf0) == 0x40;
    rex = hasRex ? code[at] & 0xf : 0;
    int rexAt = hasRex ? at++ : -1;
    String special = special();
    if (special != null) {
      return special;
    }
    Insn i = decoder.decode(n -> byteWithout(rexAt, n), true);
    length = i.length + (hasRex ? 1 : 0);
    if (i.operation == Operation.UNDEFINED || i.operation == Operation.TOO_LONG) {
      length = 1;
      return ".byte 0x%02x".formatted(code[index]);
    }
    int opcodeBytes = i.form.encoding().map() > 1 ? 3 : i.form.encoding().map() + 1;
    modrm = at + opcodeBytes;
    return instruction(i, offset + length);
  }

  private static boolean isLegacyPrefix(byte b) {
    return switch (b & 0xff) {
      case 0x66, 0x67, 0xf0, 0xf2, 0xf3 -> true;
      default -> false;
    };
  }

  private int byteWithout(int rexAt, int n) {
    int index = start + n;
    if (hasRex && index >= rexAt) {
      index++;
    }
    return index < code.length ? code[index] & 0xff : 0;
  }

  private boolean wide() {
    return (rex & 8) != 0;
  }

  /** What means something else than in 32-bit code. */
  private String special() {
    int opcode = code[at] & 0xff;
    int rest = at + 1 - start;
    if (wide() && opcode >= 0xb8 && opcode <= 0xbf) {
      long value = 0;
      for (int i = 8; i > 0; i--) {
        value = value << 8 | code[at + i] & 0xff;
      }
      length = rest + 8;
      return "movabs $0x%x,%s".formatted(value, register(opcode & 7 | (rex & 1) << 3, 8));
    }
    if (wide() && opcode == 0x99) {
      length = rest;
      return "cqto";
    }
    if (opcode >= 0x50 && opcode <= 0x5f) {
      length = rest;
      String name = opcode < 0x58 ? "push " : "pop ";
      return name + register(opcode & 7 | (rex & 1) << 3, 8);
    }
    if (opcode == 0x63) {
      modrm = at + 1;
      length = rest + 1 + memoryBytes();
      return "movslq " + registerOrMemory(4, 0) + "," + register(regField(), 8);
    }
    return null;
  }

  private int regField() {
    return code[modrm] >> 3 & 7 | (rex & 4) << 1;
  }

  private String instruction(Insn i, int end) {
    StringBuilder text = new StringBuilder(mnemonic(i)).append(' ');
    int count = i.form.operands().size();
    for (int n = count - 1; n >= 0; n--) {
      text.append(operand(i, n, end));
      if (n > 0) {
        text.append(',');
      }
    }
    return text.toString().stripTrailing();
  }

  private String mnemonic(Insn i) {
    String name = i.form.mnemonic();
    if (i.operation == Operation.MOVZX || i.operation == Operation.MOVSX) {
      char from = i.size1 == 1 ? 'b' : 'w';
      char to = wide() ? 'q' : i.size0 == 2 ? 'w' : 'l';
      return name.substring(0, 4) + from + to;
    }
    boolean memory = i.kind0 == Insn.MEM;
    boolean jump = i.operation == Operation.JMP_INDIRECT || i.operation == Operation.CALL_INDIRECT;
    boolean sized = !jump && (i.kind1 == Insn.NONE || i.kind1 == Insn.IMM);
    if (memory && sized && i.size0 <= 8 && i.operation != Operation.SETCC) {
      return name + (wide() ? 'q' : i.size0 == 1 ? 'b' : i.size0 == 2 ? 'w' : 'l');
    }
    return i.rep ? "rep " + name : name;
  }

  private String operand(Insn i, int n, int end) {
    int kind = n == 0 ? i.kind0 : n == 1 ? i.kind1 : i.kind2;
    int size = n == 0 ? i.size0 : n == 1 ? i.size1 : i.size2;
    int index = n == 0 ? i.index0 : n == 1 ? i.index1 : i.index2;
    boolean jump = i.operation == Operation.JMP_INDIRECT || i.operation == Operation.CALL_INDIRECT;
    int number =
        switch (i.form.place(n)) {
          case REG -> index | (rex & 4) << 1;
          case RM, RM_REGISTER, OPCODE -> index | (rex & 1) << 3;
          default -> index;
        };
    return switch (kind) {
      case Insn.REG -> {
        int bytes = jump || wide() && size == 4 ? 8 : size;
        yield (jump ? "*" : "") + register(number, bytes);
      }
      case Insn.MEM -> (jump ? "*" : "") + memory(end - length);
      case Insn.XMM -> "%xmm" + number;
      case Insn.MM -> "%mm" + index;
      case Insn.ST -> "%st(" + index + ")";
      case Insn.IMM -> immediate(i, n, end);
      case Insn.STRING_DESTINATION -> "(%rdi)";
      case Insn.STRING_SOURCE -> "(%rsi)";
      default -> "?";
    };
  }

  private String immediate(Insn i, int n, int end) {
    switch (i.operation) {
      case JCC, JMP, CALL, LOOP, LOOPE, LOOPNE, JCXZ -> {
        return places.apply(end + i.imm);
      }
      default -> {
        boolean signed = i.form.place(n) == Place.SIGNED || wide();
        return signed && i.imm < 0 ? "$-0x%x".formatted(-(long) i.imm) : "$0x%x".formatted(i.imm);
      }
    }
  }

  private String register(int number, int size) {
    if (size == 1 && !hasRex && number >= 4 && number < 8) {
      return "%" + HIGH_BYTES[number - 4];
    }
    if (number > 7) {
      String suffix = size == 8 ? "" : size == 4 ? "d" : size == 2 ? "w" : "b";
      return "%r" + number + suffix;
    }
    String name = number < 4 ? LOW[number] + (size == 1 ? "l" : "x") : POINTERS[number - 4];
    String prefix = size == 8 ? "r" : size == 4 ? "e" : "";
    return "%" + prefix + name + (size == 1 && number >= 4 ? "l" : "");
  }

  // ---- memory operands (SDM vol. 2, tables 2-2 and 2-3)

  /** Bytes of an address behind the modrm byte. */
  private int memoryBytes() {
    int mod = code[modrm] >> 6 & 3;
    int rm = code[modrm] & 7;
    if (mod == 3) {
      return 0;
    }
    int sib = rm == 4 ? 1 : 0;
    boolean noBase = mod == 0 && (rm == 4 ? code[modrm + 1] & 7 : rm) == 5;
    return sib + (mod == 1 ? 1 : mod == 2 || noBase ? 4 : 0);
  }

  private String registerOrMemory(int size, int nextInsn) {
    return (code[modrm] & 0xc0) == 0xc0
        ? register(code[modrm] & 7 | (rex & 1) << 3, size)
        : memory(nextInsn);
  }

  private String memory(int offset) {
    int mod = code[modrm] >> 6 & 3;
    int rm = code[modrm] & 7;
    int sib = rm == 4 ? code[modrm + 1] : 0;
    int base = (rm == 4 ? sib & 7 : rm) | (rex & 1) << 3;
    int index = rm == 4 ? sib >> 3 & 7 | (rex & 2) << 2 : 4;
    boolean noBase = mod == 0 && (base & 7) == 5;
    int displacementAt = modrm + (rm == 4 ? 2 : 1);
    int displacement = 0;
    if (mod == 1) {
      displacement = code[displacementAt];
    } else if (mod == 2 || noBase) {
      for (int k = 3; k >= 0; k--) {
        displacement = displacement << 8 | code[displacementAt + k] & 0xff;
      }
    }
    if (noBase && rm != 4) {
      return places.apply(offset + length + displacement) + "(%rip)";
    }
    StringBuilder text = new StringBuilder();
    if (displacement != 0 || noBase) {
      text.append(displacement < 0 ? "-0x" : "0x");
      text.append(Long.toHexString(Math.abs((long) displacement)));
    }
    text.append('(').append(noBase ? "" : register(base, 8));
    if (index != 4) {
      text.append(',').append(register(index, 8)).append(',').append(1 << (sib >> 6 & 3));
    }
    return text.append(')').toString();
  }
}
