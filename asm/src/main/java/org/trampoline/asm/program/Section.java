package org.trampoline.asm.program;

import java.util.ArrayList;
import java.util.List;

/** A part of the program that is filled on its own; sections end up one after another. */
public final class Section {
  private final String name;
  private final boolean code;
  private final List<Fragment> fragments = new ArrayList<>();

  /** Address of fragment i, and in the last place the end; valid during and after layout. */
  long[] addresses;

  /** How many alignments and origins there are before fragment i. */
  private int[] gaps;

  /** The strictest alignment asked for within; a power of two. */
  private int alignment = 1;

  Section(String name, boolean code) {
    this.name = name;
    this.code = code;
  }

  /** Whether it holds code, so that gaps are filled with nops. */
  public boolean isCode() {
    return code;
  }

  /** As {@code .section} names it. */
  public String name() {
    return name;
  }

  /** How many fragments there are so far. */
  int size() {
    return fragments.size();
  }

  List<Fragment> fragments() {
    return fragments;
  }

  int alignment() {
    return alignment;
  }

  /** Prepares for layout, after the last fragment. */
  void startLayout() {
    addresses = new long[size() + 1];
    gaps = new int[size() + 1];
    for (int i = 0; i < size(); i++) {
      boolean gap =
          fragments.get(i) instanceof Fragment.Align || fragments.get(i) instanceof Fragment.Org;
      gaps[i + 1] = gaps[i] + (gap ? 1 : 0);
    }
  }

  /** Whether nothing between two fragments fills up to some address. */
  boolean isUnaligned(int from, int to) {
    return gaps[from] == gaps[to];
  }

  void add(Fragment fragment) {
    if (fragment instanceof Fragment.Align align) {
      alignment = Math.max(alignment, align.alignment());
    }
    fragments.add(fragment);
  }
}
