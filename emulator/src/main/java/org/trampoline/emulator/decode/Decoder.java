package org.trampoline.emulator.decode;

import java.util.EnumSet;
import java.util.Set;
import org.trampoline.emulator.cpu.CpuFeature;
import org.trampoline.emulator.decode.Operand.Place;

/**
 * Turns bytes into {@link Insn}s for a CPU with given features (SDM volume 2, chapter 2 and
 * appendix A). Bytes that are no instruction there give {@link Operation#UNDEFINED}, more than 15
 * bytes {@link Operation#TOO_LONG}; it never throws of itself.
 *
 * <p>Only the instruction is allocated. Which form a combination of opcode, prefixes and modrm
 * selects is found in the table the first time and remembered.
 */
public final class Decoder {
  private static final int MAXIMUM_LENGTH = 15;
  private static final int SS = 2;
  private static final int DS = 3;
  private static final int ESP = 4;
  private static final int EBP = 5;

  /** What each first byte is: 0 an opcode, otherwise a prefix; segment n is SEGMENT_PREFIX + n. */
  private static final byte[] PREFIX = new byte[256];

  private static final int OPERAND_SIZE = 1;
  private static final int ADDRESS_SIZE = 2;
  private static final int LOCK = 3;
  private static final int REPNE = 4;
  private static final int REP = 5;
  private static final int SEGMENT_PREFIX = 8;

  static {
    PREFIX[0x66] = OPERAND_SIZE;
    PREFIX[0x67] = ADDRESS_SIZE;
    PREFIX[0xf0] = LOCK;
    PREFIX[0xf2] = REPNE;
    PREFIX[0xf3] = REP;
    int[] segments = {0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65};
    for (int i = 0; i < segments.length; i++) {
      PREFIX[segments[i]] = (byte) (SEGMENT_PREFIX + i);
    }
  }

  private final InstructionTable table;
  private final Set<CpuFeature> features;
  private final Opcode[] opcodes = new Opcode[4 * 256];

  /** A decoder for a CPU that has {@code features}. */
  public Decoder(InstructionTable table, Set<CpuFeature> features) {
    this.table = table;
    this.features = EnumSet.copyOf(features);
  }

  /** Whether the byte is a prefix when it comes before the opcode. */
  static boolean isPrefix(int value) {
    return PREFIX[value] != 0;
  }

  /**
   * Decodes one instruction.
   *
   * @param bytes where its bytes are; asked for in order, none beyond the instruction
   * @param code32 whether the default operand and address size is 32 bits (CS.D)
   */
  public Insn decode(CodeBytes bytes, boolean code32) {
    Insn insn = new Insn();
    insn.base = Insn.NO_REGISTER;
    insn.index = Insn.NO_REGISTER;
    boolean operand16 = !code32;
    boolean address16 = !code32;
    boolean lock = false;
    int segment = -1;
    int mandatory = Encoding.NO_PREFIX;
    int b = next(insn, bytes);
    for (int prefix; (prefix = PREFIX[b]) != 0; b = next(insn, bytes)) {
      switch (prefix) {
        case OPERAND_SIZE -> {
          operand16 = code32;
          mandatory = mandatory == Encoding.NO_PREFIX ? Encoding.P66 : mandatory;
        }
        case ADDRESS_SIZE -> address16 = code32;
        case LOCK -> lock = true;
        case REPNE -> mandatory = Encoding.PF2;
        case REP -> mandatory = Encoding.PF3;
        default -> segment = prefix - SEGMENT_PREFIX;
      }
    }
    insn.address16 = address16;
    insn.operandSize = (byte) (operand16 ? 2 : 4);

    int map = 0;
    if (b == 0x0f) {
      map = 1;
      b = next(insn, bytes);
      if (b == 0x38 || b == 0x3a) {
        map = b == 0x38 ? 2 : 3;
        b = next(insn, bytes);
      }
    }
    Opcode opcode = opcodes[map << 8 | b];
    if (opcode == null) {
      opcode = new Opcode(table, map, b, features);
      opcodes[map << 8 | b] = opcode;
    }
    int modrm = opcode.hasModrm ? next(insn, bytes) : 0;
    Form form = opcode.form(mandatory, operand16, address16, modrm);
    if (map == 0 && (b & 0xf8) == 0xd8) {
      insn.imm = (b & 7) << 8 | modrm; // an x87 instruction has no immediate
    }
    insn.segment = (byte) (segment >= 0 ? segment : DS);
    if (opcode.hasModrm && modrm < 0xc0 && !opcode.ignoresMod) {
      if (address16) {
        address16(insn, bytes, modrm, segment);
      } else {
        address32(insn, bytes, modrm, segment);
      }
    }
    insn.form = form;
    insn.operation = insn.operation == Operation.TOO_LONG ? insn.operation : form.operation();
    insn.condition = form.condition;
    if (form.place0 != null) {
      operand0(insn, bytes, form, b, modrm);
      if (form.place1 != null) {
        operand1(insn, bytes, form, b, modrm);
        if (form.place2 != null) {
          operand2(insn, bytes, form);
        }
      }
    }
    if (mandatory >= Encoding.PF3) {
      if (form.has(Attribute.REPE)) {
        insn.rep = mandatory == Encoding.PF3;
        insn.repne = mandatory == Encoding.PF2;
      } else {
        insn.rep = form.has(Attribute.REP);
      }
    }
    if (insn.operation == Operation.TOO_LONG) {
      return fault(insn, table.tooLong());
    }
    if (lock) {
      if (!form.has(Attribute.LOCK) || insn.kind0 != Insn.MEM) {
        return fault(insn, table.undefined());
      }
      insn.lock = true;
    }
    if (opcode.namesSpecialRegister && !specialRegisterExists(insn)) {
      return fault(insn, table.undefined());
    }
    return insn;
  }

  private static Insn fault(Insn insn, Form form) {
    Insn bad = new Insn();
    bad.form = form;
    bad.operation = form.operation();
    bad.length = insn.length;
    bad.operandSize = insn.operandSize;
    bad.address16 = insn.address16;
    bad.base = Insn.NO_REGISTER;
    bad.index = Insn.NO_REGISTER;
    bad.segment = insn.segment;
    bad.condition = -1;
    return bad;
  }

  /** Segment registers 6 and 7 and control registers other than 0, 2, 3, 4 do not exist. */
  private static boolean specialRegisterExists(Insn insn) {
    return switch (insn.operation) {
      case MOV_TO_SEGMENT -> insn.index0 < 6 && insn.index0 != 1;
      case MOV_FROM_SEGMENT -> insn.index1 < 6;
      case MOV_TO_CONTROL -> insn.index0 < 5 && insn.index0 != 1;
      case MOV_FROM_CONTROL -> insn.index1 < 5 && insn.index1 != 1;
      default -> true;
    };
  }

  private void operand0(Insn insn, CodeBytes bytes, Form form, int opcode, int modrm) {
    Operand operand = form.operand0;
    insn.kind0 = operand.kind();
    insn.size0 = (byte) operand.size();
    insn.index0 = operand.value();
    switch (form.place0) {
      case REG -> insn.index0 = (byte) (modrm >> 3 & 7);
      case OPCODE -> insn.index0 = (byte) (opcode & 7);
      case RM_REGISTER -> insn.index0 = (byte) (modrm & 7);
      case RM -> {
        if (modrm < 0xc0) {
          insn.kind0 = Insn.MEM;
          insn.size0 = (byte) operand.memorySize();
        } else {
          insn.index0 = (byte) (modrm & 7);
        }
      }
      default -> other(insn, bytes, operand, form.place0);
    }
  }

  private void operand1(Insn insn, CodeBytes bytes, Form form, int opcode, int modrm) {
    Operand operand = form.operand1;
    insn.kind1 = form.place1 == Place.IMMEDIATE2 ? Insn.IMM2 : operand.kind();
    insn.size1 = (byte) operand.size();
    insn.index1 = operand.value();
    switch (form.place1) {
      case REG -> insn.index1 = (byte) (modrm >> 3 & 7);
      case OPCODE -> insn.index1 = (byte) (opcode & 7);
      case RM_REGISTER -> insn.index1 = (byte) (modrm & 7);
      case RM -> {
        if (modrm < 0xc0) {
          insn.kind1 = Insn.MEM;
          insn.size1 = (byte) operand.memorySize();
        } else {
          insn.index1 = (byte) (modrm & 7);
        }
      }
      default -> other(insn, bytes, operand, form.place1);
    }
  }

  private void operand2(Insn insn, CodeBytes bytes, Form form) {
    Operand operand = form.operand2;
    insn.kind2 = operand.kind();
    insn.size2 = (byte) operand.size();
    insn.index2 = operand.value();
    other(insn, bytes, operand, form.place2); // a third operand is an immediate or cl
  }

  /** Operands that are neither in modrm nor in the opcode. */
  private void other(Insn insn, CodeBytes bytes, Operand operand, Place place) {
    switch (place) {
      case IMMEDIATE -> insn.imm = unsigned(insn, bytes, operand.size());
      case SIGNED -> insn.imm = signed(insn, bytes, operand.size());
      case IMMEDIATE2 -> insn.imm2 = unsigned(insn, bytes, operand.size());
      case POINTER -> {
        insn.imm = unsigned(insn, bytes, operand.size() - 2);
        insn.imm2 = unsigned(insn, bytes, 2);
      }
      case MOFFS -> insn.displacement = unsigned(insn, bytes, insn.address16 ? 2 : 4);
      case XLAT -> insn.base = 3; // ebx
      default -> insn.imm = operand.kind() == Insn.IMM ? operand.value() : insn.imm;
    }
  }

  private static void address32(Insn insn, CodeBytes bytes, int modrm, int segment) {
    int mod = modrm >> 6;
    int rm = modrm & 7;
    int base = rm;
    if (rm == ESP) {
      int sib = next(insn, bytes);
      base = sib & 7;
      int index = sib >> 3 & 7;
      if (index != ESP) {
        insn.index = (byte) index;
        insn.scale = (byte) (sib >> 6);
      }
    }
    if (mod == 0 && base == EBP) {
      insn.displacement = signed(insn, bytes, 4);
      return; // no base: ds
    }
    insn.base = (byte) base;
    if ((base == ESP || base == EBP) && segment < 0) {
      insn.segment = SS;
    }
    if (mod != 0) {
      insn.displacement = signed(insn, bytes, mod == 1 ? 1 : 4);
    }
  }

  private static void address16(Insn insn, CodeBytes bytes, int modrm, int segment) {
    int mod = modrm >> 6;
    int rm = modrm & 7;
    if (mod == 0 && rm == 6) {
      insn.displacement = unsigned(insn, bytes, 2);
      return; // no base: ds
    }
    insn.base = Addressing.base16(rm);
    insn.index = Addressing.index16(rm);
    if (insn.base == EBP && segment < 0) {
      insn.segment = SS;
    }
    if (mod != 0) {
      insn.displacement = signed(insn, bytes, mod);
    }
  }

  /** The next byte; 0 when there are 15 already. */
  private static int next(Insn insn, CodeBytes bytes) {
    int at = insn.length;
    if (at == MAXIMUM_LENGTH) {
      insn.operation = Operation.TOO_LONG;
      return 0;
    }
    int value = bytes.at(at);
    insn.length = (byte) (at + 1);
    return value;
  }

  private static int unsigned(Insn insn, CodeBytes bytes, int size) {
    int value = next(insn, bytes);
    if (size > 1) {
      value |= next(insn, bytes) << 8;
    }
    if (size > 2) {
      value |= next(insn, bytes) << 16;
      value |= next(insn, bytes) << 24;
    }
    return value;
  }

  private static int signed(Insn insn, CodeBytes bytes, int size) {
    int value = unsigned(insn, bytes, size);
    return size == 1 ? (byte) value : size == 2 ? (short) value : value;
  }
}
