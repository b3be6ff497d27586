package org.trampoline.emulator.translate;

import static org.trampoline.emulator.translate.HostOpcodes.SIGN;

import java.util.Arrays;
import org.trampoline.emulator.decode.Insn;

/**
 * The block that is being translated: what the templates emit into and ask. Code that usually runs
 * goes to {@link #hot}; exits and other rare paths to {@link #cold}, elsewhere in the code memory.
 */
final class Emission {
  private static final int PAGE_SHIFT = 12;
  private static final int LOOP_ALIGNMENT = 32;

  final HostAssembler hot = new HostAssembler();
  final HostAssembler cold = new HostAssembler();
  final FlagState flags = new FlagState(hot);
  final X87Pointers pointers = new X87Pointers();
  final MemoryProbe memory;
  final AddressChecks checks;
  final SharedProbes shared;

  private final EntryCode entry;

  /** Where debug mode goes with a wrong address, in {@link FaultCode}; else 0. */
  int wild;

  CodeMode mode;

  /** The status flags that are live after the current instruction. */
  int live;

  /** Whether the branch's target replaces the flags that are deferred at the block's end. */
  boolean targetReplacesFlags;

  /** Whether the target of the current conditional jump does, behind which the block goes on. */
  boolean branchReplacesFlags;

  /** Whether what follows the block does. */
  boolean endReplacesFlags;

  /** A bit for each group of accesses whose addend is in the state. */
  private int probed;

  /** Whether the block goes on where the current jump or call leads, or behind that condition. */
  boolean follows;

  /** The streams of the loop that is being emitted, none in ordinary code. */
  final LoopStreams streams;

  /** In a loop, where its iterations begin. */
  private int iteration;

  private boolean looping;

  /** Whether the flags at the start of an iteration are of no use. */
  private boolean turns;

  /** Instructions of the next iteration if they are paid for. */
  private int paidAhead;

  private int blockEip;
  private int hotBase;
  private int coldBase;
  private int index;
  private int start;
  private int end;
  private int retry;

  /** Offsets in {@link #cold} of fields to be filled with the instructions not executed. */
  private int[] unusedFields = new int[64];

  private int[] unusedFrom = new int[64];
  private int unusedCount;

  /** The same in {@link #hot}: a field for each instruction at most. */
  private final int[] hotFields = new int[BlockTranslator.LIMIT];

  private final int[] hotFieldsFrom = new int[BlockTranslator.LIMIT];
  private int hotFieldCount;

  /**
   * @param checked debug mode: {@link AddressChecks} are emitted
   */
  Emission(EntryCode entry, boolean checked, SharedProbes shared, LoopStreams streams) {
    this.entry = entry;
    this.shared = shared;
    this.streams = streams;
    checks = new AddressChecks(this, checked);
    memory = new MemoryProbe(this);
  }

  /** Begins a block at {@code eip} whose hot and cold code will go to these offsets. */
  void begin(int eip, CodeMode mode, int hotBase, int coldBase) {
    this.mode = mode;
    this.hotBase = hotBase;
    this.coldBase = coldBase;
    blockEip = eip;
    hot.clear();
    cold.clear();
    flags.reset();
    memory.reset();
    pointers.reset();
    probed = 0;
    unusedCount = 0;
    hotFieldCount = 0;
    index = 0;
    start = eip;
    end = eip;
    retry = hotBase;
    looping = false;
    turns = false;
    streams.none();
  }

  /** Begins the loop's entry, behind the block's ordinary code and as that is entered. */
  void beginLoop() {
    flags.reset();
    memory.reset();
    looping = true;
    paidAhead = 0;
  }

  /**
   * Begins an iteration, at whose start nobody looks at the flags, and whose instructions are paid
   * for.
   *
   * @param last what the x87 unit remembers there
   */
  void beginPaidIteration(X87Pointers last) {
    pointers.set(last);
    align();
    iteration = hotOffset();
    turns = true;
  }

  /**
   * Pays for the next iteration, at a point where nobody looks at the flags; returns where the jump
   * has to be {@link #beginLastIteration landed} that is taken if there is not enough.
   */
  int payAhead(int instructions) {
    flags.reset();
    paidAhead = instructions;
    hot.arithmeticImmediate(4, 5, HostRegisters.BUDGET, instructions);
    return hot.jump(SIGN);
  }

  /** Begins what remains of an iteration behind which the loop is ended. */
  void beginLastIteration(int jump, X87Pointers then) {
    hot.landJump(jump);
    hot.arithmeticImmediate(4, 0, HostRegisters.BUDGET, paidAhead);
    hot.memory(4, 0x03, HostRegisters.BUDGET, HostRegisters.STATE, TranslatorState.LOOP_RESERVE);
    flags.reset();
    memory.reset();
    pointers.set(then);
    looping = false;
    turns = false;
  }

  /**
   * Begins an iteration, which pays for its instructions and ends the loop if there is not enough.
   *
   * @param ordinary offset of the code where it goes on then
   */
  void beginIteration(int instructions, int ordinary) {
    pointers.reset();
    align();
    iteration = hotOffset();
    hot.arithmeticImmediate(4, 5, HostRegisters.BUDGET, instructions);
    jumpIf(SIGN, coldOffset());
    cold.memory(4, 0x8d, HostRegisters.BUDGET, HostRegisters.BUDGET, instructions);
    LoopEntry.end(cold, 0);
    coldJump(ordinary);
  }

  private void align() {
    hot.pad(-(hotBase + hot.length()) & LOOP_ALIGNMENT - 1);
  }

  /** Whether a jump there begins the next iteration, for which the flags need not be anywhere. */
  boolean turnsTo(int target) {
    return turns && target == blockEip;
  }

  /**
   * Begins the instruction of number {@code index}, {@code offset} bytes behind the block's start.
   *
   * @param token for the flags that it produces, if they are deferred; else 0
   */
  void instruction(int index, int offset, Insn i, int live, int token) {
    flags.instruction(token);
    memory.instruction(i);
    checks.instruction();
    this.index = index;
    this.live = live;
    start = blockEip + offset;
    end = blockEip + offset + i.length;
  }

  /** Number of the current instruction within the block. */
  int index() {
    return index;
  }

  /** eip of the block's first instruction. */
  int blockEip() {
    return blockEip;
  }

  /** eip of the current instruction. */
  int start() {
    return start;
  }

  /** eip of the following one. */
  int end() {
    return end;
  }

  /** From here the current instruction can be tried again, its flags being at home. */
  void retryHere() {
    if (memory.cannotMiss()) {
      return;
    }
    flags.spill();
    retry = hotBase + hot.length();
  }

  /** Whether a group of accesses has been probed; from now on it has. */
  boolean sharedProbed(int group) {
    boolean done = (probed >>> group & 1) != 0;
    probed |= 1 << group;
    return done;
  }

  // ---- jumps and exits

  /** Jumps to an offset in the code memory, if a host condition holds. */
  void jumpIf(int condition, int target) {
    hot.emit8(0x0f, 0x80 | condition);
    hot.emit32(target - (hotBase + hot.length() + 4));
  }

  void jump(int target) {
    hot.emit8(0xe9);
    hot.emit32(target - (hotBase + hot.length() + 4));
  }

  /** Leaves for a reason that the current instruction has, if a host condition holds. */
  void exitIf(int condition, Exit exit) {
    jumpIf(condition, stub(exit, start, index));
  }

  void exit(Exit exit) {
    jump(stub(exit, start, index));
  }

  /** The block's end: the shared semantics execute the instruction at {@code eip}. */
  void exitToRest(int eip) {
    jump(stub(Exit.REST, eip, -1));
  }

  /** Offset in the code memory where {@link #cold} goes on. */
  int coldOffset() {
    return coldBase + cold.length();
  }

  int hotOffset() {
    return hotBase + hot.length();
  }

  /** Emits a jump in {@link #cold}, to an offset in the code memory. */
  void coldJump(int target) {
    cold.emit8(0xe9);
    cold.emit32(target - (coldOffset() + 4));
  }

  void callFromCold(int target) {
    cold.emit8(0xe8);
    cold.emit32(target - (coldOffset() + 4));
  }

  EntryCode entry() {
    return entry;
  }

  void coldJumpIf(int condition, int target) {
    cold.emit8(0x0f, 0x80 | condition);
    cold.emit32(target - (coldOffset() + 4));
  }

  /**
   * Emits a way out and its record.
   *
   * @param eip where the guest is then
   * @param from the instruction of the block from which on nothing was executed; -1: all was
   * @return its offset in the code memory
   */
  int stub(Exit exit, int eip, int from) {
    int at = coldOffset();
    endLoop(cold);
    pointers.write(cold);
    flags.writeToken(cold);
    cold.emit8(0x41, 0xbb); // mov r11d,record
    cold.emit32(coldOffset() + 9);
    coldJump(entry.exits[exit.ordinal()]);
    cold.emit32(eip);
    if (from >= 0) {
      unused(cold.length(), from);
    }
    cold.emit32(0);
    if (exit == Exit.SHARED) {
      cold.emit32(blockEip);
    } else {
      cold.emit32(memory.mayRetry() ? retry : 0);
    }
    return at;
  }

  /** Goes on in {@link #cold} with debug mode's way out, the address being where it must not be. */
  void wildStub() {
    if (wild != 0) {
      coldJump(wild);
    } else {
      stub(Exit.WILD, start, index);
    }
  }

  private void unused(int field, int from) {
    if (unusedCount == unusedFields.length) {
      unusedFields = Arrays.copyOf(unusedFields, 2 * unusedCount);
      unusedFrom = Arrays.copyOf(unusedFrom, 2 * unusedCount);
    }
    unusedFields[unusedCount] = field;
    unusedFrom[unusedCount++] = from;
  }

  /** Subtracts the instructions of the block that have not run yet, this one included. */
  void subtractUnused(int register) {
    hot.register(8, 0x81, 5, register);
    hotFields[hotFieldCount] = hot.length();
    hotFieldsFrom[hotFieldCount++] = index;
    hot.emit32(0);
  }

  /** Leaves unless the page of {@code linear} is mapped to host memory in this way. */
  void requirePage(int linear, long addend) {
    int entryOffset = CodeCache.executeEntry(linear);
    checks.view();
    hot.memory(8, 0x8b, HostRegisters.ADDEND, HostRegisters.VIEW, entryOffset);
    hot.emit8(0x49, 0xba); // mov r10,addend
    hot.emit64(addend);
    hot.register(8, 0x3b, HostRegisters.ADDEND, HostRegisters.ADDRESS);
    exitIf(5, Exit.INTERPRET);
  }

  /** Fills in what could not be known before the number of instructions was. */
  void finish(int count) {
    for (int i = 0; i < unusedCount; i++) {
      cold.set32(unusedFields[i], count - unusedFrom[i]);
    }
    for (int i = 0; i < hotFieldCount; i++) {
      hot.set32(hotFields[i], count - hotFieldsFrom[i]);
    }
  }

  // ---- links

  /** Whether a branch may go there: the code segment's limit allows it. */
  boolean reaches(int target) {
    return (target & 0xffff_ffffL) <= mode.codeEnd;
  }

  /** Goes on at the block of {@code target}, if a host condition holds (-1: always). */
  void link(int condition, int target) {
    link(condition, target, false);
  }

  /** Goes on at the following instruction, wherever its page is by now. */
  void linkThroughMap() {
    link(-1, end, true);
  }

  private void link(int condition, int target, boolean remapped) {
    if (!turnsTo(target)) {
      pointers.spill(hot);
    }
    if (looping && target == blockEip) {
      if (condition < 0) {
        jump(iteration);
      } else {
        jumpIf(condition, iteration);
      }
      return;
    }
    endLoop(hot);
    int linear = mode.codeBase + target;
    boolean samePage = (linear ^ mode.codeBase + blockEip) >>> PAGE_SHIFT == 0;
    boolean direct = samePage && !remapped;
    if (!direct) {
      checks.prepareView();
    }
    int stub = coldOffset();
    linkStub(stub);
    if (direct) {
      if (condition < 0) {
        jump(stub);
      } else {
        jumpIf(condition, stub);
      }
      linkRecord(target, hotOffset() - 4, stub, 0);
      return;
    }
    int over = condition < 0 ? 0 : hot.jumpShort(condition ^ 1);
    int entryOffset = CodeCache.executeEntry(linear);
    checks.view();
    hot.memory(8, 0x8b, HostRegisters.ADDEND, HostRegisters.VIEW, entryOffset);
    hot.emit8(0x4c, 0x3b, 0x1d); // cmp r11,[rip+…]
    hot.emit32(coldOffset() + Exit.ADDEND - (hotOffset() + 4));
    jumpIf(5, stub);
    jump(stub);
    linkRecord(target, hotOffset() - 4, stub, Exit.NO_ADDEND);
    if (condition >= 0) {
      hot.land(over);
    }
  }

  /**
   * Goes on at the block of {@code target}, in the same page, if a host condition holds; what it
   * does not execute of this one is given back.
   *
   * @param replacesFlags whether the target replaces the flags that are deferred
   */
  void leaveIf(int condition, int target, boolean replacesFlags) {
    jumpIf(condition, coldOffset());
    endLoop(cold);
    flags.leaveCold(cold, replacesFlags);
    pointers.write(cold);
    cold.memory(4, 0x8d, HostRegisters.BUDGET, HostRegisters.BUDGET, 1 << 8);
    unused(cold.length() - 4, index + 1);
    int field = coldOffset() + 1;
    int stub = field + 4;
    coldJump(stub);
    linkStub(stub);
    linkRecord(target, field, stub, 0);
  }

  private void endLoop(HostAssembler code) {
    if (looping) {
      LoopEntry.end(code, paidAhead);
    }
  }

  private void linkStub(int stub) {
    cold.emit8(0x41, 0xbb); // mov r11d,record
    cold.emit32(stub + 11);
    coldJump(entry.exits[Exit.LINK.ordinal()]);
  }

  void linkRecord(int target, int field, int stub, long addend) {
    cold.emit32(target);
    cold.emit32(0);
    cold.emit32(field);
    cold.emit32(stub);
    cold.emit64(addend);
  }
}
