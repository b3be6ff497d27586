package org.trampoline.emulator.translate;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.function.BiConsumer;
import org.trampoline.emulator.StopReason;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.SegmentRegister;
import org.trampoline.emulator.decode.Decoder;
import org.trampoline.emulator.decode.Insn;
import org.trampoline.emulator.execute.Accelerator;
import org.trampoline.emulator.execute.Interpreter;
import org.trampoline.emulator.execute.Semantics;
import org.trampoline.emulator.execute.Strings;
import org.trampoline.emulator.fault.GuestFault;
import org.trampoline.emulator.fault.MachineStop;
import org.trampoline.emulator.memory.Fill;
import org.trampoline.emulator.memory.Host;
import org.trampoline.emulator.memory.TranslationMap;

/**
 * The engine that executes guest code as host code. The interpreter's loop around it takes events
 * and delivers faults; what translated code leaves undone, for whatever reason, the interpreter or
 * the shared semantics do, so results are the same.
 *
 * <p>While translated code runs the guest's registers are in {@link TranslatorState}; they are in
 * the {@link Cpu} again before anything else looks at them.
 */
public final class Translator implements Accelerator {
  /** Bytes of code memory unless told. */
  public static final int CODE_BYTES = 96 << 20;

  /** The least that is useful. */
  private static final int LEAST_CODE_BYTES = 1 << 18;

  /** Instructions of one entry at most: who asks for a stop waits for its end. */
  private static final int ENTRY_LIMIT = 1 << 19;

  /** More than the hot or cold code of a block. */
  private static final int BLOCK_ROOM = 1 << 15;

  /** How often a block may be left by {@link Exit#SHARED} within so many instructions. */
  private static final int APART_LIMIT = 32;

  private static final int APART_INSTRUCTIONS = 100_000;

  /** Blocks known to be better off if translated otherwise, at most. */
  private static final int NOTED_BLOCKS = 4096;

  /**
   * How often the budget has to end at a block that counts as frequent, and of how many times: what
   * shares the time with hundreds of others only gets larger.
   */
  private static final int SAMPLES = 4;

  private static final int SAMPLES_TOGETHER = 512;

  private final Cpu cpu;
  private final Interpreter interpreter;
  private final CodeMemory memory;
  private final TranslatorState state;
  private final UnitState units;
  private final SystemState system;
  private final SpaceTable spaces;
  private final TrapState traps;
  private final ClockState clock;
  private final SegmentState segments;
  private final EntryCode entry;
  private final CodeCache cache;
  private final BlockTranslator translator;
  private final CodeMode.Table modes = new CodeMode.Table();
  private final MemorySegment enterCode;
  private final TranslatorStatistics statistics = new TranslatorStatistics();
  private final Decoder decoder;

  /** Host addresses of blocks whose accesses are probed one by one. */
  private final Set<Long> apart = new HashSet<>();

  /** How often the budget was used up. */
  private long samples;

  /** Host addresses of blocks that are executed often. */
  private final Set<Long> frequent = new HashSet<>();

  private boolean clearRequested;
  private boolean detailed;
  private CodeListing listing;
  private CodeDump dump;

  // the entry that is running
  private int given;

  /** The last exit that was granted a store to a page table, and the budget then. */
  private int grantedRecord = -1;

  private int grantedBudget;

  /**
   * A translator for a processor and its interpreter.
   *
   * @param arena frees its memory when it is closed
   * @param codeBytes how much memory emitted code may take, from 256 KB to 1 GB
   * @param checked debug mode: every host address that the code forms is checked
   * @throws TranslatorUnavailableException if this host cannot run emitted code
   */
  public Translator(
      Arena arena,
      Cpu cpu,
      Interpreter interpreter,
      Decoder decoder,
      int codeBytes,
      boolean checked) {
    if (codeBytes < LEAST_CODE_BYTES || codeBytes > 1 << 30 || codeBytes % 4096 != 0) {
      throw new IllegalArgumentException(
          codeBytes + " bytes for code: expected whole pages from 256 KB to 1 GB");
    }
    this.cpu = cpu;
    this.interpreter = interpreter;
    this.decoder = decoder;
    memory = CodeMemory.allocate(arena, codeBytes, TranslatorState.BYTES + 4095 & ~4095);
    HostTraits.get();
    long ram = cpu.memory.ram().address();
    long ramEnd = ram + cpu.memory.size();
    state = new TranslatorState(memory.state(), ram, ramEnd, cpu.memory.codeLinesAddress());
    units = new UnitState(state.address());
    system = new SystemState(state.address());
    spaces = new SpaceTable(state.address());
    traps = new TrapState(state.address());
    clock = new ClockState(state.address());
    segments = new SegmentState(state.address());
    HostAssembler a = new HostAssembler();
    entry = EntryCode.emit(a);
    MemorySegment.copy(a.bytes(), 0, memory.writable(), ValueLayout.JAVA_BYTE, 0, a.length());
    enterCode = MemorySegment.ofAddress(memory.executable() + entry.enter);
    cache = new CodeCache(memory, state, a.length(), statistics);
    translator =
        new BlockTranslator(
            cpu, decoder, interpreter::marked, apart::contains, frequent::contains, entry, checked);
    cpu.memory.addCodeListener(this::codeWritten);
  }

  /** Apart, as the JVM may deny it, which is only found out after this class is there. */
  private static final class EmittedCode {
    static final MethodHandle ENTER = handle();

    @SuppressWarnings("restricted")
    private static MethodHandle handle() {
      return Linker.nativeLinker()
          .downcallHandle(
              FunctionDescriptor.of(
                  ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG));
    }
  }

  public TranslatorStatistics statistics() {
    statistics.codeBytes = cache.bytes();
    statistics.codeLimit = (int) memory.writable().byteSize();
    statistics.separate = memory.separate();
    return statistics;
  }

  @Override
  public void clear() {
    clearRequested = true;
  }

  private void codeWritten(int physical, int size) {
    cache.drop(cpu.memory.ram().address() + (physical & 0xffff_ffffL), size);
  }

  @Override
  public StopReason blocks(Cpu c, long deadline, boolean arriving) {
    while (true) {
      TranslatedBlock block = null;
      boolean near = deadline - c.instructions < BlockTranslator.LIMIT;
      if (!near) {
        block = blockAt(c, c.eip);
      }
      StopReason reason = null;
      if (block == null) {
        long until = near ? deadline : c.instructions + 1;
        reason = interpreter.blocks(c, until, arriving);
      } else if (block.count == 0) {
        executeRest(c, block);
      } else {
        reason = run(c, block, deadline);
      }
      if (reason != null) {
        return reason;
      }
      arriving = true;
      if (c.eventsPending || c.instructions >= deadline || interpreter.hasFaulted()) {
        return null;
      }
    }
  }

  /** The block at an eip, or null if the interpreter has to execute the instruction there. */
  private TranslatedBlock blockAt(Cpu c, int eip) {
    if (clearRequested || modes.full()) {
      clearRequested = false;
      modes.clear();
      traps.forget();
      clearCode();
    }
    CodeMode mode = modes.of(c);
    if ((eip & 0xffff_ffffL) > mode.codeEnd || !c.mmu.direct()) {
      return null;
    }
    int linear = mode.codeBase + eip;
    long host = c.mmu.codeHost(linear);
    if (host == 0) {
      return null;
    }
    TranslatedBlock block = cache.find(host, eip, mode);
    if (block != null
        && block.secondPage != 0
        && c.mmu.codeHost((linear | 0xfff) + 1) != block.secondPage) {
      // another address space goes on elsewhere: the block serves the one now running
      cache.drop(block);
      block = null;
    }
    if (block == null && !interpreter.marked(linear)) {
      block = translate(c, eip, mode, host);
    }
    return block;
  }

  private void clearCode() {
    cache.clear();
    translator.recipes().clear();
  }

  private TranslatedBlock translate(Cpu c, int eip, CodeMode mode, long host) {
    if (!cache.hasRoom(BLOCK_ROOM, BLOCK_ROOM)) {
      clearCode();
    }
    long begun = System.nanoTime();
    TranslatedBlock block = translator.translate(eip, mode, host, cache.hot(), cache.cold());
    if (block == null) {
      return null;
    }
    if (dump != null) {
      dump(block);
    }
    cache.add(block, translator.hotCode(), translator.coldCode());
    int inFirst = (int) Math.min(block.bytes, 0x1000 - (host & 0xfff));
    c.memory.markCode((int) c.memory.physicalOf(host), inFirst);
    if (block.secondPage != 0) {
      int second = (int) c.memory.physicalOf(block.secondPage);
      c.memory.markCode(second, block.bytes - inFirst);
    }
    for (int i = 0; i < block.watchedRanges(); i++) {
      c.memory.markCode((int) c.memory.physicalOf(block.watchedFrom(i)), block.watchedBytes(i));
    }
    statistics.blocks++;
    statistics.instructionsTranslated += block.count;
    statistics.nanosTranslating += System.nanoTime() - begun;
    return block;
  }

  /** Also counts by operation what is interpreted now and then; costs a little time. */
  public void countInterpreted(boolean on) {
    detailed = on;
  }

  /** Writes each block that is translated from now on to an empty directory, for people. */
  public void dumpTo(Path directory) {
    listing = new CodeListing(entry);
    dump = new CodeDump(directory);
  }

  private void dump(TranslatedBlock b) {
    int inFirst = 0x1000 - (int) (b.host & 0xfff);
    String text =
        listing.print(
            translator,
            b,
            n -> Host.get8(n < inFirst ? b.host + n : b.secondPage + n - inFirst),
            cache.hot(),
            cache.cold());
    dump.add(b.mode.codeBase + b.eip, text);
  }

  // ---- running

  /** Runs translated code from a block on, until something has to be done outside. */
  private StopReason run(Cpu c, TranslatedBlock from, long deadline) {
    prepare(c, from.mode, deadline);
    units.take(c, from.units);
    long target = cache.address(from.entry);
    while (true) {
      int number = call(target);
      statistics.exits[number]++;
      spaces.settle(c);
      system.settle(c);
      traps.settle(c);
      state.forbidTableStore();
      segments.settle(c);
      int record = state.record();
      int eip = cache.field(record, Exit.EIP);
      switch (Exit.of(number)) {
        case LINK -> {
          long generation = statistics.flushes;
          TranslatedBlock next = successor(c, eip);
          if (next == null) {
            return null;
          }
          if (generation == statistics.flushes) {
            cache.link(record, next);
          }
          if (next.count == 0) {
            leaveForRest(c, next, deadline);
            return null;
          }
          target = cache.address(next.entry);
        }
        case JUMP -> {
          TranslatedBlock next = successor(c, state.addressOfExit());
          if (next == null) {
            return null;
          }
          target = cache.address(next.entry);
          state.rememberJump(next, target);
          if (next.count == 0) {
            leaveForRest(c, next, deadline);
            return null;
          }
        }
        case READ, WRITE, WRITE_PAGE -> {
          Fill result = fill(c, Exit.of(number));
          if (result == Fill.FAULT) {
            leave(c, eip, cache.field(record, Exit.UNUSED));
            interpreter.faulted();
            return null;
          }
          int retry = cache.field(record, Exit.RETRY);
          boolean refused = result == Fill.REFUSED;
          if (refused && retry != 0 && grantTableStore(c, Exit.of(number), eip, record)) {
            refused = false;
          }
          if (refused) {
            return interpretOne(c, eip, record);
          }
          if (retry == 0) {
            // the block relies on what the maps were: the instruction begins another
            leave(c, eip, cache.field(record, Exit.UNUSED));
            return null;
          }
          target = cache.address(retry);
        }
        case SHARED -> {
          noteApart(c, cache.field(record, Exit.RETRY));
          return interpretOne(c, eip, record);
        }
        case FPU, SSE -> {
          boolean taken = Exit.of(number) == Exit.FPU ? units.takeFpu(c) : units.takeSse(c);
          if (!taken) {
            int unused = cache.field(record, Exit.UNUSED);
            leave(c, eip, unused);
            // RF, which an IRET has just loaded, is to be looked at after one instruction
            long until = c.instructions + (c.eventsPending ? 1 : unused);
            return interpreter.blocks(c, until, true);
          }
          target = cache.address(cache.field(record, Exit.RETRY));
        }
        case REPEAT -> {
          leave(c, eip, cache.field(record, Exit.UNUSED));
          TranslatedBlock block = blockAt(c, eip);
          if (block == null || block.repeat == null) {
            return interpreter.blocks(c, c.instructions + 1, true);
          }
          executeElement(c, block);
          return null;
        }
        case REST -> {
          leave(c, eip, 0);
          TranslatedBlock block = c.instructions < deadline ? blockAt(c, eip) : null;
          if (block != null) {
            executeRest(c, block);
          }
          return null; // the budget has paid for the block, not for what follows
        }
        case BUDGET -> {
          sample(c, eip);
          leave(c, eip, cache.field(record, Exit.UNUSED));
          return null;
        }
        case WILD -> {
          long address = state.hostAddressOfExit();
          if (c.memory.physicalOf(address) < 0) {
            throw new IllegalStateException(
                "emitted code formed the host address 0x%x at eip 0x%x".formatted(address, eip));
          }
          return interpretOne(c, eip, record);
        }
        case INTERPRET -> {
          return interpretOne(c, eip, record);
        }
        case SEGMENT -> {
          int register = state.addressOfExit();
          StopReason reason = interpretOne(c, eip, record);
          segments.remember(c, register);
          return reason;
        }
        case SPACE -> {
          StopReason reason = interpretOne(c, eip, record);
          spaces.remember(c);
          return reason;
        }
        case TRAP -> {
          int vector = state.addressOfExit();
          int level = c.cpl;
          StopReason reason = interpretOne(c, eip, record);
          traps.rememberGate(c, vector, level, from.mode);
          return reason;
        }
        case RETURN -> {
          StopReason reason = interpretOne(c, eip, record);
          traps.rememberReturn(c, from.mode);
          return reason;
        }
      }
    }
  }

  /**
   * Has a block translated anew, with a probe for each access, if it is left too often for that.
   */
  private void noteApart(Cpu c, int eip) {
    TranslatedBlock block = running(c, eip);
    if (block == null) {
      return;
    }
    if (c.instructions - block.apartAt > APART_INSTRUCTIONS) {
      block.apart = 0;
    }
    block.apartAt = c.instructions;
    if (++block.apart == APART_LIMIT) {
      note(apart, block);
      cache.drop(block);
    }
  }

  /** The block that code comes from or comes to, without any effect on the guest; or null. */
  private TranslatedBlock running(Cpu c, int eip) {
    CodeMode mode = modes.of(c);
    int linear = mode.codeBase + eip;
    long addend = c.mmu.executeAddend(linear);
    return addend == 0 ? null : cache.find(TranslationMap.host(addend, linear), eip, mode);
  }

  private static void note(Set<Long> blocks, TranslatedBlock block) {
    if (blocks.size() == NOTED_BLOCKS) {
      blocks.clear();
    }
    blocks.add(block.host);
  }

  /** Where the budget ends is a matter of chance, so it tells which blocks are frequent. */
  private void sample(Cpu c, int eip) {
    TranslatedBlock block = running(c, eip);
    samples++;
    if (block == null || !block.extensible) {
      return;
    }
    if (samples - block.sampledFrom > SAMPLES_TOGETHER) {
      block.sampledFrom = samples;
      block.samples = 0;
    }
    if (++block.samples == SAMPLES) {
      note(frequent, block);
      cache.drop(block);
    }
  }

  private int call(long target) {
    statistics.entries++;
    return enter(enterCode, state.address(), target);
  }

  /** Calls emitted code: {@code int code(long a, long b)}. */
  static int enter(MemorySegment code, long a, long b) {
    try {
      return (int) EmittedCode.ENTER.invokeExact(code, a, b);
    } catch (Throwable e) {
      throw new IllegalStateException("emitted code cannot be called", e);
    }
  }

  /** Moves the processor's state to where translated code has it. */
  private void prepare(Cpu c, CodeMode mode, long deadline) {
    c.repeating = false;
    state.take(c);
    system.take(c);
    traps.take(c);
    segments.take(c);
    view(c);
    if (mode.allFlat()) {
      state.takeSegment(c.segment[SegmentRegister.CS]); // never counts as flat: it is read-only
    } else {
      for (SegmentRegister s : c.segment) {
        state.takeSegment(s);
      }
    }
    given = (int) Math.min(deadline - c.instructions, ENTRY_LIMIT);
    state.budget(given);
    clock.take(c, c.instructions + given);
  }

  /** Lets translated code use the maps as they are now. */
  private void view(Cpu c) {
    state.view(c.mmu.map());
    spaces.prepare(c);
  }

  /** Moves the state back, {@code unused} instructions that were paid for not being executed. */
  private void leave(Cpu c, int eip, int unused) {
    long done = (long) given - state.budget() - unused;
    state.give(c, translator.recipes());
    system.give(c, c.instructions + given, c.instructions + done);
    traps.give(c);
    units.give(c);
    c.eip = eip;
    c.instructions += done;
    statistics.executed += done;
  }

  /**
   * The translated block at an eip that translated code has reached. Null if it was left, be it
   * because nothing more may run: what is due at this count comes before the next fetch, which may
   * fault or mark a page as accessed.
   */
  private TranslatedBlock successor(Cpu c, int eip) {
    state.evaluateFlags(c, translator.recipes());
    TranslatedBlock block = null;
    if (state.budget() > 0) {
      try {
        block = blockAt(c, eip);
      } catch (GuestFault fault) {
        leave(c, eip, 0);
        throw fault;
      }
    }
    if (block == null) {
      leave(c, eip, 0);
    } else {
      view(c);
    }
    return block;
  }

  /**
   * Lets the maps serve the access that was tried, if they can. A fault is the first that the
   * instruction meets: templates probe in the order of the semantics.
   */
  private Fill fill(Cpu c, Exit exit) {
    int linear = state.addressOfExit();
    Fill result = exit == Exit.READ ? c.mmu.fillRead(linear) : c.mmu.fillWrite(linear);
    if (result == Fill.REFUSED && exit == Exit.WRITE && c.mmu.besideCode(linear)) {
      result = Fill.DONE;
    }
    if (result != Fill.FAULT) {
      view(c);
    }
    return result;
  }

  /**
   * Lets a store go to a page table, if that leaves the running code where it is: what was derived
   * from the entry has been forgotten.
   */
  private boolean grantTableStore(Cpu c, Exit exit, int eip, int record) {
    int budget = state.budget();
    boolean again = record == grantedRecord && budget == grantedBudget;
    int code = c.segment[SegmentRegister.CS].base + eip;
    long addend = c.mmu.executeAddend(code);
    if (exit != Exit.WRITE || again || addend == 0) {
      return false; // again: its other operand is mapped by what it stores to
    }
    int linear = state.addressOfExit();
    long table = c.mmu.announceTableStore(linear, cache.bytesToStore(record));
    view(c);
    if (table == 0 || c.mmu.executeAddend(code) != addend) {
      return false;
    }
    state.grantTableStore(linear, table);
    grantedRecord = record;
    grantedBudget = budget;
    return true;
  }

  private StopReason interpretOne(Cpu c, int eip, int record) {
    leave(c, eip, cache.field(record, Exit.UNUSED));
    if (detailed) {
      noteLeft(c, eip);
    }
    return interpreter.blocks(c, c.instructions + 1, true);
  }

  private void noteLeft(Cpu c, int eip) {
    int linear = c.segment[SegmentRegister.CS].base + eip;
    statistics.left(decoder.decode(n -> c.mmu.peek8(linear + n) & 0xff, c.code32).operation);
  }

  private void leaveForRest(Cpu c, TranslatedBlock block, long deadline) {
    leave(c, block.eip, 0);
    if (c.instructions < deadline) {
      executeRest(c, block);
    }
  }

  /** Executes the one instruction of a block that has no template, as the interpreter would. */
  private void executeRest(Cpu c, TranslatedBlock block) {
    statistics.left(block.rest.operation);
    execute(c, block, block.rest, Semantics::execute);
  }

  /**
   * Executes an element of the repeated string instruction of a block, and all up to where it is
   * fetched again if the next fetch could tell, unless it is fetched for each element: it is if
   * something was pending before.
   */
  private static void executeElement(Cpu c, TranslatedBlock block) {
    boolean single = c.eventsPending;
    long tableStores = c.mmu.tableStores();
    execute(c, block, block.repeat, Strings::executeElement);
    boolean seen = block.dropped || c.mmu.tableStores() != tableStores || c.eventsPending;
    if (seen && !single && c.repeating && !Strings.betweenBursts(c, block.repeat)) {
      execute(c, block, block.repeat, Strings::executeBurst);
    }
  }

  /** Executes the instruction at the start of a block, or a part of it. */
  private static void execute(
      Cpu c, TranslatedBlock block, Insn i, BiConsumer<Cpu, Insn> semantics) {
    c.eip = block.eip + i.length;
    c.repeating = false;
    try {
      semantics.accept(c, i);
    } catch (GuestFault | MachineStop unfinished) {
      c.eip = block.eip;
      throw unfinished;
    }
    if (!c.repeating) {
      c.instructions++;
    }
  }
}
