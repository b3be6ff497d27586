package org.trampoline.emulator.differential.cases;

import static org.trampoline.emulator.differential.cases.CaseWorld.DATA;
import static org.trampoline.emulator.differential.cases.CaseWorld.DATA_SIZE;

import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.SegmentRegister;
import org.trampoline.emulator.decode.Attribute;
import org.trampoline.emulator.decode.Encoding;
import org.trampoline.emulator.decode.Form;
import org.trampoline.emulator.decode.FormEncoder;
import org.trampoline.emulator.decode.Insn;
import org.trampoline.emulator.decode.Operand;
import org.trampoline.emulator.decode.Operation;

/** Chooses encodings of a form: registers, addressing, prefixes, sizes and immediates. */
final class EncodingChooser {
  private static final int NONE = Insn.NO_REGISTER;
  private static final int[][] PAIRS_16 = {
    {3, 6}, {3, 7}, {5, 6}, {5, 7}, {6, NONE}, {7, NONE}, {5, NONE}, {3, NONE}, {NONE, NONE}
  };

  private final CaseRandom random;
  private final Values values;
  private final FormEncoder e = new FormEncoder();

  EncodingChooser(CaseRandom random, Values values) {
    this.random = random;
    this.values = values;
  }

  /** Writes an encoding into the run, whose address is known. */
  void choose(Form form, CaseRun run, CaseBatch.Mode mode) {
    boolean hostile = mode.hostile();
    e.start(form, true);
    Encoding encoding = form.encoding();
    e.register = random.below(8);
    e.rm = random.below(8);
    boolean allowsMemory = false;
    boolean moffs = false;
    for (Operand operand : form.operands()) {
      allowsMemory |= operand.allowsMemory();
      moffs |= operand.place() == Operand.Place.MOFFS;
    }
    boolean either = allowsMemory && encoding.modrm();
    e.memory = encoding.memoryOnly() || either && (registerWouldFault(form) || random.one(2));
    if (encoding.operandSize() == 0 && encoding.prefix() == Encoding.ANY && random.one(10)) {
      e.operand16 = true;
    }
    e.lock = e.memory && form.has(Attribute.LOCK) && random.one(4);
    e.lock |= hostile && random.one(16);
    if (encoding.prefix() == Encoding.ANY && form.has(Attribute.STRING) && !random.one(3)) {
      e.repeat = random.one(2) ? 0xf2 : 0xf3;
    }
    if (random.one(3)) {
      e.segment = random.below(6);
      boolean code = e.segment == SegmentRegister.CS;
      e.segment = code && mode != CaseBatch.Mode.PROTECTION && writesMemory(form) ? -1 : e.segment;
    }
    if (encoding.addressSize() == 0 && random.one(6) && reachable16(form, hostile)) {
      e.address(true);
    }
    if (e.memory) {
      if (e.address16) {
        address16();
      } else {
        address32();
      }
    }
    if (moffs) {
      e.displacement = fixedOffset();
    }
    immediates(form, run, mode == CaseBatch.Mode.SYSTEM);
    run.length = e.encode(run.code, 0);
    branch(form, run);
  }

  private static boolean registerWouldFault(Form form) {
    return form.operation() == Operation.LEA || form.operation() == Operation.BOUND;
  }

  private static boolean writesMemory(Form form) {
    for (int i = 0; i < form.operands().size(); i++) {
      Operand operand = form.operands().get(i);
      if (form.writes(i) && (operand.allowsMemory() || operand.place() == Operand.Place.MOFFS)) {
        return true;
      }
    }
    return form.has(Attribute.BIT_STRING) && form.operation() != Operation.BT
        || form.operation() == Operation.MASKMOVQ
        || form.operation() == Operation.MASKMOVDQU;
  }

  /** 16 bits of address reach mapped memory only through FS and GS. */
  private boolean reachable16(Form form, boolean hostile) {
    if (hostile || form.operation() == Operation.LEA) {
      return true;
    }
    if (form.has(Attribute.STRING)
        || form.operation() == Operation.XLAT
        || form.operation() == Operation.MASKMOVQ
        || form.operation() == Operation.MASKMOVDQU) {
      return false;
    }
    e.segment = random.one(2) ? SegmentRegister.FS : SegmentRegister.GS;
    return true;
  }

  private void address32() {
    e.base = random.one(5) ? NONE : random.below(8);
    e.index = random.one(3) ? random.below(8) : NONE;
    e.index = e.index == Cpu.ESP ? NONE : e.index;
    e.scale = random.below(4);
    boolean fixed = e.base == NONE && e.index == NONE;
    switch (random.below(4)) {
      case 0 -> e.displacement = values.word();
      case 1 -> e.displacement = 0;
      default -> e.displacement = (byte) random.bits();
    }
    e.displacement = fixed ? fixedOffset() : e.displacement;
    e.longDisplacement = random.one(4);
  }

  private void address16() {
    int[] pair = PAIRS_16[random.below(PAIRS_16.length)];
    e.base = pair[0];
    e.index = pair[1];
    boolean fixed = e.base == NONE && e.index == NONE;
    int displacement = random.one(2) ? values.word() : (byte) random.bits();
    e.displacement = (short) (fixed ? fixedOffset() : displacement);
  }

  /** An offset that leads into the data, whatever the registers hold. */
  private int fixedOffset() {
    boolean gs = e.segment == SegmentRegister.GS;
    int low = gs ? CaseWorld.GS_BASE : DATA;
    int high = e.segment == SegmentRegister.FS ? DATA + 0x1_0000 : DATA + DATA_SIZE;
    int linear = Targets.outsideCells(low + 0x1000 + random.below(high - low - 0x2000));
    linear &= random.one(4) ? -1 : ~15;
    return linear - CaseWorld.segmentBase(Math.max(e.segment, 0));
  }

  private void immediates(Form form, CaseRun run, boolean system) {
    e.immediate = form.has(Attribute.COUNT) ? values.count() : values.word();
    e.immediate2 = random.one(4) ? random.below(256) : random.below(4);
    switch (form.operation()) {
      case ENTER -> e.immediate = random.below(random.one(4) ? 0x1_0000 : 64);
      case AAM -> e.immediate = random.one(2) ? 10 : e.immediate;
      case JMP_FAR, CALL_FAR -> { // of those in memory CaseStates takes care
        e.immediate2 = CodeSelectors.choose(random, system);
        e.immediate = CodeSelectors.landing(random, e.immediate2);
      }
      case RET, RET_FAR -> {
        if (system) {
          e.immediate &= random.one(2) ? 12 : 0x7fff; // where the outer stack pointer is read
        }
      }
      case MOV_TO_CONTROL, MOV_FROM_CONTROL -> e.register = SystemStates.controlRegister(random);
      case INT -> e.immediate = (e.immediate & 0xff) == 0x80 ? 0x81 : e.immediate;
      case SHLD, SHRD -> {
        if (e.memory && form.operands().getFirst() == Operand.RM16) {
          e.immediate &= 0xf; // beyond the width the result is undefined
        }
      }
      default -> {}
    }
  }

  /** Lets a direct branch arrive at a place made for it, and none at itself. */
  private void branch(Form form, CaseRun run) {
    Operand last = form.operands().isEmpty() ? null : form.operands().getLast();
    if (last == Operand.REL16 || last == Operand.REL32) {
      e.immediate = landing(random) - (run.at + run.length);
      run.length = e.encode(run.code, 0);
    } else if (last == Operand.REL8) {
      int target = (byte) e.immediate;
      e.immediate = target < 0 && target >= -run.length ? 0 : target;
      run.length = e.encode(run.code, 0);
    }
  }

  /** Whether a branch of this form stays within 128 bytes of its own address. */
  static boolean isShort(Form form) {
    return !form.operands().isEmpty() && form.operands().getLast() == Operand.REL8;
  }

  /** A place that branches may arrive at. */
  static int landing(CaseRandom random) {
    return CaseWorld.LANDING + random.below(CaseWorld.LANDING_SIZE);
  }
}
