package org.trampoline.emulator.differential.cases;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.CpuModel;
import org.trampoline.emulator.decode.Attribute;
import org.trampoline.emulator.decode.Decoder;
import org.trampoline.emulator.decode.Form;
import org.trampoline.emulator.decode.Insn;
import org.trampoline.emulator.decode.InstructionTable;
import org.trampoline.emulator.differential.cases.CaseProgram.Item;
import org.trampoline.emulator.memory.Host;

/**
 * Derives sequences of 2 to 20 instructions from the instruction table: straight stretches,
 * branches forward, loops that end, subroutines, with the stack in use. Each is executed from a few
 * states. The same seed, forms and round give the same sequences on any machine.
 */
public final class SequenceGenerator {
  /** States that a sequence is executed from. */
  private static final int CASES_OF_PROGRAM = 4;

  /** Bytes that a sequence may have, more than 20 instructions ever take here. */
  static final int MAX_CODE = 336;

  private static final int MOST = 20;
  private static final int ATTEMPTS = 40;
  private static final long KEY = 0x5e9e_9ce5L;

  private final long seed;
  private final CaseRandom random = new CaseRandom();
  private final Values values = new Values(random);
  private final EncodingChooser encodings = new EncodingChooser(random, values);
  private final SequenceRegisters registers = new SequenceRegisters(random);
  private final SequenceStates states = new SequenceStates(random, values, registers);
  private final Decoder decoder = new Decoder(InstructionTable.get(), CpuModel.MAX.features());
  private final CaseRun scratch = new CaseRun();
  private final List<Form> integer;
  private final List<Form> fx;
  private final List<Item> items = new ArrayList<>();

  /** Instructions that are only to be reached from the one before: popfd from pushfd. */
  private final BitSet inner = new BitSet();

  private boolean withFx;

  /** Rounds of the loop at hand; the counter starts from it. */
  private int rounds;

  /**
   * @param forms that may occur, as far as {@link #allows} allows them
   */
  public SequenceGenerator(long seed, List<Form> forms) {
    this.seed = seed;
    integer = forms.stream().filter(f -> allows(f) && !CaseKind.fx(f)).toList();
    fx = forms.stream().filter(f -> allows(f) && CaseKind.fx(f)).toList();
  }

  /** Whether there are sequences without or with x87, MMX and SSE instructions. */
  public boolean has(boolean fx) {
    return fx ? !this.fx.isEmpty() : !integer.isEmpty();
  }

  /** Whether a form may be anywhere in a sequence. Branches and the like have their own places. */
  public static boolean allows(Form form) {
    if (CaseKind.whyNotInRing3(form) != null
        || !CaseKind.chains(form)
        || form.has(Attribute.UNDEFINED_RESULT)) {
      return false;
    }
    return switch (form.operation()) {
      case POPF, POPA, ENTER, LEAVE, BOUND, LAR, LSL, VERR, VERW, ARPL -> false;
      case PUSH_SEGMENT, MOV_FROM_SEGMENT, UD -> false;
      // they show where the last x87 instruction was
      case FXSAVE, FNSAVE, FNSTENV, FXRSTOR, FRSTOR, FLDENV -> false;
      // by cl, the result may be undefined
      case SHLD, SHRD -> form.operands().getFirst().size() == 4;
      default -> true;
    };
  }

  /**
   * Adds a sequence to a batch of mode SEQUENCE, with the states it is executed from.
   *
   * @param round which one
   * @return false if the batch has no room for it
   */
  public boolean add(CaseBatch batch, long round) {
    if (!batch.hasRoom(CASES_OF_PROGRAM)) {
      return false;
    }
    withFx = batch.fx();
    random.seed(seed, KEY + (withFx ? 1 : 0), round);
    CaseRun run = batch.next(false);
    run.round = round;
    CaseProgram program = program();
    byte[] code = program.code(run.at);
    while (code == null || code.length > MAX_CODE || !program.isDefined()) {
      program = program();
      code = program.code(run.at);
    }
    System.arraycopy(code, 0, run.code, 0, code.length);
    run.length = code.length;
    for (int i = 0; i < CASES_OF_PROGRAM; i++) {
      states.fill(batch, run, program, rounds, run.first + i);
    }
    batch.add(run, program, CASES_OF_PROGRAM);
    return true;
  }

  // ---- structure

  private CaseProgram program() {
    items.clear();
    inner.clear();
    registers.choose();
    rounds = 0;
    int length = 2 + random.below(random.one(3) ? MOST - 1 : 9);
    boolean calls = length > 5 && random.one(3);
    int loop = length > 3 ? random.below(5) : 0; // 0, 1: none
    int before = loop > 1 ? random.below(length / 2) : length;
    boolean inMemory = random.one(4);
    if (loop > 1 && !inMemory) {
      registers.chooseCounter();
    }
    stretch(before);
    if (loop > 1) {
      loop(1 + random.below(length - before), loop == 4 && length > 8);
      stretch(random.below(3));
    }
    if (calls) {
      subroutine(1 + random.below(3));
    }
    return new CaseProgram(items);
  }

  /** Instructions one behind the other, some of them branches forward. */
  private void stretch(int count) {
    List<Integer> branches = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      if (random.one(6)) {
        branches.add(items.size());
        branch();
      } else {
        usual();
      }
    }
    for (int at : branches) {
      int target = at + 1 + random.below(items.size() - at);
      while (inner.get(target)) {
        target++;
      }
      items.set(at, items.get(at).withTarget(target));
    }
  }

  private void branch() {
    switch (random.below(9)) {
      case 0 -> put(0xeb, 0);
      case 1 -> put(0xe9, 0, 0, 0, 0);
      case 2 -> put(0xe3, 0); // jecxz
      case 8 -> counting();
      case 3 -> put(0x0f, 0x80 | random.below(16), 0, 0, 0, 0);
      default -> put(0x70 | random.below(16), 0);
    }
  }

  /** jcxz, or a loop instruction that goes forward, where ecx may change. */
  private void counting() {
    int opcode = registers.keeps(Cpu.ECX) ? 0xe3 : 0xe0 + random.below(4);
    if (random.one(2)) {
      put(0x67, opcode, 0); // cx
    } else {
      put(opcode, 0);
    }
  }

  /** A loop that is left after some rounds, whatever the instructions in it do. */
  private void loop(int length, boolean nested) {
    int times = 1 + random.below(random.one(4) ? 60 : 5);
    int cell = SequenceStates.counterCell();
    int counter = registers.counter;
    boolean inMemory = counter < 0;
    if (inMemory) {
      put(0xc7, 0x05, cell, cell >> 8, cell >> 16, cell >> 24, times, 0, 0, 0); // mov [cell], times
    } else {
      rounds = times;
    }
    int head = items.size();
    stretch(nested ? length / 2 : length);
    if (nested) {
      int inner = registers.any();
      registers.keep(inner, true);
      put(0xb8 | inner, 1 + random.below(5), 0, 0, 0); // mov inner, rounds
      int innerHead = items.size();
      stretch(length - length / 2);
      decrement(inner);
      backTo(innerHead); // and is kept: a subroutine must leave it alone
    }
    if (inMemory) {
      put(0xff, 0x0d, cell, cell >> 8, cell >> 16, cell >> 24); // dec [cell]
      backTo(head);
    } else if (counter == Cpu.ECX && random.one(2)) {
      put(0xe2, 0); // loop
      items.set(items.size() - 1, items.getLast().withTarget(head));
    } else {
      decrement(counter);
      backTo(head);
    }
  }

  private void decrement(int register) {
    switch (random.below(4)) {
      case 0 -> put(0x83, 0xe8 | register, 1); // sub register, 1
      case 1 -> put(0x83, 0xc0 | register, 0xff); // add register, -1
      default -> put(0x48 | register); // dec register
    }
  }

  private void backTo(int head) {
    if (random.one(4)) {
      put(0x0f, 0x85, 0, 0, 0, 0); // jnz
    } else {
      put(0x75, 0);
    }
    items.set(items.size() - 1, items.getLast().withTarget(head));
  }

  /** A subroutine behind the end, and calls of it. */
  private void subroutine(int length) {
    int site = random.below(items.size() + 1);
    while (site < items.size() && (inner.get(site) || goesBack(site))) {
      site++; // not between what counts and the branch that asks for it
    }
    int kind = random.below(4);
    List<Item> call = new ArrayList<>();
    if (kind == 0) {
      int register = registers.any();
      call.add(item(0xb8 | register, 0, 0, 0, 0)); // mov register, subroutine
      call.add(item(0xff, 0xd0 | register)); // call register
    } else {
      call.add(item(0xe8, 0, 0, 0, 0));
    }
    insert(site, call);
    put(0xcc);
    int entry = items.size();
    items.set(site, items.get(site).withTarget(entry));
    boolean frame = random.one(2) && !registers.keeps(Cpu.EBP);
    registers.steadyStack = !frame; // or what is pushed is where it returns to
    if (frame) {
      registers.keep(Cpu.EBP, true);
      if (random.one(2)) {
        put(0xc8, 4 * random.below(8), 0, random.below(2)); // enter
      } else {
        put(0x55); // push ebp
        put(0x89, 0xe5); // mov ebp, esp
      }
    }
    stretch(length);
    if (frame) {
      put(0xc9); // leave
      registers.keep(Cpu.EBP, false);
    }
    if (random.one(4)) {
      put(0xc2, 4 * random.below(4), 0); // ret imm16
    } else {
      put(0xc3);
    }
  }

  private boolean goesBack(int index) {
    int target = items.get(index).target();
    return target != CaseProgram.NOWHERE && target <= index;
  }

  private void insert(int site, List<Item> more) {
    for (int i = 0; i < items.size(); i++) {
      Item item = items.get(i);
      if (item.target() > site) {
        items.set(i, item.withTarget(item.target() + more.size()));
      }
    }
    items.addAll(site, more);
  }

  // ---- instructions

  private void usual() {
    if (!registers.steadyStack && random.one(16)) {
      savedFlags();
      return;
    }
    for (int i = 0; i < ATTEMPTS; i++) {
      boolean other = withFx && (integer.isEmpty() || !random.one(3));
      List<Form> forms = other ? fx : integer;
      if (!forms.isEmpty() && add(forms.get(random.below(forms.size())))) {
        return;
      }
    }
    put(0x90);
  }

  private boolean add(Form form) {
    encodings.choose(form, scratch, CaseBatch.Mode.SEQUENCE);
    Insn insn = decoder.decode(k -> scratch.code[k] & 0xff, true);
    boolean divides = form.has(Attribute.FAULTS) && !random.one(4);
    if (insn.form != form || insn.length != scratch.length || divides || !registers.suit(insn)) {
      return false;
    }
    if (insn.rep || insn.repne) {
      if (registers.keeps(Cpu.ECX)) {
        return false;
      }
      put(0xb9, random.below(9), 0, 0, 0); // mov ecx, rounds
    }
    inner.set(items.size(), insn.rep || insn.repne);
    items.add(new Item(insn, Arrays.copyOf(scratch.code, scratch.length), CaseProgram.NOWHERE));
    return true;
  }

  /** pushfd … popfd, or flags from a constant. */
  private void savedFlags() {
    int at = items.size() + 1;
    if (random.one(2)) {
      put(0x9c);
      usual();
      if (items.subList(at, items.size()).stream().anyMatch(SequenceGenerator::moves)) {
        return;
      }
    } else {
      int flags = values.flags();
      put(0x68, flags, flags >> 8, flags >> 16, flags >> 24); // push flags
    }
    put(0x9d);
    inner.set(at, items.size());
  }

  /** Whether it moves ESP or writes memory: not between pushfd and popfd. */
  private static boolean moves(Item item) {
    Insn insn = item.insn();
    return insn.form.has(Attribute.STACK)
        || insn.form.has(Attribute.STRING)
        || insn.kind0 == Insn.MEM
        || insn.kind1 == Insn.MEM;
  }

  private void put(int... bytes) {
    items.add(item(bytes));
  }

  private Item item(int... bytes) {
    byte[] code = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      code[i] = (byte) bytes[i];
    }
    Insn insn = decoder.decode(k -> code[k] & 0xff, true);
    return new Item(insn, code, CaseProgram.NOWHERE);
  }

  /** The general registers of a record under construction. */
  static void put(long record, int[] regs) {
    for (int i = 0; i < 8; i++) {
      Host.put32(record + CaseRecord.general(i), regs[i]);
    }
  }
}
