package org.trampoline.emulator.differential.cases;

import static org.trampoline.emulator.differential.cases.CaseWorld.DATA;

import java.util.List;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.decode.Form;

/** Chooses the states that a sequence is executed from. */
final class SequenceStates {
  /** Where a loop counts in memory: no instruction that is chosen has its operand there. */
  private static final int COUNTER = DATA + 0x1_f800;

  /** The stack's top: with room on both sides for what a loop pushes or pops. */
  private static final int STACK = DATA + 0x1_8000;

  private static final int STACK_SIZE = 0x2000;

  private static final int POINTERS = DATA + 0x1000;
  private static final int POINTERS_SIZE = 0xe000;

  private final CaseRandom random;
  private final Values values;
  private final SequenceRegisters registers;
  private final FxValues fx;
  private final Targets targets;
  private final int[] regs = new int[8];

  SequenceStates(CaseRandom random, Values values, SequenceRegisters registers) {
    this.random = random;
    this.values = values;
    this.registers = registers;
    fx = new FxValues(random, values);
    targets = new Targets(random, values);
  }

  static int counterCell() {
    return COUNTER;
  }

  /**
   * Fills the record of case {@code index} of a batch.
   *
   * @param rounds what the counter starts from
   */
  void fill(CaseBatch batch, CaseRun run, CaseProgram program, int rounds, int index) {
    long record = batch.record(index);
    boolean wild = random.one(8);
    for (int i = 0; i < 8; i++) {
      regs[i] = registers.isPointer(i) ? pointer(wild && random.one(2)) : values.word();
    }
    if (registers.counter >= 0) {
      regs[registers.counter] = rounds;
    }
    if (registers.index >= 0) {
      regs[registers.index] = random.below(32);
    }
    int top = STACK + random.below(STACK_SIZE);
    regs[Cpu.ESP] = random.one(8) ? top : top & ~3;
    if (batch.fx()) {
      List<Form> forms =
          program.items().stream().map(i -> i.insn().form).filter(CaseKind::fx).toList();
      Form first = program.items().getFirst().insn().form;
      Form leading = forms.isEmpty() ? first : forms.get(random.below(forms.size()));
      fx.image(record + CaseRecord.FX, leading);
    }
    CaseRecord.start(record, run.at, values.flags());
    SequenceGenerator.put(record, regs);
  }

  /** Somewhere in the lower half of the data; wild ones at its edges. */
  private int pointer(boolean wild) {
    if (wild) {
      return targets.edge();
    }
    int at = POINTERS + random.below(POINTERS_SIZE);
    return switch (random.below(6)) {
      case 0 -> at;
      case 1 -> at | 0xffc; // the end of a page
      case 2, 3 -> at & ~3;
      default -> at & ~15;
    };
  }
}
