package org.trampoline.asm.program;

import java.util.List;
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
      section.addresses = new long[section.size() + 1];
    }
    place(false);
    boolean changing = true;
    for (int round = 0; changing; round++) {
      if (round > 2 * PATIENCE) {
        throw unsettled();
      }
      boolean moved = place(false);
      boolean grown = grow(round > PATIENCE);
      changing = moved || grown;
    }
    place(true);
  }

  Resolver resolver() {
    return resolver;
  }

  /**
   * Computes all addresses from those of the round before.
   *
   * @param last whether every value counts, so that one out of range is an error
   * @return whether any address changed
   */
  private boolean place(boolean last) {
    boolean changed = false;
    long address = origin;
    for (Section section : sections) {
      address = up(address, section == sections.getFirst() ? 1 : section.alignment());
      long start = address;
      for (int i = 0; i < section.size(); i++) {
        changed |= section.addresses[i] != address;
        section.addresses[i] = address;
        Fragment fragment = section.fragments().get(i);
        address += length(fragment, address, start, last);
        checkSize(address, fragment.location());
      }
      changed |= section.addresses[section.size()] != address;
      section.addresses[section.size()] = address;
    }
    return changed;
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

  /** Makes the branches near that do not reach; whether there were any. */
  private boolean grow(boolean all) {
    boolean grown = false;
    for (Section section : sections) {
      for (int i = 0; i < section.size(); i++) {
        if (section.fragments().get(i) instanceof Branch branch && branch.canGrow()) {
          long target = resolver.value(branch.target());
          boolean foreign = resolver.onlySection() != section;
          long distance = target - (section.addresses[i] + branch.length());
          if (all || foreign || distance != (byte) distance) {
            branch.near = true;
            grown = true;
          }
        }
      }
    }
    return grown;
  }

  private org.trampoline.asm.AssemblyException unsettled() {
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
