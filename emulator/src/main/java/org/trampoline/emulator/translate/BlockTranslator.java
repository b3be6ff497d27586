package org.trampoline.emulator.translate;

import static org.trampoline.emulator.translate.HostOpcodes.SIGN;

import java.util.function.IntPredicate;
import java.util.function.LongPredicate;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.decode.Attribute;
import org.trampoline.emulator.decode.CodeBytes;
import org.trampoline.emulator.decode.Decoder;
import org.trampoline.emulator.decode.Insn;
import org.trampoline.emulator.decode.Operation;
import org.trampoline.emulator.memory.Host;

/**
 * Decodes the guest instructions from an address to the first that ends a block, or to the end of
 * the page, and emits host code for them. A jump or call within the page may be followed: the block
 * goes on where it leads. A frequent block also goes on behind conditional jumps forward. An
 * instruction that crosses the end of the page makes a block of its own.
 */
final class BlockTranslator {
  /** Instructions in a block at most. */
  static final int LIMIT = 64;

  /** Instructions behind a block that are looked at for what they do to the flags. */
  private static final int LOOK_AHEAD = 6;

  /** Jumps and calls that a block goes on behind at most. */
  private static final int FOLLOWED = 2;

  private static final int LONGEST = 15;

  private final Cpu cpu;
  private final Decoder decoder;
  private final IntPredicate marked;
  private final LongPredicate apart;
  private final LongPredicate frequent;
  private final Emission e;
  private final Insn[] insns = new Insn[LIMIT];
  private final int[] offsets = new int[LIMIT + 1];
  private final FlagPlan plan = new FlagPlan(insns);
  private final SharedProbes shared = new SharedProbes(insns);
  private final LoopStreams streams;
  private final FlagRecipes recipes = new FlagRecipes();

  /** Whether the block goes on where a jump or call leads. */
  private final boolean[] follows = new boolean[LIMIT];

  /** Where conditional jumps lead behind which the block goes on. */
  private final int[] targets = new int[LIMIT];

  private final int[] hotStarts = new int[LIMIT + 1];

  /** What the x87 unit remembers where the block's last instruction begins. */
  private final X87Pointers pointersAtEnd = new X87Pointers();

  /** The instructions of the loop, some of which occur twice, and where their code begins. */
  private final int[] loopInsns = new int[2 * LIMIT];

  private final int[] loopStarts = new int[2 * LIMIT];

  private int loopLength;
  private final CodeBytes bytes = this::byteAt;

  // the instruction being decoded
  private long host;
  private int linear;
  private int left;
  private boolean crossed;
  private boolean mayCross;
  private long secondPage;

  /**
   * @param marked whether something else than its instruction happens at a linear address
   * @param apart whether accesses in the block at a host address shall be probed one by one
   * @param frequent whether the block at a host address is executed so often that it pays to go on
   *     behind conditional jumps
   */
  BlockTranslator(
      Cpu cpu,
      Decoder decoder,
      IntPredicate marked,
      LongPredicate apart,
      LongPredicate frequent,
      EntryCode entry,
      boolean checked) {
    this.cpu = cpu;
    this.decoder = decoder;
    this.marked = marked;
    this.apart = apart;
    this.frequent = frequent;
    streams = new LoopStreams(insns);
    e = new Emission(entry, checked, shared, streams);
  }

  private int byteAt(int offset) {
    if (offset < left) {
      return Host.get8(host + offset);
    }
    crossed = true;
    if (!mayCross) {
      return 0;
    }
    if (secondPage == 0) {
      secondPage = cpu.mmu.codeHost((linear | 0xfff) + 1);
    }
    // what is no memory is read once, by the interpreter: reading a device may have consequences
    return secondPage == 0 ? 0 : Host.get8(secondPage + offset - left);
  }

  /** Decodes; returns the number of instructions, 0 if the first lies beyond the limit. */
  private int decode(TranslatedBlock block) {
    CodeMode mode = block.mode;
    int start = mode.codeBase + block.eip;
    int count = 0;
    int offset = 0;
    int followed = 0;
    while (count < LIMIT) {
      linear = start + offset;
      host = block.host + offset;
      left = 0x1000 - (linear & 0xfff);
      crossed = false;
      secondPage = 0;
      mayCross = count == 0 && left < LONGEST;
      if (count > 0 && ((linear ^ start) >>> 12 != 0 || marked.test(linear))) {
        break;
      }
      Insn insn = decoder.decode(bytes, mode.code32);
      long last = (block.eip + offset & 0xffff_ffffL) + insn.length - 1;
      if (crossed && count > 0 || last > mode.codeEnd) {
        break;
      }
      insns[count] = insn;
      offsets[count] = offset;
      follows[count++] = false;
      offset += insn.length;
      if (crossed) {
        block.secondPage = secondPage;
        break;
      }
      if (followed < FOLLOWED && follow(block, count, offset)) {
        followed++;
        follows[count - 1] = true;
        offset = target(block, insn, offset) - block.eip;
      } else if (insn.operation == Operation.JCC && pass(block, count, offset)) {
        follows[count - 1] = true;
      } else if (endsBlock(insn)) {
        break;
      }
    }
    if (count > 0 && follows[count - 1]) {
      // nothing of what it leads to is part of the block
      follows[count - 1] = false;
      offset = offsets[count - 1] + insns[count - 1].length;
    }
    offsets[count] = offset;
    return count;
  }

  private static int target(TranslatedBlock block, Insn i, int end) {
    int target = block.eip + end + i.imm;
    return i.operandSize == 2 ? target & 0xffff : target;
  }

  /** Whether the block goes on where its last instruction, that ends at an offset, leads. */
  private boolean follow(TranslatedBlock block, int count, int end) {
    Insn i = insns[count - 1];
    if (i.operation != Operation.JMP && i.operation != Operation.CALL || count > LIMIT / 2) {
      return false;
    }
    int target = target(block, i, end);
    int offset = target - block.eip;
    int start = block.mode.codeBase + block.eip;
    if ((start + offset ^ start) >>> 12 != 0 || (target & 0xffff_ffffL) > block.mode.codeEnd) {
      return false;
    }
    for (int n = 0; n < count; n++) {
      if (offsets[n] == offset) {
        return false;
      }
    }
    return true;
  }

  /** Whether the block goes on behind the conditional jump that ends it. */
  private boolean pass(TranslatedBlock block, int count, int end) {
    int target = target(block, insns[count - 1], end);
    int offset = target - block.eip;
    int start = block.mode.codeBase + block.eip;
    boolean may =
        offset >= end
            && (start + offset ^ start) >>> 12 == 0
            && (target & 0xffff_ffffL) <= block.mode.codeEnd;
    if (may && !frequent.test(block.host)) {
      block.extensible = true;
      return false;
    }
    targets[count - 1] = target;
    return may;
  }

  /**
   * Notes which guest bytes the block consists of, of which those that lie behind a jump are
   * watched.
   */
  private void cover(TranslatedBlock block, int instructions) {
    int from = 0;
    for (int n = 0; n < instructions; n++) {
      int end = offsets[n] + insns[n].length;
      if (n == instructions - 1 || offsets[n + 1] != end) {
        if (from == 0) {
          block.bytes = end;
        } else {
          block.watch(block.host + offsets[from], end - offsets[from]);
        }
        from = n + 1;
      }
    }
  }

  private static boolean endsBlock(Insn i) {
    return i.rep
        || i.repne
        || i.operation == Operation.UNDEFINED
        || i.operation == Operation.TOO_LONG
        || i.form.has(Attribute.ENDS_BLOCK);
  }

  /**
   * Translates; the result is not in the cache yet.
   *
   * @return null if nothing can be made of the bytes there
   */
  TranslatedBlock translate(int eip, CodeMode mode, long startHost, int hot, int cold) {
    TranslatedBlock block = new TranslatedBlock(eip, mode, startHost);
    int decoded = decode(block);
    if (decoded == 0 || decoded == 1 && crossed && block.secondPage == 0) {
      return null;
    }
    planFlags(block, decoded);
    if (apart.test(startHost)) {
      shared.none(decoded);
    } else {
      shared.find(decoded, mode);
    }
    e.begin(eip, mode, hot, cold);
    e.targetReplacesFlags = plan.targetReplaces();
    e.endReplacesFlags = plan.endReplaces();
    int budgetField = enter(block, decoded);
    int count = 0;
    boolean closed = false;
    while (count < decoded) {
      Insn insn = insns[count];
      hotStarts[count] = e.hot.length();
      pointersAtEnd.set(e.pointers);
      if (!emit(count)) {
        block.rest = insn;
        block.restOffset = offsets[count];
        break;
      }
      closed = insn.form.has(Attribute.ENDS_BLOCK) && !follows[count];
      block.sideExits += follows[count] && insn.operation == Operation.JCC ? 1 : 0;
      count++;
    }
    block.count = count;
    if (count == 1 && (insns[0].rep || insns[0].repne)) {
      block.repeat = insns[0];
    }
    hotStarts[count] = e.hot.length();
    if (block.rest != null) {
      cover(block, count + 1);
      e.flags.save();
      e.exitToRest(eip + block.restOffset);
    } else {
      cover(block, count);
      if (!closed) {
        block.runsOn = true;
        e.flags.leave(e.endReplacesFlags);
        e.link(-1, eip + offsets[count]);
      }
    }
    e.hot.set8(budgetField, count);
    loopLength = 0;
    if (closed && block.rest == null && loops(block)) {
      if (!frequent.test(startHost)) {
        block.extensible = true;
      } else if (streams.find(count, mode)) {
        loop(block, hot);
      }
    }
    e.finish(count);
    return block;
  }

  private boolean emit(int n) {
    FlagRecipe deferred = plan.deferred(n);
    int token = deferred == null ? 0 : recipes.token(deferred);
    e.instruction(n, offsets[n], insns[n], plan.live(n), token);
    e.follows = follows[n];
    e.branchReplacesFlags = plan.branchReplaces(n);
    return Templates.emit(e, insns[n]);
  }

  /** Whether the branch at the block's end leads to its start. */
  private boolean loops(TranslatedBlock block) {
    Insn last = insns[block.count - 1];
    return switch (last.operation) {
      case JCC, JMP, LOOP -> target(block, last, offsets[block.count]) == block.eip;
      default -> false;
    };
  }

  /** Emits the block once more, as {@link LoopEntry} tells. */
  private void loop(TranslatedBlock block, int hot) {
    int count = block.count;
    shared.none(count);
    block.again = e.hot.length();
    int turn = plan.makeLoop(streams::stays);
    e.beginLoop();
    LoopEntry.emit(e, streams, count, turn >= 0, hot);
    e.targetReplacesFlags = false;
    e.endReplacesFlags = false;
    if (turn < 0) {
      e.beginIteration(count, hot);
      emitLoop(0, count);
    } else {
      e.beginPaidIteration(pointersAtEnd);
      emitLoop(0, turn);
      X87Pointers then = new X87Pointers();
      then.set(e.pointers);
      int last = e.payAhead(count);
      emitLoop(turn, count);
      e.beginLastIteration(last, then);
      emitLoop(turn, count);
    }
    loopStarts[0] = block.again;
    streams.none();
  }

  private void emitLoop(int from, int to) {
    for (int n = from; n < to; n++) {
      loopStarts[loopLength] = e.hot.length();
      loopInsns[loopLength++] = n;
      emit(n);
    }
  }

  private void planFlags(TranslatedBlock block, int decoded) {
    int target = target(block, insns[decoded - 1], offsets[decoded]);
    plan.make(
        decoded,
        targets,
        target,
        block.eip + offsets[decoded],
        (to, recipe) -> replaceFlags(block, to, recipe));
  }

  /**
   * Whether the code at an eip replaces all flags before it looks at any or changes a register of a
   * recipe, as far as it may leave in between. The block is then watching that code.
   */
  private boolean replaceFlags(TranslatedBlock block, int eip, FlagRecipe recipe) {
    CodeMode mode = block.mode;
    int start = mode.codeBase + eip;
    boolean samePage = (start ^ mode.codeBase + block.eip) >>> 12 == 0;
    if (!samePage || block.secondPage != 0) {
      return false;
    }
    long first = block.host + eip - block.eip;
    boolean holds = true;
    int offset = 0;
    mayCross = false;
    for (int n = 0; n < LOOK_AHEAD; n++) {
      linear = start + offset;
      host = first + offset;
      left = 0x1000 - (linear & 0xfff);
      crossed = false;
      if (offset > 0 && left == 0x1000 || marked.test(linear)) {
        return false;
      }
      Insn insn = decoder.decode(bytes, mode.code32);
      offset += insn.length;
      boolean beyond = (eip & 0xffff_ffffL) + offset - 1 > mode.codeEnd;
      if (crossed || beyond || Templates.mayExit(insn) && !holds || insn.form.flags().read() != 0) {
        return false;
      }
      if (InsnEffects.replacesFlags(insn)) {
        block.watch(first, offset);
        return true;
      }
      if (!InsnEffects.keepsFlags(insn) || endsBlock(insn)) {
        return false;
      }
      holds &= (InsnEffects.changes(insn) & recipe.registers()) == 0;
    }
    return false;
  }

  FlagRecipes recipes() {
    return recipes;
  }

  /** What comes before the first instruction; returns where the number of all has to go. */
  private int enter(TranslatedBlock block, int decoded) {
    e.instruction(0, 0, insns[0], 0, 0);
    e.hot.arithmeticImmediate(4, 5, HostRegisters.BUDGET, LIMIT);
    int field = e.hot.length() - 1;
    e.exitIf(SIGN, Exit.BUDGET);
    if (block.secondPage != 0) {
      int second = (block.mode.codeBase + block.eip | 0xfff) + 1;
      e.requirePage(second, block.secondPage - (second & 0xffff_ffffL));
    }
    block.units = requireUnits(decoded);
    return field;
  }

  /** Sees to it that the registers of the units that the block uses are the host's. */
  private int requireUnits(int decoded) {
    int needed = 0;
    for (int n = 0; n < decoded; n++) {
      Insn i = insns[n];
      if (Templates.usesUnit(i)) {
        if (!Templates.supportsUnit(i)) {
          break;
        }
        needed |= i.form.has(Attribute.SSE) ? UnitState.SSE : 0;
        needed |= i.form.has(Attribute.X87) || i.form.has(Attribute.MMX) ? UnitState.FPU : 0;
      }
    }
    if ((needed & UnitState.FPU) != 0) {
      UnitCode.require(e, UnitState.FPU_OWNED, Exit.FPU);
    }
    if ((needed & UnitState.SSE) != 0) {
      UnitCode.require(e, UnitState.SSE_OWNED, Exit.SSE);
    }
    return needed;
  }

  // ---- the block translated last

  /** Instruction {@code i}. */
  Insn insn(int i) {
    return insns[i];
  }

  /** Its offset from the block's start. */
  int offset(int i) {
    return offsets[i];
  }

  /** Where its host code begins; of the number of all, what follows the last. */
  int hotStart(int i) {
    return hotStarts[i];
  }

  /** Number of the instruction that comes as number {@code i} in the code of the loop. */
  int loopInsn(int i) {
    return loopInsns[i];
  }

  /** Where its code begins; of the first the code that leads there, too. */
  int loopStart(int i) {
    return i < loopLength ? loopStarts[i] : e.hot.length();
  }

  /** Instructions of the loop; 0 if there is none. */
  int loopLength() {
    return loopLength;
  }

  HostAssembler hotCode() {
    return e.hot;
  }

  HostAssembler coldCode() {
    return e.cold;
  }
}
