package org.trampoline.emulator.differential;

import java.util.Optional;
import java.util.function.Predicate;
import org.trampoline.emulator.cpu.Eflags;
import org.trampoline.emulator.decode.Attribute;
import org.trampoline.emulator.decode.Operation;
import org.trampoline.emulator.engine.Register;
import org.trampoline.emulator.fault.Vector;

/**
 * A known mistake of an oracle: where it shows, and the proof that it is the oracle's and not ours.
 * What falls under one is counted in the result, or named in the difference where the oracle cannot
 * be brought back in step; nothing is passed over silently.
 *
 * <p>"EPYC" in a proof is a program of 32-bit user code run natively on an AMD EPYC under Linux.
 */
@SuppressWarnings("ImmutableEnumChecker") // the conditions are stateless
public enum Erratum {
  READ_MODIFY_WRITE_FAULT_IS_READ(
      "#PF of an instruction that reads, changes and writes its memory operand has W=0",
      "EPYC: addl, lock addl, xchgl, xaddl, cmpxchgl, shll (also by 0), rcll, shldl, btrl, notl on"
          + " an absent page give error code 6 (W=1), on a read-only page 7",
      s ->
          s.raised(Vector.PF, Vector.PF)
              && s.our().errorCode == (s.their().errorCode | 2)
              && s.modifiesMemory()),

  PUSHA_FAULTS_AT_THE_LAST_ADDRESS(
      "#PF of pusha reports the lowest address, or one at the page's start, and not the first push",
      "EPYC: pushal with esp 16 above a forbidden page gives CR2 = end of that page - 4",
      s -> s.raised(Vector.PF, Vector.PF) && s.insn().operation == Operation.PUSHA),

  ENTER_STORES_NOTHING_CERTAIN(
      "enter that faults has or has not stored below esp what it pushed before the fault",
      "SDM vol. 2, ENTER: esp is unchanged; what lies below it is nobody's",
      s ->
          s.our().vector >= 0
              && s.our().vector == s.their().vector
              && s.insn().operation == Operation.ENTER),

  ENTER_16_WRITES_ALL_OF_EBP(
      "enter with a 16-bit operand size and a 32-bit stack writes the upper half of ebp",
      "EPYC: enterw leaves bits 31:16 of ebp as they were (SDM vol. 2, ENTER: BP is written)",
      s ->
          s.insn().operation == Operation.ENTER
              && s.insn().operandSize == 2
              && s.onlyDiffers(Register.EBP)),

  RET_IMMEDIATE_IS_SIGNED(
      "ret imm16 takes the immediate as signed",
      "EPYC: ret $0x90f8 adds 0x90f8 to esp (SDM vol. 2, RET: an unsigned count)",
      s ->
          s.insn().operation == Operation.RET
              && (s.insn().imm & 0x8000) != 0
              && s.onlyDiffers(Register.ESP)),

  LOCK_NEG_FLAGS(
      "lock neg sets the flags from a wrong value",
      "EPYC: lock negb of 0x6d sets CF, PF, AF and SF as negb does",
      s -> s.insn().operation == Operation.NEG && s.insn().lock && s.onlyDiffers(Register.EFLAGS)),

  PUSH_OF_SEGMENT_STORES_FOUR_BYTES(
      "push of a segment register with 32-bit operands clears the upper half of the doubleword",
      "SDM vol. 2, PUSH: either is right; recent Intel processors write 16 bits, EPYC 32",
      s ->
          s.insn().operation == Operation.PUSH_SEGMENT
              && s.insn().operandSize == 4
              && s.ours().sameAs(s.theirs())),

  PUSHF_STORES_RF(
      "pushf right after iret has set RF stores RF",
      "SDM vol. 2, PUSHF: the image has VM and RF clear",
      s ->
          s.insn().operation == Operation.PUSHF
              && (s.before().get(Register.EFLAGS) & Eflags.RF) != 0
              && s.our().vector < 0
              && s.their().vector < 0),

  TEST_ALIAS_IS_UNDEFINED(
      "F6 /1 and F7 /1, aliases of test with an immediate, raise #UD",
      "EPYC executes F7 /1 (AMD64 APM vol. 3, opcode maps)",
      s -> s.insn().operation == Operation.TEST && s.raised(-1, Vector.UD)),

  HINT_NOP_IS_UNDEFINED(
      "0F 18 /0 to /7 with a register operand raises #UD",
      "EPYC executes 0F 18 DF as a no-operation (SDM vol. 2, opcode maps: reserved NOP)",
      s -> s.insn().operation == Operation.NOP && s.raised(-1, Vector.UD)),

  OPCODE_EXTENSION_IS_IGNORED(
      "opcodes whose modrm extension is not defined are executed as another extension",
      "SDM vol. 2, opcode extensions by group: blank entries are reserved and raise #UD",
      s -> s.raised(Vector.UD, -1) && s.insn().operation == Operation.UNDEFINED),

  INT1_IS_UNDEFINED(
      "F1 (int1, icebp) raises #UD",
      "EPYC raises #DB, a trap, eip behind it (SDM vol. 3, 6.4.2)",
      s -> s.insn().operation == Operation.INT1 && s.their().vector == Vector.UD),

  OPERAND_IS_READ_BEFORE_UNDEFINED(
      "an undefined opcode with a memory operand raises the operand's #PF",
      "EPYC: FF /7 on an absent page raises #UD (SDM vol. 3, 6.9: decoding comes before operands)",
      s -> s.raised(Vector.UD, Vector.PF)),

  ENTER_DOES_NOT_PROBE(
      "enter does not check that the stack it allocates can be written",
      "EPYC: enter $0x1f80 whose final esp is on a forbidden page raises #PF there (SDM vol. 2,"
          + " ENTER)",
      s -> s.insn().operation == Operation.ENTER && s.raised(Vector.PF, -1)),

  PORTS_ARE_NOT_PROTECTED(
      "in, out, ins and outs are done whatever IOPL and the I/O permission bitmap say",
      "SDM vol. 1, 19.5: #GP(0)",
      s ->
          s.raised(Vector.GP, -1)
              && (s.insn().form.has(Attribute.IO) || s.insn().form.has(Attribute.IOPL))),

  SEGMENTS_ARE_NOT_CHECKED(
      "accesses beyond a segment's limit, through a null selector or against its type are made",
      "SDM vol. 3, 5.3 and 5.4.1: #GP(0), #SS(0) for the stack segment",
      s ->
          (s.our().vector == Vector.GP || s.our().vector == Vector.SS)
              && s.our().errorCode == 0
              && s.their().vector != s.our().vector
              && s.accessesMemory());

  private static final String UNICORN = "unicorn";

  private final String condition;
  private final String proof;
  private final Predicate<Step> shows;

  Erratum(String condition, String proof, Predicate<Step> shows) {
    this.condition = condition;
    this.proof = proof;
    this.shows = shows;
  }

  /** The engine that is wrong, by its name; up to now all are Unicorn's (2.1.4). */
  public String engine() {
    return UNICORN;
  }

  /** What it does wrong, and where. */
  public String condition() {
    return condition;
  }

  /** How that is known. */
  public String proof() {
    return proof;
  }

  /** The erratum of that engine behind a difference. */
  static Optional<Erratum> behind(String engine, Step step) {
    for (Erratum erratum : values()) {
      if (erratum.engine().equals(engine) && erratum.shows.test(step)) {
        return Optional.of(erratum);
      }
    }
    return Optional.empty();
  }
}
