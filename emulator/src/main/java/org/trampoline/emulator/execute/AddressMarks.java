package org.trampoline.emulator.execute;

import java.util.HashMap;
import java.util.HashSet;
import org.trampoline.emulator.engine.HostCall;

/**
 * Linear addresses where something happens before the instruction: host functions and stops.
 *
 * <p>A block serves all addresses at which its memory is mapped, unless there are marks in one of
 * these pages: then it is that {@link #page}'s alone.
 */
final class AddressMarks {
  /** Instead of a {@link #page}: more than one. */
  private static final int SEVERAL = -1;

  private final HashMap<Integer, HostCall> functions = new HashMap<>();
  private final HashSet<Integer> stops = new HashSet<>();

  /** How many marks there are in each {@link #page} that has any. */
  private final HashMap<Integer, Integer> pages = new HashMap<>();

  /** By the last 12 bits of an address's page: the only {@link #page}, {@link #SEVERAL}, or 0. */
  private final int[] pageOf = new int[0x1000];

  boolean contains(int linear) {
    // asked for each instruction of each new block, where most often there are none at all
    return !pages.isEmpty() && (functions.containsKey(linear) || stops.contains(linear));
  }

  /** The page of a linear address if there are marks in it, counted from 1; else 0. */
  int page(int linear) {
    int only = pageOf[linear >>> 12 & 0xfff];
    int page = number(linear);
    return only == page || only == SEVERAL && pages.containsKey(page) ? page : 0;
  }

  /** Whether another page with marks has the same last 12 bits. */
  boolean beside(int linear) {
    int only = pageOf[linear >>> 12 & 0xfff];
    return only != 0 && only != number(linear);
  }

  private static int number(int linear) {
    return (linear >>> 12) + 1;
  }

  HostCall function(int linear) {
    return functions.get(linear);
  }

  boolean stopsAt(int linear) {
    return stops.contains(linear);
  }

  void function(int linear, HostCall function) {
    if (function == null) {
      if (functions.remove(linear) != null) {
        count(linear, -1);
      }
    } else if (functions.put(linear, function) == null) {
      count(linear, 1);
    }
  }

  void stop(int linear, boolean on) {
    if (on ? stops.add(linear) : stops.remove(linear)) {
      count(linear, on ? 1 : -1);
    }
  }

  private void count(int linear, int change) {
    int page = number(linear);
    int last = linear >>> 12 & 0xfff;
    int marks = pages.merge(page, change, Integer::sum);
    if (marks == 1 && change == 1) {
      pageOf[last] = pageOf[last] == 0 ? page : SEVERAL;
    } else if (marks == 0) {
      pages.remove(page);
      pageOf[last] = 0;
      for (int other = last + 1; other <= 1 << 20; other += 0x1000) {
        if (pages.containsKey(other)) {
          pageOf[last] = pageOf[last] == 0 ? other : SEVERAL;
        }
      }
    }
  }
}
