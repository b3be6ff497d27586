package org.trampoline.asm.program;

import java.util.List;
import org.trampoline.asm.AssemblyException;
import org.trampoline.asm.program.Fragment.Align;
import org.trampoline.asm.program.Fragment.Branch;
import org.trampoline.asm.program.Fragment.Bytes;
import org.trampoline.asm.program.Fragment.Fill;
import org.trampoline.asm.program.Fragment.Org;
import org.trampoline.asm.syntax.Location;

/**
 * Gives every fragment its address. Branches start short; whichever does not reach its target
 * grows, and none ever shrinks, until nothing changes: the result GNU as comes to as well.
 */
final class Layout {
  /** After so many rounds every branch that still may grow does, which bounds the work. */
  private static final int PATIENCE = 200;

  /** No program may take more, whatever its {@code .space} says. */
  static final int MAX_BYTES = 16 << 20;

  private final List<Section> sections;
  private final long origin;
  private final Resolver resolver;

  Layout(Program program, int origin) {
    this.sections = program.sections();
    this.origin = Integer.toUnsignedLong(origin);
    this.resolver = new Resolver(program.symbols());
  }

  /** Runs to the end and leaves the addresses in the sections. */
  void run() {
    for (Section section : sections) {
      section.startLayout();
    }
    place(Round.FIRST);
    for (int round = 0; place(round < PATIENCE ? Round.GROWING : Round.ALL_NEAR); round++) {
      if (round > 2 * PATIENCE) {
        throw unsettled();
      }
    }
    place(Round.LAST);
  }

  /** What a round over all fragments is for. */
  private enum Round {
    /** Nothing is known of what lies further down. */
    FIRST,
    /** Branches that do not reach grow. */
    GROWING,
    /** All branches grow that can. */
    ALL_NEAR,
    /** Every value counts, so that one out of range is an error. */
    LAST
  }

  Resolver resolver() {
    return resolver;
  }

  /**
   * Computes all addresses from those of the round before.
   *
   * @return whether anything changed
   */
  private boolean place(Round round) {
    boolean changed = false;
    long address = origin;
    for (Section section : sections) {
      address = up(address, section == sections.getFirst() ? 1 : section.alignment());
      long start = address;
      for (int i = 0; i < section.size(); i++) {
        long moved = address - section.addresses[i];
        section.addresses[i] = address;
        Fragment fragment = section.fragments().get(i);
        boolean grown =
            fragment instanceof Branch branch
                && branch.canGrow()
                && (round == Round.GROWING && !reaches(branch, section, i, moved)
                    || round == Round.ALL_NEAR);
        if (grown) {
          ((Branch) fragment).near = true;
        }
        changed |= moved != 0 || grown;
        address += length(fragment, address, start, round == Round.LAST);
        checkSize(address, fragment.location());
      }
      changed |= section.addresses[section.size()] != address;
      section.addresses[section.size()] = address;
    }
    return changed;
  }

  /**
   * Whether a branch reaches in its short form. A target further down still has the address of the
   * round before; it moves as the branch did, unless an alignment between them takes that up.
   */
  private boolean reaches(Branch branch, Section section, int index, long moved) {
    long target = resolver.value(branch.target());
    if (resolver.onlySection() != section) {
      return false;
    }
    long next = section.addresses[index] + branch.length();
    int label = resolver.lastLabel();
    if (label > index) {
      if (moved < 0 || section.isUnaligned(index, label)) {
        target += moved;
      } else {
        target = Math.max(target, next);
      }
    }
    long distance = target - next;
    return distance == (byte) distance;
  }

  private void checkSize(long end, Location where) {
    if (end - origin > MAX_BYTES) {
      throw where.error("program too large; expected at most %d bytes".formatted(MAX_BYTES));
    }
    if (end > 1L << 32) {
      throw where.error("program goes beyond the address 0xffffffff");
    }
  }

  private long length(Fragment fragment, long address, long start, boolean last) {
    return switch (fragment) {
      case Bytes bytes -> bytes.bytes().length;
      case Branch branch -> branch.length();
      case Align align -> {
        long gap = up(address, align.alignment()) - address;
        yield gap <= align.limit() ? gap : 0;
      }
      case Fill fill -> {
        long count = resolver.value(fill.count());
        yield filling(count, fill.size(), last, fill.location(), fill.text());
      }
      case Org org -> {
        long target = resolver.value(org.target());
        long end = resolver.usedAddress() ? target : start + target;
        yield filling(end - address, 1, last, org.location(), org.text());
      }
    };
  }

  /** A count of the first rounds may be absurd, for addresses behind it are not known yet. */
  private static long filling(long count, int unit, boolean last, Location where, String text) {
    if (count < 0 || count > MAX_BYTES / unit) {
      if (last) {
        throw where.error(
            "cannot fill %d bytes; expected 0 to %d".formatted(count, MAX_BYTES / unit), text);
      }
      return 0;
    }
    return count * unit;
  }

  private AssemblyException unsettled() {
    for (Section section : sections) {
      for (Fragment fragment : section.fragments()) {
        if (fragment instanceof Fill || fragment instanceof Org) {
          return fragment
              .location()
              .error("size depends on itself and does not settle; expected one that does");
        }
      }
    }
    throw new IllegalStateException("layout without .space or .org does not settle");
  }

  private static long up(long address, int alignment) {
    return (address + alignment - 1) & -alignment;
  }
}
