package org.trampoline.emulator.differential.cases;

import static org.trampoline.emulator.differential.cases.CaseWorld.DATA;
import static org.trampoline.emulator.differential.cases.CaseWorld.DATA_SIZE;

import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.Eflags;
import org.trampoline.emulator.cpu.SegmentRegister;
import org.trampoline.emulator.decode.Attribute;
import org.trampoline.emulator.decode.Insn;
import org.trampoline.emulator.decode.Operation;
import org.trampoline.emulator.memory.Host;

/** Chooses the states that a given encoding is executed from, and the memory it finds. */
final class CaseStates {
  /** Selectors of every kind that user code can name. */
  private static final int[] SELECTORS = {
    0,
    CaseWorld.USER_DATA,
    CaseWorld.USER_DATA,
    CaseWorld.USER_CODE,
    CaseWorld.FS,
    CaseWorld.GS,
    CaseWorld.SMALL,
    CaseWorld.EXPAND_DOWN,
    CaseWorld.NOT_PRESENT,
    CaseWorld.READ_ONLY_DATA,
    CaseWorld.CODE_READABLE,
    CaseWorld.CODE_EXECUTE_ONLY,
    CaseWorld.CODE_CONFORMING,
    CaseWorld.DATA_16,
    CaseWorld.CODE_16
  };

  private final CaseRandom random;
  private final Values values;
  private final Targets targets;
  private final FxValues fx;
  private final CaseSegments segments;

  /** General registers in the SDM's order; element 8 stays 0. */
  private final int[] regs = new int[9];

  private final SystemStates systems;
  private long data;
  private long record;
  private boolean protection;
  private boolean system;

  CaseStates(CaseRandom random, Values values, Targets targets) {
    this.random = random;
    this.values = values;
    this.targets = targets;
    fx = new FxValues(random, values);
    segments = new CaseSegments(random);
    systems = new SystemStates(random, values);
  }

  /** Fills the record of case {@code index} of a batch. */
  void fill(CaseBatch batch, CaseRun run, Insn insn, int index) {
    boolean hostile = batch.mode().hostile();
    protection = batch.mode() == CaseBatch.Mode.PROTECTION;
    system = batch.mode() == CaseBatch.Mode.SYSTEM;
    data = batch.data().address();
    record = batch.record(index);
    for (int i = 0; i < 8; i++) {
      regs[i] = values.word();
    }
    if (batch.fx()) {
      if (index == run.first) {
        fx.image(record + CaseRecord.FX, insn.form);
      } else {
        fx.vary(record + CaseRecord.FX, batch.record(index - 1) + CaseRecord.FX, insn);
      }
    }
    if (system) {
      systems.fill(record, insn, batch.fx()); // behind the image
      segments.system();
    } else {
      segments.choose(insn, protection);
    }
    // any EFLAGS would bring virtual-8086 mode and single steps
    boolean always = insn.operation == Operation.IRET || insn.operation == Operation.POPF;
    boolean steers = steers(insn) && !(hostile && random.one(8) && !(system && always));
    boolean stack = insn.form.has(Attribute.STACK);
    if (system && !stack) {
      regs[Cpu.ESP] = targets.stack(false); // where exceptions push
    } else if (stack) {
      boolean popped = steers && insn.kind0 != Insn.MEM && insn.operation != Operation.CALL_FAR;
      boolean anywhere = hostile && !(system && !random.one(8));
      int top = popped ? cell(index) : targets.stack(anywhere);
      if (popped && (insn.operation == Operation.IRET || insn.operation == Operation.RET_FAR)) {
        top = system ? targets.wideCell(index) : insn.operation == Operation.IRET ? top & ~15 : top;
      }
      regs[Cpu.ESP] =
          segments.stackPointer(protection ? segments.near(SegmentRegister.SS, top) : top);
      if (insn.operation == Operation.PUSH_SEGMENT && popped) {
        regs[Cpu.ESP] += 4;
      }
    }
    implied(insn, hostile);
    if (system) {
      systems.implied(record, insn, regs);
    }
    int target = 0;
    if (insn.kind0 == Insn.MEM || insn.kind1 == Insn.MEM || insn.kind2 == Insn.MEM) {
      int wanted = steers ? cell(index) : operand(insn, hostile);
      wanted = protection ? segments.near(insn.segment, wanted) : wanted;
      target = AddressSolver.solve(insn, segments.base(insn.segment), wanted, regs);
      target = bitString(insn, target, hostile);
      memory(insn, target);
    }
    if (stack) {
      onStack(insn);
    }
    int flags = system ? systems.flags() : values.flags();
    flags |= protection && random.one(2) ? Eflags.AC : 0;
    flags |= hostile && random.one(4) ? Eflags.RF : 0;
    if (insn.operation == Operation.IRET) {
      flags &= ~Eflags.NT; // a task switch, in IA-32e mode #GP
    }
    CaseGenerator.put(record, regs);
    CaseRecord.start(record, run.at, flags);
    segments.put(record);
  }

  /** Whether it takes a selector, an address or EFLAGS from memory, which must not be just any. */
  private static boolean steers(Insn insn) {
    return switch (insn.operation) {
      case RET, POPF, POP_SEGMENT, PUSH_SEGMENT, JMP_INDIRECT, CALL_INDIRECT -> true;
      case RET_FAR, IRET, JMP_FAR, CALL_FAR -> true;
      case MOV_TO_SEGMENT, LAR, LSL, VERR, VERW, LES, LDS, LSS, LFS, LGS -> true;
      case LLDT, LTR -> true;
      default -> false;
    };
  }

  /** A place that is this case's alone. */
  private int cell(int index) {
    return system ? targets.wideCell(index) + random.below(8) : targets.cell(index);
  }

  private int operand(Insn insn, boolean hostile) {
    return targets.operand(insn, hostile, protection);
  }

  /** What registers must hold for the operation to do something of interest. */
  private void implied(Insn insn, boolean hostile) {
    if (insn.form.has(Attribute.COUNT)) {
      int count = values.count();
      boolean undefined = insn.size0 == 2 && insn.kind0 == Insn.MEM;
      regs[Cpu.ECX] = regs[Cpu.ECX] & ~0xff | (undefined ? count & 0xef : count);
    }
    if (insn.form.has(Attribute.BIT_STRING) && insn.kind1 == Insn.REG && !hostile) {
      regs[insn.index1] = random.below(0x2000) - 0x1000;
    }
    switch (insn.operation) {
      case MOVS, CMPS, STOS, LODS, SCAS, INS, OUTS -> string(insn, hostile);
      case XLAT ->
          regs[Cpu.EBX] =
              operand(insn, hostile) - segments.base(insn.segment) - (regs[Cpu.EAX] & 0xff);
      case MASKMOVQ, MASKMOVDQU -> {
        int offset = operand(insn, hostile) - segments.base(insn.segment);
        boolean wraps = insn.address16 && (offset & 0xffff) > 0xff80;
        regs[Cpu.EDI] = wraps ? offset - 0x100 : offset;
      }
      case DIV, IDIV -> dividend(insn);
      case ENTER, LEAVE -> regs[Cpu.EBP] = segments.stackPointer(targets.stack(hostile));
      case JCXZ, LOOP, LOOPE, LOOPNE ->
          regs[Cpu.ECX] =
              random.one(2) ? random.below(3) | (random.one(2) ? 0x1_0000 : 0) : regs[Cpu.ECX];
      case JMP_INDIRECT, CALL_INDIRECT -> {
        if (insn.kind0 == Insn.REG) {
          regs[insn.index0] = EncodingChooser.landing(random);
        }
      }
      case MOV_TO_SEGMENT, LAR, LSL, VERR, VERW -> selectorOperand(insn);
      case ARPL -> regs[insn.index1] = selector();
      default -> {}
    }
  }

  /**
   * Keeps a bit string from reaching across the end of linear memory or of its segment, where
   * processors need not agree (SDM vol. 3, 5.3).
   *
   * @return the operand's address, which may have changed
   */
  private int bitString(Insn insn, int target, boolean hostile) {
    if (!hostile || !insn.form.has(Attribute.BIT_STRING) || insn.kind1 != Insn.REG) {
      return target;
    }
    int base = segments.base(insn.segment);
    int bits = regs[insn.index1];
    int away = insn.size0 == 2 ? ((short) bits >> 4) * 2 : (bits >> 5) * 4;
    int offset = target + away - base;
    boolean linear = target + away >= -16 && target + away < 16;
    if (!linear && (offset < -16 || offset >= 16)) {
      return target;
    }
    regs[insn.index1] = bits & 15;
    return base + AddressSolver.offsetOf(insn, regs);
  }

  private void selectorOperand(Insn insn) {
    if (insn.kind1 == Insn.REG) {
      regs[insn.index1] = selector();
    }
    if (insn.kind0 == Insn.REG) {
      regs[insn.index0] = selector();
    }
  }

  private void dividend(Insn insn) {
    int kind = random.below(4);
    if (kind == 0) {
      return;
    }
    boolean negative = (kind & 1) == 0;
    int divisor = insn.kind0 == Insn.REG ? regs[insn.index0 & 7] : 0x7fff;
    switch (insn.size0) {
      case 1 -> {
        int high = negative ? 0xff00 : random.below(4) << 8;
        regs[Cpu.EAX] = regs[Cpu.EAX] & 0xffff_00ff | high;
      }
      case 2 -> {
        int high = negative ? 0xffff : random.below(16);
        regs[Cpu.EDX] = regs[Cpu.EDX] & 0xffff_0000 | high;
      }
      default -> regs[Cpu.EDX] = negative ? -1 : (int) ((divisor & 0xffff_ffffL) >>> (kind + 1));
    }
  }

  private void string(Insn insn, boolean hostile) {
    // not through FS or GS to the end of linear memory (SDM vol. 3, 5.3)
    boolean anywhere = hostile && insn.segment < SegmentRegister.FS;
    int count = random.one(8) && anywhere ? values.word() : random.below(40);
    if (insn.address16) {
      count = count & 0xffff | random.bits() << 16;
    }
    regs[Cpu.ECX] = count;
    int source = operand(insn, anywhere);
    int fromBase = source - segments.base(insn.segment);
    if (insn.segment >= SegmentRegister.FS && fromBase > -0x200 && fromBase < 0x200) {
      source += 0x400;
    }
    int destination = random.one(4) ? source + random.below(16) - 8 : operand(insn, hostile);
    boolean equal = random.one(2);
    for (int i = 0; i < 4; i++) {
      int word = equal ? 0 : values.word();
      poke(source + 4 * i, word);
      poke(destination + 4 * i, word);
    }
    regs[Cpu.EAX] = random.one(2) ? 0 : regs[Cpu.EAX];
    regs[Cpu.ESI] = source - segments.base(insn.segment);
    regs[Cpu.EDI] = destination - segments.base(SegmentRegister.ES);
  }

  /** What the memory operand finds. */
  private void memory(Insn insn, int target) {
    switch (insn.operation) {
      case JMP_INDIRECT, CALL_INDIRECT -> poke(target, EncodingChooser.landing(random));
      case JMP_FAR, CALL_FAR -> {
        int selector = CodeSelectors.choose(random, system);
        poke(target, CodeSelectors.landing(random, selector));
        poke(target + insn.operandSize, selector | random.bits() << 16);
      }
      case CMPXCHG, CMPXCHG8B -> {
        poke(target + 4, regs[Cpu.EDX]);
        poke(target, random.one(2) ? regs[Cpu.EAX] : values.word());
      }
      case LES, LDS, LSS, LFS, LGS -> {
        poke(target, values.word());
        poke(target + insn.operandSize, selector());
      }
      case MOV_TO_SEGMENT, LAR, LSL, VERR, VERW, ARPL, LLDT, LTR -> poke(target, selector());
      case LMSW -> poke(target, systems.machineStatus());
      default -> {
        if (CaseKind.fx(insn.form)) {
          fx.operand(data, target, insn);
        } else {
          poke(target, values.word());
          poke(target + 4, values.word());
        }
      }
    }
  }

  /** What the stack holds. */
  private void onStack(Insn insn) {
    int top = regs[Cpu.ESP] + segments.base(SegmentRegister.SS);
    switch (insn.operation) {
      case RET -> poke(top, EncodingChooser.landing(random));
      case RET_FAR, IRET -> {
        int selector = CodeSelectors.choose(random, system);
        int flags = random.bits() & ~(Eflags.TF | Eflags.AC | (system ? Eflags.VM : 0));
        int offset = CodeSelectors.landing(random, selector);
        if (insn.operandSize == 2) {
          poke(top, offset & 0xffff | selector << 16);
          poke(top + 4, flags);
        } else {
          poke(top, offset);
          poke(top + 4, selector | random.bits() << 16);
          poke(top + 8, flags);
        }
        if (system) {
          outerStack(insn, top);
        }
      }
      case POP_SEGMENT -> poke(top, selector());
      // whether 16 or 32 bits are written is open (SDM vol. 2, PUSH)
      case PUSH_SEGMENT -> poke(top - 4, 0);
      case POPF -> poke(top, random.bits() & ~(Eflags.TF | Eflags.AC));
      default -> {}
    }
  }

  /** The stack pointer of an outer ring behind EIP, CS and, for IRET, EFLAGS. */
  private void outerStack(Insn insn, int top) {
    int at = top + (insn.operation == Operation.IRET ? 3 : 2) * insn.operandSize;
    int selector = random.one(4) ? selector() : CaseWorld.USER_DATA;
    int esp = targets.stack(false);
    if (insn.operandSize == 2) {
      poke(at, esp & 0xffff | selector << 16);
    } else {
      poke(at, esp);
      poke(at + 4, selector);
    }
  }

  private int selector() {
    int selector = system ? systems.selector() : SELECTORS[random.below(SELECTORS.length)];
    return random.one(4) ? selector | random.bits() << 16 : selector;
  }

  /** Puts a doubleword where a case will find it, if that is in the data. */
  private void poke(int linear, int value) {
    for (int i = 0; i < 4; i++) {
      int offset = linear + i - DATA;
      if (offset >= 0 && offset < DATA_SIZE) {
        Host.put8(data + offset, value >> 8 * i);
      }
    }
  }
}
