package org.trampoline.emulator.execute;

import static org.trampoline.emulator.execute.ComparisonWorld.DATA;
import static org.trampoline.emulator.execute.ComparisonWorld.DATA_END;

import java.util.Random;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.CpuModel;
import org.trampoline.emulator.cpu.Eflags;
import org.trampoline.emulator.cpu.SegmentRegister;
import org.trampoline.emulator.decode.Attribute;
import org.trampoline.emulator.decode.Decoder;
import org.trampoline.emulator.decode.Encoding;
import org.trampoline.emulator.decode.Form;
import org.trampoline.emulator.decode.FormEncoder;
import org.trampoline.emulator.decode.Insn;
import org.trampoline.emulator.decode.InstructionTable;
import org.trampoline.emulator.decode.Operand;
import org.trampoline.emulator.decode.Operation;

/** Chooses encodings of a form and states to execute them from, by a seed. */
final class FormCaseGenerator {
  private static final int NONE = Insn.NO_REGISTER;

  private static final int[] EDGES = {
    0,
    1,
    2,
    0x7f,
    0x80,
    0x81,
    0xff,
    0x100,
    0x7fff,
    0x8000,
    0x8001,
    0xffff,
    0x1_0000,
    0x7fff_ffff,
    0x8000_0000,
    0x8000_0001,
    0xffff_ff80,
    0xffff_8000,
    -2,
    -1,
    0x99,
    0x9a,
    0x0f,
    0x10
  };

  private static final int RANDOM_FLAGS =
      Eflags.STATUS | Eflags.DF | Eflags.IF | Eflags.NT | Eflags.IOPL | Eflags.AC | Eflags.ID;

  private static final int[][] PAIRS_16 = {
    {3, 6}, {3, 7}, {5, 6}, {5, 7}, {6, NONE}, {7, NONE}, {5, NONE}, {3, NONE}, {NONE, NONE}
  };

  private final Random random;
  private final FormEncoder e = new FormEncoder();
  private final Decoder decoder = new Decoder(InstructionTable.get(), CpuModel.MAX.features());
  private final FormCase c = new FormCase();

  /** Linear address that the memory operand is to have. */
  private int target;

  FormCaseGenerator(long seed) {
    random = new Random(seed);
  }

  /**
   * The next case of a form.
   *
   * @param at where its code shall be
   * @return null if what was chosen is another form's encoding
   */
  FormCase next(Form form, int at) {
    c.clear();
    c.at = at;
    for (int i = 0; i < 8; i++) {
      c.reg[i] = value();
    }
    c.reg[Cpu.ESP] = dataAddress() & (one(4) ? -1 : ~3);
    c.eflags = random.nextInt() & RANDOM_FLAGS | 2;
    encoding(form);
    registers(form);
    if (e.memory) {
      memory(form);
    }
    c.target = target;
    immediates(form);
    c.length = e.encode(c.code, 0);
    branch(form);
    c.insn = decoder.decode(i -> c.code[i] & 0xff, true);
    return c.insn.form == form && c.insn.length == c.length ? c : null;
  }

  private void encoding(Form form) {
    e.start(form, true);
    Encoding encoding = form.encoding();
    e.register = random.nextInt(8);
    e.rm = random.nextInt(8);
    boolean allowsMemory = false;
    for (Operand operand : form.operands()) {
      allowsMemory |= operand.allowsMemory();
    }
    e.memory = encoding.memoryOnly() || allowsMemory && encoding.modrm() && one(2);
    if (encoding.addressSize() == 0 && one(6)) {
      e.address(true);
    }
    if (encoding.operandSize() == 0 && encoding.prefix() == Encoding.ANY && one(10)) {
      e.operand16 = true;
    }
    e.lock = form.has(Attribute.LOCK) && e.memory && one(4);
    if (encoding.prefix() == Encoding.ANY) {
      if (form.has(Attribute.STRING) && one(2)) {
        e.repeat = one(2) ? 0xf2 : 0xf3;
      }
    }
    if (one(3)) {
      e.segment = random.nextInt(6);
      if (e.segment == SegmentRegister.CS && writesMemory(form)) {
        e.segment = -1; // Unicorn checks no segment's type
      }
    }
  }

  private static boolean writesMemory(Form form) {
    for (int i = 0; i < form.operands().size(); i++) {
      Operand operand = form.operands().get(i);
      if (form.writes(i) && (operand.allowsMemory() || operand.place() == Operand.Place.MOFFS)) {
        return true;
      }
    }
    return false;
  }

  /** What registers have to hold for the operation to do something of interest. */
  private void registers(Form form) {
    target = one(16) ? value() : dataAddress();
    if (form.has(Attribute.COUNT)) {
      c.reg[Cpu.ECX] = c.reg[Cpu.ECX] & ~0xff | (one(8) ? value() & 0xff : random.nextInt(35));
    }
    if (form.has(Attribute.BIT_STRING) && !one(4)) {
      c.reg[e.register] = random.nextInt(0x4000) - 0x2000;
    }
    switch (form.operation()) {
      case MOVS, CMPS, STOS, LODS, SCAS, INS, OUTS -> {
        c.reg[Cpu.ECX] = one(8) ? value() : random.nextInt(40);
        if (e.address16) {
          c.reg[Cpu.ECX] = c.reg[Cpu.ECX] & 0xffff | random.nextInt() << 16;
        }
        int segment = e.segment < 0 ? SegmentRegister.DS : e.segment;
        c.reg[Cpu.ESI] = target - ComparisonWorld.segmentBase(segment);
        c.reg[Cpu.EDI] = one(4) ? target + random.nextInt(16) - 8 : dataAddress();
        for (int i = 0; i < 4; i++) {
          int word = one(2) ? 0 : value();
          c.poke(target + 4 * i, word);
          c.poke(c.reg[Cpu.EDI] + 4 * i, word);
        }
        c.reg[Cpu.EAX] = one(2) ? 0 : c.reg[Cpu.EAX];
      }
      case XLAT -> {
        int segment = e.segment < 0 ? SegmentRegister.DS : e.segment;
        int base = target - ComparisonWorld.segmentBase(segment) - (c.reg[Cpu.EAX] & 0xff);
        c.reg[Cpu.EBX] = e.address16 ? base & 0xffff | c.reg[Cpu.EBX] & ~0xffff : base;
      }
      case DIV, IDIV -> {
        if (!one(4)) {
          boolean negative = form.operation() == Operation.IDIV && one(2);
          c.reg[Cpu.EDX] = negative ? -1 : random.nextInt(8);
          c.reg[Cpu.EAX] = one(2) ? (short) c.reg[Cpu.EAX] : c.reg[Cpu.EAX];
        }
      }
      case ENTER, LEAVE -> {
        if (!one(8)) {
          c.reg[Cpu.EBP] = dataAddress();
        }
      }
      case RET -> {
        c.reg[Cpu.ESP] = DATA + random.nextInt(DATA_END - DATA - 8);
        c.poke(c.reg[Cpu.ESP], landing());
      }
      case POP_SEGMENT -> c.poke(c.reg[Cpu.ESP], selector());
      case POPF -> c.poke(c.reg[Cpu.ESP], random.nextInt() & ~Eflags.TF);
      case JCXZ, LOOP, LOOPE, LOOPNE ->
          c.reg[Cpu.ECX] = one(2) ? random.nextInt(3) | (one(2) ? 0x1_0000 : 0) : c.reg[Cpu.ECX];
      case JMP_INDIRECT, CALL_INDIRECT -> {
        c.reg[e.rm] = landing();
        target = DATA + random.nextInt(DATA_END - DATA - 8);
      }
      case MOV_TO_CONTROL -> e.register = 2; // the others would take the world away
      case MOV_FROM_CONTROL -> e.register = new int[] {0, 2, 3, 4}[random.nextInt(4)];
      case MOV_TO_SEGMENT, LAR, LSL, VERR, VERW, ARPL -> c.reg[e.rm] = selector();
      default -> {}
    }
  }

  private void memory(Form form) {
    if (e.address16) {
      address16();
    } else {
      address32();
    }
    int cmp = c.reg[Cpu.EAX];
    switch (form.operation()) {
      case JMP_INDIRECT, CALL_INDIRECT -> {
        c.poke(target, landing());
        return;
      }
      case CMPXCHG, CMPXCHG8B -> {
        c.poke(target + 4, c.reg[Cpu.EDX]);
        c.poke(target, one(2) ? cmp : value());
      }
      case LES, LDS, LSS, LFS, LGS -> {
        c.poke(target, value());
        c.poke(target + (e.operand16 ? 2 : 4), selector());
      }
      case MOV_TO_SEGMENT, LAR, LSL, VERR, VERW, ARPL -> c.poke(target, selector());
      case SGDT, SIDT -> c.poke(target, value());
      default -> {
        c.poke(target, value());
        if (one(2)) {
          c.poke(target + 4, value());
        }
      }
    }
  }

  private void address32() {
    e.base = one(5) ? NONE : random.nextInt(8);
    e.index = one(3) ? random.nextInt(8) : NONE;
    e.index = e.index == Cpu.ESP ? NONE : e.index;
    e.scale = random.nextInt(4);
    int scaled = e.index == NONE ? 0 : c.reg[e.index] << e.scale;
    int offset = target - segmentBase(e.base == Cpu.ESP || e.base == Cpu.EBP) - scaled;
    boolean free = e.base != NONE && e.base != e.index && e.base != Cpu.ESP;
    if (free && one(2)) {
      e.displacement = one(3) ? 0 : (byte) random.nextInt();
      c.reg[e.base] = offset - e.displacement;
    } else {
      e.displacement = offset - (e.base == NONE ? 0 : c.reg[e.base]);
      e.longDisplacement = one(4);
    }
  }

  private void address16() {
    int[] pair = PAIRS_16[random.nextInt(PAIRS_16.length)];
    e.base = pair[0];
    e.index = pair[1];
    int sum = (e.base == NONE ? 0 : c.reg[e.base]) + (e.index == NONE ? 0 : c.reg[e.index]);
    e.displacement = (short) (target - segmentBase(e.base == Cpu.EBP) - sum);
  }

  private int segmentBase(boolean stack) {
    int segment = stack ? SegmentRegister.SS : SegmentRegister.DS;
    return ComparisonWorld.segmentBase(e.segment < 0 ? segment : e.segment);
  }

  private void immediates(Form form) {
    e.immediate = form.has(Attribute.COUNT) && !one(8) ? random.nextInt(35) : value();
    e.immediate2 = random.nextInt(one(4) ? 256 : 4);
    for (Operand operand : form.operands()) {
      if (operand.place() == Operand.Place.MOFFS) {
        e.displacement = target - segmentBase(false);
        c.poke(target, value());
      }
    }
    if (form.operation() == Operation.ENTER) {
      e.immediate = random.nextInt(one(4) ? 0x1_0000 : 64);
    } else if (form.operation() == Operation.AAM && one(2)) {
      e.immediate = 10;
    }
  }

  /** Lets a direct branch arrive at a place made for it. */
  private void branch(Form form) {
    Operand operand = form.operands().isEmpty() ? null : form.operands().getLast();
    int next = c.at + c.length;
    if (operand == Operand.REL16 || operand == Operand.REL32) {
      e.immediate = landing() - next;
      e.encode(c.code, 0);
    }
  }

  /** Whether a branch of this form stays within 128 bytes of its own address. */
  static boolean isShort(Form form) {
    return !form.operands().isEmpty() && form.operands().getLast() == Operand.REL8;
  }

  private int landing() {
    int size = ComparisonWorld.LANDING_END - ComparisonWorld.LANDING - 16;
    return ComparisonWorld.LANDING + random.nextInt(size);
  }

  private int selector() {
    int selector = ComparisonWorld.SELECTORS[random.nextInt(ComparisonWorld.SELECTORS.length)];
    return one(16) ? value() : selector | (one(4) ? random.nextInt() << 16 : 0);
  }

  /** Mostly in the middle of the data pages, sometimes at their edges. */
  private int dataAddress() {
    return switch (random.nextInt(16)) {
      case 0, 1 -> DATA + 0x1000 - random.nextInt(16);
      case 2 -> DATA - 4 + random.nextInt(64);
      case 3 -> DATA_END - random.nextInt(40);
      case 4 -> DATA_END + random.nextInt(0x1000);
      case 5, 6, 7 -> DATA + random.nextInt(DATA_END - DATA);
      default -> DATA + 0x100 + (random.nextInt(DATA_END - DATA - 0x200) & ~3);
    };
  }

  private int value() {
    return switch (random.nextInt(8)) {
      case 0, 1 -> EDGES[random.nextInt(EDGES.length)];
      case 2 -> EDGES[random.nextInt(EDGES.length)] + random.nextInt(5) - 2;
      case 3 -> random.nextInt(256);
      case 4 -> 1 << random.nextInt(32);
      case 5 -> random.nextInt() << 16 | EDGES[random.nextInt(EDGES.length)] & 0xffff;
      case 6 -> random.nextInt() & ~0xff | EDGES[random.nextInt(EDGES.length)] & 0xff;
      default -> random.nextInt();
    };
  }

  private boolean one(int of) {
    return random.nextInt(of) == 0;
  }
}
