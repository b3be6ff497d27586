package org.trampoline.emulator.differential.cases;

import org.trampoline.emulator.decode.Form;
import org.trampoline.emulator.decode.Insn;

/** Cases of a batch that share one encoding or one program, executed from different states. */
public final class CaseRun {
  /** The instruction's or program's bytes; the first {@link #length} count. */
  final byte[] code = new byte[SequenceGenerator.MAX_CODE];

  int length;

  /** Linear address of the instruction. */
  int at;

  /** The instruction, of a program the first. */
  Form form;

  Insn insn;

  /** The instructions of a sequence; null where a case is a single one. */
  CaseProgram program;

  /** Its cases are executed in ring 0 and have a {@link SystemRecord}. */
  boolean system;

  /** What is undefined is compared, too: of engines that promise it. */
  boolean definesAll;

  /** Index of the first case in the batch, and how many there are. */
  int first;

  int count;

  /** How many cases of the run come before the first one here; of a part of a batch. */
  int skipped;

  /** Which run of its form it is; with seed and form this names its cases for ever. */
  long round;

  /** Makes it a part of another run. */
  void copyFrom(CaseRun run, int first, int count, int skipped) {
    System.arraycopy(run.code, 0, code, 0, run.length);
    length = run.length;
    at = run.at;
    form = run.form;
    insn = run.insn;
    program = run.program;
    system = run.system;
    definesAll = run.definesAll;
    round = run.round;
    this.first = first;
    this.count = count;
    this.skipped = skipped;
  }

  public Form form() {
    return form;
  }

  /** The instructions of a sequence; null where a case is a single one. */
  public CaseProgram program() {
    return program;
  }

  /** The instruction, decoded; of a sequence the first. */
  public Insn insn() {
    return insn;
  }

  /** Its linear address. */
  public int at() {
    return at;
  }

  /** Its bytes, a copy. */
  public byte[] code() {
    return java.util.Arrays.copyOf(code, length);
  }

  /** Index of its first case. */
  public int first() {
    return first;
  }

  /** How many cases it has. */
  public int count() {
    return count;
  }

  /** Which run of its form it is. */
  public long round() {
    return round;
  }
}
