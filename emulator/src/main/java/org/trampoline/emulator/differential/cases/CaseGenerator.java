package org.trampoline.emulator.differential.cases;

import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.CpuModel;
import org.trampoline.emulator.decode.Attribute;
import org.trampoline.emulator.decode.Decoder;
import org.trampoline.emulator.decode.Form;
import org.trampoline.emulator.decode.Insn;
import org.trampoline.emulator.decode.InstructionTable;
import org.trampoline.emulator.memory.Host;

/**
 * Derives cases from the instruction table. The same seed, form and round give the same cases on
 * any machine and whatever else was generated.
 */
public final class CaseGenerator {
  /** Cases of one encoding. */
  private static final int CASES_OF_ENCODING = 32;

  private static final int CASES_OF_TRAP_ENCODING = 8;

  /** Attempts at an encoding that is the form's and no other's. */
  private static final int ATTEMPTS = 40;

  private final long seed;
  private final CaseRandom random = new CaseRandom();
  private final Values values = new Values(random);
  private final EncodingChooser encodings = new EncodingChooser(random, values);
  private final Targets targets = new Targets(random, values);
  private final CaseStates states = new CaseStates(random, values, targets);
  private final Decoder decoder = new Decoder(InstructionTable.get(), CpuModel.MAX.features());

  public CaseGenerator(long seed) {
    this.seed = seed;
  }

  /** Why there are no cases of this form; null if there are. */
  public static String whyNot(Form form) {
    return CaseKind.whyNot(form);
  }

  /** Why there are no cases of this form that user code can execute; null if there are. */
  public static String whyNotInRing3(Form form) {
    return CaseKind.whyNotInRing3(form);
  }

  /** Whether a batch of that mode can have single instructions of this form. */
  public static boolean allows(Form form, CaseBatch.Mode mode) {
    return switch (mode) {
      case CHAIN -> whyNotInRing3(form) == null && CaseKind.chains(form);
      case TRAP, PROTECTION -> whyNotInRing3(form) == null;
      case SEQUENCE -> false;
      case SYSTEM -> whyNot(form) == null;
    };
  }

  /** Whether it does in ring 0 what it does not in ring 3. */
  public static boolean isPrivileged(Form form) {
    return CaseKind.isPrivileged(form);
  }

  /** Whether cases of this form need a batch whose records have FXSAVE images. */
  public static boolean needsFx(Form form) {
    return CaseKind.fx(form);
  }

  /**
   * Adds a run of cases to a batch that {@linkplain #allows allows} it.
   *
   * @param round which one of the form's runs; each mode has others
   * @return false if the batch has no room for it
   */
  public boolean add(CaseBatch batch, Form form, long round) {
    CaseBatch.Mode mode = batch.mode();
    boolean hostile = mode.hostile();
    int count = hostile ? CASES_OF_TRAP_ENCODING : CASES_OF_ENCODING;
    if (!batch.hasRoom(count)) {
      return false;
    }
    random.seed(seed, CaseKind.key(form) + mode.ordinal(), round);
    CaseRun run = batch.next(EncodingChooser.isShort(form));
    run.round = round;
    Insn insn = encode(form, run, mode);
    for (int i = 0; i < count; i++) {
      states.fill(batch, run, insn, run.first + i);
    }
    batch.add(run, form, insn, count);
    return true;
  }

  private Insn encode(Form form, CaseRun run, CaseBatch.Mode mode) {
    for (int i = 0; i < ATTEMPTS; i++) {
      encodings.choose(form, run, mode);
      Insn insn = decoder.decode(k -> run.code[k] & 0xff, true);
      if (insn.form == form && insn.length == run.length && tame(insn, mode)) {
        return insn;
      }
    }
    throw new IllegalStateException("no encoding found of " + form.encoding().text());
  }

  /** Whether its memory operand can be led into the data, and what happens there is defined. */
  private static boolean tame(Insn insn, CaseBatch.Mode mode) {
    if (insn.form.has(Attribute.COUNT) && insn.kind0 == Insn.MEM) {
      return !AddressSolver.uses(insn, Cpu.ECX); // the count is chosen, too
    }
    if (mode != CaseBatch.Mode.PROTECTION
        && insn.form.has(Attribute.ALIGN16)
        && (insn.kind0 == Insn.MEM || insn.kind1 == Insn.MEM)) {
      return AddressSolver.alignable(insn);
    }
    if (mode == CaseBatch.Mode.CHAIN
        && insn.form.has(Attribute.BIT_STRING)
        && insn.kind0 == Insn.MEM
        && insn.kind1 == Insn.REG) {
      return !AddressSolver.uses(insn, insn.index1);
    }
    return true;
  }

  /** A general register of a record under construction. */
  static void put(long record, int[] regs) {
    for (int i = 0; i < 8; i++) {
      Host.put32(record + CaseRecord.general(i), regs[i]);
    }
    Host.put32(record + CaseRecord.UNUSED, regs[Cpu.ESP]);
  }
}
