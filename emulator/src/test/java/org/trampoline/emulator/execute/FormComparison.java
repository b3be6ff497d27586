package org.trampoline.emulator.execute;

import static org.trampoline.emulator.engine.Register.EIP;
import static org.trampoline.emulator.engine.Register.ESP;
import static org.trampoline.emulator.execute.ComparisonWorld.CODE;
import static org.trampoline.emulator.execute.ComparisonWorld.DATA;
import static org.trampoline.emulator.execute.ComparisonWorld.DATA_END;
import static org.trampoline.emulator.execute.ComparisonWorld.MEMORY;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.trampoline.emulator.ExecutionEngine;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.StopReason;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.CpuModel;
import org.trampoline.emulator.cpu.Eflags;
import org.trampoline.emulator.decode.Attribute;
import org.trampoline.emulator.decode.Form;
import org.trampoline.emulator.decode.Insn;
import org.trampoline.emulator.device.Ports;
import org.trampoline.emulator.engine.Engine;
import org.trampoline.emulator.engine.Register;
import org.trampoline.emulator.execute.Erratum.What;
import org.trampoline.emulator.fault.Vector;
import org.trampoline.emulator.oracle.UnicornEngine;

/**
 * Executes cases on our machine and on Unicorn, one instruction each from equal states, and says
 * what differs. One instance of each engine serves for all cases.
 */
final class FormComparison implements AutoCloseable {
  /** Bytes between two instructions; hlt fills what is between. */
  private static final int SLOT = 32;

  /** A short branch may arrive this far away. */
  private static final int REACH = 144;

  private static final Register[] REGISTERS = Register.values();

  private final TalkingPorts machinePorts = new TalkingPorts();
  private final TalkingPorts unicornPorts = new TalkingPorts();
  private final Machine machine =
      Machine.builder()
          .memory(MEMORY)
          .cpu(CpuModel.MAX)
          .engine(ExecutionEngine.INTERPRETER)
          .ports(machinePorts)
          .build();
  private final Engine unicorn = new UnicornEngine(CpuModel.MAX, MEMORY, unicornPorts);
  private final FormCaseGenerator generator;
  private final int[] usual = new int[REGISTERS.length];
  private int at = CODE;
  private long faults;
  private final List<Erratum> list = Erratum.list();
  private final Map<Form, List<Erratum>> errata = new HashMap<>();
  private final List<Erratum> applicable = new ArrayList<>();
  private final Set<Erratum> met = new HashSet<>();

  FormComparison(long seed) {
    generator = new FormCaseGenerator(seed);
    ComparisonWorld.build(machine);
    ComparisonWorld.build(unicorn);
    for (Register register : REGISTERS) {
      usual[register.ordinal()] = machine.get(register);
    }
  }

  /** The errata that no case so far has shown. */
  List<Erratum> notMet() {
    return list.stream().filter(erratum -> !met.contains(erratum)).toList();
  }

  /** Cases so far that ended in a fault of the instruction. */
  long faults() {
    return faults;
  }

  /**
   * Executes a case of a form.
   *
   * @return null if none could be made this time; else the differences, none if all is well
   */
  List<String> run(Form form) {
    FormCase c = generator.next(form, place(form));
    if (c == null) {
      return null;
    }
    c.prepare(machine);
    c.prepare(unicorn);
    StopReason ours = machine.run(1);
    StopReason others = unicorn.run(1);
    boolean stuck =
        ours instanceof StopReason.TripleFault && others instanceof StopReason.Fault; // bad stack
    List<String> differences = List.of();
    if (!stuck) {
      differences = compare(c, ours, others, EnumSet.noneOf(What.class));
      if (!differences.isEmpty()) {
        Set<What> allowed = allowed(c, ours);
        if (!allowed.isEmpty() && compare(c, ours, others, allowed).isEmpty()) {
          differences = List.of();
          met.addAll(applicable);
        }
      }
    }
    faults += vector() >= 0 ? 1 : 0;
    if (!differences.isEmpty()) {
      differences.addFirst(c.toString());
    }
    data(unicorn).copyFrom(data(machine));
    unicornPorts.talk = machinePorts.talk;
    restore(machine);
    restore(unicorn);
    return differences;
  }

  /** The vector our machine has just delivered, or -1. */
  private int vector() {
    int offset = machine.get(Register.EIP) - ComparisonWorld.handler(0);
    return offset >= 0 && offset < 256 * 16 && offset % 16 == 0 ? offset / 16 : -1;
  }

  private Set<What> allowed(FormCase c, StopReason ours) {
    applicable.clear();
    boolean pageFault =
        vector() == Vector.PF
            || ours instanceof StopReason.TripleFault(String first) && first.startsWith("#PF");
    Set<What> allowed = EnumSet.noneOf(What.class);
    for (Erratum erratum : errata.computeIfAbsent(c.insn.form, this::concerning)) {
      if (erratum.applies(c, pageFault)) {
        applicable.add(erratum);
        allowed.add(erratum.what());
      }
    }
    return allowed;
  }

  private List<Erratum> concerning(Form form) {
    return list.stream().filter(erratum -> erratum.concerns(form)).toList();
  }

  private List<String> compare(FormCase c, StopReason ours, StopReason others, Set<What> allowed) {
    List<String> differences = new ArrayList<>();
    if (allowed.contains(What.ALL)) {
      return differences;
    }
    if (!ours.equals(others)) {
      differences.add("stopped: " + ours + ", " + others);
    }
    for (Register register : REGISTERS) {
      int a = machine.get(register);
      int b = unicorn.get(register);
      if (((a ^ b) & relevant(c, register, allowed)) != 0) {
        differences.add("%s: %x, %x".formatted(register, a, b));
      }
    }
    overlook(c, allowed);
    long where = data(machine).mismatch(data(unicorn));
    if (where >= 0) {
      int at = DATA + (int) where & ~3;
      differences.add("[%x]: %x, %x".formatted(at, word(machine, at), word(unicorn, at)));
    }
    if (machinePorts.talk != unicornPorts.talk) {
      differences.add("ports: %x, %x".formatted(machinePorts.talk, unicornPorts.talk));
    }
    if (!differences.isEmpty()) {
      differences.add("eip: %x, esp %x".formatted(machine.get(EIP), machine.get(ESP)));
    }
    return differences;
  }

  /** The bits of a register that have to be equal. */
  private static int relevant(FormCase c, Register register, Set<What> allowed) {
    Insn insn = c.insn;
    boolean destination = insn.kind0 == Insn.REG && register == Register.general(insn.index0 & 7);
    if (destination && undefinedResult(c)) {
      return 0;
    }
    if (destination && allowed.contains(What.UPPER_HALF)) {
      return 0xffff;
    }
    return switch (register) {
      case EFLAGS -> ~undefinedFlags(c) & ~(allowed.contains(What.FLAGS) ? Eflags.STATUS : 0);
      case CR2 -> allowed.contains(What.CR2) || allowed.contains(What.ADDRESS) ? 0 : -1;
      case EBP -> allowed.contains(What.EBP_HALF) ? 0xffff : -1;
      case ESP -> allowed.contains(What.ESP) ? 0 : -1;
      default -> -1;
    };
  }

  /** Makes Unicorn's memory equal to ours where the errata allow that it is not. */
  private void overlook(FormCase c, Set<What> allowed) {
    int esp = machine.get(ESP);
    if (allowed.contains(What.WRITE_BIT)) {
      take(esp, 2);
    }
    if (allowed.contains(What.ADDRESS)) {
      take(esp, 3);
    }
    if (allowed.contains(What.FLAGS) && vector() == Vector.PF) {
      take(esp + 12, Eflags.STATUS);
    }
    if (allowed.contains(What.PUSHED_HALF)) {
      take(esp, 0xffff_0000);
    }
    boolean memory = c.insn.kind0 == Insn.MEM;
    if (memory && undefinedResult(c)) {
      take(c.target, c.insn.size0 == 2 ? 0xffff : -1);
    }
  }

  private void take(int at, int mask) {
    if (at >= DATA && at <= DATA_END - 4) {
      int taken = word(unicorn, at) & ~mask | word(machine, at) & mask;
      ComparisonWorld.word(unicorn.ram(), at, taken);
    }
  }

  private static int undefinedFlags(FormCase c) {
    return c.insn.form.undefinedFlags(c.insn, count(c));
  }

  private static int count(FormCase c) {
    boolean immediate = c.insn.kind1 == Insn.IMM || c.insn.kind2 == Insn.IMM;
    return immediate ? c.insn.imm : c.reg[Cpu.ECX];
  }

  /** Whether the manual leaves the result open (SHLD and SHRD: by more than the width). */
  private static boolean undefinedResult(FormCase c) {
    return switch (c.insn.operation) {
      case SHLD, SHRD -> (count(c) & 31) > 8 * c.insn.size0;
      default -> c.insn.form.has(Attribute.UNDEFINED_RESULT);
    };
  }

  private static int word(Engine engine, int at) {
    return engine.ram().get(ValueLayout.JAVA_INT_UNALIGNED, at);
  }

  private static MemorySegment data(Engine engine) {
    return engine.ram().asSlice(DATA, DATA_END - DATA);
  }

  /** All of RAM, at the end: nothing but the data pages may have changed. */
  String compareMemory() {
    long where = machine.ram().mismatch(unicorn.ram());
    return where < 0 ? null : "RAM differs at %x".formatted(where);
  }

  private void restore(Engine engine) {
    for (int i = Register.ES.ordinal(); i < REGISTERS.length; i++) {
      if (engine.get(REGISTERS[i]) != usual[i]) {
        engine.set(REGISTERS[i], usual[i]);
      }
    }
  }

  /**
   * Where the next instruction goes: where none has been, because Unicorn does not notice code that
   * is changed behind its back.
   */
  private int place(Form form) {
    boolean near = FormCaseGenerator.isShort(form);
    at += near ? REACH : 0;
    if (near) { // with 16-bit operand size eip loses its upper half, and must still be at hlt
      int low = at & 0xffff;
      if (low < ComparisonWorld.LANDING + REACH || low > ComparisonWorld.LANDING_END - 2 * REACH) {
        at = (at & ~0xffff) + (low < ComparisonWorld.LANDING + REACH ? 0 : 0x1_0000);
        at += ComparisonWorld.LANDING + REACH;
      }
    }
    if (at >= MEMORY - 0x1000) {
      for (Engine engine : List.of(machine, unicorn)) {
        engine.ram().asSlice(CODE, MEMORY - CODE).fill((byte) 0xf4);
        engine.codeChanged(CODE, MEMORY - CODE);
      }
      at = near ? CODE + ComparisonWorld.LANDING + REACH : CODE;
    }
    int here = at;
    at += near ? REACH : SLOT;
    return here;
  }

  @Override
  public void close() {
    machine.close();
    unicorn.close();
  }

  /** Ports that remember in a number what was said to them, and answer with it. */
  private static final class TalkingPorts implements Ports {
    private int talk = 1;

    @Override
    public int in(int port, int size) {
      out(port, size, 0);
      return talk;
    }

    @Override
    public void out(int port, int size, int value) {
      int relevant = size == 4 ? value : value & (1 << 8 * size) - 1;
      talk = 31 * (31 * (31 * talk + port) + size) + relevant;
    }
  }
}
