package org.trampoline.emulator.differential.cases;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.trampoline.emulator.cpu.Control;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.Eflags;
import org.trampoline.emulator.decode.Form;
import org.trampoline.emulator.decode.Insn;
import org.trampoline.emulator.decode.Operation;
import org.trampoline.emulator.fault.Vector;
import org.trampoline.emulator.memory.Host;

/**
 * A line of {@code errata.txt}: a way in which an oracle may differ from our machine, and the proof
 * that this is no mistake of ours. The file's header explains the columns.
 *
 * @param oracle the {@link Oracle#name} it is about
 * @param label matches the {@link Oracle#label}s it is about
 * @param expected vector that ours must have where it shows, whatever the oracle says; -1 if that
 *     is not known beforehand
 * @param forms matches {@code encoding | notation} of the forms
 */
public record Erratum(
    String oracle,
    Pattern label,
    Pattern forms,
    When when,
    int expected,
    Set<StateField> fields,
    String proof) {

  private static final int UNKNOWN = -1;

  /** Bytes of the largest operand that one access takes. */
  private static final int LARGEST = 16;

  /** The bits of CR0 that there are (SDM vol. 3, 2.5). */
  private static final int CR0_DEFINED = 0xe005_003f;

  /** Bits 2 to 10: what our most capable CPU model has of CR4 (SDM vol. 3, 2.5). */
  private static final int CR4_DEFINED = 0x7fc;

  /** Bits of DR7 that are 0 (SDM vol. 3, figure 17-1). */
  private static final int DR7_ZERO = 0xd800;

  /** The bit of DR6 that is 0 (SDM vol. 3, figure 17-1). */
  private static final int DR6_ZERO = 0x1000;

  private static final int SYSENTER_CS = 0x174;
  private static final int CARRIES = Eflags.CF | Eflags.AF | Eflags.RF;

  /** In which cases it shows. */
  public enum When {
    ALWAYS,
    REGISTER,
    LOCK,
    OPERAND_16,
    NEGATIVE,
    FAULT,
    ORACLE_FAULT,
    ORACLE_UD,
    ACCESS_FIRST,
    OFFSET_BEYOND,
    OUR_GP,
    SHUT_DOWN,
    ABSENT_STACK,
    PAGE_FAULT,
    RMW_FAULT,
    ALIGNMENT,
    PART_ALIGNMENT,
    NULL_SELECTOR,
    CPU_NUMBER,
    WRAP_16,
    RESERVED_CR0,
    FORBIDDEN_CR0,
    RESERVED_CR4,
    RESERVED_DR,
    ABSENT_MSR,
    X87_STACK_FAULT,
    X87_UNMASKED,
    X87_INVALID,
    X87_RESERVED_CONTROL,
    X87_EMPTY,
    SIMD_UNMASKED,
    SIMD_DENORMALS,
    SIMD_NANS,
    SIMD_PREDICATE,
    X87_LESS_PRECISE,
    X87_DIRECTED,
    X87_NEGATIVE,
    X87_SPECIAL,
    X87_UNUSUAL,
    X87_COMPARED,
    NULL_TASK,
    UNAVAILABLE,
    VIRTUAL_INTERRUPT,
    INVALID_UNMASKED,
    SEQUENCE_FAULT,
    SEQUENCE,
    SEQUENCE_LOCK,
    NO_OSFXSR,
    SEQUENCE_CARRIES,
    SEQUENCE_ZERO,
    SEGMENT_UNCHECKED,
    PORT_UNCHECKED,
    UNDEFINED_EXECUTED,
    UNDEFINED_READ
  }

  /** All of the list. */
  public static List<Erratum> list() {
    List<Erratum> list = new ArrayList<>();
    try (InputStream in = Erratum.class.getResourceAsStream("errata.txt")) {
      for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList()) {
        if (!line.isBlank() && !line.startsWith("#")) {
          list.add(parse(line));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("resource errata.txt", e);
    }
    return list;
  }

  static Erratum parse(String line) {
    String[] columns = line.split(" ; ", 6);
    Set<StateField> fields = EnumSet.noneOf(StateField.class);
    for (String field : columns[4].trim().split(" ", -1)) {
      fields.addAll(
          field.equals("all")
              ? EnumSet.allOf(StateField.class)
              : EnumSet.of(StateField.valueOf(constant(field))));
    }
    String[] when = columns[3].split(" = ", 2);
    return new Erratum(
        columns[0].trim(),
        Pattern.compile(columns[1].trim()),
        Pattern.compile(columns[2].trim()),
        When.valueOf(constant(when[0])),
        when.length == 1 ? UNKNOWN : vector(when[1].trim()),
        fields,
        columns[5].trim());
  }

  private static int vector(String name) {
    for (int vector = 0; vector < 32; vector++) {
      if (Vector.name(vector).equals(name)) {
        return vector;
      }
    }
    throw new IllegalArgumentException("errata.txt: no exception " + name);
  }

  private static String constant(String text) {
    return text.trim().replace('-', '_').toUpperCase(Locale.ROOT);
  }

  /** Whether it is about the oracle of that name and label. */
  boolean concerns(String name, String of) {
    return oracle.equals(name) && label.matcher(of).find();
  }

  /** Whether it is about that form. */
  public boolean concerns(Form form) {
    return forms.matcher(form.encoding().text() + " | " + form.notation()).matches();
  }

  /** Whether it shows in a sequence none of whose instructions differs by itself. */
  boolean appliesToSequence(CaseProgram program, long ours, long theirs) {
    boolean faults =
        CaseRecord.vector(ours) != CaseRecord.NO_FAULT
            && CaseRecord.vector(theirs) != CaseRecord.NO_FAULT;
    int flags = Host.get32(ours + CaseRecord.EFLAGS) ^ Host.get32(theirs + CaseRecord.EFLAGS);
    return switch (when) {
      case SEQUENCE_FAULT -> faults && contains(program, false);
      case SEQUENCE -> contains(program, false);
      case SEQUENCE_LOCK -> contains(program, true);
      case SEQUENCE_CARRIES -> (flags & ~CARRIES) == 0 && contains(program, false);
      case SEQUENCE_ZERO -> (flags & ~Eflags.ZF) == 0 && contains(program, false);
      default -> false;
    };
  }

  private boolean contains(CaseProgram program, boolean locked) {
    return program.items().stream()
        .map(CaseProgram.Item::insn)
        .anyMatch(insn -> concerns(insn.form) && (insn.lock || !locked));
  }

  /** Whether it can show where nothing faults, in an ordinary state. */
  boolean mayShowWithoutFault() {
    return switch (when) {
      case ALWAYS, REGISTER, LOCK, NEGATIVE, OUR_GP -> true;
      default -> false;
    };
  }

  /** Whether it shows in this case: state before, our result, the oracle's. */
  boolean applies(Insn insn, long before, long ours, long theirs) {
    int our = CaseRecord.vector(ours);
    int their = CaseRecord.vector(theirs);
    return switch (when) {
      case ALWAYS -> true;
      case REGISTER -> insn.kind0 == Insn.REG && insn.kind1 != Insn.MEM;
      case LOCK -> insn.lock;
      case OPERAND_16 -> insn.operandSize == 2;
      case NEGATIVE -> (short) insn.imm < 0;
      case FAULT -> our != CaseRecord.NO_FAULT && their != CaseRecord.NO_FAULT;
      case ORACLE_FAULT -> their != CaseRecord.NO_FAULT;
      case ORACLE_UD -> their == Vector.UD;
      case ACCESS_FIRST ->
          our != CaseRecord.NO_FAULT
              && (their == Vector.AC || their == Vector.PF || their == Vector.SS);
      case OFFSET_BEYOND ->
          our == Vector.GP
              && Host.get16(ours + CaseRecord.ERROR_CODE) == 0
              && their != CaseRecord.NO_FAULT;
      case OUR_GP -> our == Vector.GP && their == CaseRecord.NO_FAULT;
      case SHUT_DOWN ->
          our == Vector.GP
              && Host.get16(ours + CaseRecord.ERROR_CODE) == 0
              && their == CaseRecord.SHUTDOWN;
      case ABSENT_STACK ->
          our == Vector.SS && their == Vector.NP && Host.get16(ours + CaseRecord.ERROR_CODE) > 3;
      case PAGE_FAULT ->
          our == Vector.PF || their == Vector.PF || our == CaseRecord.SHUTDOWN && our == their;
      case RMW_FAULT -> our == Vector.PF && their == Vector.PF && modifiesMemory(insn);
      case ALIGNMENT ->
          their == Vector.AC
              && our == Vector.PF
              && (Host.get32(before + CaseRecord.EFLAGS) & Eflags.AC) != 0;
      case PART_ALIGNMENT -> their == Vector.AC && (our == Vector.GP || our == Vector.SS);
      case WRAP_16 -> wraps(insn, before);
      case SEQUENCE_FAULT, SEQUENCE, SEQUENCE_LOCK, SEQUENCE_CARRIES, SEQUENCE_ZERO ->
          false; // of sequences only
      case SEGMENT_UNCHECKED, PORT_UNCHECKED, UNDEFINED_EXECUTED, UNDEFINED_READ -> false;
      case NULL_SELECTOR -> nulls(ours, theirs);
      case CPU_NUMBER -> // no other segment has a limit of 0
          insn.kind0 == Insn.REG
              && (CaseRecord.register(ours, insn.index0) << 32 - 8 * insn.size0) == 0
              && (Host.get32(ours + CaseRecord.EFLAGS) & Eflags.ZF) != 0;
      case RESERVED_CR0 ->
          insn.index0 == 0 && (CaseRecord.register(before, insn.index1) & ~CR0_DEFINED) != 0;
      case FORBIDDEN_CR0 -> {
        int value = CaseRecord.register(before, insn.index1);
        boolean paging = (value & (Control.CR0_PG | Control.CR0_PE)) == Control.CR0_PG;
        boolean cache = (value & (Control.CR0_NW | Control.CR0_CD)) == Control.CR0_NW;
        yield insn.index0 == 0 && (paging || cache);
      }
      case RESERVED_CR4 -> {
        int value = CaseRecord.register(before, insn.index1);
        yield insn.index0 == 4 && (value & ~CR4_DEFINED) != 0;
      }
      case RESERVED_DR -> {
        int zero = (insn.index0 & 5) == 5 ? DR7_ZERO : (insn.index0 & 5) == 4 ? DR6_ZERO : 0;
        yield (CaseRecord.register(before, insn.index1) & zero) != 0;
      }
      case ABSENT_MSR ->
          Integer.compareUnsigned(CaseRecord.register(before, Cpu.ECX) - SYSENTER_CS, 3) >= 0;
      case VIRTUAL_INTERRUPT -> {
        int flags = Host.get32(ours + CaseRecord.EFLAGS) ^ Host.get32(theirs + CaseRecord.EFLAGS);
        flags &= ~Eflags.RF;
        yield flags != 0 && (flags & ~(Eflags.VIF | Eflags.VIP)) == 0;
      }
      case UNAVAILABLE -> our == Vector.UD && their == Vector.NM;
      case NO_OSFXSR -> // of ring 0: in ring 3 it is always set, and CR3 not in the record
          Host.get32(before + SystemRecord.CR3) == EngineWorld.DIRECTORY
              && (Host.get32(before + SystemRecord.CR4) & Control.CR4_OSFXSR) == 0;
      case NULL_TASK -> (Host.get32(theirs + SystemRecord.TR) & ~3) == 0;
      case X87_STACK_FAULT -> X87Conditions.stackFault(ours);
      case X87_UNMASKED -> X87Conditions.unmasked(ours);
      case X87_INVALID -> X87Conditions.invalid(ours);
      case X87_RESERVED_CONTROL -> X87Conditions.reservedControl(ours, theirs);
      case X87_EMPTY -> X87Conditions.empty(before);
      case SIMD_UNMASKED ->
          (our == Vector.XM || our == Vector.UD && SimdConditions.unmasked(before))
              && their == CaseRecord.NO_FAULT;
      case SIMD_DENORMALS -> SimdConditions.zeroing(before);
      case SIMD_NANS -> SimdConditions.onlyNans(insn.form, ours, theirs);
      case SIMD_PREDICATE -> (insn.imm & 0xf8) != 0;
      case X87_LESS_PRECISE -> X87Conditions.lessPrecise(before);
      case X87_DIRECTED -> X87Conditions.directed(before);
      case X87_NEGATIVE -> X87Conditions.negative(before);
      case X87_SPECIAL -> X87Conditions.special(before);
      case X87_UNUSUAL -> X87Conditions.unusual(insn, before);
      case X87_COMPARED -> X87Conditions.comparedEqually(ours, theirs);
      case INVALID_UNMASKED -> {
        long image = theirs + CaseRecord.FX;
        yield (Host.get16(image + 2) & ~Host.get16(image) & 1) != 0;
      }
    };
  }

  /**
   * Whether it is known what ours must do in this case, and ours does something else: a mistake
   * that the oracle makes, too.
   */
  boolean isBroken(Insn insn, long before, long ours) {
    return expected != UNKNOWN
        && CaseRecord.vector(ours) != expected
        && CaseRecord.vector(ours) != CaseRecord.SHUTDOWN
        && CaseRecord.vector(ours) != CaseRecord.NO_RESULT
        && applies(insn, before, ours, ours);
  }

  /**
   * Whether it shows in a step of a program that two engines run in lockstep: there is more that
   * can go wrong there than in cases, which are made not to try it.
   */
  boolean appliesInLockstep(Insn insn, long before, long ours, long theirs) {
    int our = CaseRecord.vector(ours);
    int their = CaseRecord.vector(theirs);
    return switch (when) {
      case SEGMENT_UNCHECKED ->
          (our == Vector.GP || our == Vector.SS)
              && Host.get16(ours + CaseRecord.ERROR_CODE) == 0
              && their != our
              && accessesMemory(insn);
      case PORT_UNCHECKED -> our == Vector.GP && their == CaseRecord.NO_FAULT;
      case UNDEFINED_EXECUTED ->
          insn.operation == Operation.UNDEFINED && our == Vector.UD && their == CaseRecord.NO_FAULT;
      case UNDEFINED_READ -> our == Vector.UD && their == Vector.PF;
      default -> applies(insn, before, ours, theirs);
    };
  }

  private static boolean accessesMemory(Insn insn) {
    byte[] kinds = {insn.kind0, insn.kind1, insn.kind2};
    for (int i = 0; i < insn.form.operands().size(); i++) {
      if (kinds[i] == Insn.MEM
          || kinds[i] == Insn.STRING_SOURCE
          || kinds[i] == Insn.STRING_DESTINATION) {
        return true;
      }
    }
    return false;
  }

  /** Whether the memory operand reaches across the end of what 16 bits of address can name. */
  private static boolean wraps(Insn insn, long before) {
    boolean memory = insn.kind0 == Insn.MEM || insn.kind1 == Insn.MEM;
    return memory && insn.address16 && CaseSegments.offset(insn, before) > 0xffff - LARGEST + 1;
  }

  private static boolean modifiesMemory(Insn insn) {
    return insn.kind0 == Insn.MEM && insn.form.reads(0) && insn.form.writes(0);
  }

  /** Whether selectors differ only in that the oracle has 0 for 1 to 3. */
  private static boolean nulls(long ours, long theirs) {
    for (int i = 0; i < 6; i++) {
      int our = Host.get16(ours + CaseRecord.segment(i));
      int their = Host.get16(theirs + CaseRecord.segment(i));
      if (our != their && (their != 0 || our > 3)) {
        return false;
      }
    }
    return true;
  }
}
