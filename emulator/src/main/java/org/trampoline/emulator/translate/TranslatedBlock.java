package org.trampoline.emulator.translate;

import java.util.Arrays;
import org.trampoline.emulator.decode.Insn;

/** A basic block of guest code and where its host code is. */
final class TranslatedBlock {
  final int eip;
  final CodeMode mode;

  /** Host address of the first guest byte. */
  final long host;

  /** What the execute map holds for the block's page: host address - linear address. */
  final long addend;

  /** Host address of the second page's first byte if the block reaches into it, else 0. */
  long secondPage;

  /** Guest bytes. */
  int bytes;

  /** Instructions that its host code executes. */
  int count;

  /** Offset of the host code. */
  int entry;

  /** Offset of where it is entered by its own jump back: of {@link LoopEntry} if it has one. */
  int again;

  /** Record of the link from the code before, which runs into this; 0: none does. */
  int behind;

  /** Bytes of host code there. */
  int hotBytes;

  /** Offset and length of the code for rare cases. */
  int cold;

  int coldBytes;

  /** The units whose registers its code needs, see {@link UnitState}. */
  int units;

  /** The instruction that follows, which the shared semantics execute; null if none. */
  Insn rest;

  /** The repeated string instruction that it is; null if it is anything else. */
  Insn repeat;

  /** Offset of {@link #rest} from the block's start. */
  int restOffset;

  boolean dropped;

  /** It ends with an instruction that is no jump, as it would be too long with the next. */
  boolean runsOn;

  /** Conditional jumps within it, behind which it goes on. */
  int sideExits;

  /** It would be translated otherwise, and take more room, if it were known to be frequent. */
  boolean extensible;

  /** How often the budget was used up where it begins, and which time was the first. */
  int samples;

  long sampledFrom;

  /** How often it was left by {@link Exit#SHARED} of late, and the count of instructions then. */
  int apart;

  long apartAt;

  /** Records of the links that lead here. */
  private int[] links = new int[2];

  private int linkCount;

  /** Host addresses and lengths of guest code behind the block of which it takes something. */
  private long[] watched = {};

  private int watchedRanges;

  TranslatedBlock(int eip, CodeMode mode, long host) {
    this.eip = eip;
    this.mode = mode;
    this.host = host;
    addend = host - (mode.codeBase + eip & 0xffff_ffffL);
  }

  /** Notes that the code is right only as long as these guest bytes in its page are the same. */
  void watch(long from, int length) {
    if (watched.length == 2 * watchedRanges) {
      watched = Arrays.copyOf(watched, 2 * watched.length + 4);
    }
    watched[2 * watchedRanges] = from;
    watched[2 * watchedRanges++ + 1] = length;
  }

  int watchedRanges() {
    return watchedRanges;
  }

  /** Host address of the first byte of watched range {@code i}. */
  long watchedFrom(int i) {
    return watched[2 * i];
  }

  int watchedBytes(int i) {
    return (int) watched[2 * i + 1];
  }

  /**
   * Notes that a link leads here. One between two pages leads here again and again where address
   * spaces take turns; the list holds no more than twice as many records as lead here.
   */
  void addLink(int record) {
    if (linkCount == links.length) {
      int[] distinct = Arrays.stream(links).sorted().distinct().toArray();
      linkCount = distinct.length;
      links = Arrays.copyOf(distinct, Math.max(2, 2 * linkCount));
    }
    links[linkCount++] = record;
  }

  int linkCount() {
    return linkCount;
  }

  int link(int i) {
    return links[i];
  }
}
