package org.trampoline.emulator.translate;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.IntPredicate;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.decode.Decoder;
import org.trampoline.emulator.memory.Host;
import org.trampoline.emulator.memory.TranslationMap;

/** Finds the translated block at an eip, or translates it. */
final class BlockSource {
  /** More than the hot or cold code of a block. */
  private static final int BLOCK_ROOM = 1 << 15;

  /** Exits by {@link Exit#REST} of which it is known where they lead; a power of two. */
  private static final int RESTS = 64;

  private final CodeCache cache;
  private final Churn churn;
  private final IntPredicate marked;
  private final TrapState traps;
  private final EntryCode entry;
  private final TranslatorStatistics statistics;
  private final BlockTranslator translator;
  private final CodeMode.Table modes = new CodeMode.Table();

  /** Blocks to which exits with these records have led, by records. */
  private final TranslatedBlock[] rests = new TranslatedBlock[RESTS];

  private final int[] restRecords = new int[RESTS];
  private boolean clearRequested;
  private CodeListing listing;
  private CodeDump dump;

  /**
   * @param marked whether something else than its instruction happens at a linear address
   * @param traps what is to be forgotten with the modes
   * @param checked debug mode: every host address that the code forms is checked
   */
  BlockSource(
      Cpu cpu,
      Decoder decoder,
      IntPredicate marked,
      CodeCache cache,
      Churn churn,
      BlockProfile profile,
      TrapState traps,
      EntryCode entry,
      TranslatorStatistics statistics,
      boolean checked) {
    this.cache = cache;
    this.churn = churn;
    this.marked = marked;
    this.traps = traps;
    this.entry = entry;
    this.statistics = statistics;
    translator =
        new BlockTranslator(
            cpu, decoder, marked, profile::apart, profile::frequent, entry, checked);
  }

  /** How the flags come from what blocks leave behind. */
  FlagRecipes recipes() {
    return translator.recipes();
  }

  /** Forgets all blocks before another is looked for. */
  void clear() {
    clearRequested = true;
  }

  private void clearCode() {
    cache.clear();
    translator.recipes().clear();
    Arrays.fill(rests, null);
  }

  /**
   * The block at an eip, or null if the interpreter has to execute the instruction there.
   *
   * @throws org.trampoline.emulator.fault.GuestFault if it cannot be fetched
   */
  TranslatedBlock at(Cpu c, int eip) {
    return at(c, eip, 0);
  }

  /**
   * As {@link #at(Cpu, int)}.
   *
   * @param link the record of the link that leads there, or 0
   */
  TranslatedBlock at(Cpu c, int eip, int link) {
    if (clearRequested || modes.full()) {
      churn.lost(cache.blocks());
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
    if (block == null && !marked.test(linear)) {
      block = translate(c, eip, mode, host, link);
    }
    return block;
  }

  /**
   * The block to which an exit by {@link Exit#REST} has led before, if it does so again; or null.
   */
  TranslatedBlock rest(Cpu c, int record) {
    int slot = slot(record);
    TranslatedBlock block = rests[slot];
    if (block == null || restRecords[slot] != record || block.dropped || clearRequested) {
      return null;
    }
    int linear = block.mode.codeBase + block.eip;
    return c.mmu.direct() && c.mmu.executeAddend(linear) == block.addend ? block : null;
  }

  /** Notes where an exit by {@link Exit#REST} has led. */
  void restIs(TranslatedBlock block, int record) {
    if (block.secondPage == 0) {
      int slot = slot(record);
      rests[slot] = block;
      restRecords[slot] = record;
    }
  }

  private static int slot(int record) {
    return record >>> 4 & RESTS - 1;
  }

  /** The block that code comes from or comes to, without any effect on the guest; or null. */
  TranslatedBlock known(Cpu c, int eip) {
    CodeMode mode = modes.of(c);
    int linear = mode.codeBase + eip;
    long addend = c.mmu.executeAddend(linear);
    return addend == 0 ? null : cache.find(TranslationMap.host(addend, linear), eip, mode);
  }

  private TranslatedBlock translate(Cpu c, int eip, CodeMode mode, long host, int link) {
    if (!cache.hasRoom(BLOCK_ROOM, BLOCK_ROOM)) {
      clearCode();
    }
    long begun = System.nanoTime();
    cache.place(link);
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
    churn.translated(c.instructions);
    statistics.blocks++;
    statistics.extendedBlocks += block.sideExits > 0 ? 1 : 0;
    statistics.loopBlocks += block.again > block.entry ? 1 : 0;
    statistics.instructionsTranslated += block.count;
    statistics.nanosTranslating += System.nanoTime() - begun;
    return block;
  }

  /** Writes each block that is translated from now on to an empty directory, for people. */
  void dumpTo(Path directory) {
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
}
